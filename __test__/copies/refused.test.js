'use strict';

// Ports of another version of ferroport: each operation says that there are two copies, of which versions, and where.

const test = require('ava');
const vm = require('node:vm');
const threads = require('node:worker_threads');
const { ROOT, elsewhere } = require('../support/copies');

const ours = require('../../index.js');
const { version } = require('../../package.json');
const theirs = elsewhere('0.0.9');
const folder = theirs.MessagePort.prototype[Symbol.for('ferroport.copy')].folder;

const { MessagePort } = ours;
const carrier = new ours.MessageChannel();

/** What is done with a port of the other copy, each by its name. */
const operations = {
  'the transfer list of postMessage': (port) => carrier.port1.postMessage(port, [port]),
  'a list that has more': (port) => carrier.port1.postMessage(1, [new ours.MessageChannel().port1, port]),
  'the options of postMessage': (port) => carrier.port1.postMessage(port, { transfer: new Set([port]) }),
  'the value alone': (port) => carrier.port1.postMessage({ port }),
  'the value, all of it': (port) => carrier.port1.postMessage(port),
  serialize: (port) => ours.serialize([port]),
  'a BroadcastChannel': (port) => new ours.BroadcastChannel('refused').unref().postMessage(port),
  'a Worker’s transferList': (workerData) =>
    new ours.Worker('', { eval: true, workerData, transferList: [workerData] }),
  'a Worker’s workerData': (workerData) => new ours.Worker('', { eval: true, workerData }),
  receiveMessageOnPort: (port) => ours.receiveMessageOnPort(port),
  toNode: (port) => MessagePort.toNode(port),
  moveMessagePortToContext: (port) => ours.moveMessagePortToContext(port, vm.createContext()),
};

for (const [name, operation] of Object.entries(operations)) {
  test(`${name}: an error that names both, and nothing has changed`, async (t) => {
    const { port1, port2 } = new theirs.MessageChannel();
    port2.postMessage('waits');
    let hasClosed = false;
    port1.on('close', () => (hasClosed = true));
    const { message } = t.throws(() => operation(port1), { instanceOf: TypeError, code: 'ERR_FERROPORT_TWO_COPIES' });
    for (const part of ['0.0.9', folder, version, ROOT]) t.true(message.includes(part), message);
    await new Promise((resolve) => setTimeout(resolve, 10));
    t.deepEqual(theirs.receiveMessageOnPort(port1), { message: 'waits' });
    t.false(hasClosed);
    port2.close();
    t.is(ours.receiveMessageOnPort(carrier.port2), undefined);
  });
}

if (ours.postMessageToThread !== undefined) {
  test('postMessageToThread rejects with it', async (t) => {
    const { port1 } = new theirs.MessageChannel();
    await t.throwsAsync(ours.postMessageToThread(1, port1, [port1]), { code: 'ERR_FERROPORT_TWO_COPIES' });
  });
}

test('the carrier that it has packed a port into', (t) => {
  const made = theirs.MessagePort.toNode(new theirs.MessageChannel().port1);
  t.throws(() => MessagePort.fromNode(made), { code: 'ERR_FERROPORT_TWO_COPIES', message: /0\.0\.9/ });
  made.close();
});

test('what only has the mark of a copy is what it would be without', (t) => {
  const { port1, port2 } = new threads.MessageChannel();
  for (const mark of [undefined, null, 1, {}, { isPort: () => false }, { isPort: 1, version: '0.0.9' }]) {
    const marked = Object.create({}, { [Symbol.for('ferroport.copy')]: { value: mark } });
    carrier.port1.postMessage({ marked });
    t.deepEqual(ours.receiveMessageOnPort(carrier.port2), { message: { marked: {} } });
    const seen = t.throws(() => carrier.port1.postMessage(1, [marked]), { any: true });
    const expected = t.throws(() => port1.postMessage(1, [{}]), { any: true });
    t.deepEqual([seen.message, seen.code], [expected.message, expected.code]);
  }
  port2.close();
});
