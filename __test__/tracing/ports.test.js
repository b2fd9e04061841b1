'use strict';

// FERROPORT_DEBUG=ports remembers where each port was made, and prints the open ports at exit and on SIGUSR2. Without it, nothing is
// printed, and no signal is listened to.

const { writeFileSync } = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { temporary } = require('../support/folder');
const { FERROPORT } = require('../support/program');
const { spawned } = require('../support/spawned');

const DEBUG = { FERROPORT_DEBUG: 'other, ports' };

/**
 * Runs a program that is written to a file of its own.
 * @param {import('ava').ExecutionContext} t
 * @param {string} source with `ferroport` for the path of the package
 * @param {Record<string, string>} [env]
 */
async function program(t, source, env = DEBUG) {
  const file = path.join(temporary(t), 'program.js');
  writeFileSync(file, source.trim().replaceAll('ferroport', JSON.stringify(FERROPORT)));
  const { code, signal, stdout, stderr } = await spawned(process.execPath, [file], { env: { ...process.env, ...env } });
  return { code, signal, file, stdout, stderr, lines: stderr.split('\n').filter(Boolean) };
}

/**
 * The lines and columns of the file that stand in a text.
 * @param {string} file
 * @param {string} text
 */
const placesIn = (file, text) =>
  [...text.matchAll(/([^\s(]+):(\d+):\d+/g)]
    .filter(([, name]) => name.endsWith(path.basename(file)))
    .map(([, , line]) => Number(line));

test('each open port is printed at exit with the line that made it, and a closed one is not', async (t) => {
  const { code, file, lines } = await program(
    t,
    `
const { MessageChannel } = require(ferroport);
const leak = new MessageChannel();
const closed = new MessageChannel();
function listening() {
  return new MessageChannel();
}
const { port1, port2 } = listening();
port1.on('message', () => {});
port1.unref();
port2.postMessage(1);
closed.port1.close();
setTimeout(() => globalThis.kept = [leak, port2], 50);
`,
  );
  t.is(code, 0);
  t.regex(lines[0], /^FERROPORT \d+: thread 0 has 4 open ports at exit$/);
  t.deepEqual(
    lines.slice(1).map((line) => placesIn(file, line)),
    [[2], [2], [5], [5]],
  );
  t.regex(
    lines[3],
    /1 listeners, not ref'ed, peer this thread; sent 0, received 1, waiting 0 \(0 bytes\); made listening /,
  );
});

test('of a port that has come in a message is said which port got it, when, and who took it', async (t) => {
  const { file, lines } = await program(
    t,
    `
const { MessageChannel, receiveMessageOnPort } = require(ferroport);
const { port1, port2 } = new MessageChannel();
const taken = new MessageChannel();
const delivered = new MessageChannel();
port1.postMessage(taken.port2, [taken.port2]);
const kept = [receiveMessageOnPort(port2).message];
port2.once('message', (port) => {
  kept.push(port);
  for (const port of [port1, port2, taken.port1, delivered.port1]) port.unref();
  setImmediate(() => process.exit(7), globalThis.kept = kept);
});
port1.postMessage(delivered.port2, [delivered.port2]);
`,
  );
  const come = lines.filter((line) => line.includes('made in a message to port '));
  t.is(come.length, 2, lines.join('\n'));
  const port = come[0].match(/in a message to port (\d+), \d{4}-\d\d-\d\dT[\d:.]+Z/)?.[1];
  t.true(come[1].includes(`in a message to port ${port}, `));
  t.deepEqual(come.map((line) => placesIn(file, line)).sort(), [[], [6]]);
  t.true(lines.some((line) => line.includes(` port ${port}: `)));
});

test('a worker prints its own ports, and inspectPorts knows the lines', async (t) => {
  const { code, file, stdout, lines } = await program(
    t,
    `
const { Worker, MessageChannel, isMainThread, inspectPorts } = require(ferroport);
if (isMainThread) new Worker(__filename);
else {
  const { port1 } = new MessageChannel();
  console.log(inspectPorts().find(({ createdAt }) => createdAt.includes(':4:')).id);
  setTimeout(() => port1.close(), 10_000).unref();
  globalThis.kept = port1;
}
`,
  );
  t.is(code, 0);
  t.is(stdout.trim(), '0', 'its channel has not been made');
  const own = lines.filter((line) => line.includes(': thread 1 '));
  t.regex(own[0], /has 3 open ports at exit$/);
  t.deepEqual(own.map((line) => placesIn(file, line)).sort(), [[], [], [4], [4]]);
  t.true(
    own.some((line) => line.endsWith('made with the thread')),
    'parentPort',
  );
  t.true(lines.some((line) => line.includes(': thread 0 has ')));
});

const onSignals = process.platform === 'win32' ? test.skip : test;

onSignals('SIGUSR2 prints the ports of all threads, and neither ends the process nor keeps it', async (t) => {
  const { code, signal, file, lines } = await program(
    t,
    `
const { Worker, MessageChannel, isMainThread, parentPort } = require(ferroport);
const { port1 } = (globalThis.kept = new MessageChannel());
port1.start();
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.once('message', () => {
    process.kill(process.pid, 'SIGUSR2');
    setTimeout(() => worker.postMessage('end'), 500);
  });
} else {
  parentPort.postMessage('up');
  parentPort.once('message', () => port1.close());
}
`,
  );
  t.deepEqual([code, signal], [0, null]);
  for (const thread of [0, 1]) {
    const ports = lines.filter((line) => line.includes(`: thread ${thread} `));
    t.true(
      ports.some((line) => /has \d open ports at SIGUSR2$/.test(line)),
      lines.join('\n'),
    );
    t.true(ports.some((line) => placesIn(file, line)[0] === 2));
  }
});

test('a program that leaves nothing open ends as without it', async (t) => {
  const source = `
const { MessageChannel } = require(ferroport);
const { port1, port2 } = new MessageChannel();
port2.on('message', (value) => {
  console.log(value);
  port1.close();
  process.exitCode = 3;
});
port1.postMessage('read');
`;
  const { code, stdout, lines } = await program(t, source);
  t.deepEqual([code, stdout.trim()], [3, 'read']);
  t.is(lines.length, 1);
  t.regex(lines[0], /has 0 open ports at exit$/);
  for (const value of ['', 'port', 'nothing']) {
    const plain = await program(t, source, { FERROPORT_DEBUG: value });
    t.deepEqual([plain.code, plain.stdout.trim(), plain.stderr], [3, 'read', '']);
  }
});

test('without it nobody listens to signals or to the exit, and no file of it is loaded', async (t) => {
  const source = `
const before = [process.listenerCount('exit'), process.listenerCount('SIGUSR2')];
const { MessageChannel, inspectPorts } = require(ferroport);
const { port1 } = new MessageChannel();
port1.start();
const after = [process.listenerCount('exit'), process.listenerCount('SIGUSR2')];
console.log(JSON.stringify([before, after, Object.keys(inspectPorts()[0])]));
`;
  const { stdout } = await program(t, source, { FERROPORT_DEBUG: '' });
  t.deepEqual(JSON.parse(stdout), [
    [0, 0],
    [0, 0],
    ['id', 'thread', 'listeners', 'isRefed', 'stats'],
  ]);
});

test('a program that formats stack traces in its own way is not disturbed', async (t) => {
  for (const setup of [
    'Error.prepareStackTrace = () => { throw new Error("no"); };',
    'Error.prepareStackTrace = () => 1;',
    'Error.stackTraceLimit = 0;',
    'Object.freeze(Error);',
  ]) {
    const { code, stdout, lines } = await program(
      t,
      `
const { MessageChannel, inspectPorts } = require(ferroport);
${setup}
const { port1 } = new MessageChannel();
port1.start();
console.log(typeof inspectPorts()[0].createdAt, Error.stackTraceLimit);
`,
    );
    t.is(code, 0, lines.join('\n'));
    t.regex(stdout, setup.includes('Limit') ? /^string 0$/m : /^string \d+$/m);
  }
});
