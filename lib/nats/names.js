// The subjects of NATS that hubs use.
//
//   ferroport.dial.<name>          who dials a name publishes there; who listens has subscribed there
//   <prefix>.<hub>.<token>         one hub's bytes to another: the hub that gets them has subscribed to <prefix>.<hub>.*
//
// <prefix> is the client's `inboxPrefix`, <hub> and <token> are random numbers of 128 bits. A token belongs to one pair of hubs and one direction,
// or to one dial. Who knows it may send, so it is told to nobody else.
'use strict';

const { randomBytes } = require('node:crypto');
const { methods, uncurry } = require('../language/originals');

const exec = uncurry(methods.regExpExec);
const lastIndexOf = uncurry(methods.stringLastIndexOf);
const slice = uncurry(methods.stringSlice);

/** Tokens with dots between them, and none of the characters that mean something to NATS. */
const NAME = /^[^\s.*>\0]+(?:\.[^\s.*>\0]+)*$/;
const LONGEST_NAME = 200;

const ADDRESS = /^(?:[^\s.*>\0]+\.)+[0-9a-f]{32}\.[0-9a-f]{32}$/;
const LONGEST_ADDRESS = 300;

const HEX = /^[0-9a-f]{32}$/;

/** @param {unknown} name @returns {name is string} whether something can be listened to and dialled by that name */
const isName = (name) => typeof name === 'string' && name.length <= LONGEST_NAME && exec(NAME, name) !== null;

/** @param {unknown} subject @returns {subject is string} whether a hub may be sent bytes there: nothing else has such subjects */
const isAddress = (subject) =>
  typeof subject === 'string' && subject.length <= LONGEST_ADDRESS && exec(ADDRESS, subject) !== null;

/** @param {unknown} text @returns {text is string} whether it is a random number as these subjects have */
const isToken = (text) => typeof text === 'string' && exec(HEX, text) !== null;

/** @param {string} name */
const dialSubject = (name) => `ferroport.dial.${name}`;

/** @returns {string} 128 random bits */
const newToken = () => randomBytes(16).toString('hex');

/** @param {string} address @returns {string} its last part */
const tokenOf = (address) => slice(address, lastIndexOf(address, '.') + 1);

/** @param {string} address @returns {string} the part that all addresses of a hub have */
const hubOf = (address) => slice(address, 0, lastIndexOf(address, '.'));

module.exports = { dialSubject, hubOf, isAddress, isName, isToken, newToken, tokenOf };
