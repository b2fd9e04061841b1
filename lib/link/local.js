// The links that go on in this thread. Nothing of theirs keeps it running, so what was posted last is written when it is about to end.
'use strict';

const { globals, process } = require('../language/originals');
const { mapDelete, mapForEach, mapSet, mapSize } = require('../language/intrinsics');

/** The streams that are written to. @type {Map<import('./session').OneSession, any>} */
const sessions = new globals.Map();

/**
 * @param {import('./session').OneSession} session
 * @param {any} writable
 */
function add(session, writable) {
  if (mapSize(sessions) === 0) {
    process.on('beforeExit', flush);
    process.on('exit', part);
  }
  mapSet(sessions, session, writable);
}

/** @param {import('./session').OneSession} session */
function remove(session) {
  if (!mapDelete(sessions, session) || mapSize(sessions) > 0) return;
  process.off('beforeExit', flush);
  process.off('exit', part);
}

/** Nothing keeps the thread running any more. */
function flush() {
  mapForEach(sessions, (writable, session) => {
    session.flush();
    if (writable.writableLength === 0 || typeof writable.ref !== 'function') return;
    writable.ref();
    writable.write('', () => writable.unref());
  });
}

/** The thread ends. */
function part() {
  mapForEach(sessions, (_, session) => session.part());
}

module.exports = { add, remove };
