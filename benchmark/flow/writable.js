// A stream to another thread, on either side.
'use strict';

/**
 * A stream to the thread at the other end of a port.
 * @param {import('../rounds').Side} side
 * @param {any} port
 * @returns {WritableStream}
 */
function writableTo({ module }, port) {
  if (module === 'ferroport') return port.writable;
  const { readable, writable } = new TransformStream();
  port.postMessage(readable, [readable]);
  return writable;
}

module.exports = { writableTo };
