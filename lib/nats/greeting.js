// What hubs say before they have an association: a dial, and the answer to it, as JSON, which anybody can read and nobody needs to trust.
'use strict';

const { statics } = require('../language/originals');
const { isAddress, isToken } = require('./names');

const { assign, stringify } = statics;
const { parse } = JSON;
const { isSafeInteger } = Number;

const VERSION = 1;

/** No greeting is longer, in bytes. */
const LONGEST = 4096;
const LONGEST_TEXT = 256;

/**
 * @typedef {object} PeerInfo what a hub says of itself
 * @property {string} id
 * @property {string | undefined} name
 * @property {string} host
 * @property {number} pid
 * @property {string} runtime
 */

/** @param {PeerInfo} info of who dials */
const writeDial = (info) => write({ info });

/**
 * @typedef {object} Answer to a dial
 * @property {string} to the address at which an association begins if the two have none
 * @property {string} line what is to be opened: a random number, in hexadecimals
 * @property {boolean} knows whether who answers has an association with who has dialled, or may soon have one
 * @property {PeerInfo} info of who answers
 */

/** @param {Answer} answer */
const writeAnswer = (answer) => write(answer);

/** The answer of who listens no more. */
const writeNone = () => write({ none: true });

/** @param {Uint8Array} bytes @returns {boolean} */
const isNone = (bytes) => read(bytes)?.none === true;

/** @param {object} greeting */
const write = (greeting) => Buffer.from(stringify(assign({ ferroport: VERSION }, greeting)));

/**
 * @param {Uint8Array} bytes
 * @returns {PeerInfo | undefined} of who dials; undefined for what is no dial
 */
const readDial = (bytes) => infoIn(read(bytes));

/**
 * @param {Uint8Array} bytes
 * @returns {Answer | undefined} undefined for what is no answer
 */
function readAnswer(bytes) {
  const greeting = read(bytes);
  const info = infoIn(greeting);
  if (info === undefined || !isAddress(greeting.to) || !isToken(greeting.line)) return undefined;
  return { to: greeting.to, line: greeting.line, knows: greeting.knows === true, info };
}

/**
 * @param {Uint8Array} bytes
 * @returns {any} an object of this version, or undefined
 */
function read(bytes) {
  if (bytes.length > LONGEST) return undefined;
  try {
    const greeting = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    return greeting !== null && typeof greeting === 'object' && greeting.ferroport === VERSION ? greeting : undefined;
  } catch {
    return undefined;
  }
}

/** @param {any} greeting @returns {PeerInfo | undefined} */
function infoIn(greeting) {
  const info = greeting?.info;
  if (info === null || typeof info !== 'object') return undefined;
  const { id, name, host, pid, runtime } = info;
  if (!isToken(id) || !isText(host) || !isText(runtime) || !isSafeInteger(pid)) return undefined;
  if (name !== undefined && !isText(name)) return undefined;
  return { id, name, host, pid, runtime };
}

/** @param {unknown} text @returns {text is string} */
const isText = (text) => typeof text === 'string' && text.length <= LONGEST_TEXT;

/** What the first byte of a greeting is, and that of no datagram. */
const FIRST_BYTE = 0x7b;

module.exports = { FIRST_BYTE, LONGEST_TEXT, isNone, readAnswer, readDial, writeAnswer, writeDial, writeNone };
