'use strict';

// `path` of a DataCloneError: where in the value the culprit stands, whatever else stands there.

const test = require('ava');
const { serialize } = require('../..');

const pathOf = (t, value) => {
  const error = t.throws(() => serialize(value), { any: true });
  t.is(error.name, 'DataCloneError');
  return error.path;
};

test('the path names properties, indices, entries and causes', (t) => {
  const culprit = () => {};
  t.is(pathOf(t, culprit), '');
  t.is(pathOf(t, { jobs: [0, {}, { onDone: culprit }] }), '.jobs[2].onDone');
  t.is(pathOf(t, { 'a b': { '"': culprit } }), '["a b"]["\\""]');
  t.is(pathOf(t, { '\ud800': culprit }), '["\\ud800"]');
  t.is(pathOf(t, { 7: [, culprit] }), '["7"][1]');
  t.is(
    pathOf(
      t,
      new Map([
        [1, 2],
        [{ k: culprit }, 3],
      ]),
    ),
    '<Map key 1>.k',
  );
  t.is(pathOf(t, new Map([[1, [culprit]]])), '<Map value 0>[0]');
  t.is(pathOf(t, new Set([1, { culprit }])), '<Set value 1>.culprit');
  t.is(pathOf(t, new Error('m', { cause: { culprit } })), process.version.startsWith('v') ? '.cause.culprit' : '');
  t.is(pathOf(t, [Symbol('s')]), '[0]');
});

test('the path is found through cycles and is not sought in getters', (t) => {
  const value = { list: [] };
  value.list.push(value, { value, culprit() {} });
  t.is(pathOf(t, value), '.list[1].culprit');
  let count = 0;
  const lazy = {
    get computed() {
      count++;
      return () => {};
    },
  };
  t.is(pathOf(t, lazy), undefined);
  t.is(count, 1);
});

test('the path is not sought among the elements of views and strings, which are many', (t) => {
  const large = 2 ** 26;
  const value = [new Uint8Array(large), Buffer.alloc(large), Object('x'.repeat(large)), { culprit() {} }];
  t.is(pathOf(t, value), '[3].culprit');
});

test('the path can be overwritten and is not enumerable, as an error’s message', (t) => {
  const error = t.throws(() => serialize([() => {}]), { any: true });
  t.deepEqual(Object.getOwnPropertyDescriptor(error, 'path'), {
    value: '[0]',
    writable: true,
    enumerable: false,
    configurable: true,
  });
});
