// What keeps the process, as process._getActiveHandles has it, which is not documented: with the ports of ferroport that are ref'ed.
// These are no handles of the event loop, of which Node knows.
'use strict';

const { process, statics } = require('../language/originals');
const { put } = require('./put');

const { apply, getOwnPropertyDescriptor } = statics;

// What is asked here is loaded when somebody asks: few programs do.

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
