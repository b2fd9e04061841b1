// A session in this thread, over a transport, with the port of a link as its first line.
'use strict';

const clock = require('./clock');
const { Inner } = require('./inner');
const { Session } = require('./session');

/** What `stats` is made of, by place in the memory that the threads share. */
const places = { PORTS: 0, SENT: 1, SENT_BYTES: 2, RECEIVED: 3, RECEIVED_BYTES: 4, ACKNOWLEDGED: 5 };

/** How many numbers there are. */
const PLACES = 6;

/** What a session asks for beside its root line: the ends of channels for ports that come. */
const channels = {
  makeChannel() {
    const pair = Inner.pair();
    return { inner: pair[0], outer: pair[1] };
  },
  discard: (/** @type {import('./relay').Inner} */ outer) => outer.close(),
};

/**
 * @param {import('./session').Transport} transport
 * @param {import('./session').Settings} settings
 * @param {import('./relay').Inner} inner the inner end of the link's port
 * @param {(reason: string, error: Error | undefined) => void} onEnd
 * @returns {import('./session').OneSession}
 */
function host(transport, settings, inner, onEnd) {
  const session = new Session(transport, settings, clock, {
    makeChannel: channels.makeChannel,
    discard: channels.discard,
    onReady: () => session.lines.root(inner),
    // Nobody holds a port of the link any more.
    onEmpty: () => session.close(),
    onEnd(reason, error) {
      // The other side may never have said who it is.
      inner.close(reason);
      onEnd(reason, error);
    },
  });
  return session;
}

/**
 * Writes down what `stats` tells.
 * @param {Float64Array} shown
 * @param {import('./session').OneSession} session
 */
function show(shown, session) {
  const { lines } = session;
  shown[places.PORTS] = lines.count;
  shown[places.SENT] = lines.sentMessages;
  shown[places.SENT_BYTES] = lines.sentBytes;
  shown[places.RECEIVED] = lines.receivedMessages;
  shown[places.RECEIVED_BYTES] = lines.receivedBytes;
  shown[places.ACKNOWLEDGED] = session.acknowledged;
}

module.exports = { PLACES, channels, host, places, show };
