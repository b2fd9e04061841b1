'use strict';

// A post that fails because the stack is full leaves nothing to the messages after it. Each scenario runs on the built-in, too.

const test = require('ava');
const { isDeepStrictEqual } = require('node:util');
const vm = require('node:vm');
const threads = require('node:worker_threads');
const ferroport = require('../../index.js');
const native = require('../../lib/native/native');

const implementations = [
  ['the built-in', threads],
  ['ferroport', ferroport],
];

/**
 * Calls itself with `post` at each level until the stack is full.
 * @param {() => void} post
 * @param {...unknown} more by so many words the end of the stack moves
 * @throws {RangeError}
 */
function recurse(post, ...more) {
  post();
  recurse(post, ...more);
}

/** All that waits on a port. */
function drain({ receiveMessageOnPort }, port) {
  const messages = [];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    messages.push(next.message);
  }
  return messages;
}

for (const [name, implementation] of implementations) {
  const { MessageChannel } = implementation;

  test(`a report that is posted after a recursion has overflowed arrives as it was posted (${name})`, (t) => {
    const { port1, port2 } = new MessageChannel();
    const state = { file: 'a.js', rules: new Map([['semi', { on: true }]]) };
    let depth = 0;
    t.throws(() => recurse(() => port1.postMessage({ depth: depth++, state })), { instanceOf: RangeError });
    const before = drain(implementation, port2);
    t.true(before.every((message, index) => isDeepStrictEqual(message, { depth: index, state })));
    const report = { failed: true, state };
    port1.postMessage(report);
    t.deepEqual(drain(implementation, port2), [report]);
    port1.close();
  });

  test(`what was written of a message that failed goes to nobody else (${name})`, (t) => {
    for (let words = 0; words < 12; words++) {
      const mine = new MessageChannel();
      const other = new MessageChannel();
      // Long strings, so that a draft has been begun.
      const secret = ['secret'.repeat(900), { text: 'also secret'.repeat(400) }];
      const post = () => mine.port1.postMessage(secret);
      t.throws(() => recurse(post, ...new Array(words)), { instanceOf: RangeError });
      other.port1.postMessage({ hello: 'world' });
      t.deepEqual(drain(implementation, other.port2), [{ hello: 'world' }]);
      t.true(
        drain(implementation, mine.port2).every(([text, also]) => text === secret[0] && also.text === secret[1].text),
      );
      mine.port1.close();
      other.port1.close();
    }
  });

  test(`a post that a vm timeout ends leaves nothing to the next one (${name})`, (t) => {
    const { port1, port2 } = new MessageChannel();
    const script = new vm.Script('port.postMessage([text, { get endless() { for (;;); } }])');
    for (let round = 0; round < 5; round++) {
      const context = { port: port1, text: `never ${round}`.repeat(1000) };
      t.throws(() => script.runInNewContext(context, { timeout: 5 }), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
      port1.postMessage({ round });
      t.deepEqual(drain(implementation, port2), [{ round }]);
    }
    port1.close();
  });
}

test('after a vm timeout has ended a post, the next ones go by the lane that they took before', (t) => {
  const { port1, port2 } = new ferroport.MessageChannel();
  const { isOpen } = require('../../lib/codec/message/message').message;
  t.false(isOpen);
  const endless = 'port.postMessage({ get endless() { for (;;); } })';
  t.throws(() => vm.runInNewContext(endless, { port: port1 }, { timeout: 5 }));
  port1.postMessage({ next: 1 });
  t.false(
    require('../../lib/codec/message/message').message.isOpen,
    'the message that was cut short is not taken for one being written',
  );
  t.deepEqual(drain(ferroport, port2), [{ next: 1 }]);
  t.is(native.leftovers().begun, 0);
  port1.close();
});
