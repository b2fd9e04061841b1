// What structured clone does on the running Node and not on every Node. Found out by trying, when first asked.
'use strict';

const oracle = require('../runtime/oracle');
const { hasOwn } = require('../language/intrinsics');
const { lazy } = require('../language/lazy');

/** Whether the `cause` of an error is cloned. */
const errorCause = lazy(() => hasOwn(/** @type {Error} */ (oracle.clone(new Error('', { cause: 1 }))), 'cause'));

module.exports = { errorCause };
