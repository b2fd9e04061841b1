// MessageChannel: two entangled ports.
'use strict';

const { nodeError } = require('./errors');
const { makePair } = require('./message-port');
const { tagAsNode } = require('./string-tag');

/**
 * A channel (HTML standard, 9.2.2). Nothing is allocated outside JavaScript until one of the ports is used.
 * @this {any}
 */
function MessageChannel() {
  if (new.target === undefined) {
    throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  }
  // Not by its iterator, which programs may have patched.
  const pair = makePair();
  this.port1 = pair[0];
  this.port2 = pair[1];
}

tagAsNode(MessageChannel.prototype, 'MessageChannel');

module.exports = MessageChannel;
