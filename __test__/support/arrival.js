'use strict';

// What a value is when it has gone through a channel of one implementation.

const { describe, thrown } = require('./describe');

/**
 * @param {{ MessageChannel: any, receiveMessageOnPort: any }} api
 * @param {unknown} value
 * @returns what arrives, or the error that refuses it, described
 */
function arrivalOf(api, value) {
  const { port1, port2 } = new api.MessageChannel();
  try {
    port1.postMessage(value);
    return describe(api.receiveMessageOnPort(port2).message);
  } catch (error) {
    return thrown(error);
  } finally {
    port1.close();
  }
}

module.exports = { arrivalOf };
