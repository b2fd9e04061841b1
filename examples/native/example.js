// Hashes files on the addon's threads: node example.js file…, after `npm run build`.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { MessageChannel } = require('../..');

const name = fs.readdirSync(__dirname).find((file) => file.endsWith('.node'));
if (name === undefined) throw new Error('build the addon first: npm run build');
const addon = require(path.join(__dirname, name));

const files = process.argv.slice(2);
const { port1, port2 } = new MessageChannel({ highWaterMark: 256 });
addon.start(port2);
let left = files.length;
port1.on('message', (said) => {
  if (said.progress) return;
  const { id, hash, reason } = said.done ?? said.failed;
  console.log(hash ?? reason, files[id]);
  if (--left === 0) port1.close();
});
if (left === 0) port1.close();
files.forEach((file, id) => port1.postMessage({ op: 'File', id, path: file }));
