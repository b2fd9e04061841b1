// The arguments of addEventListener and removeEventListener, read as the running Node reads them.
'use strict';

const native = require('../native/native');
const { lazy } = require('../language/lazy');
const { isObject } = require('../language/originals');
const { Event, EventTarget } = require('../node/classes');

/** @param {any} options */
function areOptions(options) {
  return (
    options === undefined ||
    typeof options === 'boolean' ||
    typeof options === 'object' ||
    typeof options === 'function'
  );
}

/** @param {any} options of addEventListener */
function optionsOf(options) {
  if (!isObject(options)) return { capture: options === true };
  const { capture, once, passive, signal } = options;
  return { capture: Boolean(capture), once: Boolean(once), passive, signal };
}

/**
 * Whether the running Node takes `true` for capture when a listener is removed. Up to Node 24 it does so for adding
 * only.
 */
const removesByTrue = lazy(() => {
  // Nobody gets what the listener throws.
  native.reserveStepStack();
  let isRemoved = true;
  const target = new EventTarget();
  const listener = () => void (isRemoved = false);
  target.addEventListener('event', listener, true);
  target.removeEventListener('event', listener, true);
  target.dispatchEvent(new Event('event'));
  return isRemoved;
});

module.exports = { areOptions, optionsOf, removesByTrue };
