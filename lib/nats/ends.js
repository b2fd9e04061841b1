// The channels between users' ports and lines, with the window as the mark of both ends.
'use strict';

const MessageChannel = require('../api/message-channel');
const { Inner } = require('../link/inner');
const { markAsLinked } = require('../post/hand-over');

/** @typedef {{ messages: number, bytes: number }} Window */

/**
 * For a port in a message.
 * @param {Window} window
 * @returns {{ inner: any, outer: any }} both ends of links
 */
function makeChannel({ messages, bytes }) {
  const pair = Inner.pair();
  const inner = pair[0];
  const outer = pair[1];
  inner.setMark(messages, bytes);
  outer.setMark(messages, bytes);
  return { inner, outer };
}

/**
 * For a port that a program gets.
 * @param {Window} window
 * @returns {{ inner: any, outer: any }} an end of a link, and a port
 */
function makePort(window) {
  const { port1, port2 } = new /** @type {any} */ (MessageChannel)({ highWaterMark: window });
  markAsLinked([port1]);
  return { inner: Inner.of(port1), outer: port2 };
}

const discard = (/** @type {any} */ outer) => outer.close();

module.exports = { discard, makeChannel, makePort };
