// Objects that Node's messaging moves and that become ports of ferroport where ferroport has been loaded.
//
// Node moves objects written in JavaScript by methods with symbols for names, which its stream classes show, and makes
// them again, at the other end, from `module:export` names of its own modules. ferroport adds an export to
// node:worker_threads, which nobody sees who lists them. Only marked objects have their methods called, though, and the mark
// is out of reach: it is set by the constructors of Node's own classes. FileHandle's does it right after `super()`, on
// whatever object that returns. On Node 20 the constructor above FileHandle's makes the mark, by making the object.
'use strict';

const { noteArrived } = require('./arrived');
const { hiddenExport } = require('./hidden-export');
const nodePort = require('../node-port');
const ports = require('../message-port');
const { PortTarget } = require('../port-target');

/** @typedef {ReturnType<typeof ports.make>} Port */

/** @type {any} */
const { structuredClone, TransformStream, EventTarget } = globalThis;

const symbols = Object.getOwnPropertySymbols(TransformStream.prototype);
const [kTransfer, kTransferList, kDeserialize] = ['transfer', 'transfer_list', 'deserialize'].map((name) =>
  symbols.find(({ description }) => description === `messaging_${name}_symbol`),
);

const FileHandle = findFileHandle();
const Base = Object.getPrototypeOf(Object.getPrototypeOf(FileHandle));

/** Whether the mark can be had only with a new object: Node 20. */
const isMadeMarked = Base.name === 'JSTransferable';

/** Node's class, of which nothing but an open file would give an instance. */
function findFileHandle() {
  class Probe extends TransformStream {
    [/** @type {symbol} */ (kTransfer)]() {
      return { data: { handle: { fd: -1 } }, deserializeInfo: 'internal/fs/promises:FileHandle' };
    }

    [/** @type {symbol} */ (kTransferList)]() {
      return [];
    }
  }
  const probe = new Probe();
  return structuredClone(probe, { transfer: [probe] }).constructor;
}

/**
 * Calls `construct` while what `Class` extends gives it `object` for its `this`.
 * @template T
 * @param {Function} Class
 * @param {object} object
 * @param {() => T} construct
 * @returns {T}
 */
function constructOn(Class, object, construct) {
  const parent = Object.getPrototypeOf(Class);
  Object.setPrototypeOf(Class, function () {
    return object;
  });
  try {
    return construct();
  } finally {
    Object.setPrototypeOf(Class, parent);
  }
}

/**
 * Marks an object, which is left as it was otherwise.
 * @template {object} T
 * @param {T} object
 * @returns {T}
 */
function mark(object) {
  const before = new Set(Reflect.ownKeys(object));
  constructOn(FileHandle, object, () => Reflect.construct(FileHandle, []));
  // The last one first: V8 takes that back without making a dictionary of the object.
  for (const key of Reflect.ownKeys(object).reverse()) if (!before.has(key)) Reflect.deleteProperty(object, key);
  return object;
}

/** Stands in a message of Node's for a port. */
class StandIn {
  /** @type {any} */
  carrier = null;

  [/** @type {symbol} */ (kTransferList)]() {
    return [this.carrier];
  }

  [/** @type {symbol} */ (kTransfer)]() {
    return { data: { carrier: this.carrier }, deserializeInfo: `worker_threads:${hiddenExport}` };
  }
}

/**
 * @param {Port} port open
 * @returns {StandIn} which has its endpoint: to be sent by Node's messaging, in value and transfer list
 */
function standIn(port) {
  const stand = isMadeMarked ? Reflect.construct(Base, [], StandIn) : mark(Object.create(StandIn.prototype));
  stand.carrier = nodePort.toNode(port);
  return stand;
}

/** Node constructs one for each that arrives, and calls its method when the message has been read. */
function Arrival() {
  return isMadeMarked ? makePortOn(Reflect.construct(Base, [], ports.MessagePort)) : mark(ports.makeBlank());
}
Arrival.prototype = ports.MessagePort.prototype;

Object.defineProperty(ports.MessagePort.prototype, /** @type {symbol} */ (kDeserialize), {
  /** @type {(this: any, data: { carrier: any }) => void} */
  value({ carrier }) {
    ports.attach(this, nodePort.takeOut(carrier));
    noteArrived(carrier, this);
  },
});

/**
 * A port without endpoint that is made of an object.
 * @param {object} object
 */
function makePortOn(object) {
  Object.defineProperties(object, Object.getOwnPropertyDescriptors(new EventTarget()));
  return constructOn(PortTarget, object, ports.makeBlank);
}

module.exports = { Arrival, standIn };
