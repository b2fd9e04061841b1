'use strict';

// The worker of the scenarios: says what it was given, and hands on what it gets.

const { parentPort, workerData } = require('ferroport');

parentPort.postMessage({ n: workerData.n });
parentPort.once('message', ({ buffer }) => {
  workerData.port.postMessage({ buffer }, [buffer]);
  workerData.port.close();
});
