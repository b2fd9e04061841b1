// The signals of this thread that somebody listens to. What happens to them comes over a channel of the thread's own, so an event comes
// like a message; the channel does not keep the thread running.
'use strict';

const native = require('../native/native');
const contexts = require('../runtime/context');
const { teller } = require('../channel/signals');
const { Map, mapDelete, mapGet, mapSet, mapSize } = require('../language/intrinsics');
const { make } = require('../post/message-port');

/** @typedef {{ aborted(): void, settled(): void }} Heard what is told of a signal */

/** A number of a listening is below this one. */
const END = 2 ** 31;

/**
 * What is told of the signals that somebody listens to, by the numbers under which the thread listens. So the thread holds these signals,
 * until nobody can abort them any more.
 * @type {Map<number, Heard>}
 */
const listened = new Map();

/** The last number that was given. */
let last = 0;

/** @type {ReturnType<typeof make> | null} */
let port = null;

/** @param {number} number of a listening, or that below zero */
function hear(number) {
  const heard = /** @type {Heard | undefined} */ (mapGet(listened, number < 0 ? -number : number));
  // Nobody listens any more.
  if (heard === undefined) return;
  if (number < 0) heard.settled();
  else heard.aborted();
}

/** The port on which the thread hears; made when the thread first listens. */
function tellerPort() {
  if (port === null) {
    // No store of an AsyncLocalStorage belongs to it.
    port = contexts.runOutside(() => make((teller.key = native.listenToSignals())));
  }
  return port;
}

/**
 * Listens to a signal.
 * @param {number} number of the signal
 * @param {Heard} heard
 * @returns {number} of the listening; 0 if the signal is aborted, or nobody can abort it
 */
function listen(number, heard) {
  native.reserveDeepStack();
  const there = tellerPort();
  do last = last + 1 === END ? 1 : last + 1;
  while (mapGet(listened, last) !== undefined);
  const own = last;
  mapSet(listened, own, heard);
  if (!native.listenToSignal(number, own)) {
    mapDelete(listened, own);
    return 0;
  }
  if (mapSize(listened) === 1) {
    there.on('message', hear);
    there.unref();
  }
  return own;
}

/**
 * Listens no more.
 * @param {number} own the number of the listening
 */
function stop(own) {
  // A port that nobody listens to holds nothing in memory.
  if (mapDelete(listened, own) && mapSize(listened) === 0) tellerPort().off('message', hear);
}

module.exports = { listen, stop };
