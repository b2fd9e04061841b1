'use strict';

// How the scripts run their commands: none hangs for ever, and none leaves a process behind.

const test = require('ava');
const { run } = require('../../scripts/run');

const node = (source) => [process.execPath, '-e', source];
const HANGS = 'setInterval(() => {}, 1000);';

test('what a command leaves behind is ended when it ends', async (t) => {
  // It holds the pipe of the command's output, so this test waits for it, too.
  const source = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', ${JSON.stringify(HANGS)}], { stdio: 'inherit' });
    console.log('started');
    process.exit(3);`;
  t.deepEqual(await run(node(source)), { code: 3, output: 'started\n' });
});

test('a command that hangs is ended after its time, with all that it has started, and has failed', async (t) => {
  const source = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(HANGS)}], { stdio: 'inherit' }); ${HANGS}`;
  const { code, output } = await run(node(source), { limit: 3000 });
  t.is(code, 1);
  t.regex(output, /did not finish within 0\.05 minutes\n.* was ended by SIGKILL\n/);
});

test('a command that cannot be started has failed', async (t) => {
  t.is((await run(['no-such-program-anywhere'])).code, 1);
});
