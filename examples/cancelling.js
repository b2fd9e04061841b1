// A computation is cancelled in the middle of a loop that never yields, and its worker goes on with the next one.
'use strict';

const { SharedAbortController, Worker, isMainThread, parentPort } = require('ferroport');
const { connect } = require('ferroport/call');

if (isMainThread) {
  const main = async () => {
    const peer = connect(new Worker(__filename));
    console.log(await peer.call('countPrimes', [10_000])); // Prints: 1229

    // By a signal: a plain one would do as well, as long as this thread is not busy itself.
    const controller = new SharedAbortController();
    const counting = peer.call('countPrimes', [Infinity], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('the user has left')), 50);
    await counting.catch(({ message }) => console.log(message)); // Prints: the user has left

    // By a limit of time.
    const error = await peer.call('countPrimes', [Infinity], { timeout: 50 }).catch((reason) => reason);
    console.log(error.name); // Prints: TimeoutError

    // Nothing was killed.
    const { threadId, stopped } = await peer.call('report');
    console.log(`thread ${threadId} has stopped ${stopped} times`); // Prints: thread 1 has stopped 2 times
    peer.close();
  };
  main();
} else {
  let stopped = 0;
  const isPrime = (n) => {
    for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
    return n > 1;
  };
  connect(parentPort, {
    api: {
      countPrimes(below) {
        const { signal } = this;
        let count = 0;
        for (let n = 0; n < below; n++) {
          if (n % 1000 === 0 && signal.aborted) return void stopped++;
          if (isPrime(n)) count++;
        }
        return count;
      },
      report: () => ({ threadId: require('ferroport').threadId, stopped }),
    },
  });
}
