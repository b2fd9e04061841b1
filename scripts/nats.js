// The NATS server that the tests of ferroport/nats start: the system's, or the one in Debian's package, which needs nobody's permission.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { FOLDER } = require('./programs');
const { run } = require('./run');

/** What Debian's package is unpacked into. */
const UNPACKED = path.join(FOLDER, 'nats-server');

const HOW =
  'The tests of ferroport/nats need the program nats-server. Install it (on Debian and Ubuntu: apt-get install nats-server; elsewhere: ' +
  'https://github.com/nats-io/nats-server/releases), or set NATS_SERVER to its path';

/** @type {Promise<string> | undefined} */
let found;

/**
 * @returns {Promise<string>} the program
 * @throws {Error} that says how to get it, if there is none, and none can be unpacked
 */
const natsServer = () => (found ??= find());

async function find() {
  const unpacked = path.join(UNPACKED, 'usr', 'sbin', 'nats-server');
  for (const program of [process.env.NATS_SERVER, 'nats-server', '/usr/sbin/nats-server', unpacked]) {
    if (program && (await run([program, '--version'])).code === 0) return program;
  }
  if (process.platform !== 'linux') throw new Error(HOW);
  fs.mkdirSync(UNPACKED, { recursive: true });
  const unpack = 'cd "$1" && apt-get download nats-server && dpkg-deb --extract nats-server_*.deb .';
  const { code, output } = await run(['sh', '-c', unpack, 'sh', UNPACKED]);
  if (code !== 0 || !fs.existsSync(unpacked)) throw new Error(`${HOW}\n${output}`);
  return unpacked;
}

if (require.main === module) {
  natsServer().then(
    (program) => console.log(program),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}

module.exports = { natsServer };
