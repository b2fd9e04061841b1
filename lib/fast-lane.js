// The fast lane: values to the words of a message and back, in JavaScript. Loaded when a thread has messages for it.
'use strict';

const { canGenerate } = require('./codec/generate');
const { decodeCurrent, decodeRecord } = require('./codec/decode');
const { encode, RESTART } = require('./codec/encode');
const { message, clear } = require('./codec/message');
const { isRunning } = require('./codec/running');

module.exports = { canGenerate, decodeCurrent, decodeRecord, encode, RESTART, message, clear, isRunning };
