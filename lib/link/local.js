// The links that go on in this thread. Nothing of theirs keeps it running, so what was posted last is written when it is about to end.
'use strict';

const { now } = require('./clock');
const { globals, process } = require('../language/originals');
const { mapDelete, mapForEach, mapSet, mapSize } = require('../language/intrinsics');
const { LEAVING } = require('./thread');

/** @typedef {import('./session').OneSession} OneSession */

/**
 * @typedef {object} Parting how a session's transport ends with the thread
 * @property {() => void} stay keeps the thread running until what was written has gone
 * @property {(session: OneSession, until: number) => void} leave the thread ends, and the session with it, by then
 */

/** @type {Map<OneSession, Parting>} */
const sessions = new globals.Map();

/**
 * @param {OneSession} session
 * @param {Parting} parting
 */
function add(session, parting) {
  if (mapSize(sessions) === 0) {
    process.on('beforeExit', flush);
    process.on('exit', part);
  }
  mapSet(sessions, session, parting);
}

/** @param {OneSession} session */
function remove(session) {
  if (!mapDelete(sessions, session) || mapSize(sessions) > 0) return;
  process.off('beforeExit', flush);
  process.off('exit', part);
}

/** Nothing keeps the thread running any more. */
function flush() {
  mapForEach(sessions, (parting, session) => {
    session.flush();
    parting.stay();
  });
}

/** The thread ends. */
function part() {
  const until = now() + LEAVING;
  mapForEach(sessions, (parting, session) => parting.leave(session, until));
}

/**
 * @param {any} writable a stream, of which only what it takes at once is written at the end
 * @returns {Parting}
 */
const overStream = (writable) => ({
  stay() {
    if (writable.writableLength === 0 || typeof writable.ref !== 'function') return;
    writable.ref();
    writable.write('', () => writable.unref());
  },
  leave: (session) => session.part(),
});

module.exports = { add, remove, overStream };
