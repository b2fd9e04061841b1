// The methods of MessagePort that block the thread.
'use strict';

const native = require('../native/native');
const upward = require('../runtime/upward');
const bridged = require('../channel/bridged');
const { nodeError } = require('../node/errors');
const { statics } = require('../language/originals');
const { check, sendingKey } = require('../port/port');
const { lazy } = require('../language/lazy');

const { apply, defineProperty } = statics;
const { FULL, ROOM } = native.outcomes;

const blocking = lazy(() => require('../port/block'));

const blockingMethods = {
  /**
   * Posts a value as soon as there is room for it, and blocks the thread until then.
   * @this {any}
   * @param {any} [value]
   * @param {{ transfer?: any, timeout?: number, signal?: any } | null} [options]
   * @returns {boolean} whether it was posted; false once the channel has ended, for which nothing was cloned, moved or detached
   * @throws as postMessage, readLimits and block; nothing was posted then
   */
  postMessageSync(value, options) {
    check(this);
    if (arguments.length === 0) {
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.postMessageSync');
    }
    const { readLimits, block } = blocking();
    const limits = readLimits(options);
    const transfer = options?.transfer;
    for (;;) {
      const key = sendingKey(this);
      const outcome = key === 0 ? 0 : native.room(key);
      if (outcome === ROOM) return apply(this.postMessage, this, [value, transfer]) === true;
      if (outcome !== FULL) return false;
      block(key, true, limits, bridged.isFed(key));
    }
  },

  /**
   * Takes the port's next message, and blocks the thread until there is one.
   * @this {any}
   * @param {{ timeout?: number, signal?: any } | null} [options]
   * @returns {any} the message
   * @throws as receiveSync in delivery/receive-sync.js
   */
  receiveSync(options) {
    check(this);
    return upward.receiveSync(this, options);
  },
};

defineProperty(blockingMethods.postMessageSync, 'length', { value: 1 });
defineProperty(blockingMethods.receiveSync, 'length', { value: 0 });

module.exports = blockingMethods;
