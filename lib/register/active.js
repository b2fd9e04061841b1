// Adds the ref'ed ports of ferroport to what process._getActiveHandles (undocumented) says keeps the process. Node does
// not know of them, because they are no handles of the event loop.
'use strict';

const { process, statics } = require('../language/originals');
const { put } = require('./put');

const { apply, getOwnPropertyDescriptor } = statics;

// The functions below load what they need when somebody calls them, because few programs do.

function tellOfPorts() {
  wrap('_getActiveHandles', (handles) => {
    const all = [];
    for (let i = 0; i < handles.length; i++) all[i] = handles[i];
    const { isRefed } = require('../port/port');
    const members = require('../channel/members');
    const held = require('../channel/attached').all();
    for (let i = 0; i < held.length; i++) {
      const isKeeping = members.isMember(held[i]) ? members.isRefed(held[i]) : isRefed(held[i]);
      if (isKeeping) all[all.length] = held[i];
    }
    return all;
  });
}

/**
 * @param {string} name of a method of process that gives a list
 * @param {(list: any[]) => any[]} withPorts
 */
function wrap(name, withPorts) {
  const descriptor = getOwnPropertyDescriptor(process, name);
  const original = descriptor?.value;
  if (typeof original !== 'function') return;
  const value = {
    [name]() {
      return withPorts(apply(original, process, arguments));
    },
  }[name];
  put(process, name, { ...descriptor, value });
}

module.exports = { tellOfPorts };
