// What is registered for an on… attribute (HTML standard, 8.1.8: event handlers).
'use strict';

const { apply } = require('../language/originals').statics;

/** @typedef {{ (event: Event): any, handler: any }} EventHandler `handler`: what was assigned to the attribute last */

/**
 * The listener of an on… attribute. It is registered at the first assignment and stays, so that it keeps its place among the
 * others whatever is assigned later. Its name is that of Node's, which users see.
 * @param {any} handler what was assigned
 * @returns {EventHandler}
 */
function eventHandler(handler) {
  /** @type {any} */
  const run = {
    /**
     * @this {any}
     * @param {any[]} args
     */
    eventHandler(...args) {
      if (typeof run.handler === 'function') return apply(run.handler, this, args);
    },
  }.eventHandler;
  run.handler = handler;
  return run;
}

module.exports = { eventHandler };
