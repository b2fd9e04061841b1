// The errors of ferroport/nats.
'use strict';

const { globals } = require('../language/originals');
const { nodeError } = require('../node/errors');

/** @param {string} what the other side has sent */
const protocolError = (what) =>
  nodeError(globals.Error, 'ERR_FERROPORT_LINK_PROTOCOL', `The other side of the link has sent ${what}`);

module.exports = { protocolError };
