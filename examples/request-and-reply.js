// Request and reply: each request has a number, by which its reply is known.
'use strict';

const { Worker, isMainThread, parentPort } = require('ferroport');

if (isMainThread) {
  const worker = new Worker(__filename);
  const waiting = new Map();
  let last = 0;

  worker.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(error);
  });

  const ask = (question) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, question });
    });

  const main = async () => {
    const answers = await Promise.all([ask(20), ask(30), ask(40)]);
    console.log(answers.join(' ')); // Prints: 6765 832040 102334155
    await ask(-1).catch((error) => console.log(error.message)); // Prints: there is no such Fibonacci number
    await worker.terminate();
  };
  main();
} else {
  const fibonacci = (n) => {
    if (n < 0) throw new RangeError('there is no such Fibonacci number');
    let [a, b] = [0, 1];
    for (let i = 0; i < n; i++) [a, b] = [b, a + b];
    return a;
  };

  parentPort.on('message', ({ id, question }) => {
    try {
      parentPort.postMessage({ id, result: fibonacci(question) });
    } catch (error) {
      // Errors arrive as errors, with their class and their stack.
      parentPort.postMessage({ id, error });
    }
  });
}
