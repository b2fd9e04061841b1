// When the streams under a link are ready to be taken over: connected, with nothing left to write.
'use strict';

const clock = require('./clock');
const { deadError, lostError } = require('./errors');
const { reasons } = require('../port/reasons');

/**
 * @typedef {object} Way
 * @property {() => void} close
 */

/** @param {{ readable: any, writable: any }} streams @returns {boolean} whether they are connected and have written what there was */
const isQuiet = ({ readable, writable }) =>
  !writable.connecting && !readable.connecting && writable.writableLength === 0;

/**
 * Waits until the streams are quiet, and as long as they get on: after `deadAfter` without any progress they have failed.
 * @param {{ readable: any, writable: any }} streams
 * @param {number} deadAfter in milliseconds
 * @param {{ onQuiet: () => void, onFailure: (reason: any, error: Error | undefined) => void }} callbacks one of them is called, once
 * @returns {Way}
 */
function whenQuiet({ readable, writable }, deadAfter, { onQuiet, onFailure }) {
  let isOver = false;
  let isClosing = false;
  /** @type {Error | undefined} */
  let failure;
  const onError = (/** @type {Error} */ error) => {
    failure = error;
  };
  const onClose = () => fail(reasons.LOST, lostError(failure));
  const streams = readable === writable ? [writable] : [readable, writable];
  /** @type {any} */
  let timer;
  const finish = () => {
    isOver = true;
    clock.clearTimer(timer);
    for (let i = 0; i < streams.length; i++) {
      streams[i].off('close', onClose);
      streams[i].off('connect', begin);
    }
  };
  const begin = () => {
    if (isOver || failure !== undefined || !isQuiet({ readable, writable })) return;
    finish();
    for (let i = 0; i < streams.length; i++) streams[i].off('error', onError);
    onQuiet();
  };
  const fail = (/** @type {any} */ reason, /** @type {Error | undefined} */ error) => {
    if (isOver) return;
    finish();
    // The listeners for errors stay: what the streams still say concerns nobody.
    for (let i = 0; i < streams.length; i++) streams[i].destroy();
    if (isClosing) onFailure(reasons.CLOSED, undefined);
    else onFailure(reason, error);
  };
  const progress = () =>
    `${readable.connecting} ${writable.connecting} ${writable.writableLength} ${waitingIn(writable)}`;
  let last = progress();
  const look = () => {
    begin();
    if (isOver) return;
    const now = progress();
    if (now === last || isClosing) {
      fail(reasons.DEAD, deadError(deadAfter));
      return;
    }
    last = now;
    plan();
  };
  const plan = () => {
    // This thread may have been busy until now: what has come in the meantime is heard before.
    timer = clock.setTimer(() => clock.soon(look), deadAfter);
  };
  for (let i = 0; i < streams.length; i++) {
    streams[i].on('error', onError);
    streams[i].on('close', onClose);
    streams[i].on('connect', begin);
  }
  // Written after all the rest, and after the connection is there. After an error, 'close' follows.
  writable.write('', (/** @type {any} */ error) => {
    if (!error) begin();
  });
  plan();
  return {
    close() {
      isClosing = true;
    },
  };
}

/** @param {any} socket @returns {number} how many bytes the system has not taken yet */
const waitingIn = (socket) => socket._handle?.writeQueueSize ?? 0;

module.exports = { isQuiet, whenQuiet };
