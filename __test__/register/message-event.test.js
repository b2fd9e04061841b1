'use strict';

// The global MessageEvent with the hook takes ports of ferroport, and is what it was in all else.

const test = require('ava');
const { program } = require('../support/program');
const { REGISTER } = require('./hooked');

/** What a program sees of the class, with whatever ports it has. */
const SOURCE = `
  const { inspect } = require('node:util');
  const seen = [];
  const { port1, port2 } = new MessageChannel();
  const attempt = (make) => {
    try {
      const event = make();
      const { ports, source } = event;
      return [
        source === port1 ? 'port1' : source, ports.map((each) => each === port1 ? 'port1' : each === port2 ? 'port2' : '?'),
        Object.isFrozen(ports), Array.isArray(ports), event.ports === ports, event.data, event.origin, event.lastEventId, event.type,
        event instanceof MessageEvent, event instanceof Event, event.constructor === MessageEvent, Reflect.ownKeys(event).length,
        event.bubbles, inspect(event).replace(/timeStamp: [\\d.]+/, ''),
      ];
    } catch ({ name, code, message }) {
      return [name, code, message];
    }
  };
  const inits = [
    undefined, null, {}, { source: port1 }, { ports: [port1, port2] }, { source: port1, ports: [port2, port2], data: 5, origin: 'here' },
    { source: null, ports: [] }, { ports: new Set([port1]) }, { source: 5 }, { source: {} }, { ports: [port1, {}] }, { ports: 5 },
    { ports: {} }, { ports: [null] }, { source: new EventTarget() }, Object.create({ ports: [port1], data: 1, bubbles: true }),
  ];
  for (const init of inits) seen.push(attempt(() => new MessageEvent('message', init)));
  seen.push(attempt(() => new MessageEvent()), attempt(() => MessageEvent('message')));
  class Mine extends MessageEvent {}
  const mine = new Mine('mine', { ports: [port1] });
  seen.push([mine instanceof Mine, mine instanceof MessageEvent, mine.ports[0] === port1, mine.constructor === Mine]);
  const read = [];
  new MessageEvent('message', { get ports() { read.push('ports'); return [port1]; }, get data() { read.push('data'); } });
  seen.push(read.sort());
  const { ports, source } = Object.getOwnPropertyDescriptors(MessageEvent.prototype);
  for (const { get, set, ...flags } of [ports, source]) seen.push([get.name, get.length, typeof set, flags]);
  seen.push([MessageEvent.name, MessageEvent.length, Object.getPrototypeOf(MessageEvent) === Event]);
  try { ports.get.call({}); } catch ({ name, code }) { seen.push([name, code]); }
  const { get, set, value, ...flags } = Object.getOwnPropertyDescriptor(globalThis, 'MessageEvent');
  seen.push(flags);
  port1.addEventListener('message', (event) => {
    seen.push([event instanceof MessageEvent, event.constructor === MessageEvent, event.ports.length, event.source]);
  });
  port1.dispatchEvent(new MessageEvent('message', { ports: [port2] }));
  port2.postMessage(1);
  port1.start();
  setTimeout(() => {
    port1.close();
    for (const each of seen) console.log(JSON.stringify(each));
  }, 20);
`;

test('a MessageEvent takes ports of ferroport as the built-in’s takes its own', async (t) => {
  const [ours, theirs] = await Promise.all([program(SOURCE, { execArgv: ['-r', REGISTER] }), program(SOURCE)]);
  t.deepEqual(ours, theirs);
  t.is(theirs.code, 0);
  t.true(theirs.out.length > 20);
});

test('the class is not loaded before somebody asks for it', async (t) => {
  const { out, stderr } = await program(
    `const isLoaded = process.moduleLoadList.some((name) => name.includes('undici'));
    const { get } = Object.getOwnPropertyDescriptor(globalThis, 'MessageEvent');
    console.log(isLoaded, typeof get, MessageEvent === globalThis.MessageEvent, 'value' in Object.getOwnPropertyDescriptor(globalThis, 'MessageEvent'));`,
    { execArgv: ['-r', REGISTER] },
  );
  t.deepEqual(out, ['false function true true'], stderr);
});

test('it takes ports of Node, too', async (t) => {
  const { out, stderr } = await program(
    `const { port1 } = new (require(${JSON.stringify(require.resolve('../../lib/node/threads'))}).original.MessageChannel)();
    const mixed = new MessageEvent('message', { source: port1, ports: [port1, new MessageChannel().port1] });
    console.log(mixed.source === port1, mixed.ports[0] === port1, mixed.ports[1] instanceof MessagePort);`,
    { execArgv: ['-r', REGISTER] },
  );
  t.deepEqual(out, ['true true true'], stderr);
});
