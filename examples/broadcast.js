// Broadcast: what one member of a name says, all others hear, in whatever threads they are; the speaker does not.
'use strict';

const { BroadcastChannel, Worker, isMainThread, parentPort, workerData } = require('ferroport');

if (isMainThread) {
  const news = new BroadcastChannel('news');
  const heard = [];
  const workers = ['a', 'b', 'c'].map((name) => new Worker(__filename, { workerData: name }));

  let ready = 0;
  for (const worker of workers) {
    worker.on('message', (line) => {
      if (line === 'ready') {
        ready += 1;
        // Nobody hears what was said before they joined.
        if (ready === workers.length) news.postMessage('it rains');
        return;
      }
      heard.push(line);
      if (heard.length < workers.length) return;
      for (const each of heard.sort()) console.log(each);
      // Prints: a has heard that it rains
      // Prints: b has heard that it rains
      // Prints: c has heard that it rains
      news.close();
    });
  }
} else {
  const news = new BroadcastChannel('news');
  news.onmessage = ({ data }) => {
    parentPort.postMessage(`${workerData} has heard that ${data}`);
    news.close();
  };
  parentPort.postMessage('ready');
}
