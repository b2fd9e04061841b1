'use strict';

// Threads of Rust move bytes between file descriptors and ports (lib/link/pump.js).

const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { spawn } = require('node:child_process');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { close, descriptorOf, duplicate, pump } = require('../../lib/link/pump');
const { Worker } = require('../../index.js');

const isWindows = process.platform === 'win32';
const onUnix = isWindows ? test.skip : test;

/**
 * A pump over one end of a connection, and the other end.
 * @param {string} kind
 * @returns {Promise<{ far: net.Socket, descriptor: number, server: net.Server }>}
 */
async function connection(kind) {
  const server = net.createServer({ pauseOnConnect: true });
  const address = kind === 'unix' ? path.join(os.tmpdir(), `ferroport-pump-${process.pid}-${Math.random()}.sock`) : 0;
  server.listen(address);
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const { port } = /** @type {any} */ (server.address());
  const far = kind === 'unix' ? net.connect(/** @type {string} */ (address)) : net.connect(port);
  const [near] = await accepted;
  const descriptor = duplicate(/** @type {number} */ (descriptorOf(near)));
  near.destroy();
  await once(near, 'close');
  return { far, descriptor, server };
}

/** @param {net.Socket} socket */
async function everything(socket) {
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

for (const kind of ['unix', 'tcp']) {
  onUnix(`bytes go both ways over a ${kind} socket, and its end closes the port`, async (t) => {
    const { far, descriptor, server } = await connection(kind);
    const port = pump(descriptor);
    const sent = Buffer.alloc(3_000_000, 'abc');
    /** @type {Uint8Array[]} */
    const come = [];
    port.on('message', (/** @type {Uint8Array} */ bytes) => come.push(bytes));
    far.end(sent);
    const [event] = await once(port, 'close');
    t.is(event.reason, 'peer closed');
    t.true(come.every((bytes) => bytes instanceof Uint8Array && bytes.length <= 65_536));
    t.true(Buffer.concat(come).equals(sent));
    server.close();
  });

  onUnix(`what was posted is written when the port closes, over a ${kind} socket`, async (t) => {
    const { far, descriptor, server } = await connection(kind);
    const port = pump(descriptor);
    const read = everything(far);
    for (let i = 0; i < 1000; i++) port.postMessage(Buffer.from(`${i},`));
    port.postMessage(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    port.postMessage(new Uint16Array([0x4141]));
    const { buffer } = new Uint8Array(3_000_000).fill(7);
    port.postMessage(buffer, [buffer]);
    port.close();
    const bytes = await read;
    const text = Array.from({ length: 1000 }, (_, i) => `${i},`).join('');
    t.is(bytes.toString('latin1', 0, text.length), text);
    t.deepEqual([...bytes.subarray(text.length, text.length + 4)], [2, 3, 0x41, 0x41]);
    t.is(bytes.length, text.length + 4 + 3_000_000);
    server.close();
  });
}

onUnix('a slow reader stops the reading', async (t) => {
  const { far, descriptor, server } = await connection('unix');
  const port = pump(descriptor);
  port.highWaterMark = 2;
  const sent = Buffer.alloc(20_000_000, 'x');
  let isWritten = false;
  far.end(sent, () => (isWritten = true));
  await sleep(300);
  t.false(isWritten);
  t.true(port.stats().waitingMessages <= 3);
  let length = 0;
  port.on('message', (/** @type {Uint8Array} */ bytes) => (length += bytes.length));
  await once(port, 'close');
  t.is(length, sent.length);
  server.close();
});

onUnix('whoever posts more than the other side takes is told of it', async (t) => {
  const { far, descriptor, server } = await connection('unix');
  const port = pump(descriptor);
  far.pause();
  let posted = 0;
  while (port.tryPostMessage(new Uint8Array(100_000))) {
    if (++posted === 1000) t.fail('nobody reads');
    await sleep(1);
  }
  far.resume();
  await port.ready;
  port.close();
  await once(far, 'end');
  t.pass();
  server.close();
});

onUnix('the descriptor goes from one thread to another as a number', async (t) => {
  const { far, descriptor, server } = await connection('unix');
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const { pump } = require(${JSON.stringify(require.resolve('../../lib/link/pump'))});
     const port = pump(workerData);
     port.on('message', (bytes) => port.postMessage(bytes));
     port.on('close', ({ reason }) => parentPort.postMessage(reason));`,
    { eval: true, workerData: descriptor },
  );
  const said = once(worker, 'message');
  const echoed = everything(far);
  far.write('hello, ');
  far.end('world');
  t.is((await said)[0], 'peer closed');
  t.true('hello, world'.startsWith(`${await echoed}`));
  await worker.terminate();
  server.close();
});

onUnix('a worker that ends closes what it pumped', async (t) => {
  const { far, descriptor, server } = await connection('unix');
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const { pump } = require(${JSON.stringify(require.resolve('../../lib/link/pump'))});
     const port = pump(workerData);
     port.postMessage(Buffer.from('last'));
     parentPort.postMessage('begun');
     port.on('message', () => {});`,
    { eval: true, workerData: descriptor },
  );
  const read = everything(far);
  await once(worker, 'message');
  await worker.terminate();
  t.is(`${await read}`, 'last');
  server.close();
});

onUnix('a child is spoken to over its pipes', async (t) => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [to, from] = [child.stdin, child.stdout].map((stream) => {
    const descriptor = duplicate(/** @type {number} */ (descriptorOf(stream)));
    stream.destroy();
    return pump(descriptor);
  });
  to.postMessage(Buffer.from('to the child and back'));
  to.close();
  let text = '';
  from.on('message', (/** @type {Uint8Array} */ bytes) => (text += Buffer.from(bytes).toString()));
  const [event] = await once(from, 'close');
  t.is(text, 'to the child and back');
  t.is(event.reason, 'peer closed');
});

onUnix('what is no bytes is refused, and so is what is no descriptor', async (t) => {
  const { far, descriptor, server } = await connection('unix');
  const port = pump(descriptor);
  port.ref();
  const closed = once(port, 'close');
  port.postMessage({ no: 'bytes' });
  t.is((await closed)[0].reason, 'refused');
  t.is((await everything(far)).length, 0);
  server.close();

  for (const number of [-1, 1.5, NaN, 2 ** 40, 'x', undefined]) {
    t.throws(() => duplicate(/** @type {any} */ (number)), undefined, String(number));
  }
  t.throws(() => duplicate(1_000_000), { code: 'ERR_FERROPORT_DESCRIPTOR' });
  t.is(descriptorOf(new net.Socket()), undefined);
  t.is(descriptorOf({}), undefined);
});

onUnix('a descriptor that nobody pumps is closed by who has it', async (t) => {
  const { far, descriptor, server } = await connection('unix');
  const read = everything(far);
  close(descriptor);
  t.is((await read).length, 0);
  server.close();
});

(isWindows ? test : test.skip)('on Windows there are no descriptors, and the error says so', (t) => {
  for (const call of [pump, duplicate, close]) t.throws(() => call(1), { code: 'ERR_FERROPORT_DESCRIPTOR' });
});
