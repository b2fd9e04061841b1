'use strict';

// Messages of more objects than a Map or Set of V8's can hold, which is 2^24. A Map that is full with fewer stands in its place.

const test = require('ava');
const { endsWell } = require('../support/program');

const MOST = 100;

/** Makes Map and Set refuse what V8's refuse when they are full; put there before ferroport is loaded. */
const LIMITING = `
  const full = () => Reflect.construct(RangeError, ['maximum size exceeded']);
  const { set } = Map.prototype;
  const { add } = Set.prototype;
  Map.prototype.set = function (key, value) {
    if (this.size >= ${MOST} && !this.has(key)) throw full();
    return Reflect.apply(set, this, [key, value]);
  };
  Set.prototype.add = function (value) {
    if (this.size >= ${MOST} && !this.has(value)) throw full();
    return Reflect.apply(add, this, [value]);
  };`;

/** A graph in which objects come again: early and late ones, at once and much later, below others. */
const CHECKING = `
  const { MessageChannel, receiveMessageOnPort, serialize, deserialize } = require(ferroport);
  const { port1, port2 } = new MessageChannel();
  const wrong = [];
  for (const count of [${MOST - 2}, ${MOST - 1}, ${MOST}, ${MOST + 1}, ${MOST + 2}, ${3 * MOST}, ${10 * MOST + 1}]) {
    for (const make of [(i) => ({ i }), (i) => [i], (i) => (i % 3 === 0 ? new Date(i) : new Map([[i, i]]))]) {
      const all = Array.from({ length: count }, (_, i) => make(i));
      const again = [0, 1, ${MOST - 3}, ${MOST - 2}, count >> 1, count - 2, count - 1].map((i) => all[Math.min(i, count - 1)]);
      const sent = [all, again, { again, first: all[0] }];
      port1.postMessage(sent);
      for (const arrived of [receiveMessageOnPort(port2).message, deserialize(serialize(sent))]) {
        const places = (graph) => graph[1].map((object) => graph[0].indexOf(object)).join();
        if (places(arrived) !== places(sent) || arrived[2].again !== arrived[1] || arrived[2].first !== arrived[0][0]) wrong.push(count);
        if (new Array(...new Array(count).keys()).some((i) => arrived[0].indexOf(arrived[0][i]) !== i)) wrong.push(-count);
      }
    }
  }
  console.log('wrong:', wrong.join());
  process.exit();`;

for (const FERROPORT_FAST_LANE of ['0', '1']) {
  endsWell(
    test,
    `each object has one number, wherever its number stands, fast lane ${FERROPORT_FAST_LANE}`,
    LIMITING + CHECKING,
    ['wrong: '],
    { env: { ...process.env, FERROPORT_FAST_LANE } },
  );
}
