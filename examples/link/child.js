// What parent.js starts.
'use strict';

const net = require('node:net');
const { link } = require('ferroport/link');

const { port } = link(new net.Socket({ fd: 3 }));
port.on('message', (message) => {
  if (message === 'enough') {
    // The link ends with its last port, and the process with that.
    port.close();
    return;
  }
  const { count, answers } = message;
  for (let number = 1; number <= count; number++) answers.postMessage(number);
  answers.close();
});
