// What structured clone does on the running Node and not on every Node. Found out by trying, when first asked.
'use strict';

const oracle = require('../runtime/oracle');
const { hasOwn } = require('../language/intrinsics');

/**
 * @template T
 * @param {() => T} find
 * @returns {() => T} a function that gives the result; `find` is called once
 */
function once(find) {
  /** @type {{ value: T } | undefined} */
  let found;
  return () => (found ??= { value: find() }).value;
}

/** Whether the `cause` of an error is cloned. */
const errorCause = once(() => hasOwn(/** @type {Error} */ (oracle.clone(new Error('', { cause: 1 }))), 'cause'));

module.exports = { errorCause };
