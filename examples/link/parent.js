// A parent and its child process: a port over a pipe of its own, and a port in a message.
'use strict';

const path = require('node:path');
const { spawn } = require('node:child_process');
const { MessageChannel } = require('ferroport');
const { link } = require('ferroport/link');

// The child's stdin, stdout and stderr stay what they are. A fourth pipe is for the link.
const child = spawn(process.execPath, [path.join(__dirname, 'child.js')], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
});
const { port } = link(child.stdio[3]);

port.on('close', ({ reason }) => console.log('closed:', reason)); // Prints: closed: peer closed

// A port for the answers of one question.
const { port1, port2 } = new MessageChannel();
port.postMessage({ count: 3, answers: port2 }, [port2]);
port1.on('message', (number) => console.log('answer', number));
// Prints: answer 1
// Prints: answer 2
// Prints: answer 3
port1.on('close', ({ reason }) => {
  console.log('no more answers:', reason); // Prints: no more answers: peer closed
  port.postMessage('enough');
});
