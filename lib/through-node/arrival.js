// Ports of Node's that arrive for ports of ferroport become such. They stay the same objects, so that whoever sees the message
// finds them wherever they stand in it.
'use strict';

const feeds = require('../feeds');
const mailbox = require('../mailbox');
const nodePort = require('../node-port');
const ports = require('../message-port');
const { PortTarget } = require('../port-target');
const { connect, fetchFrom } = require('./bridge');
const hollow = require('./hollow');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {import('./packing').Way} Way */

const { EventTarget, structuredClone } = globalThis;

/**
 * The key of the endpoint that a port of Node's stands for, which is of no use to Node afterwards.
 * @type {Record<Way, (port: NodePort) => number>}
 */
const takeOut = {
  carried: nodePort.takeOut,

  served(port) {
    const moved = structuredClone(port, { transfer: [port] });
    const [key, peerKey] = mailbox.createChannel();
    const peer = ports.make(peerKey);
    connect(peer, moved);
    feeds.add(key, () => fetchFrom(moved, peer));
    moved.once('close', () => feeds.remove(key));
    return key;
  },
};

/**
 * Makes of ports of Node's what they stand for.
 * @param {import('./note').Note} note
 */
function arrive(note) {
  for (const [way, arrived] of Object.entries(note)) {
    for (const port of arrived) become(port, takeOut[/** @type {Way} */ (way)](port));
  }
}

/**
 * Makes a port of ferroport of an object.
 * @param {any} object that is a port of Node's, closed or closing
 * @param {number} key of its endpoint from now on
 */
function become(object, key) {
  for (const name of Reflect.ownKeys(object)) Reflect.deleteProperty(object, name);
  Object.setPrototypeOf(object, ports.MessagePort.prototype);
  Object.defineProperties(object, Object.getOwnPropertyDescriptors(new EventTarget()));
  ports.attach(constructOn(object), key);
  hollow.add(object);
}

/** @type {object | null} */
let given = null;

/** One for all: V8 remembers it, with all that it sees. */
function Given() {
  return given;
}

/**
 * Gives an object what only constructors give: the private fields of a port, which its class adds to whatever the class above
 * returns.
 * @param {object} object
 */
function constructOn(object) {
  const above = Object.getPrototypeOf(PortTarget);
  Object.setPrototypeOf(PortTarget, Given);
  given = object;
  try {
    return ports.makeBlank();
  } finally {
    given = null;
    Object.setPrototypeOf(PortTarget, above);
  }
}

module.exports = { arrive };
