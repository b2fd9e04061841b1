// The string tag of a class: the name that Object.prototype.toString and util.inspect show for its instances.
'use strict';

const { original } = require('./threads');
const { defineProperty, getOwnPropertyDescriptor } = require('../language/originals').statics;

/**
 * Gives a class of ferroport's the string tag of the running Node's class. From Node 26 on, each class has a tag of its
 * own. Before that, it inherits EventTarget's, or has none.
 * @param {object} prototype of the class
 * @param {'MessageChannel' | 'MessagePort' | 'BroadcastChannel'} name of Node's class
 */
function tagAsNode(prototype, name) {
  const tag = getOwnPropertyDescriptor(original[name].prototype, Symbol.toStringTag);
  if (tag !== undefined) defineProperty(prototype, Symbol.toStringTag, tag);
}

module.exports = { tagAsNode };
