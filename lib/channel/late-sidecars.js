// Late sidecars: those that are made only when something is first sent over them, though the two ends of the channel
// are in different threads by then.
//
//   thread A                                                                        thread B
//
//   endpoint ─────────────────────────── its channel ─────────────────────────────── peer, which came over `trunk`
//   trunk    ─────────────────────────────────────────────────────────────────────── trunk's peer
//
//   1. makes a native channel, sends one end ahead: [number, end] ── trunk's sidecar ──►  waits there
//   2. proposes the number to the channel (Endpoint::agree): the first proposal holds, whoever makes it
//   3. keeps the other end as the endpoint's sidecar                                 finds its end by the number, when needed
//
// An endpoint that is told another number than its own has lost nothing: the end with the other number waits for it in
// the trunk.
'use strict';

const { original } = require('../node/threads');
const native = require('../native/native');
const { slotOf } = require('./attached');
const oracle = require('../runtime/oracle');
const { fifoOf, push, peek, drop, itemsOf } = require('./fifo');
const {
  Map,
  mapDelete,
  mapForEach,
  mapGet,
  mapHas,
  mapSet,
  mapSize,
  types,
  uncurry,
} = require('../language/intrinsics');

const { MessageChannel, MessagePort, receiveMessageOnPort } = original;

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {import('./sidecar').Parcel} Parcel */
/** @typedef {import('./sidecar').WholeParcel} WholeParcel */

/** @typedef {[number, NodePort | undefined, number]} End of a sidecar: its number; or the number of one that nobody needs */

/**
 * What was read of a trunk's sidecar before its turn, in this thread or in the one from which the trunk has come.
 * @typedef {object} Ahead
 * @property {Map<number, NodePort>} ends by their numbers
 * @property {import('./fifo').Fifo<Parcel | WholeParcel>} parcels
 * @property {NodePort | undefined} before what another thread had read ahead, in a port: comes before everything in the sidecar
 */

const closePort = uncurry(MessagePort.prototype.close);
const unrefPort = uncurry(MessagePort.prototype.unref);

/**
 * The endpoints that follow one trunk: they have no sidecar yet, and they, or their peers, have come over it.
 * @typedef {object} Group
 * @property {number} trunk
 * @property {number[]} keys of the followers, and of some that have left the group; the places from `end` on are unused
 * @property {number} end
 * @property {number} count how many endpoints are in the group
 */

/** @type {Map<number, Group>} by key of the trunk */
const groups = new Map();

/** @type {(trunk: number) => Group} */
const newGroup = (trunk) => ({ trunk, keys: [], end: 0, count: 0 });

/** The group that was used last. */
let last = newGroup(0);

/**
 * The endpoints that are in a group, by slot. An array is quicker than a Map by key, and each port that is moved within
 * the thread is in here for a while.
 * @type {({ key: number, group: Group } | undefined)[]}
 */
const followers = [];

/** A group may have so many keys of endpoints that have left it before they are removed. */
const SPARE = 64;

/**
 * The ends that were sent to peers, by the key of the endpoint that sent one, until that endpoint closes.
 * @type {Map<number, { trunk: number, number: number }>}
 */
const sent = new Map();

/** @type {Map<number, Ahead>} */
const aheads = new Map();

/**
 * The functions of sidecar.js that are used here.
 * @type {{ of: (key: number) => NodePort, post: (port: NodePort, message: unknown, list: unknown[]) => void }}
 */
let sidecars;

/** @param {typeof sidecars} those */
const connect = (those) => void (sidecars = those);

/**
 * @param {number} key
 * @returns {Group | undefined} the group of the endpoint
 */
function groupOf(key) {
  const slot = slotOf(key);
  const follower = slot < followers.length ? followers[slot] : undefined;
  return follower !== undefined && follower.key === key ? follower.group : undefined;
}

/**
 * Notes that an endpoint has no sidecar yet and has its peer in another thread, or will have.
 * @param {number} key
 * @param {number} trunk over which the endpoint or its peer has moved
 */
function follow(key, trunk) {
  unfollow(key);
  if (last.trunk !== trunk) last = groupAt(trunk);
  const group = last;
  if (group.end > SPARE && group.end > 2 * group.count) tidy(group);
  const slot = slotOf(key);
  // An array without holes is quicker, however large the slot is.
  while (followers.length < slot) followers[followers.length] = undefined;
  group.keys[group.end++] = key;
  group.count++;
  followers[slot] = { key, group };
}

/** @param {number} trunk */
function groupAt(trunk) {
  let group = mapGet(groups, trunk);
  if (group === undefined) mapSet(groups, trunk, (group = newGroup(trunk)));
  return group;
}

/** @param {Group} group from which the keys of endpoints that have left it are removed */
function tidy(group) {
  const { keys, end } = group;
  let kept = 0;
  for (let i = 0; i < end; i++) if (groupOf(keys[i]) === group) keys[kept++] = keys[i];
  group.end = kept;
}

/** @param {number} key of an endpoint that has a sidecar now, or needs none */
function unfollow(key) {
  const group = groupOf(key);
  if (group === undefined) return;
  followers[slotOf(key)] = undefined;
  if (--group.count === 0) group.end = 0;
}

/**
 * Notes that an endpoint has come without a sidecar.
 * @param {number} key
 * @param {number} trunk over which it has come
 */
function arrive(key, trunk) {
  const peer = native.peerKey(key);
  if (peer === 0 || native.agree(key, 0) > 0) follow(key, trunk);
  else unfollow(peer);
}

/** @param {number} key */
const isFollowing = (key) => groupOf(key) !== undefined;

/**
 * Whether anything is noted here about an endpoint.
 * @param {number} key
 */
const concerns = (key) => isFollowing(key) || mapHas(groups, key) || mapHas(sent, key) || mapHas(aheads, key);

/** @param {number} key */
const hasFollowers = (key) => {
  const group = mapGet(groups, key);
  return group !== undefined && group.count > 0;
};

/**
 * The sidecar of an endpoint that follows a trunk.
 * @param {number} key
 * @param {boolean} isToSend whether a sidecar is to be made if there is none
 * @returns {NodePort | undefined} undefined if there is none: the peer is in this thread, or has sent nothing over a
 *   sidecar
 */
function find(key, isToSend) {
  const group = groupOf(key);
  if (group === undefined) return undefined;
  const { trunk } = group;
  const agreed = native.agree(key, 0);
  if (agreed > 0) return takeEnd(key, trunk, agreed);
  // A peer that has closed receives no parcels.
  if (!isToSend || agreed < 0 || native.peerKey(key) !== 0) return undefined;
  const { port1, port2 } = new MessageChannel();
  const number = native.nextParcel();
  sidecars.post(sidecars.of(trunk), [number, port2, 0], [port2]);
  const before = native.agree(key, number);
  if (before <= 0) {
    mapSet(sent, key, { trunk, number });
    unfollow(key);
    return port1;
  }
  closePort(port1);
  withdraw(trunk, number);
  return takeEnd(key, trunk, before);
}

/**
 * @param {number} key
 * @param {number} trunk
 * @param {number} number of the end that was sent ahead on the trunk's sidecar
 */
function takeEnd(key, trunk, number) {
  const ahead = aheadOf(trunk);
  const { ends, parcels } = ahead;
  for (let end = mapGet(ends, number); ; end = mapGet(ends, number)) {
    if (end !== undefined) {
      mapDelete(ends, number);
      unfollow(key);
      unrefPort(end);
      return end;
    }
    const parcel = read(trunk, sidecars.of(trunk));
    if (parcel === undefined) throw new Error('The sidecar of a port has not come with it');
    if (parcel.length !== 3) push(parcels, parcel);
  }
}

/** @param {number} trunk */
function aheadOf(trunk) {
  let ahead = mapGet(aheads, trunk);
  if (ahead === undefined) {
    const parcels = /** @type {import('./fifo').Fifo<any>} */ (fifoOf(undefined));
    drop(parcels);
    mapSet(aheads, trunk, (ahead = { ends: new Map(), parcels, before: undefined }));
  }
  return ahead;
}

/**
 * Takes what comes next on a sidecar. Ends of other sidecars are put aside.
 * @param {number} key
 * @param {NodePort} sidecar
 * @returns {Parcel | WholeParcel | End | undefined} undefined if nothing has come
 */
function read(key, sidecar) {
  const before = mapGet(aheads, key)?.before;
  let received = before && receiveMessageOnPort(before);
  if (before !== undefined && received === undefined) {
    closePort(before);
    aheadOf(key).before = undefined;
  }
  received ??= receiveMessageOnPort(sidecar);
  if (received === undefined) return undefined;
  const parcel = /** @type {Parcel | WholeParcel | End} */ (received.message);
  if (parcel.length !== 3) return parcel;
  const { 0: number, 1: end, 2: withdrawn } = parcel;
  const { ends } = aheadOf(key);
  if (end !== undefined) {
    mapSet(ends, number, end);
  } else {
    const unused = mapGet(ends, withdrawn);
    if (unused !== undefined) closePort(unused);
    mapDelete(ends, withdrawn);
  }
  return parcel;
}

/**
 * Takes the next parcel of an endpoint.
 * @param {number} key
 * @param {NodePort} sidecar
 * @returns {Parcel | WholeParcel | undefined} undefined if none has come
 */
function next(key, sidecar) {
  const ahead = mapGet(aheads, key);
  if (ahead !== undefined) {
    const first = peek(ahead.parcels);
    if (first !== undefined) {
      drop(ahead.parcels);
      return first;
    }
  }
  for (;;) {
    const parcel = read(key, sidecar);
    if (parcel === undefined || parcel.length !== 3) return parcel;
  }
}

/**
 * Tells the other thread that the end with a number is not needed any more, if nobody has taken it.
 * @param {number} trunk
 * @param {number} number
 */
function withdraw(trunk, number) {
  sidecars.post(sidecars.of(trunk), [native.nextParcel(), undefined, number], []);
}

/**
 * To be called before an endpoint closes or leaves: the endpoints that follow it get their sidecars while that is
 * possible.
 * @param {number} key
 */
function release(key) {
  const group = mapGet(groups, key);
  if (group === undefined) return;
  const { keys, end } = group;
  for (let i = 0; i < end; i++) {
    if (groupOf(keys[i]) !== group) continue;
    const agreed = native.agree(keys[i], 0);
    if (agreed > 0 || (agreed === 0 && native.peerKey(keys[i]) === 0)) sidecars.of(keys[i]);
    unfollow(keys[i]);
  }
  mapDelete(groups, key);
  if (last === group) last = newGroup(0);
}

/**
 * Packs what has been read ahead of its turn, which goes along with an endpoint that leaves.
 * @param {number} key
 * @returns {NodePort | undefined} a port in whose queue it waits; undefined if nothing has been read ahead
 */
function packed(key) {
  const ahead = mapGet(aheads, key);
  if (ahead === undefined) return undefined;
  mapDelete(aheads, key);
  const parcels = itemsOf(ahead.parcels);
  if (ahead.before === undefined && mapSize(ahead.ends) + parcels.length === 0) return undefined;
  const { port1, port2 } = new MessageChannel();
  mapForEach(ahead.ends, (/** @type {NodePort} */ end, /** @type {number} */ number) => {
    sidecars.post(port1, [number, end, 0], [end]);
  });
  for (let i = 0; i < parcels.length; i++) sidecars.post(port1, parcels[i], movedIn(parcels[i]));
  const { before } = ahead;
  for (let each = before && receiveMessageOnPort(before); each !== undefined;) {
    sidecars.post(port1, each.message, movedIn(each.message));
    each = receiveMessageOnPort(/** @type {NodePort} */ (before));
  }
  return port2;
}

/**
 * @param {number} key
 * @param {NodePort} port that `packed` made
 */
function unpack(key, port) {
  unrefPort(port);
  aheadOf(key).before = port;
}

/**
 * @param {Parcel | WholeParcel | End} parcel that has been read
 * @returns {any[]} what its transfer list must have when it is sent on
 */
function movedIn(parcel) {
  if (parcel.length === 3) return parcel[1] === undefined ? [] : [parcel[1]];
  /** @type {any[]} */
  const moved = [];
  if (parcel.length === 2) return moved;
  collect(parcel[1] ?? [], moved);
  collect(parcel[2] ?? [], moved);
  collect(parcel[3], moved);
  return moved;
}

/**
 * @param {any[]} items
 * @param {any[]} moved a transfer list, to which those of the items are added that Node can move
 */
function collect(items, moved) {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== 'object' || item === null) continue;
    let isNew = true;
    for (let j = 0; j < moved.length; j++) isNew &&= moved[j] !== item;
    if (!isNew) continue;
    if (types.isArrayBuffer(item) || oracle.canMove(item)) moved[moved.length] = item;
    else if ('kept' in item) collect([item.sidecar, item.kept, item.ahead], moved);
  }
}

/**
 * Forgets an endpoint that has left.
 * @param {number} key
 */
function depart(key) {
  unfollow(key);
  mapDelete(sent, key);
}

/**
 * Forgets an endpoint that has closed.
 * @param {number} key
 */
function close(key) {
  unfollow(key);
  mapDelete(groups, key);
  const its = mapGet(sent, key);
  if (its !== undefined) {
    mapDelete(sent, key);
    if (native.queued(its.trunk) >= 0) withdraw(its.trunk, its.number);
  }
  const ahead = mapGet(aheads, key);
  if (ahead === undefined) return undefined;
  mapDelete(aheads, key);
  mapForEach(ahead.ends, closePort);
  if (ahead.before !== undefined) closePort(ahead.before);
  return itemsOf(ahead.parcels);
}

module.exports = {
  connect,
  follow,
  unfollow,
  arrive,
  isFollowing,
  concerns,
  hasFollowers,
  find,
  next,
  release,
  packed,
  unpack,
  depart,
  close,
};
