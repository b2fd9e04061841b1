// What Object.prototype.toString, and util.inspect with it, call instances of a class.
'use strict';

const { original } = require('./threads');
const { defineProperty, getOwnPropertyDescriptor } = require('../language/originals').statics;

/**
 * Gives a class of ours the string tag that the running Node's class has: from Node 26 on each has its own, before they inherit
 * that of EventTarget, or have none.
 * @param {object} prototype of the class
 * @param {'MessageChannel' | 'MessagePort' | 'BroadcastChannel'} name under which Node exports its own
 */
function tagAsNode(prototype, name) {
  const tag = getOwnPropertyDescriptor(original[name].prototype, Symbol.toStringTag);
  if (tag !== undefined) defineProperty(prototype, Symbol.toStringTag, tag);
}

module.exports = { tagAsNode };
