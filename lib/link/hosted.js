// A session in this thread, over a transport, with the port of a link as its first line.
'use strict';

const clock = require('./clock');
const { Inner } = require('./inner');
const { Session } = require('./session');

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
 * @param {Float64Array} counts shared, of what goes and comes
 * @param {(reason: string, error: Error | undefined) => void} onEnd
 * @returns {import('./session').OneSession}
 */
function host(transport, settings, inner, counts, onEnd) {
  const session = new Session(transport, settings, clock, {
    makeChannel: channels.makeChannel,
    discard: channels.discard,
    counts,
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

module.exports = { channels, host };
