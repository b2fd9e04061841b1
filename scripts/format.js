// npm run format: writes every file the way the formatters want it.
'use strict';

const { bin, run } = require('./run');
const { installPackages } = require('./setup');

async function main() {
  await installPackages();
  const codes = [];
  for (const command of [['cargo', 'fmt', '--all'], bin('prettier', '--write', '--log-level=warn', '.')]) {
    codes.push((await run(command, { show: true })).code);
  }
  process.exitCode = Math.max(...codes);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
