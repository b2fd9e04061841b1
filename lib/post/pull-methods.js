// How messages of a port are asked for one by one, and how its listeners are made to wait.
'use strict';

const { statics } = require('../language/originals');
const { lazy } = require('../language/lazy');
const { checked } = require('../port/port');

const { defineProperty } = statics;

// Loaded when first needed: programs that know only the built-in never need them.
const pulling = lazy(() => require('../port/pull'));
const iterating = lazy(() => require('../port/iterate'));
const streaming = lazy(() => require('./streams'));

const pullMethods = {
  /**
   * Lets messages wait that would go to listeners.
   * @this {any}
   */
  pause() {
    pulling().setPaused(checked(this), true);
    return this;
  },

  /** @this {any} */
  resume() {
    pulling().setPaused(checked(this), false);
    return this;
  },

  /** @this {any} */
  isPaused() {
    return pulling().isPaused(checked(this));
  },

  /**
   * The port's messages, each taken when it is asked for.
   * @this {any}
   * @param {any} [options] may have a `signal`
   */
  messages(options) {
    return iterating().messages(checked(this), options);
  },

  /** @this {any} */
  [Symbol.asyncIterator]() {
    return iterating().messages(checked(this), undefined);
  },

  get readable() {
    return streaming().readableOf(checked(this));
  },

  get writable() {
    return streaming().writableOf(checked(this));
  },
};

defineProperty(pullMethods.messages, 'length', { value: 0 });

module.exports = pullMethods;
