'use strict';

// Values nested a hundred thousand and a million deep: they arrive, where the built-in throws a RangeError; nothing crashes.

const test = require('ava');
const { run } = require('./program');

const MILLION = 1_000_000;

/** More than any stack has room for. */
const DEEP = 100_000;

/** How to put a value into another, and how to take it out again. */
const nests = {
  arrays: { put: '(inner) => [inner]', take: '(outer) => outer[0]' },
  'arrays of three': { put: '(inner) => [1, inner, 2]', take: '(outer) => outer[1]' },
  'sparse arrays': { put: '(inner) => { const a = []; a[9] = inner; return a; }', take: '(outer) => outer[9]' },
  objects: { put: '(inner) => ({ a: 1, inner })', take: '(outer) => outer.inner' },
  'Map values': { put: '(inner) => new Map([["k", inner]])', take: '(outer) => outer.get("k")' },
  'Map keys': { put: '(inner) => new Map([[inner, 1]])', take: '(outer) => outer.keys().next().value' },
  Sets: { put: '(inner) => new Set([inner])', take: '(outer) => outer.values().next().value' },
  causes: {
    put: '(inner) => { const e = new Error("m", { cause: inner }); e.stack = "s"; return e; }',
    take: '(outer) => outer.cause',
  },
};

for (const [name, { put, take }] of Object.entries(nests)) {
  const depth = name === 'arrays' ? MILLION : DEEP;
  test.serial(`${name} nested ${depth} deep go both ways`, (t) => {
    const { result, status, signal, stderr } = run(
      new Function(
        '{ ferroport, clone }',
        'depth',
        `
        const [put, take] = [${put}, ${take}];
        Error.stackTraceLimit = 0;
        const nest = () => { let value = 'innermost'; for (let i = 0; i < depth; i++) value = put(value); return value; };
        const deep = (value) => { let count = 0; for (; typeof value === 'object'; value = take(value)) count++; return [value, count]; };
        const bytes = ferroport.serialize(nest());
        const back = deep(ferroport.deserialize(bytes));
        globalThis.gc();
        return [back, deep(clone(ferroport, nest()))];
        `,
      ),
      { input: depth, flags: ['--max-old-space-size=4096'] },
    );
    const whole = ['innermost', depth];
    t.deepEqual({ result, status, signal }, { result: [whole, whole], status: 0, signal: null }, stderr.slice(0, 3000));
  });
}

test.serial('what is refused a hundred thousand deep is refused with the built-in’s error, and its path', (t) => {
  const { result, stderr } = run(
    ({ ferroport, clone }, depth) => {
      let value = { culprit() {} };
      for (let i = 0; i < depth; i++) value = [value];
      const errors = [];
      for (const attempt of [() => clone(ferroport, value), () => ferroport.serialize(value)]) {
        try {
          attempt();
        } catch ({ name, message, path }) {
          errors.push([name, message, path === `${'[0]'.repeat(depth)}.culprit`]);
        }
      }
      return errors;
    },
    { input: DEEP, flags: ['--max-old-space-size=4096'] },
  );
  const expected = ['DataCloneError', 'culprit() {} could not be cloned.', true];
  t.deepEqual(result, [expected, expected], stderr.slice(0, 3000));
});

test.serial('a host object that holds a deep value is refused with a RangeError, as by the built-in', (t) => {
  const { result, stderr } = run(({ ferroport, threads, clone }) => {
    let value = 1;
    for (let i = 0; i < 1_000_000; i++) value = [value];
    const event = Object.assign(new Event('x'), { value });
    return [ferroport, threads].map((api) => {
      try {
        return clone(api, event) && 'arrived';
      } catch ({ name, message }) {
        return [name, message];
      }
    });
  });
  t.deepEqual(result?.[0], result?.[1], stderr.slice(0, 3000));
  t.deepEqual(result[0], ['RangeError', 'Maximum call stack size exceeded']);
});
