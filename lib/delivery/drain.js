// Drains this thread's mailbox: takes messages, hands them to their listeners, and lets ticks and microtasks run after
// each.
'use strict';

const native = require('../native/native');
const attached = require('../channel/attached');
const mailbox = require('../channel/mailbox');
const closing = require('../runtime/closing');
const context = require('../runtime/context');
const ticks = require('../runtime/ticks');
const port = require('../port/port');
const { messages } = require('../node/diagnostics');
const { lazy } = require('../language/lazy');
const inners = require('../channel/inners');
const broadcast = require('../channel/members');
const lane = require('../lane/lane');
const upward = require('../runtime/upward');
const { NO_PORTS, itself, newReading, readAttached } = require('./reading');
const { RECORD_HEADER, cells, control, incoming, places, recordWords } = require('../native/block');
const { isObject } = require('../language/originals');

const { take } = native;
const { ATTACHED, CLOSED, MESSAGE, NOTHING, NOTICE, ORDER, READY, RECORDS, ROOM, SHARED, WHOLE } = native.outcomes;
const { COUNT, DELIVERED, KEY, LENGTH, MOST, OUTCOME, TARGETS, TARGETS_AT } = places;
const { doubles, words } = incoming;
const { nextTick, setImmediate } = ticks;

/** @typedef {ReturnType<typeof port.make>} Port */

/** Loaded when somebody subscribes. */
const handing = lazy(() => require('./hand-out'));

/**
 * The string that has come with the message that is handed to listeners next, if somebody subscribes to messages.
 * @type {string | undefined}
 */
let arrivedContext;

/**
 * After so many messages, in one drain or in several, the event loop gets a turn. Node's ports deliver at least as many before
 * theirs.
 */
const { LEAST_BUDGET: TURN } = native.limits;

/** Loaded when first needed: it has been, if a port is pulled. */
const pulling = lazy(() => require('../port/pull'));

/** How many messages have been delivered since the event loop had its last turn. */
let delivered = 0;

/** Whether ticks and microtasks have run since the last drain. Always true where a drain can run them itself. */
let isSettled = true;

const settle = () => void (isSettled = true);

/**
 * Whether a doorbell that rings again is answered before ticks and microtasks have run, as on Deno. Every drain takes a
 * turn of the event loop then.
 */
let isHasty = false;

/** Delivers messages up to a budget. The doorbell calls this. */
function drain() {
  if (!isSettled) {
    isHasty = true;
    // The immediate is ref'ed: on such a runtime an unref'ed one would wait until something else wakes the thread.
    setImmediate(drain);
    return;
  }
  // `beginDrain` reserves stack. After it only listeners and the reading of deep values can overflow the stack.
  let budget = native.beginDrain();
  if (!ticks.canRunHere()) {
    budget = 1;
    isSettled = false;
  }
  try {
    while (budget > 0) {
      control[MOST] = budget;
      take();
      const count = deliverTaken(deliverBatch, callInContext);
      closing.endEmptyBatches();
      delivered += count;
      budget = count === 0 ? 0 : budget - count;
    }
  } finally {
    // The tick runs after those that the listener has queued.
    if (!isSettled) nextTick(settle);
    // The drain ends also after an error, because nobody rings the doorbell before its end.
    endDrain();
  }
}

function endDrain() {
  closing.endBatches();
  if (delivered < TURN) {
    native.endDrain();
    return;
  }
  delivered = 0;
  // Node answers a doorbell that rings meanwhile at once, up to a thousand times before it looks at timers and I/O. So
  // the drain ends only after this phase of the event loop, and nobody rings before that. An unref'ed immediate runs
  // then, too.
  const immediate = setImmediate(native.endDrain);
  if (!isHasty) immediate.unref();
}

/**
 * As `drain`, for a doorbell that has rung while a listener runs the event loop. Ticks and microtasks wait for the
 * outer drain, as with Node's callbacks within callbacks.
 */
function drainWithin() {
  closing.within(() => {
    let budget = native.beginDrain();
    try {
      while (budget > 0) {
        control[MOST] = budget;
        take();
        const count = deliverTaken(deliverBatchWithin, callWithin);
        closing.endEmptyBatches();
        budget = count === 0 ? 0 : budget - count;
      }
    } finally {
      native.endDrain();
    }
  });
}

/**
 * Delivers the messages that `take` has put into the block.
 * @param {typeof deliverBatch} batch the function that delivers several messages
 * @param {typeof call} hand the function that delivers one
 * @returns {number} how many messages and closings were delivered
 */
function deliverTaken(batch, hand) {
  const key = cells[KEY];
  switch (cells[OUTCOME]) {
    case RECORDS:
      return batch(attached.get(key));
    case SHARED:
      return deliverShared(hand);
    case MESSAGE:
    case ATTACHED:
    case WHOLE:
      deliverOne(key, hand);
      return 1;
    case READY:
      tellInner(key, hand);
      return 1;
    case CLOSED:
      if (inners.state.isUsed && tellInner(key, hand)) return 1;
      heardClose(attached.get(key), key, cells[LENGTH]);
      return 1;
    case ROOM:
      if (inners.state.isUsed && tellInner(key, hand)) return 1;
      require('../port/flow').heardRoom(key);
      if (hand !== callWithin) runTicks();
      return 1;
    case ORDER:
      require('../post/streams').heardOrder(key);
      if (hand !== callWithin) runTicks();
      return 1;
    case NOTICE:
      if (inners.state.isUsed && tellInner(key, hand)) return 1;
      require('../post/streams').heardNotice(key);
      if (hand !== callWithin) runTicks();
      return 1;
    default:
      return 0;
  }
}

/**
 * Tells the end of a channel at which messages leave the process what there is for it.
 * @param {number} key
 * @param {typeof call} hand
 * @returns {boolean} whether there is such an end
 */
function tellInner(key, hand) {
  const inner = inners.at(key);
  if (inner === undefined) return false;
  try {
    const outcome = cells[OUTCOME];
    if (outcome === READY) inner.heardMessage();
    else if (outcome === ROOM) inner.heardRoom();
    else if (outcome === CLOSED) inner.heardClose(cells[LENGTH]);
    else inner.heardNotice();
  } catch (error) {
    native.raise(error);
  }
  if (hand !== callWithin) runTicks();
  return true;
}

/**
 * Delivers a batch: messages of one endpoint that stand one after the other in the block.
 * @param {Port | undefined} target
 * @returns {number} how many
 */
function deliverBatch(target) {
  if (target === undefined) return (control[DELIVERED] = control[COUNT]);
  if (port.isPulled(target)) return deliverPulled(target, callInContext);
  if (!context.isForBatches()) return deliverRecords(target, callInContext);
  return contextOf(target).runInAsyncScope(deliverRecords, undefined, target, call);
}

/** @type {typeof deliverBatch} */
function deliverBatchWithin(target) {
  if (target === undefined) return (control[DELIVERED] = control[COUNT]);
  if (port.isPulled(target)) return deliverPulled(target, callWithin);
  return deliverRecords(target, callWithin);
}

/**
 * Delivers a batch. If something throws, only the beginning is delivered, and the next `take` brings the rest again.
 * @param {Port} target
 * @param {typeof call} hand
 * @returns {number} how many
 */
function deliverRecords(target, hand) {
  let p = 0;
  let count = 0;
  /** @type {boolean} */
  let hasThrown;
  do {
    const length = words[p];
    control[DELIVERED] = ++count;
    /** @type {unknown} */
    let value;
    /** @type {'message' | 'messageerror'} */
    let type = 'message';
    // A listener may have called what leaves another outcome here.
    cells[OUTCOME] = RECORDS;
    try {
      value = lane.readRecord(p + RECORD_HEADER, length);
      // The thread is being terminated.
      if (cells[OUTCOME] === NOTHING) return count;
    } catch (error) {
      type = 'messageerror';
      value = error;
    }
    p += recordWords(length);
    hasThrown = hand(target, type, value, NO_PORTS);
  } while (count < control[COUNT] && !hasThrown);
  return count;
}

/**
 * Delivers a batch to those who have asked for messages one by one, and to listeners where nobody has. What nobody wants stays in the
 * queue.
 * @param {Port} target
 * @param {typeof call} hand how listeners are called
 * @returns {number} how many
 */
function deliverPulled(target, hand) {
  const { isWanted, pullOf, rest } = pulling();
  const pull = pullOf(target);
  let p = 0;
  let count = 0;
  let hasThrown = false;
  while (count < control[COUNT] && !hasThrown && (pull.first !== null || isWanted(pull))) {
    const length = words[p];
    control[DELIVERED] = ++count;
    /** @type {unknown} */
    let value;
    /** @type {'message' | 'messageerror'} */
    let type = 'message';
    cells[OUTCOME] = RECORDS;
    try {
      value = lane.readRecord(p + RECORD_HEADER, length);
      // The thread is being terminated.
      if (cells[OUTCOME] === NOTHING) return count;
    } catch (error) {
      type = 'messageerror';
      value = error;
    }
    p += recordWords(length);
    hasThrown = handPulled(target, pull, type, value, NO_PORTS, hand);
  }
  rest(pull);
  return count;
}

/**
 * Hands a message to who has asked first, else to the listeners.
 * @param {Port} target
 * @param {ReturnType<typeof import('../port/pull').pullOf>} pull the port's
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports
 * @param {typeof call} hand how listeners are called
 * @returns {boolean} whether something has thrown
 */
function handPulled(target, pull, type, value, ports, hand) {
  if (pull.first === null) {
    if (pulling().isWanted(pull)) return hand(target, type, value, ports);
    pull.keep({ type, value, ports, context: arrivedContext, isTold: false });
    return false;
  }
  closing.setDelivering(target);
  if (messages.hasSubscribers && type === 'message') handTold(target, pull, value, ports);
  else pull.hand(type, value);
  if (hand === callWithin) return false;
  try {
    return runTicks();
  } finally {
    closing.setDelivering(null);
  }
}

/**
 * Hands a message to who has asked first, while somebody subscribes to messages.
 * @param {Port} target
 * @param {ReturnType<typeof import('../port/pull').pullOf>} pull the port's
 * @param {unknown} value
 * @param {Port[]} ports
 */
function handTold(target, pull, value, ports) {
  const context = arrivedContext;
  arrivedContext = undefined;
  handing().handOut(target, value, context, () => {
    if (pull.first !== null) pull.hand('message', value);
    // A subscriber has ended what had asked for the message.
    else pull.keep({ type: 'message', value, ports, context, isTold: true });
  });
}

/**
 * Hands the first of a port's kept messages to the listeners. Ticks and microtasks run when this has returned.
 * @param {Port} target
 */
function deliverKept(target) {
  const { pullOf, takeKept, update } = pulling();
  const kept = takeKept(target);
  if (kept === undefined) return;
  const { type, value, ports, context, isTold } = kept;
  arrivedContext = context;
  closing.setDelivering(target);
  try {
    contextOf(target).runInAsyncScope(isTold ? port.emitMessage : emitMessage, undefined, target, type, value, ports);
  } finally {
    closing.setDelivering(null);
    closing.endBatches();
    // There may be more.
    update(pullOf(target));
  }
}

/**
 * Delivers the messages in the block to several members of a broadcast group: each message to all members but its
 * sender, then the next message. If something throws, or a member closes, the next `take` brings the rest again. The
 * members' keys stay in the block as long as the messages do.
 * @param {typeof call} hand
 * @returns {number} how many deliveries there were
 */
function deliverShared(hand) {
  const members = control[TARGETS];
  let p = 0;
  let count = 0;
  for (let message = 0; message < control[COUNT]; message++) {
    const length = words[p];
    const sender = words[p + 1] - 1;
    /** @type {unknown} */
    let value;
    /** @type {'message' | 'messageerror' | undefined} */
    let type;
    for (let i = 0; i < members && control[COUNT] > 0; i++) {
      if (i === sender) continue;
      control[DELIVERED] = ++count;
      const target = attached.get(doubles[TARGETS_AT + i]);
      if (target === undefined) continue;
      // Each member gets objects of its own. Primitives are read once, because nobody can tell two equal primitives
      // apart.
      if (type !== 'message' || isObject(value)) {
        // A listener may have called what leaves another outcome here.
        cells[OUTCOME] = SHARED;
        try {
          value = lane.readRecord(p + RECORD_HEADER, length);
          // The thread is being terminated.
          if (cells[OUTCOME] === NOTHING) return count;
          type = 'message';
        } catch (error) {
          value = error;
          type = 'messageerror';
        }
      }
      if (hand(target, type, value, NO_PORTS)) return count;
    }
    p += recordWords(length);
  }
  return count;
}

/**
 * Delivers one message, with the ports that may have come along.
 * @param {number} key
 * @param {typeof call} hand
 */
function deliverOne(key, hand) {
  let ports = NO_PORTS;
  /** @type {unknown} */
  let value;
  /** @type {'message' | 'messageerror'} */
  let type = 'message';
  // Asked for before the message is read: the message is gone then.
  const come = cells[OUTCOME] !== MESSAGE && messages.hasSubscribers ? native.context() : undefined;
  const holder = attached.get(key);
  // Asked for now, too: hooks of async_hooks are called while ports that come with the message are made, and may end what has asked.
  const isPulled = holder !== undefined && port.isPulled(holder);
  try {
    if (cells[OUTCOME] === ATTACHED) {
      const begun = newReading(itself, true, key);
      value = readAttached(begun);
      if (begun.isOrder) return upward.takeOver(value);
      ports = begun.arrivals;
    } else {
      value = lane.readCurrent();
    }
    // The thread is being terminated.
    if (cells[OUTCOME] === NOTHING) return;
  } catch (error) {
    type = 'messageerror';
    value = error;
  }
  const target = holder ?? attached.get(key);
  if (target === undefined) return;
  arrivedContext = come;
  if (!isPulled && !port.isPulled(target)) {
    hand(target, type, value, ports);
    return;
  }
  const pull = pulling().pullOf(target);
  handPulled(target, pull, type, value, ports, hand);
  pulling().rest(pull);
}

/**
 * @param {any} target
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports
 */
function emitMessage(target, type, value, ports) {
  if (broadcast.isMember(target)) broadcast.emitMessage(target, type, value);
  else if (messages.hasSubscribers) emitTold(target, type, value, ports);
  else port.emitMessage(target, type, value, ports);
}

/**
 * As `emitMessage` for a port, while somebody subscribes to messages.
 * @type {typeof emitMessage}
 */
function emitTold(target, type, value, ports) {
  const come = arrivedContext;
  arrivedContext = undefined;
  if (type === 'message') handing().handOut(target, value, come, port.emitMessage, target, type, value, ports);
  else port.emitMessage(target, type, value, ports);
}

/**
 * The context in which a port's or a channel's listeners are called.
 * @param {any} target
 */
function contextOf(target) {
  return broadcast.isMember(target) ? broadcast.contextOf(target) : port.contextOf(target);
}

/**
 * Lets ticks and microtasks run after a message. Where something throws, Node's port stops reading and goes on in a
 * later turn of the event loop; a port that has closed does not go on.
 */
function runTicks() {
  const hasThrown = ticks.run();
  if (hasThrown) closing.endBatches();
  return hasThrown;
}

/**
 * Hands a message to its listeners; then ticks and microtasks run.
 * @param {Port} target in whose context this is called
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports
 * @returns {boolean} whether something has thrown
 */
function call(target, type, value, ports) {
  closing.setDelivering(target);
  try {
    emitMessage(target, type, value, ports);
    return runTicks();
  } finally {
    closing.setDelivering(null);
  }
}

/**
 * As `call`, from outside of the port's context. It is a function of its own, because asking a flag made each message
 * of a batch 2 or 3 % slower.
 * @type {typeof call}
 */
function callInContext(target, type, value, ports) {
  closing.setDelivering(target);
  try {
    contextOf(target).runInAsyncScope(emitMessage, undefined, target, type, value, ports);
    return runTicks();
  } finally {
    closing.setDelivering(null);
  }
}

/**
 * As `callInContext`, within the listener of another message.
 * @type {typeof call}
 */
function callWithin(target, type, value, ports) {
  closing.setDelivering(target);
  contextOf(target).runInAsyncScope(emitMessage, undefined, target, type, value, ports);
  return false;
}

/**
 * Closes an endpoint whose peer has closed.
 * @param {Port | undefined} target the endpoint's port, if the thread holds it
 * @param {number} key
 * @param {number} reason of a link; else 0
 */
function heardClose(target, key, reason) {
  if (target === undefined) {
    mailbox.closeEndpoint(key);
  } else {
    port.beginClosing(target, closing.afterOthers, reason);
  }
}

if (ticks.isNode) native.watchLoops();

module.exports = { drain, drainWithin, deliverKept };
