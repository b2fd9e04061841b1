'use strict';

// Questions to the runtime that are asked by trying it: a stack that is full, or a script that is ended, is no answer, and is not
// kept as one.

const test = require('ava');
const vm = require('node:vm');
require('../../index.js');
const { upwards } = require('./bottom');

/** A file of lib as it is when nobody has asked it anything. */
const fresh = (name) => {
  const path = require.resolve(`../../lib/${name}`);
  delete require.cache[path];
  return require(path);
};

/** What is asked, and the answer. */
const questions = {
  'whether a pool of Buffer is untransferable': () => {
    const { isUntransferable } = fresh('runtime/oracle');
    return () => isUntransferable(Buffer.from('pooled').buffer);
  },
  'whether a buffer is untransferable': () => {
    const { isUntransferable } = fresh('runtime/oracle');
    return () => isUntransferable(new ArrayBuffer(8));
  },
  'whether a value can be cloned': () => {
    const { isCloneable } = fresh('runtime/oracle');
    return () => [isCloneable({ a: 1 }), isCloneable(() => {})];
  },
  'whether a signal can be listed': () => {
    const { isListable } = fresh('runtime/oracle');
    const { signal } = require('node:util').transferableAbortController();
    return () => [isListable(signal), isListable(new AbortController().signal)];
  },
  'what is sent to nobody': () => {
    const { discard } = fresh('runtime/oracle');
    return () => {
      const buffer = new ArrayBuffer(8);
      discard({ buffer }, [buffer]);
      return buffer.byteLength;
    };
  },
  'whether `cause` is sent': () => {
    const { errorCause } = fresh('objects/features');
    return errorCause;
  },
  'whether capture is taken by true': () => {
    const { removesByTrue } = fresh('port/listener-options');
    return removesByTrue;
  },
  'whether there are hooks': () => {
    const { capture, isForBatches } = fresh('runtime/context');
    return () => {
      capture();
      return isForBatches();
    };
  },
  'what becomes a MessageEvent': () => {
    const { PortMessageEvent } = fresh('port/events');
    return () => {
      const event = new PortMessageEvent('message', 1, []);
      return [
        event instanceof MessageEvent,
        event.constructor === MessageEvent,
        event.data,
        Object.isFrozen(event.ports),
      ];
    };
  },
};

for (const [title, prepare] of Object.entries(questions)) {
  test.serial(title, async (t) => {
    const answer = prepare()();
    const failures = await upwards((near) => {
      const ask = prepare();
      const { value = answer } = near(ask);
      t.deepEqual(value, answer);
      t.deepEqual(ask(), answer);
    });
    t.true(failures > 0);
  });
}

test.serial('what was asked near the bottom is nobody else’s answer', async (t) => {
  const { clone } = fresh('runtime/oracle');
  let n = 0;
  const failures = await upwards((near) => {
    const first = { n: n++ };
    const { value = first } = near(() => clone(first));
    t.deepEqual(value, first);
    t.deepEqual(clone({ n: -1 }), { n: -1 });
  });
  t.true(failures > 0);
});

test.serial('what a script was asking that was ended is nobody else’s answer', (t) => {
  const { clone } = fresh('runtime/oracle');
  const sandbox = vm.createContext({ ask: (n) => clone({ n }).n });
  for (let round = 0; round < 40; round++) {
    const program = 'for (let n = 1; ; n++) if (ask(n) !== n) throw new Error("another answer")';
    t.throws(() => vm.runInContext(program, sandbox, { timeout: 1 + (round % 3) }), {
      code: 'ERR_SCRIPT_EXECUTION_TIMEOUT',
    });
    t.deepEqual(clone({ round }), { round });
  }
});
