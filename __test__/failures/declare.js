'use strict';

// Declares a way of making operations fail as AVA tests, one for each group of operations.

const test = require('ava');
const { drive } = require('./drive');
const { withoutKnown } = require('./of-node');
const { groups, ways } = require('./plans');
const { faultsOf, totalOf } = require('./report');

/** What is found with a seed is found again with it: FAILURES_SEED=… npx ava …. */
const SEED = Number(process.env.FAILURES_SEED ?? Date.now() % 1_000_000);

/** `FAILURES_SUBJECT=built-in` asks the same of Node's own ports, to see that the questions are right. */
const BUILT_IN = process.env.FAILURES_SUBJECT === 'built-in';

/**
 * @param {string} title
 * @param {import('./plans').Plan} plan
 * @param {{ execArgv?: string[] }} [options]
 */
function declare(title, plan, options) {
  test.serial(title, async (t) => {
    const result = BUILT_IN ? withoutKnown(await drive(plan, options)) : await drive(plan, options);
    const { threw, returned } = totalOf(result);
    t.log(`seed ${plan.seed}: ${threw + returned} attempts, ${threw} threw`);
    // Of replaced builtins an operation may use none.
    if (!BUILT_IN && plan.driver !== 'builtins') t.true(threw > 0, 'nothing has been made to fail');
    t.is(faultsOf(result), '');
  });
}

/** @param {...string} names of ways */
function declareWays(...names) {
  for (const name of names) {
    const { driver, title, execArgv, plan, groups: only = Object.keys(groups), few } = ways[name];
    for (const group of only) {
      declare(
        `whole messages arrive after ${groups[group]} that ${title}`,
        { driver, groups: [group], seed: SEED, attempts: few, builtIn: BUILT_IN, ...plan },
        { execArgv },
      );
    }
  }
}

module.exports = { BUILT_IN, SEED, declare, declareWays };
