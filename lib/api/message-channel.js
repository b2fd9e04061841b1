// MessageChannel: two entangled ports.
'use strict';

const { nodeError } = require('../node/errors');
const { makePair } = require('../post/message-port');
const { isObject } = require('../language/originals');
const plain = require('../runtime/plain');
const { methods, uncurry } = require('../language/originals');
const { tagAsNode } = require('../node/string-tag');

const addPlain = uncurry(methods.weakSetAdd, plain);

/**
 * A channel (HTML standard, 9.2.2). Nothing is allocated outside JavaScript until one of the ports is used, unless there is a mark.
 *
 * It may be given an object with `highWaterMark`, for both directions. The function has no parameter, as the built-in's has none.
 * @this {any}
 * @throws as readMark; no channel is made then
 */
function MessageChannel() {
  if (new.target === undefined) {
    throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  }
  // The built-in passes over whatever it is given.
  const given = isObject(arguments[0]) ? arguments[0].highWaterMark : undefined;
  const mark = given === undefined ? undefined : require('../port/mark').readMark('options.highWaterMark', given);
  // By index, because programs may have patched the iterator of arrays.
  const pair = makePair();
  if (mark !== undefined) require('../port/flow').setMarks(pair, mark);
  this.port1 = pair[0];
  this.port2 = pair[1];
}

tagAsNode(MessageChannel.prototype, 'MessageChannel');
addPlain(MessageChannel.prototype);

module.exports = MessageChannel;
