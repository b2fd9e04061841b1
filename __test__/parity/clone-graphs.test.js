'use strict';

// The structured clone of whole graphs: cycles, shared references, depth, other realms, and when it is taken.

const { same } = require('../support/scenario');

same('cycles and shared references', ({ log, trip }) => {
  const shared = { name: 'shared' };
  const cyclic = { shared, list: [shared, shared] };
  cyclic.self = cyclic;
  cyclic.map = new Map([[cyclic, shared]]);
  cyclic.map.set('map', cyclic.map);
  cyclic.set = new Set([cyclic, shared]);
  cyclic.set.add(cyclic.set);
  cyclic.boxed = Object('text');
  cyclic.again = [cyclic.boxed, cyclic.date, cyclic.boxed];
  cyclic.date = new Date(5);
  cyclic.dates = [cyclic.date, /x/g];
  cyclic.list.push(cyclic.list);
  log(trip(cyclic), trip(cyclic.list), trip(cyclic.map), trip(cyclic.set));
});

same('equal is not the same', ({ log, trip }) => {
  const arrived = trip([{ a: 1 }, { a: 1 }, 'text', 'text', Object(1), Object(1)]);
  log(arrived, arrived[0] === arrived[1], arrived[4] === arrived[5]);
});

same('many objects that are referenced twice', ({ log, trip }) => {
  const objects = Array.from({ length: 3000 }, (_, index) => ({ index }));
  const arrived = trip([objects, [...objects].reverse()]);
  log(arrived[0].every((object, index) => object === arrived[1][2999 - index] && object.index === index));
});

same('objects that have the same keys in another order', ({ log, trip }) => {
  log(
    trip(
      [{ a: 1, b: 2 }, { b: 1, a: 2 }, { a: 1 }, { a: 1, b: 2, c: 3 }, { a: 3, b: 4 }].concat({ b: { a: 1, b: 1 } }),
    ),
  );
});

same('nesting that the built-in manages', ({ log, trip }) => {
  for (const wrap of [
    (inner) => [inner],
    (inner) => ({ inner }),
    (inner) => new Map([[1, inner]]),
    (inner) => new Set([inner]),
  ]) {
    let value = 'core';
    for (let depth = 0; depth < 600; depth++) value = wrap(value);
    let depth = 0;
    for (let at = trip(value); typeof at === 'object'; depth++) {
      at = at instanceof Map ? at.get(1) : at instanceof Set ? [...at][0] : (at.inner ?? at[0]);
    }
    log(depth);
  }
});

same.inChild('nesting that is too deep is refused or arrives, and never crashes', ({ api, log, thrown }) => {
  // The texts of 200,000 traces would take most of the time, and say nothing.
  Error.stackTraceLimit = 0;
  for (const wrap of [
    (inner) => [inner],
    (inner) => ({ inner }),
    (inner) => new Map([[inner, 1]]),
    (inner) => new Error('x', { cause: inner }),
  ]) {
    let value = null;
    for (let depth = 0; depth < 200_000; depth++) value = wrap(value);
    const { port1, port2 } = new api.MessageChannel();
    try {
      port1.postMessage(value);
      log('arrives or is refused', api.receiveMessageOnPort(port2) !== undefined);
    } catch (error) {
      log('arrives or is refused', thrown(error).message === 'Maximum call stack size exceeded');
    }
    port1.close();
  }
});

same('values of another realm', ({ log, attempt, trip }) => {
  const { runInNewContext } = require('node:vm');
  const code =
    '[[1], { a: 1 }, new Map([[1, 2]]), new Set([1]), new Date(0), /x/g, new TypeError("x"), new Uint8Array(2), Object(1)]';
  for (const value of runInNewContext(code)) log(attempt(() => trip(value)));
  log(
    attempt(() => trip(runInNewContext('(function named() {})'))),
    attempt(() => trip(runInNewContext('new WeakMap'))),
  );
});

same('the clone is taken before postMessage returns', ({ api, log, open }) => {
  const [port, peer] = open();
  const value = { list: [1, 2], map: new Map([[1, 1]]), bytes: Uint8Array.of(1), date: new Date(0) };
  port.postMessage(value);
  value.list.push(3);
  value.map.set(2, 2);
  value.bytes[0] = 9;
  value.date.setTime(5);
  value.late = true;
  log(api.receiveMessageOnPort(peer));
});
