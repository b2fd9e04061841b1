// What those who deliver messages need to know of broadcast channels. There are none until broadcast-channel.js is loaded, which
// puts its functions here.
'use strict';

const members = {
  /** @type {(value: any) => boolean} */
  isMember: () => false,
  /** @type {(member: any) => import('node:async_hooks').AsyncResource} */
  contextOf: () => never(),
  /** @type {(member: any) => boolean} */
  isRefed: () => never(),
  /** @type {(member: any) => number} */
  keyOf: () => never(),
  /** @type {(member: any, type: 'message' | 'messageerror', value: unknown) => void} */
  emitMessage: () => never(),
};

/** @returns {never} */
function never() {
  throw new Error('there is no broadcast channel');
}

module.exports = members;
