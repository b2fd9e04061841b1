// The channels between users' ports and lines, with the window as the mark of both ends.
'use strict';

const MessageChannel = require('../api/message-channel');
const { channels } = require('../link/hosted');
const { Inner } = require('../link/inner');
const { markAsLinked } = require('../post/hand-over');

/** @typedef {{ messages: number, bytes: number }} Window */

/**
 * For a port in a message.
 * @param {Window} window
 * @returns {{ inner: any, outer: any }} both ends of links
 */
function makeChannel({ messages, bytes }) {
  const ends = channels.makeChannel();
  ends.inner.setMark(messages, bytes);
  ends.outer.setMark(messages, bytes);
  return ends;
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

module.exports = { makeChannel, makePort };
