'use strict';

// What is sent stays as it is for the engine, too: its arrays of small integers and of doubles, and objects with a layout of their
// own, are what a program's code is quick on. Asked of V8 itself, in processes of their own, with values of many kinds in turn.

const test = require('ava');
const { endsWell } = require('../support/program');

const NATIVES = { execArgv: ['--allow-natives-syntax', '--expose-gc'] };

const PRELUDE = `const threads = require(ferroport);
  const { MessageChannel, receiveMessageOnPort } = threads;
  const channel = new MessageChannel();
  const numbers = (length, from) => Array.from({ length }, (_, i) => i + from);
  class Point { constructor(x, y) { this.x = x; this.y = y; } }
  const makers = {
    integers: () => [1, 2, 3, 4, 5],
    doubles: () => [1.5, 2.5, 3.5, 4.5, 5.5],
    'integers, then a double': () => [1, 2, 3, 4, 5.5],
    texts: () => ['a', 'b', 'c', 'd', 'e'],
    mixed: () => [1, 'a', { b: 2 }, 2.5],
    'integers with a hole': () => [, 1, 2, 3, 4],
    'doubles with a hole': () => [, 1.5, 2.5, 3.5],
    'objects with a hole': () => [, {}, 'a'],
    '30 integers': () => numbers(30, 0),
    '30 doubles': () => numbers(30, 0.5),
    '200 integers': () => numbers(200, 0),
    '200 doubles': () => numbers(200, 0.5),
    '200 texts': () => numbers(200, 0).map(String),
    '9,000 integers': () => numbers(9000, 0),
    '9,000 doubles': () => numbers(9000, 0.5),
    'integers with a key': () => Object.assign([1, 2, 3], { key: 4 }),
    'doubles with a key': () => Object.assign([1.5, 2.5], { key: 4 }),
    matrix: () => [numbers(6, 0), numbers(6, 0.5), ['a', 1]],
    'object with arrays': () => ({ a: [1, 2, 3, 4], b: [0.5, 1.5, 2.5, 3.5], c: ['q'], d: [] }),
    instance: () => new Point([1, 2, 3, 4], [0.5, 1, 2, 3]),
    'object with indices': () => ({ 0: 1, 1: 2, 2: 3 }),
    'object without prototype': () => Object.assign(Object.create(null), { a: [1, 2, 3] }),
    map: () => new Map([[1, [1, 2, 3, 4]], [2, [0.5, 1.5, 2.5, 3.5]], [3, ['a']]]),
    set: () => new Set([[1, 2, 3, 4], [0.5, 1.5, 2.5, 3.5], ['a']]),
    error: () => new Error('e', { cause: [1, 2, 3, 4] }),
  };
  const names = Object.keys(makers);
  /** What V8 says of a value and of all in it; read without places that could change anything. */
  const told = (value, list = []) => {
    if (typeof value !== 'object' || value === null) return list;
    list.push(%HasFastProperties(value), %HasSmiElements(value), %HasDoubleElements(value), %HasObjectElements(value),
      %HasHoleyElements(value), %HasDictionaryElements(value));
    const inner = value instanceof Map ? [...value.values()] : value instanceof Set ? [...value] : Object.values(value);
    inner.forEach((each) => told(each, list));
    told(value.cause, list);
    return list;
  };
  let state = Math.trunc(Math.random() * 2 ** 31);
  console.error('seed', state);
  const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.trunc((state / 0x80000000) * below);
  };
  const changed = {};
  const watch = (send, rounds, among = names) => {
    for (let round = 0; round < rounds; round++) {
      const name = among[random(among.length)];
      const value = makers[name]();
      const before = told(value).join();
      send(value);
      if (told(value).join() !== before) changed[name] = (changed[name] ?? 0) + 1;
    }
  };
  const post = (value) => {
    channel.port1.postMessage(value);
    receiveMessageOnPort(channel.port2);
  };`;

/**
 * @param {string} title
 * @param {string} body
 * @param {{ execArgv?: string[] }} [options]
 */
const leavesAlone = (title, body, options = NATIVES) =>
  endsWell(
    test,
    `arrays and objects are left as they are ${title}`,
    `${PRELUDE}\n(async () => {\n${body}\nconsole.log(changed);\n})();`,
    ['{}'],
    options,
  );

leavesAlone('when values of many kinds are posted', 'watch(post, 6000);');

for (const kinds of [
  ['integers', 'doubles', 'texts'],
  ['30 integers', '30 doubles', '200 texts'],
  ['integers with a hole', 'doubles with a hole', 'objects with a hole'],
]) {
  leavesAlone(`when only ${kinds.join(', ')} are posted`, `watch(post, 4000, ${JSON.stringify(kinds)});`);
}

leavesAlone(
  'when the whole heap has been collected in between and the engine has forgotten its functions',
  `for (let round = 0; round < 4; round++) {
    watch(post, round === 0 ? 400 : 2000, ['integers', 'doubles', 'texts']);
    for (let n = 0; n < 8; n++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }`,
  { execArgv: [...NATIVES.execArgv, '--stress-flush-code'] },
);

leavesAlone(
  'by posts that are refused, which look for what it was',
  `watch((value) => {
    try {
      channel.port1.postMessage({ value, refused: () => {} });
    } catch (error) {
      if (error.name !== 'DataCloneError') throw error;
    }
  }, 3000);`,
);

leavesAlone(
  'by posts with a transfer list, by serialize and by broadcast channels',
  `const broadcast = new threads.BroadcastChannel('untouched');
  const other = new threads.BroadcastChannel('untouched');
  const ways = [
    (value) => {
      const buffer = new ArrayBuffer(8);
      channel.port1.postMessage([value, buffer], [buffer]);
      receiveMessageOnPort(channel.port2);
    },
    (value) => threads.serialize(value),
    (value) => broadcast.postMessage(value),
  ];
  for (let round = 0; round < 60; round++) for (const way of ways) watch(way, 50);
  broadcast.close();
  other.close();`,
);
