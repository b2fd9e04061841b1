'use strict';

// Asynchronous work for callers that do not wait.

const fs = require('node:fs/promises');
const { runAsWorker } = require('synckit');
const orders = require('./orders');

const work = {
  ...orders,
  async firstLine(file) {
    const handle = await fs.open(file);
    try {
      return (await handle.readFile('utf8')).split('\n')[0];
    } finally {
      await handle.close();
    }
  },
  async say(text) {
    console.log(`${text} on stdout`);
    console.error(`${text} on stderr`);
  },
  async later(value, milliseconds) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return value;
  },
};

runAsWorker((name, ...args) => work[name](...args));
