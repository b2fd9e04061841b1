// MessageChannel: two entangled ports.
'use strict';

const { nodeError } = require('../node/errors');
const { makePair } = require('../post/message-port');
const plain = require('../runtime/plain');
const { methods, uncurry } = require('../language/originals');
const { tagAsNode } = require('../node/string-tag');

const addPlain = uncurry(methods.weakSetAdd, plain);

/**
 * A channel (HTML standard, 9.2.2). Nothing is allocated outside JavaScript until one of the ports is used.
 * @this {any}
 */
function MessageChannel() {
  if (new.target === undefined) {
    throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  }
  // By index, because programs may have patched the iterator of arrays.
  const pair = makePair();
  this.port1 = pair[0];
  this.port2 = pair[1];
}

tagAsNode(MessageChannel.prototype, 'MessageChannel');
addPlain(MessageChannel.prototype);

module.exports = MessageChannel;
