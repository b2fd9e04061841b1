'use strict';

// The other end of the connections in the tests of this folder.

const { parentPort } = require('../..');
const { connect } = require('../../dist/call');

const peer = connect(parentPort, {
  api: {
    join(index) {
      const first = peer.callSync('first', [index]);
      return { index: first.index, answers: peer.callSync('second', [index, first]) };
    },
    async later(value) {
      await null;
      return value;
    },
    /** As many right answers as calls, half of which block. */
    async both(count) {
      let right = 0;
      for (let i = 0; i < count; i++) {
        const answer = i % 2 === 0 ? peer.callSync('twice', [i]) : await peer.call('twice', [i]);
        if (answer === 2 * i) right++;
      }
      return right;
    },
    never: () => new Promise(() => {}),
    back: (ms) => peer.callSync('wait', [ms]),
    backLater: () => peer.call('never'),
    exit: () => process.exit(1),
    fail: () =>
      void setImmediate(() => {
        throw new Error('on purpose');
      }),
    closePort: () => parentPort.close(),
    close: () => peer.close(),
    spin(ms) {
      const end = Date.now() + ms;
      while (Date.now() < end && !this.signal.aborted);
      return ms;
    },
  },
});
