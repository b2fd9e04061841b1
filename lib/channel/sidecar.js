// Sidecars: pairs of Node's ports that go beside channels, for what only V8 can move between threads.
'use strict';

const { original, postOn } = require('../node/threads');
const { isAmong } = require('../language/originals');
const { Map, Object, mapDelete, mapGet, mapHas, mapSet, types, uncurry } = require('../language/intrinsics');
const native = require('../native/native');
const oracle = require('../runtime/oracle');
const late = require('./late-sidecars');
const mailbox = require('./mailbox');
const { byteLength } = require('../runtime/view');
const { cells, places } = require('../native/block');
const { fifoOf, push, peek, drop, itemsOf } = require('./fifo');
const { takeIn, takeAllIn } = require('./realm');

const { MessageChannel, MessagePort, receiveMessageOnPort } = original;
const { WEIGHT } = places;

/** @typedef {import('node:worker_threads').MessagePort} NodePort */

// Between a parcel's departure and its message's, only functions are called that programs cannot patch.

const closePort = uncurry(MessagePort.prototype.close);
const unrefPort = uncurry(MessagePort.prototype.unref);

/**
 * A parcel: the parcel's number, larger than that of every parcel before it; the companions of the ports that the message
 * moves, if any; the transfer list, if it has native ports: these, and the indices of ferroport's ports at their places; the
 * objects that the message refers to by their index; whether the message is for ferroport itself at the other end. An array,
 * because V8 writes arrays quicker than objects.
 * @typedef {[number, Companions | undefined, unknown[] | undefined, unknown[], true?]} Parcel
 */

/** @typedef {[number, unknown]} WholeParcel the parcel of a whole value: the parcel's number, the value */

/**
 * What goes along with an endpoint: its sidecar, if it has one; its kept values; what was read of its sidecar ahead of its
 * turn. The last two go in native ports of their own. Node may refuse a transfer list after V8 has detached its buffers: a
 * buffer in the list would be lost then, a native port at the end of the list is not.
 * @typedef {NodePort | undefined | { sidecar: NodePort | undefined, kept: NodePort | undefined, ahead: NodePort | undefined }} Companion
 */

/** @typedef {Companion[]} Companions of ports, in the order of the ports */

/**
 * @typedef {import('./fifo').Fifo<{ number: number, value: unknown, buffer: ArrayBuffer }>} Kept whole values, in the order of
 *   their parcels' numbers
 */

/**
 * The sidecars of this thread's endpoints, by key. An endpoint gets one when something is first sent over it, or, in
 * some cases, when one of the channel's two ends leaves the thread in which the channel was made (late-sidecars.js).
 * @type {Map<number, NodePort>}
 */
const sidecars = new Map();

/**
 * Kept values by the key of the receiving endpoint: parcels that wait in this thread and were never written down, each
 * with the buffer that has been moved.
 * @type {Map<number, Kept>}
 */
const kept = new Map();

/**
 * Where endpoints that have no sidecar of their own, those of broadcast channels, get their parcels from; by key.
 * @type {Map<number, Supply>}
 */
const supplies = new Map();

/**
 * @typedef {object} Supply
 * @property {(key: number, number: number) => unknown[]} take takes the objects of a parcel; throws as `take` below
 * @property {(key: number) => void} close is called when the endpoint has closed
 */

/**
 * @param {number} key
 * @param {Supply} from
 */
function supply(key, from) {
  mapSet(supplies, key, from);
}

/**
 * The sidecar of an endpoint. If there is none, one is made, and the peer gets its other end.
 * @param {number} key
 */
function of(key) {
  const found = existing(key, true);
  if (found !== undefined) return found;
  const peer = native.peerKey(key);
  const { port1, port2 } = new MessageChannel();
  // A peer that has closed receives no parcels.
  if (peer === 0) closePort(port2);
  else mapSet(sidecars, peer, port2);
  mapSet(sidecars, key, port1);
  late.unfollow(key);
  late.unfollow(peer);
  return port1;
}

/**
 * The sidecar of an endpoint, if there is one.
 * @param {number} key
 * @param {boolean} isToSend whether a sidecar is to be made if the peer is in another thread and there is none
 */
function existing(key, isToSend) {
  const found = mapGet(sidecars, key);
  if (found !== undefined) return found;
  const made = late.find(key, isToSend);
  if (made !== undefined) mapSet(sidecars, key, made);
  return made;
}

/**
 * Sends a parcel ahead of the message that refers to it.
 * @param {number} key of the sending endpoint; 0 if nobody receives the parcel, which is serialized and dropped then
 * @param {number} number of the parcel
 * @param {unknown[]} objects
 * @param {Companions} companions
 * @param {unknown[]} listed
 * @param {unknown[]} transferList
 * @param {boolean} [isOrder] whether the message is for ferroport itself at the other end
 * @throws what V8 and Node find wrong with the contents; nothing has changed then
 */
function send(key, number, objects, companions, listed, transferList, isOrder = false) {
  /** @type {Parcel} */
  const parcel = [
    number,
    companions.length > 0 ? companions : undefined,
    listed.length > 0 ? listed : undefined,
    objects,
  ];
  if (isOrder) parcel[4] = true;
  sendParcel(key, parcel, transferList);
}

/**
 * Sends a value ahead of the message that stands for it.
 * @param {number} key as for `send`
 * @param {number} number the parcel's
 * @param {unknown} value
 * @param {unknown[]} transferList
 * @throws what V8 and Node find wrong with it; nothing has changed then
 */
function sendWhole(key, number, value, transferList) {
  /** @type {WholeParcel} */
  const parcel = [number, value];
  sendParcel(key, parcel, transferList);
}

/**
 * Sends a parcel, and leaves in the cell `WEIGHT` how many bytes it moves.
 * @param {number} key
 * @param {Parcel | WholeParcel} parcel
 * @param {any[]} transferList
 */
function sendParcel(key, parcel, transferList) {
  let weight = 0;
  // Before they are detached.
  for (let i = 0; i < transferList.length; i++) {
    if (types.isArrayBuffer(transferList[i])) weight += byteLength(transferList[i]);
  }
  if (key === 0) oracle.discard(parcel, transferList);
  else postOn(of(key), parcel, transferList);
  cells[WEIGHT] = weight;
}

/**
 * Keeps a whole value for an endpoint in this thread, instead of sending it.
 * @param {number} key of the receiving endpoint
 * @param {number} number of the parcel
 * @param {unknown} value to which nobody else has a reference
 * @param {ArrayBuffer} buffer the one in the value
 */
function keep(key, number, value, buffer) {
  const there = mapGet(kept, key);
  if (there === undefined) mapSet(kept, key, fifoOf({ number, value, buffer }));
  else push(there, { number, value, buffer });
}

/**
 * Takes the value for which a message stands.
 * @param {number} key of the receiving endpoint
 * @param {number} number
 * @returns {unknown}
 * @throws as `take`
 */
function takeWhole(key, number) {
  const there = mapGet(kept, key);
  if (there !== undefined) {
    // Kept values with lower numbers belong to messages that were dropped.
    for (let first = peek(there); first !== undefined && first.number <= number; first = peek(there)) {
      drop(there);
      if (first.number === number) return takeIn(first.value);
    }
  }
  return takeIn(/** @type {WholeParcel} */ (receive(key, number))[1]);
}

/**
 * Takes the parcel that belongs to a message.
 * @param {number} key of the receiving endpoint
 * @param {number} number
 * @returns {Parcel}
 * @throws what went wrong when V8 read the parcel; the parcel is gone then
 */
function take(key, number) {
  const from = mapGet(supplies, key);
  if (from !== undefined) return [number, undefined, undefined, takeAllIn(from.take(key, number))];
  const parcel = /** @type {Parcel} */ (receive(key, number));
  takeAllIn(parcel[3]);
  return parcel;
}

/**
 * @param {number} key
 * @param {number} number
 * @returns {Parcel | WholeParcel} parcels with lower numbers belong to messages that were dropped
 */
function receive(key, number) {
  const sidecar = existing(key, false);
  for (;;) {
    const parcel = sidecar && late.next(key, sidecar);
    if (parcel === undefined) throw parcelIsMissing();
    if (parcel[0] === number) return parcel;
    discard(parcel);
  }
}

/** What is thrown where a message has come and its parcel has not. */
const parcelIsMissing = () => new Error('The objects that belong to the message have not come with it');

/**
 * Closes the ports and handles of a parcel that nobody will take.
 * @param {Parcel | WholeParcel} parcel
 */
function discard(parcel) {
  if (parcel.length === 2) return;
  const companions = parcel[1];
  if (companions !== undefined) for (let i = 0; i < companions.length; i++) leave(companions[i]);
  closeAll(parcel[2]);
  closeAll(parcel[3]);
}

/** @param {unknown[] | undefined} objects */
function closeAll(objects) {
  if (objects === undefined) return;
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    // A port of Node's stays open for ever if nobody closes it. Node closes an open FileHandle when it is collected,
    // with a warning.
    if (object instanceof MessagePort) closePort(object);
    else if (Object(object).constructor?.name === 'FileHandle') /** @type {any} */ (object).close();
  }
}

/**
 * The companions of endpoints that are about to leave the thread. From here on until `depart` or `stay`, a companion is
 * noted in two places.
 * @param {number[]} keys
 * @param {number} [trunk] the endpoint over which they leave, if that is in this thread: an endpoint without a sidecar
 *   follows it, and gets one when it needs one
 * @returns {Companions} undefined at the places of endpoints that need none: both ends leave together, or the peer has
 *   closed
 */
function companionsOf(keys, trunk = 0) {
  /** @type {Companions} */
  const companions = [];
  const isSure = trunk !== 0 && !isAmong(keys, trunk) && canCarry(trunk);
  for (let i = 0; i < keys.length; i++) late.release(keys[i]);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (mapHas(sidecars, key)) continue;
    const peer = native.peerKey(key);
    const agreed = late.isFollowing(key) ? native.agree(key, 0) : -1;
    if (agreed > 0 || (agreed === 0 && peer === 0)) of(key);
    else if (peer === 0 || isAmong(keys, peer)) continue;
    else if (isSure && !mapHas(kept, key) && !late.hasFollowers(peer)) late.follow(peer, trunk);
    else of(key);
  }
  for (let i = 0; i < keys.length; i++) {
    const sidecar = mapGet(sidecars, keys[i]);
    const there = mapGet(kept, keys[i]);
    const waiting = there === undefined || peek(there) === undefined ? undefined : packed(there);
    const ahead = late.packed(keys[i]);
    companions[i] = waiting === undefined && ahead === undefined ? sidecar : { sidecar, kept: waiting, ahead };
  }
  return companions;
}

/**
 * Whether an endpoint leaves over a trunk in the usual case, in which nothing is to be done: nothing was sent over its
 * sidecar, and the peers of both are in this thread.
 * @param {number} key
 * @param {number} trunk
 * @returns {boolean} true: no companion goes along, and nothing is to be done afterwards; false: nothing has been
 *   changed
 */
function goesAlone(key, trunk) {
  if (mapHas(sidecars, key) || mapHas(kept, key) || late.concerns(key)) return false;
  const peer = native.peerKey(key);
  if (peer === 0 || peer === trunk || late.hasFollowers(peer) || !canCarry(trunk)) return false;
  late.follow(peer, trunk);
  return true;
}

/**
 * Whether an endpoint has a sidecar, or can get one when it needs one.
 * @param {number} trunk
 */
const canCarry = (trunk) => mapHas(sidecars, trunk) || native.peerKey(trunk) !== 0;

/**
 * Forgets endpoints that have left.
 * @param {number[]} keys
 */
function depart(keys) {
  for (let i = 0; i < keys.length; i++) {
    mapDelete(sidecars, keys[i]);
    mapDelete(kept, keys[i]);
    late.depart(keys[i]);
  }
}

/**
 * Gives endpoints that could not leave their companions back.
 * @param {number[]} keys 0 at the places of other copies' endpoints
 * @param {Companions} companions
 */
function stay(keys, companions) {
  for (let i = 0; i < companions.length; i++) {
    const companion = companions[i];
    if (keys[i] === 0 || companion === undefined || companion instanceof MessagePort) continue;
    restore(keys[i], companion);
  }
}

/**
 * @param {number} key
 * @param {Exclude<Companion, NodePort | undefined>} companion with kept values, or with what was read ahead
 */
function restore(key, companion) {
  if (companion.kept !== undefined) mapSet(kept, key, unpacked(companion.kept));
  if (companion.ahead !== undefined) late.unpack(key, companion.ahead);
}

/**
 * @param {Kept} values to which nobody else has a reference
 * @returns {NodePort} a port in whose queue they wait; its peer closes with it
 */
function packed(values) {
  const { port1, port2 } = new MessageChannel();
  const buffers = itemsOf(values);
  for (let i = 0; i < buffers.length; i++) /** @type {any[]} */ (buffers)[i] = buffers[i].buffer;
  postOn(port1, values, buffers);
  return port2;
}

/**
 * @param {NodePort} port that `packed` made
 * @returns {Kept}
 */
function unpacked(port) {
  const { message } = /** @type {{ message: Kept }} */ (receiveMessageOnPort(port));
  closePort(port);
  return message;
}

/**
 * Leaves behind the sidecars that cannot be sent any more. A sidecar whose peer has closed, and which is empty, closes
 * by itself.
 * @param {Companions} companions
 * @returns {boolean} whether there were any
 */
function shed(companions) {
  let found = false;
  for (let i = 0; i < companions.length; i++) {
    const companion = companions[i];
    if (companion === undefined) continue;
    const alone = companion instanceof MessagePort;
    const sidecar = alone ? companion : companion.sidecar;
    if (sidecar === undefined || oracle.canMove(sidecar)) continue;
    companions[i] = alone ? undefined : { sidecar: undefined, kept: companion.kept, ahead: companion.ahead };
    found = true;
  }
  return found;
}

/**
 * The ports that must be in the transfer list for companions to leave.
 * @param {Companions} companions
 * @returns {NodePort[]}
 */
function transfersOf(companions) {
  /** @type {NodePort[]} */
  const list = [];
  for (let i = 0; i < companions.length; i++) {
    const companion = companions[i];
    if (companion === undefined) continue;
    const alone = companion instanceof MessagePort;
    const sidecar = alone ? companion : companion.sidecar;
    if (sidecar !== undefined) list[list.length] = sidecar;
    if (!alone && companion.kept !== undefined) list[list.length] = companion.kept;
    if (!alone && companion.ahead !== undefined) list[list.length] = companion.ahead;
  }
  return list;
}

/**
 * Gives an endpoint that has arrived its companion.
 * @param {number} key
 * @param {Companion} companion
 */
function bring(key, companion) {
  if (companion === undefined) return;
  if (!(companion instanceof MessagePort)) {
    restore(key, companion);
    return bring(key, companion.sidecar);
  }
  unrefPort(companion);
  mapSet(sidecars, key, companion);
}

/**
 * Closes the companion of an endpoint that has not arrived.
 * @param {Companion} companion
 */
function leave(companion) {
  if (companion === undefined) return;
  if (companion instanceof MessagePort) return void closePort(companion);
  if (companion.sidecar !== undefined) closePort(companion.sidecar);
  if (companion.kept !== undefined) closePort(companion.kept);
  if (companion.ahead !== undefined) closePort(companion.ahead);
}

/**
 * Closes what belongs to an endpoint that has closed.
 * @param {number} key
 */
function close(key) {
  const from = mapGet(supplies, key);
  if (from !== undefined) {
    mapDelete(supplies, key);
    from.close(key);
    return;
  }
  mapDelete(kept, key);
  const parcels = late.close(key);
  if (parcels !== undefined) for (let i = 0; i < parcels.length; i++) discard(parcels[i]);
  const sidecar = mapGet(sidecars, key);
  if (sidecar === undefined) return;
  mapDelete(sidecars, key);
  closePort(sidecar);
}

/**
 * Notes that endpoints have come with a message: those without a sidecar follow the trunk.
 * @param {number[]} keys
 * @param {number} trunk the endpoint that has received the message
 */
function arrive(keys, trunk) {
  for (let i = 0; i < keys.length; i++) if (!mapHas(sidecars, keys[i])) late.arrive(keys[i], trunk);
}

late.connect({ of, post: postOn });
mailbox.setBeside({ bring, close, release: late.release });

module.exports = {
  supply,
  send,
  sendWhole,
  keep,
  take,
  takeWhole,
  parcelIsMissing,
  companionsOf,
  goesAlone,
  canCarry,
  follow: late.follow,
  arrive,
  depart,
  stay,
  shed,
  transfersOf,
  bring,
  leave,
  close,
};
