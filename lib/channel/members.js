// What rooms that deliver messages ask about broadcast channels. broadcast-channel.js puts its functions here when it
// is loaded; until then there are no broadcast channels.
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
