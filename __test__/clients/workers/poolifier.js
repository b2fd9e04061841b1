'use strict';

// What poolifier's threads do.

const { ThreadWorker } = require('poolifier');
const { price, fail, sum, uncloneable, tick, wait, crash, id } = require('./orders');

// poolifier ends a thread twice: by a message, and by terminate(). If it has ended before the second, destroy() waits in
// vain, on Node's ports now and then, too. So it stays.
setInterval(() => {}, 1e8);

module.exports = new ThreadWorker(
  {
    ...{ price, fail, sum, uncloneable, tick, id },
    // A function that is not async is expected to return its result.
    wait: async () => wait(),
    crash(message) {
      crash(message);
      return 'crashing';
    },
  },
  { killHandler: () => console.log('killed') },
);
