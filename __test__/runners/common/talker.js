'use strict';

// A worker that goes on talking when the test file that has started it has ended.

const { parentPort } = require('ferroport');

let n = 0;
const talk = () => {
  for (let end = n + 5; n < end; n++) parentPort.postMessage({ n, list: [n], bytes: new Uint8Array(3) });
  if (n < 600) setTimeout(talk, 5);
};
talk();
