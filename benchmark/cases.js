// All that is measured: one file per kind of trial, in the order in which they are run and shown.
'use strict';

/** @type {import('./rounds').Trial[]} */
const TRIALS = [
  require('./trials/create'),
  require('./trials/to-worker'),
  require('./trials/ping-pong'),
  require('./trials/same-thread'),
  require('./trials/transfer'),
  require('./trials/broadcast'),
  require('./trials/worker-pool'),
  require('./trials/piscina'),
  require('./trials/build'),
  require('./trials/odd'),
  require('./trials/refused'),
  require('./trials/open-ports'),
  require('./trials/queue-depth'),
  require('./trials/senders'),
  require('./trials/queued'),
  require('./flow/trial'),
  require('./trials/held'),
  require('./trials/dropped'),
  require('./trials/require'),
  require('./trials/start'),
];

const CASES = TRIALS.flatMap((trial) => trial.cases.map((item) => ({ ...item, trial: trial.name })));

/**
 * @param {{ trial: string, name: string }} item
 * @param {string[]} only parts of names of trials or cases; none chooses everything
 */
function isChosen({ trial, name }, only) {
  return only.length === 0 || only.some((part) => trial.includes(part) || name.includes(part));
}

/**
 * @param {string} trial
 * @param {string} name
 */
function findCase(trial, name) {
  const found = CASES.find((item) => item.trial === trial && item.name === name);
  if (found === undefined) throw new TypeError(`there is no case '${name}' in '${trial}'`);
  return found;
}

module.exports = { CASES, findCase, isChosen };
