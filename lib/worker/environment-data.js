// setEnvironmentData: Node's, and a check for ports of ferroport, which Node cannot recognise.
'use strict';

const node = require('../node/threads').original.setEnvironmentData;
const { Map, bareList, mapDelete, mapForEach, mapSet } = require('../language/intrinsics');
const { showAs } = require('../port/shown');
const { makePair } = require('../post/message-port');

/**
 * The objects in the environment data, by key.
 * @type {Map<unknown, object>}
 */
const objects = new Map();

/**
 * Sets what `getEnvironmentData(key)` gives here and in workers that are started from here on (Node.js, worker_threads).
 * @param {any} key
 * @param {any} [value] cloned for each; undefined deletes the key
 */
function setEnvironmentData(key, value) {
  node(key, value);
  if (typeof value === 'object' && value !== null) mapSet(objects, key, value);
  else mapDelete(objects, key);
}

/**
 * Refuses ports of ferroport in environment data, which Node would clone as plain objects.
 * @throws the running Node's error for a port in environment data, which has no transfer list
 */
function checkEnvironmentData() {
  const values = bareList();
  // A getter may set other data meanwhile.
  mapForEach(objects, (/** @type {object} */ value) => {
    values[values.length] = value;
  });
  for (let i = 0; i < values.length; i++) {
    const port = makePair()[0];
    showAs(port, null);
    try {
      port.postMessage(values[i]);
    } finally {
      port.close();
    }
  }
}

module.exports = { setEnvironmentData, checkEnvironmentData };
