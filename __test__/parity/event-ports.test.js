'use strict';

// The ports that come with a message: event.ports has those of the transfer list, ours and Node's, in its order.

const threads = require('node:worker_threads');
const { same } = require('../support/scenario');

same('event.ports has the listed ports in the order of the list, in the value or not', async (x) => {
  const [port, peer] = x.open();
  const arrivals = [];
  peer.addEventListener('message', ({ data, ports }) => {
    arrivals.push(...ports);
    x.log(data.name, ports.length);
    x.log(ports.map((each) => Object.keys(data).find((key) => data[key] === each)));
    x.log(ports.map((each) => each instanceof threads.MessagePort || each instanceof x.api.MessagePort));
  });
  const some = (letters) =>
    [...letters].map((letter) => (letter === 'n' ? new threads.MessageChannel().port1 : x.open()[0]));
  for (const letters of ['', 'o', 'n', 'on', 'no', 'ono', 'non', 'oonno']) {
    const list = some(letters);
    const named = Object.fromEntries(list.map((each, index) => [`p${index}`, each]));
    port.postMessage({ name: letters, ...named }, [...list, new ArrayBuffer(2)]);
    const reversed = some(letters);
    port.postMessage({ name: `${letters}, half of them in the value`, p0: reversed[0] }, reversed);
  }
  port.postMessage({ name: 'none, but a buffer' }, [new ArrayBuffer(3)]);
  port.postMessage({ name: 'none, but shared memory', shared: new SharedArrayBuffer(3) });
  await x.settle();
  for (const each of arrivals) each.close();
});

same('ports of Node in the value arrive with their queues, listed or not', (x) => {
  const { port1, port2 } = new threads.MessageChannel();
  port2.postMessage('queued');
  x.log(x.attempt(() => x.trip({ port1 })));
  const arrived = x.trip({ a: [port1], again: port1 }, [port1]);
  x.log(threads.receiveMessageOnPort(arrived.again), arrived.a[0] === arrived.again);
  x.log(x.attempt(() => x.trip(0, [port1])));
  port2.close();
});

same('a port of Node inside of the queue of ours inside of the queue of ours', (x) => {
  const [outer, outerPeer] = x.open();
  const [inner, innerPeer] = x.open();
  const { port1, port2 } = new threads.MessageChannel();
  port2.postMessage('deep');
  innerPeer.postMessage({ port1, shared: new SharedArrayBuffer(3) }, [port1]);
  outerPeer.postMessage({ inner }, [inner]);
  const arrivedOuter = x.trip(outer, [outer]);
  const arrivedInner = x.api.receiveMessageOnPort(arrivedOuter).message.inner;
  const { message } = x.api.receiveMessageOnPort(arrivedInner);
  x.log(threads.receiveMessageOnPort(message.port1), message.shared.byteLength);
  port2.close();
});

same('both ends in one message, with parcels that wait between them', (x) => {
  const { port1, port2 } = new x.api.MessageChannel();
  port1.postMessage(new SharedArrayBuffer(1));
  port2.postMessage(new SharedArrayBuffer(2));
  let at = { port1, port2 };
  for (let hop = 0; hop < 5; hop++) {
    at = x.trip(at, [at.port1, at.port2]);
    at.port1.postMessage({ hop, shared: new SharedArrayBuffer(10 + hop) });
  }
  for (let count = 0; count < 7; count++) x.log(x.api.receiveMessageOnPort(at.port2));
  x.log(x.api.receiveMessageOnPort(at.port1), x.api.receiveMessageOnPort(at.port1));
  at.port1.close();
});

same('parcels to and from a port that is moved again and again', (x) => {
  const [port, peer] = x.open();
  let at = port;
  for (let hop = 0; hop < 12; hop++) {
    const { buffer } = new Uint8Array(hop + 1);
    peer.postMessage({ hop, buffer, shared: new SharedArrayBuffer(hop) }, [buffer]);
    at.postMessage({ back: hop, key: new Blob(['x'.repeat(hop)]) });
    at = x.trip({ at }, [at]).at;
    if (hop % 3 === 0) x.log(x.api.receiveMessageOnPort(at).message.hop);
  }
  for (let taken; (taken = x.api.receiveMessageOnPort(at)) !== undefined;) {
    x.log(taken.message.hop, taken.message.buffer);
  }
  for (let taken; (taken = x.api.receiveMessageOnPort(peer)) !== undefined;) {
    x.log(taken.message.back, taken.message.key.size);
  }
});

same('the first message of a closed peer’s parcels can be read', async (x) => {
  const [port, peer] = x.open();
  const { buffer } = Uint8Array.of(1, 2);
  port.postMessage({ buffer, shared: new SharedArrayBuffer(3) }, [buffer]);
  port.postMessage(new SharedArrayBuffer(4));
  port.close();
  await x.settle();
  x.log(x.api.receiveMessageOnPort(peer), x.api.receiveMessageOnPort(peer), x.api.receiveMessageOnPort(peer));
});

same('what is posted to closed ports is validated and moved', async (x) => {
  const [port, peer] = x.open();
  peer.close();
  const post = () => {
    const { buffer } = Uint8Array.of(1, 2);
    const [moved] = x.open();
    x.log(
      x.attempt(
        () => port.postMessage({ buffer, moved, shared: new SharedArrayBuffer(1) }, [buffer, moved]) ?? 'nothing',
      ),
    );
    x.log(
      x.attempt(() => port.postMessage(new Blob([])) ?? 'nothing'),
      x.attempt(() => port.postMessage(new threads.MessageChannel().port1)),
    );
    x.log(
      buffer.byteLength,
      x.attempt(() => moved.postMessage(1)),
    );
  };
  post();
  await x.settle();
  post();
  port.close();
  post();
  await x.settle();
  post();
});
