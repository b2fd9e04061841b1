// What structured clone does on the running Node and not on every one; found out by trying, when first asked.
'use strict';

const oracle = require('../runtime/oracle');
const { hasOwn } = require('../language/intrinsics');

/**
 * @template T
 * @param {() => T} find
 * @returns {() => T} its result, found once
 */
function once(find) {
  /** @type {{ value: T } | undefined} */
  let found;
  return () => (found ??= { value: find() }).value;
}

/** Whether an error's `cause` is sent. */
const errorCause = once(() => hasOwn(/** @type {Error} */ (oracle.clone(new Error('', { cause: 1 }))), 'cause'));

module.exports = { errorCause };
