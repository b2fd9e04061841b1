'use strict';

// Which ports keep a program alive: it must end by itself, or else get as far as a turn in which only they are left.

const test = require('ava');
const { program } = require('../support/program');

const SEED = Number(process.env.SEED ?? Date.now() % 1e6);

/** Declares a program that must end by itself, having printed `lines`; if it does not, it says so. */
const ends = (title, body, lines = []) =>
  test(`a program ends: ${title}`, async (t) => {
    const { code, out, stderr } = await program(
      `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
      const { port1, port2 } = (globalThis.kept = new MessageChannel());
      const later = (work, turns = 20) => setImmediate(() => (turns === 0 ? work() : later(work, turns - 1)));
      setTimeout(() => { console.log('still alive'); process.exit(1); }, 30_000).unref();
      ${body}`,
    );
    t.deepEqual({ code, out }, { code: 0, out: lines }, stderr);
  });

ends(
  'a listener is added to a port that has closed unnoticed',
  "port1.close(); later(() => { port2.on('message', () => {}); console.log(port2.hasRef()); });",
  ['false'],
);
ends(
  'a port that has closed unnoticed is ref’ed',
  'port1.close(); later(() => { port2.ref(); console.log(port2.hasRef()); });',
  ['false'],
);
ends(
  'a port that has closed unnoticed gets onmessage, and is closed',
  "port1.close(); later(() => { port2.onmessage = () => {}; port2.on('close', () => console.log('close')); port2.close(); });",
);
ends(
  'a ref’ed port is transferred, and dropped with its message',
  'port1.ref(); port2.postMessage(1); move(port1);'.replace(
    'move(port1)',
    'const other = new MessageChannel(); other.port1.postMessage(port1, [port1]); other.port1.close();',
  ),
);
ends(
  'a listening port is transferred and arrives unref’ed',
  `port1.on('message', () => {});
  const other = (globalThis.other = new MessageChannel());
  other.port1.postMessage(port1, [port1]);
  const { message } = receiveMessageOnPort(other.port2);
  console.log(port1.hasRef(), message.hasRef());
  port1.ref();`,
  ['false false'],
);
ends(
  'ref’ed ports are posted to their own peers',
  "process.removeAllListeners('warning').on('warning', () => {}); port1.on('message', () => {}); port2.ref(); port1.postMessage(0, [port2]);",
);
ends(
  'a ref’ed port is closed by its own listener, and by its peer’s',
  `port1.on('message', () => { port1.close(); port1.ref(); port1.on('message', () => {}); port2.close(); port2.unref(); });
  port2.on('message', () => {});
  port2.postMessage(1);`,
);
ends(
  'what removes the last listener is its own run',
  "port1.once('message', (value) => console.log(value, port1.hasRef())); port2.postMessage(1);",
  ['1 false'],
);
ends(
  'unref’ed ports that answer each other for ever',
  `port1.on('message', (value) => port1.postMessage(value)).unref();
  port2.on('message', (value) => port2.postMessage(value)).unref();
  port1.postMessage(1);`,
);

for (const [title, body] of Object.entries({
  'one listening port of many that have closed': `for (let n = 0; n < 100; n++) { const { port1, port2 } = new MessageChannel(); port1.ref(); port2.ref(); port1.close(); }
    port1.on('message', () => {});`,
  'a port that has come, and listens': `const other = new MessageChannel(); other.port1.postMessage(port1, [port1]);
    receiveMessageOnPort(other.port2).message.on('message', () => {});`,
  'ref() after a port was unref’ed twice': "port1.on('message', () => {}); port1.unref(); port1.unref(); port1.ref();",
})) {
  test(`a program stays: ${title}`, async (t) => {
    // An unref'ed timer fires only in an event loop that something else keeps alive.
    const { code, out, stderr } = await program(
      `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
      const { port1, port2 } = (globalThis.kept = new MessageChannel());
      ${body}
      setTimeout(() => { console.log('still alive'); process.exit(); }, 200).unref();`,
    );
    t.deepEqual({ code, out }, { code: 0, out: ['still alive'] }, stderr);
  });
}

test(`however often ports are ref’ed, unref’ed, transferred and closed, the program ends with the last (SEED=${SEED})`, async (t) => {
  const { code, out, stderr } = await program(
    `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
    let state = ${SEED};
    const random = (below) => (state = (state * 48271 + 11) % 2147483647) % below;
    const { port1, port2 } = new MessageChannel();
    const ports = [port1, port2];
    const listener = () => {};
    const carrier = new MessageChannel();
    const acts = [
      () => { const { port1, port2 } = new MessageChannel(); ports.push(port1, port2); },
      (port) => port.ref(),
      (port) => port.unref(),
      (port) => port.on('message', listener),
      (port) => port.once('message', listener),
      (port) => port.off('message', listener),
      (port) => { port.onmessage = random(2) ? listener : null; },
      (port) => port.removeAllListeners(),
      (port) => port.postMessage(1),
      (port) => port.close(),
      (port) => {
        try { carrier.port1.postMessage(port, [port]); } catch { return; }
        ports.push(receiveMessageOnPort(carrier.port2).message);
      },
      () => new Promise((resolve) => setImmediate(resolve)),
    ];
    setTimeout(() => { console.log('still alive'); process.exit(1); }, 60_000).unref();
    (async () => {
      for (let n = 0; n < 20_000; n++) await acts[random(acts.length)](ports[random(ports.length)]);
      carrier.port1.close();
      for (const port of ports) port.close();
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      console.log(ports.filter((port) => port.hasRef()).length);
    })();`,
  );
  t.deepEqual({ code, out }, { code: 0, out: ['0'] }, stderr);
});
