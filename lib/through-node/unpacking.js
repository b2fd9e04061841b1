// Makes ports of ferroport of the ports of Node's that packing.js has made of them.
'use strict';

const mailbox = require('../mailbox');
const nodePort = require('../node-port');
const ports = require('../message-port');
const { connect } = require('./bridge');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {import('./packing').Way} Way */

/**
 * The key of the endpoint that is to have a port of Node's messages; that port is of no use to others afterwards.
 * @type {Record<Way, (port: NodePort) => number>}
 */
const keyOf = {
  carried: nodePort.takeOut,

  served(port) {
    const { key, peerKey } = mailbox.createChannel();
    connect(ports.make(peerKey), port);
    return key;
  },
};

/**
 * @param {string} way
 * @param {NodePort} port
 * @throws if nothing is in it that could be taken out
 */
const takeOut = (way, port) => ports.make(keyOf[/** @type {Way} */ (way)](port));

module.exports = { takeOut };
