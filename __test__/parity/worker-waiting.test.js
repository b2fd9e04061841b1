'use strict';

// What becomes of a worker's messages while its Worker has no listener for them any more.

const { once } = require('node:events');
const { same } = require('../support/scenario');

/** A worker that answers everything, and ends after 'end'. What it has answered has been posted once `answered` resolves. */
async function answering({ api, open }) {
  const [port, other] = open();
  const source = `
    const { parentPort, workerData } = require(${JSON.stringify(api.name)});
    parentPort.on('message', (value) => {
      parentPort.postMessage('re ' + value);
      if (value === 'end') process.exit();
      workerData.postMessage(value);
    });`;
  const worker = new api.Worker(source, { eval: true, workerData: other, transferList: [other] });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  await once(worker, 'online');
  const answered = async (value) => {
    worker.postMessage(value);
    await once(port, 'message');
  };
  return { worker, answered, ended };
}

/** Ways of taking the only listener away. */
const REMOVALS = {
  off: (worker, listener) => worker.off('message', listener),
  removeAllListeners: (worker) => worker.removeAllListeners('message'),
};

for (const [name, remove] of Object.entries(REMOVALS)) {
  same(`after ${name} messages wait for the next listener`, async (x) => {
    const { worker, answered, ended } = await answering(x);
    const listener = (value) => x.log('first', value);
    worker.on('message', listener);
    await answered(1);
    await x.settle();
    remove(worker, listener);
    await answered(2);
    await answered(3);
    await x.settle();
    worker.prependListener('message', (value) => x.log('second', value));
    await x.settle();
    worker.postMessage('end');
    await ended;
  });
}

same('events.once gets one message after the other, whatever is done in between', async (x) => {
  const { worker, answered, ended } = await answering(x);
  const first = once(worker, 'message');
  for (const value of [1, 2, 3]) await answered(value);
  x.log(await first);
  for (const turns of [1, 20]) {
    await x.settle(turns);
    x.log(await once(worker, 'message'));
  }
  worker.postMessage('end');
  await ended;
});

same('what waits when the worker ends is lost, if nobody has come', async (x) => {
  const { worker, ended } = await answering(x);
  const listener = () => x.log('never');
  worker.on('message', listener).off('message', listener);
  worker.postMessage('end');
  await ended;
  worker.on('message', listener);
  await x.settle();
});
