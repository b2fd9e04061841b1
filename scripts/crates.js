// npm run lint:crates: what cargo deny says of the crates that the addon is built from (deny.toml). It asks GitHub for advisories.
'use strict';

const { run } = require('./run');
const { fromCrates } = require('./tools');

async function main() {
  const program = await fromCrates('cargo-deny');
  const { code } = await run([program, '--locked', 'check', '--show-stats'], { show: true });
  process.exitCode = code;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
