// Runs a Node script of the repository in a container, for a C library or a processor that the machine has not itself.
//
//   node scripts/ci/in-container.js <image> <platform, as Docker names it> <script> [arguments]
'use strict';

const { ROOT, run } = require('../run');

const [image, platform, script, ...args] = process.argv.slice(2);

async function main() {
  if (script === undefined) throw new Error('in-container.js <image> <platform> <script> [arguments]');
  // What npm keeps goes into the container and is gone with it; of the repository nothing is written to.
  const mount = ['--volume', `${ROOT}:/ferroport:ro`, '--workdir', '/ferroport', '--env', 'HOME=/tmp'];
  const command = ['docker', 'run', '--rm', '--platform', platform, ...mount, image, 'node', script, ...args];
  process.exitCode = (await run(command, { show: true })).code;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
