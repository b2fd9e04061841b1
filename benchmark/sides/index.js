// The group *sides*: what a message costs its sender and what it costs its receiver, beside the built-in.
'use strict';

const { isChosen } = require('../cases');
const { startProcess } = require('../processes/start');
const { missed, ratios } = require('./compare');
const { FLOOR, PAYLOADS } = require('./payloads');

/**
 * @typedef {import('./compare').Ratios} Ratios
 * @typedef {import('./measure').Times} Times
 * @typedef {import('./payloads').Floor} Floor
 *
 * @typedef {object} SidesResult
 * @property {string} trial
 * @property {string} name of the payload
 * @property {Times} ours
 * @property {Times} builtIn
 * @property {Ratios} ratio the built-in's times divided by ours
 * @property {number} cold the same of the first ten messages of the kind in a process, posting and receiving together
 * @property {Ratios} [beside] the built-in's times divided by those of another build
 * @property {Floor} floor of Node 24 and later
 * @property {(keyof Ratios)[]} missed the floors that are
 *
 * @typedef {object} Variant
 * @property {string} trial
 * @property {string[]} [names] of payloads; all of them, without
 * @property {Floor} [floor] instead of the payloads' own
 * @property {string[]} [flags] of Node
 * @property {string} [prelude] a module that is loaded first
 * @property {Record<string, string>} [env]
 * @property {number} rounds
 * @property {number} [share] of the messages of each payload
 */

/** Each starts with another kind: what comes first in a process pays for what all need. */
const WARM_PROCESSES = 3;
const COLD_PROCESSES = 6;

/** So many rounds of all kinds go by before any is counted. */
const WARM_UP = 8;

/** So many messages of a kind are its first ones. */
const FIRST_MESSAGES = 10;

const OBJECTS = [
  ...['number', 'small object', 'RPC request', 'Piscina task', 'log line', 'lint result', 'tree of 364', 'syntax tree'],
  ...[
    'syntax tree, instances',
    '1,000 records',
    '50 instances',
    '200 paths',
    'module graph',
    'matrix of 50x50',
    'error',
  ],
];

/** Messages take several times as long: a fifth of them is enough. */
const NO_LANE = { names: OBJECTS, floor: { post: 0.8, receive: 0.8 }, rounds: 21, share: 0.2 };

/** @type {Variant[]} */
const VARIANTS = [
  { trial: 'sides', rounds: 45 },
  { trial: 'sides, no code from strings', flags: ['--disallow-code-generation-from-strings'], ...NO_LANE },
  { trial: 'sides, Object.prototype extended', prelude: require.resolve('./patched'), ...NO_LANE },
];

/** @type {Variant} which has a process of its own, as whether there is a fast lane is decided when the package is loaded */
const SLOW_LANE = {
  trial: 'sides, slow lane',
  env: { FERROPORT_FAST_LANE: '0' },
  names: OBJECTS,
  floor: {},
  rounds: 21,
  share: 0.2,
};

/**
 * @param {string[]} only parts of names of the group, its variants or payloads; none chooses everything
 * @param {{ rounds?: number, lanes?: boolean, beside?: string }} [settings] `beside` is the directory of another build
 * @returns {{ trial: string, count: number, run: () => Promise<SidesResult[]> }[]} what is to be measured
 */
function chosenSides(only, { rounds, lanes = false, beside } = {}) {
  return [...VARIANTS, ...(lanes ? [SLOW_LANE] : [])].flatMap((variant) => {
    const { trial, names } = variant;
    const payloads = PAYLOADS.filter(({ name }) => (names?.includes(name) ?? true) && isChosen({ trial, name }, only));
    if (payloads.length === 0) return [];
    const run = () => measureVariant(variant, payloads, rounds ?? variant.rounds, beside);
    return [{ trial, count: payloads.length, run }];
  });
}

/**
 * @param {Variant} variant
 * @param {import('./payloads').Payload[]} payloads
 * @param {number} rounds over all processes
 * @param {string} [beside]
 * @returns {Promise<SidesResult[]>}
 */
async function measureVariant({ trial, floor, flags, prelude, env, share }, payloads, rounds, beside) {
  const names = payloads.map(({ name }) => name);
  const modules = ['node:worker_threads', 'ferroport', ...(beside === undefined ? [] : [beside])];
  /** @type {(count: number, settings: object) => Promise<Times[][]>} */
  const inProcesses = async (count, settings) => {
    const all = [];
    for (let turn = 0; turn < count; turn++) {
      const first = Math.floor((turn * payloads.length) / count);
      const args = { names, modules, prelude, first, turn, ...settings };
      all.push(await startProcess('sides.js', [JSON.stringify(args)], { env, flags }).answer());
    }
    return joined(all);
  };
  const cold = await inProcesses(COLD_PROCESSES, { rounds: 1, most: FIRST_MESSAGES });
  const processes = Math.min(WARM_PROCESSES, rounds);
  const warm = await inProcesses(processes, { rounds: Math.ceil(rounds / processes), warmUp: WARM_UP, share });
  return payloads.map((payload, index) => {
    const [builtIn, ours, other] = warm[index];
    const ratio = ratios(builtIn, ours);
    const here = hasFloors() ? (floor ?? payload.floor ?? FLOOR) : {};
    return {
      ...{ trial, name: payload.name, ours, builtIn, ratio, cold: ratios(cold[index][0], cold[index][1]).both },
      ...(other === undefined ? {} : { beside: ratios(builtIn, other) }),
      ...{ floor: here, missed: missed(ratio, here) },
    };
  });
}

/** Whether this Node is one of those that the floors are for. */
function hasFloors() {
  return Number(process.versions.node.split('.')[0]) >= 24;
}

/**
 * @param {Times[][][]} all of each process, of each payload, of each side
 * @returns {Times[][]}
 */
function joined(all) {
  return all[0].map((sides, kind) =>
    sides.map((_, side) => ({
      post: all.flatMap((times) => times[kind][side].post),
      receive: all.flatMap((times) => times[kind][side].receive),
    })),
  );
}

module.exports = { chosenSides, joined };
