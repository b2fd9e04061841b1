// Writes a line for each step of a message, if NODE_DEBUG names ferroport. docs/debugging.md says what the lines mean. The native
// functions are replaced once, before any file of lib has taken them. So a message costs nothing more if NODE_DEBUG does not
// name ferroport.
'use strict';

const { writeSync } = require('node:fs');
const { debuglog } = require('node:util');
const native = require('./native');
const { cells, control, incoming, places, recordWords } = require('./block');
const { original: threads } = require('../node/threads');
const { methods, statics, uncurry } = require('../language/originals');

const { nanoseconds } = statics;
const numberText = uncurry(methods.numberText);

const { CLOSED, MESSAGE, NOTHING, NOTICE, ORDER, POSTED_TO_ITSELF, RECORDS, ROOM, SERVED, SHARED, WHOLE } =
  native.outcomes;
const { COUNT, FLUSHES, FROM, KEY, LENGTH, OTHER_KEY, OUTCOME, TARGETS, TO } = places;

const { pid } = process;

/** How many times a line is written again if the pipe is full. */
const TRIES = 1000;

/** The words for what has become of a message, by the outcome of the call. */
const FATES = {
  [NOTHING]: 'from a port that has closed: dropped',
  [MESSAGE]: 'sent',
  [SERVED]: 'sent',
  [CLOSED]: 'the peer has closed: dropped',
  [POSTED_TO_ITSELF]: 'it carries the peer: dropped, with the channel',
};

/** @returns {bigint} in nanoseconds, on a clock that all threads share */
const now = () => nanoseconds();

/**
 * Writes a line at once. No code of the program's is run. process.stderr is not used, because a worker's waits for the event
 * loop of its parent, which may be the cause of a delay.
 * @param {bigint} at
 * @param {string} step
 * @param {string} what
 */
function tell(at, step, what) {
  const micros = `${at / 1000n}`;
  const line = `FERROPORT ${pid}: ${micros} thread ${threads.threadId} ${step} ${what}\n`;
  for (let i = 0; i < TRIES; i++) {
    try {
      writeSync(2, line);
      return;
    } catch (/** @type {any} */ error) {
      // Nobody reads stderr, or it is closed. The line is lost, and the program goes on.
      if (error.code !== 'EAGAIN') return;
    }
  }
}

/**
 * The words for a port: its key, and its channel while its endpoint is in this thread.
 * @param {number} key
 */
function portText(key) {
  const channel = native.channelNumber(key);
  return channel === 0 ? `port ${key}` : `port ${key} channel ${numberText(channel, 16)}`;
}

/**
 * The words for the receiver of a port's messages.
 * @param {number} key
 */
function peerText(key) {
  const peer = native.peerKey(key);
  return peer === 0 ? 'to another thread' : `to port ${peer}`;
}

/**
 * Makes a call that may ring doorbells, and tells how many it has rung.
 * @template T
 * @param {bigint} at
 * @param {() => T} work the call
 * @param {(result: T) => void} then tells of the call itself
 */
function ringing(at, work, then) {
  const before = native.rings();
  const result = work();
  const rung = native.rings() - before;
  then(result);
  if (rung > 0) tell(at, 'ring', rung === 1 ? 'a doorbell' : `${rung} doorbells`);
  return result;
}

/**
 * Makes a call that posts, and tells of it.
 * @param {number} key of the port
 * @param {(at: bigint) => number} send the call; it gets the time at which it begins
 * @param {() => string} size gives the size of the message after the call
 */
function posting(key, send, size) {
  const at = now();
  const from = `${portText(key)} ${peerText(key)}`;
  return ringing(
    at,
    () => send(at),
    (outcome) => tell(at, 'post', `${from}, ${size()}, ${FATES[outcome]}`),
  );
}

/** The size of the message in the block, with the word that Rust writes before it. */
const written = () => (control[FLUSHES] > 0 ? 'a long message' : `${(control[TO] - control[FROM] + 1) * 4} bytes`);

/**
 * Tells of the endpoints that leave with a message.
 * @param {(number: number) => any} sendAhead the function that src/node/post.rs calls
 * @param {number} key of the port that sends
 * @param {bigint} at
 */
const leaving = (sendAhead, key, at) => (/** @type {number} */ number) => {
  const sent = sendAhead(number);
  if (typeof sent !== 'object') return sent;
  for (let i = 1; i < sent.length; i++) {
    // A negative number stands for another copy of ferroport. The key of that copy's endpoint comes next.
    if (sent[i] < 0) tell(at, 'leave', `port ${sent[++i]} of another copy, by port ${key}`);
    else tell(at, 'leave', `${portText(sent[i])}, by port ${key}`);
  }
  return sent;
};

/** How many bytes the messages in the block have. */
function recordBytes() {
  let p = 0;
  let bytes = 0;
  for (let i = 0; i < control[COUNT]; i++) {
    bytes += incoming.words[p];
    p += recordWords(incoming.words[p]);
  }
  return bytes;
}

/** How many messages are in the block. */
const countText = () => (control[COUNT] === 1 ? '1 message' : `${control[COUNT]} messages`);

/** What `take` has put into block and cells. */
function takenText() {
  switch (cells[OUTCOME]) {
    case RECORDS:
      return `${portText(cells[KEY])}, ${countText()}, ${recordBytes()} bytes`;
    case SHARED:
      return `${control[TARGETS]} members, ${countText()}, ${recordBytes()} bytes`;
    case CLOSED:
      return `${portText(cells[KEY])}, its peer has closed`;
    case ROOM:
      return `${portText(cells[KEY])}, there is room at its peer`;
    case WHOLE:
      return `${portText(cells[KEY])}, 1 message, a whole value`;
    case NOTICE:
      return `${portText(cells[KEY])}, its peer reads no more of a stream`;
    case ORDER:
      return `${portText(cells[KEY])}, the end of a stream`;
    default:
      return `${portText(cells[KEY])}, 1 message, ${cells[LENGTH]} bytes`;
  }
}

/** Replaces the native functions that are steps of a message. */
function trace() {
  const { post, postListed, sendBeside, sendWritten, sendPort, sendWhole, sendKept, send } = native;
  const { createChannel, connect, start, stop, close, take, receive, beginDrain, endDrain, park, claim } = native;
  const { join, broadcast, broadcastValue, broadcastBeside } = native;
  const unknown = () => 'with what goes along';

  native.createChannel = () => {
    createChannel();
    tell(now(), 'make', `${portText(cells[KEY])}, and port ${cells[OTHER_KEY]}`);
  };
  native.post = (key, value, session, sendAhead) => {
    let isAlone = true;
    const watched = (/** @type {number} */ number) => {
      isAlone = false;
      return /** @type {NonNullable<typeof sendAhead>} */ (sendAhead)(number);
    };
    return posting(
      key,
      (at) => post(key, value, session, sendAhead && leaving(watched, key, at)),
      () => (isAlone ? `${cells[LENGTH]} bytes` : unknown()),
    );
  };
  native.postListed = (key, value, session, sendAhead) =>
    posting(key, (at) => postListed(key, value, session, leaving(sendAhead, key, at)), unknown);
  native.sendBeside = (key, sendAhead) => posting(key, (at) => sendBeside(key, leaving(sendAhead, key, at)), unknown);
  native.sendWritten = (key) => {
    const size = written();
    return posting(
      key,
      () => sendWritten(key),
      () => size,
    );
  };
  native.sendPort = (key, moved) => {
    const size = written();
    return posting(
      key,
      (at) => {
        tell(at, 'leave', `${portText(moved)}, by port ${key}`);
        return sendPort(key, moved);
      },
      () => size,
    );
  };
  native.sendWhole = (key, sendAhead) =>
    posting(
      key,
      () => sendWhole(key, sendAhead),
      () => 'a whole value',
    );
  native.sendKept = (key, number) =>
    posting(
      key,
      () => sendKept(key, number),
      () => 'a whole value',
    );
  native.send = () => {
    const size = written();
    posting(
      cells[KEY],
      () => (send(), cells[OUTCOME]),
      () => size,
    );
  };

  native.start = (key) => {
    const at = now();
    const port = portText(key);
    ringing(
      at,
      () => start(key),
      () => tell(at, 'start', port),
    );
  };
  native.stop = (key) => {
    stop(key);
    // The key 0 is that of a port without endpoint.
    if (key !== 0) tell(now(), 'stop', portText(key));
  };
  native.close = (key) => {
    const at = now();
    const port = portText(key);
    return ringing(
      at,
      () => close(key),
      (closed) => closed && tell(at, 'close', port),
    );
  };

  native.beginDrain = () => {
    const budget = beginDrain();
    tell(now(), 'drain', `begins, for up to ${budget} messages`);
    return budget;
  };
  native.take = () => {
    take();
    if (cells[OUTCOME] !== NOTHING) tell(now(), 'take', takenText());
  };
  native.endDrain = () => {
    const asleep = endDrain();
    tell(now(), 'drain', asleep ? 'ends' : 'ends, and rings again for what waits');
    return asleep;
  };
  native.receive = (key) => {
    receive(key);
    if (cells[OUTCOME] === RECORDS) tell(now(), 'receive', `${portText(key)}, 1 message, ${cells[LENGTH]} bytes`);
    else if (cells[OUTCOME] !== NOTHING) tell(now(), 'receive', takenText());
  };

  native.park = (key) => {
    const port = portText(key);
    const token = park(key);
    tell(now(), 'leave', `${port}, for who has its token`);
    return token;
  };
  native.claim = (token) => {
    const key = claim(token);
    if (key !== 0) tell(now(), 'arrive', `${portText(key)}, by its token`);
    return key;
  };
  native.connect = (/** @type {any} */ hooks) => {
    const { adopt } = hooks;
    hooks.adopt = (/** @type {number[]} */ keys) => {
      const at = now();
      for (let i = 0; i < keys.length; i++) tell(at, 'arrive', `${portText(keys[i])}, in a message`);
      return adopt(keys);
    };
    connect(hooks);
  };

  native.join = (name) => {
    join(name);
    tell(now(), 'join', `member ${cells[KEY]} of ${name}`);
  };
  native.broadcast = () => {
    const at = now();
    const text = `member ${cells[KEY]}, ${written()}`;
    ringing(at, broadcast, () => tell(at, 'post', text));
  };
  native.broadcastValue = (key, value, session, sendAhead) => {
    const at = now();
    ringing(
      at,
      () => broadcastValue(key, value, session, sendAhead),
      () => tell(at, 'post', `member ${key}`),
    );
  };
  native.broadcastBeside = (key, sendAhead) => {
    const at = now();
    ringing(
      at,
      () => broadcastBeside(key, sendAhead),
      () => tell(at, 'post', `member ${key}, ${unknown()}`),
    );
  };
}

// Node is asked whether NODE_DEBUG names ferroport, because NODE_DEBUG may hold patterns.
if (debuglog('ferroport').enabled) trace();
