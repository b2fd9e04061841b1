// What a round trip between JavaScript and a thread in Rust takes: over a port, and by threadsafe functions.
//
//   npm run bench -- native [--rounds <count>] [--count <round trips in each round>]
//
// The sides take turns, so that what slows the machine slows all of them.
'use strict';

const { parseArgs } = require('node:util');
const { MessageChannel } = require('ferroport');
const { hasher } = require('../../scripts/example-addon');
const { median } = require('../sides/compare');

const UNDER_WAY = [1, 100];
const TEXT = 'a question of usual length';

/**
 * @typedef {object} Bench
 * @property {string} name
 * @property {string} group what is asked of it; the second one of a group is measured against
 * @property {(count: number, underWay: number) => Promise<number>} run gives the nanoseconds of a round trip
 * @property {() => void} close
 */

/**
 * Benches that ask from JavaScript.
 * @param {(answered: (n: number) => void) => { ask: (question: { n: number, text: string }) => void, close: () => void }} open
 * @param {{ name: string, group: string }} names
 * @returns {Bench}
 */
function asking(open, names) {
  let /** @type {(n: number) => void} */ answered = () => {};
  const { ask, close } = open((n) => answered(n));
  const run = (/** @type {number} */ count, /** @type {number} */ underWay) =>
    new Promise((/** @type {(time: number) => void} */ resolve, reject) => {
      let asked = 0;
      let next = 0;
      const began = process.hrtime.bigint();
      answered = (n) => {
        if (n !== next++) return reject(new Error(`${names.name}: ${n} instead of ${next - 1}`));
        if (next === count) resolve(Number(process.hrtime.bigint() - began) / count);
        else if (asked < count) ask({ n: asked++, text: TEXT });
      };
      while (asked < underWay) ask({ n: asked++, text: TEXT });
    });
  return { ...names, run, close };
}

/**
 * @param {any} addon
 * @returns {Bench[]}
 */
function benches(addon) {
  const fromJavaScript = 'JavaScript asks';
  const fromRust = 'Rust asks';
  return [
    asking(
      (answered) => {
        const { port1, port2 } = new MessageChannel();
        addon.echoTyped(port2);
        port1.onmessage = ({ data }) => answered(data.n);
        return { ask: (question) => port1.postMessage(question), close: () => port1.close() };
      },
      { name: 'port', group: fromJavaScript },
    ),
    asking(
      (answered) => {
        addon.startCallback((/** @type {{ n: number }} */ { n }) => answered(n));
        return { ask: addon.ask, close: addon.stopCallback };
      },
      { name: 'threadsafe function, called back', group: fromJavaScript },
    ),
    overPort(addon, { name: 'port', group: fromRust }),
    {
      name: 'threadsafe function, oneshot',
      group: fromRust,
      run: (count, underWay) =>
        new Promise((resolve) => {
          addon.askByFunction(
            (/** @type {{ n: number }} */ { n }) => n,
            count,
            underWay,
            (/** @type {number} */ took) => resolve(took / count),
          );
        }),
      close: () => {},
    },
  ];
}

/**
 * @param {any} addon
 * @param {{ name: string, group: string }} names
 * @returns {Bench}
 */
function overPort(addon, names) {
  const { port1, port2 } = new MessageChannel();
  addon.askOverPort(port2);
  let /** @type {(took: number) => void} */ done = () => {};
  port1.onmessage = ({ data }) => {
    if (typeof data === 'number') done(data);
    else port1.postMessage(data.n);
  };
  return {
    ...names,
    run: (count, underWay) =>
      new Promise((resolve) => {
        done = (took) => resolve(took / count);
        port1.postMessage({ count, under_way: underWay });
      }),
    close: () => port1.close(),
  };
}

/** @param {string[]} args */
async function main(args) {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '9' }, count: { type: 'string', default: '20000' } },
  });
  const [rounds, count] = [Number(values.rounds), Number(values.count)];
  const all = benches(require(await hasher()));
  console.log(`Node ${process.version}, ${rounds} rounds of ${count} round trips, medians`);
  for (const underWay of UNDER_WAY) {
    /** @type {Map<Bench, { times: number[], processor: number[] }>} */
    const figures = new Map(all.map((bench) => [bench, { times: [], processor: [] }]));
    for (let round = -2; round < rounds; round++) {
      for (const [bench, { times, processor }] of figures) {
        const before = process.cpuUsage();
        const time = await bench.run(count, underWay);
        const { user, system } = process.cpuUsage(before);
        // The first rounds are for the compilers and caches.
        if (round < 0) continue;
        times.push(time / 1e3);
        processor.push((user + system) / count);
      }
    }
    for (const [{ name, group }, { times, processor }] of figures) {
      const [other] = [...figures]
        .filter(([bench]) => bench.group === group && bench.name !== name)
        .map((found) => found[1]);
      const factor = median(other.times) / median(times);
      console.log(
        `${String(underWay).padStart(4)} under way, ${group.padEnd(15)} ${name.padEnd(34)} ${median(times).toFixed(2).padStart(7)} us ` +
          `${factor.toFixed(2).padStart(6)} x  processor ${median(processor).toFixed(2).padStart(6)} us`,
      );
    }
  }
  for (const { close } of all) close();
}

module.exports = { main };
