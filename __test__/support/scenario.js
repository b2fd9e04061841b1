'use strict';

// Declares scenarios as AVA tests: each is observed on the built-in and on ferroport, and what was seen is compared.

const test = require('ava');
const { alike } = require('./alike');
const { observeHere, observeInChild } = require('./observe');

const BUILT_IN = 'node:worker_threads';

/** `PARITY_SUBJECT=node:worker_threads` runs the built-in against itself: it shows that the scenarios are stable. */
const SUBJECT = process.env.PARITY_SUBJECT ?? require.resolve('../..');
const ITSELF = SUBJECT === BUILT_IN;

const here = (scenario) => async (name) => observeHere(scenario, name);

/** What of a child's end is compared: notes, exit code, signal, and what `options.also` picks from its output. */
const child =
  (scenario, options = {}) =>
  async (name) => {
    const { seen, code, signal, stdout, stderr } = await observeInChild(scenario, name, options);
    return { seen, code, signal, ...options.also?.({ stdout, stderr }) };
  };

function declare(title, observe) {
  test.serial(title, async (t) => {
    alike(t, await observe(SUBJECT), await observe(BUILT_IN));
  });
}

function declareDifference(title, { why, expected }, observe) {
  test.serial(`${title} ★`, async (t) => {
    t.notDeepEqual(await observe(BUILT_IN), expected, 'the built-in has come to do the same: no difference any more');
    if (!ITSELF) alike(t, await observe(SUBJECT), expected, why);
  });
}

/** A scenario in which ferroport does what the built-in does. */
const same = (title, scenario) => declare(title, here(scenario));
same.inChild = (title, scenario, options) => declare(title, child(scenario, options));

/** A scenario in which ferroport differs on purpose: it must see `expected`, and the built-in must not. */
const differs = (title, difference, scenario) => declareDifference(title, difference, here(scenario));
differs.inChild = (title, difference, scenario, options) =>
  declareDifference(title, difference, child(scenario, options));

/** A scenario in which the built-in gives now this, now that, and ferroport always `expected`. */
const stricter = (title, { why, expected }, scenario) =>
  (ITSELF ? test.skip : test.serial)(`${title} ★`, async (t) => {
    alike(t, await observeHere(scenario, SUBJECT), expected, why);
  });

const skipped = (title) => test.skip(title, () => {});
skipped.inChild = skipped;

/** Declares `scenario` only where the running Node has what it is about. */
const where = (condition) => (condition ? { same, differs } : { same: skipped, differs: skipped });
module.exports = { BUILT_IN, ITSELF, SUBJECT, differs, same, stricter, test, where };
