'use strict';

// Members on several threads.

const { same } = require('../support/scenario');

/** Each scenario is a program of its own; in its workers, `wt` is the implementation. */
const threaded = (title, scenario) => same.inChild(title, scenario);

threaded('members of two threads hear each other', async ({ api, log }) => {
  const channel = new api.BroadcastChannel('two threads');
  const worker = new api.Worker(
    `const { BroadcastChannel } = require(${JSON.stringify(api.name)});
    const channel = new BroadcastChannel('two threads');
    channel.onmessage = ({ data }) => {
      channel.postMessage({ got: data });
      if (data.last) channel.close();
    };
    channel.postMessage('ready');`,
    { eval: true },
  );
  const heard = new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      log(data);
      if (data === 'ready') {
        for (const n of [1, 2, 3]) channel.postMessage({ n, last: n === 3, text: 'x'.repeat(3000) });
      }
      if (data.got?.last) resolve(channel.close());
    };
  });
  const exited = new Promise((resolve) => worker.on('exit', resolve));
  await heard;
  log('exit', await exited);
});

threaded('a worker lives until its channel is closed, or unref’ed', async ({ api, log }) => {
  for (const end of ['close', 'unref']) {
    const worker = new api.Worker(
      `const { BroadcastChannel, parentPort } = require(${JSON.stringify(api.name)});
      const channel = new BroadcastChannel('ends');
      channel.onmessage = ({ data }) => channel[data]();
      channel.postMessage('ready');`,
      { eval: true },
    );
    const channel = new api.BroadcastChannel('ends');
    channel.onmessage = () => channel.postMessage(end);
    log(end, await new Promise((resolve) => worker.on('exit', resolve)));
    channel.close();
  }
});

threaded('what a thread posted before it ended arrives, however it ends', async ({ api, log }) => {
  const ways = {
    close: 'channel.close()',
    exit: 'process.exit(3)',
    throw: 'throw new Error("on purpose")',
    terminate: 'require("node:worker_threads").parentPort.postMessage("done"); setInterval(() => {}, 1000)',
  };
  for (const [way, end] of Object.entries(ways)) {
    const channel = new api.BroadcastChannel(`ends by ${way}`);
    const got = [];
    const five = new Promise((resolve) => {
      channel.onmessage = ({ data }) => {
        got.push(data.n, data.shared instanceof SharedArrayBuffer, data.shared?.byteLength);
        if (data.n === 5) resolve();
      };
    });
    const worker = new api.Worker(
      `const { BroadcastChannel } = require(${JSON.stringify(api.name)});
      const channel = new BroadcastChannel(${JSON.stringify(`ends by ${way}`)});
      for (let n = 0; n < 6; n++) channel.postMessage({ n, shared: n % 2 ? new SharedArrayBuffer(n) : undefined });
      ${end}`,
      { eval: true },
    );
    worker.on('error', (error) => log(error.message));
    worker.on('message', () => worker.terminate());
    await Promise.all([five, new Promise((resolve) => worker.on('exit', resolve))]);
    log(way, got);
    channel.close();
  }
});

threaded('a member whose thread has ended is no receiver any more', async ({ api, log }) => {
  const worker = new api.Worker(
    `const { BroadcastChannel } = require(${JSON.stringify(api.name)});
    new BroadcastChannel('gone').postMessage('ready');
    setTimeout(() => process.exit(), 1);`,
    { eval: true },
  );
  const sender = new api.BroadcastChannel('gone');
  const receiver = new api.BroadcastChannel('gone');
  await new Promise((resolve) => worker.on('exit', resolve));
  // To one receiver Node sends what it does not send to two.
  receiver.onmessage = async ({ data }) => {
    if (data === 'ready') return;
    log(await data.text());
    sender.close();
    receiver.close();
  };
  setImmediate(() => sender.postMessage(new Blob(['to one'])));
});

threaded('shared memory reaches several members in several threads', async ({ api, log }) => {
  const channel = new api.BroadcastChannel('shared');
  const workers = [1, 2, 3].map(
    () =>
      new api.Worker(
        `const { BroadcastChannel } = require(${JSON.stringify(api.name)});
        const channels = [1, 2, 3].map(() => new BroadcastChannel('shared'));
        const got = new Set();
        for (const channel of channels) {
          channel.onmessage = ({ data }) => {
            if (!data.memory) return;
            if (data.of.memory !== data.memory) throw new Error('not the same');
            got.add(data.memory).add(data.memory.buffer).add(data.module);
            for (let at = 0; at < data.memory.length; at++) Atomics.add(data.memory, at, 1);
            if (!new WebAssembly.Instance(data.module).exports.f) throw new Error('no module');
            if (got.size % 3 !== 0) throw new Error('not its own');
            channel.postMessage({ seen: true });
            channel.close();
          };
        }
        channels[0].postMessage({ ready: true });`,
        { eval: true },
      ),
  );
  const bytes = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0,
  ];
  const module = new WebAssembly.Module(Uint8Array.from([...bytes, 65, 42, 11]));
  const memory = new Int32Array(new SharedArrayBuffer(8));
  const counts = { ready: 0, seen: 0 };
  const seen = new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      counts[Object.keys(data)[0]]++;
      if (data.ready && counts.ready === 3) channel.postMessage({ memory, module, of: { memory } });
      if (counts.seen === 9) resolve(channel.close());
    };
  });
  await Promise.all([seen, ...workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve)))]);
  log(counts, [...memory]);
});

threaded('what several threads sent meanwhile is there when it is asked for', async ({ api, log }) => {
  const channels = [1, 2].map(() => new api.BroadcastChannel('meanwhile'));
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = [1, 2, 3].map(
    () =>
      new api.Worker(
        `const { BroadcastChannel, workerData } = require(${JSON.stringify(api.name)});
        const channel = new BroadcastChannel('meanwhile');
        for (let n = 0; n < 200; n++) channel.postMessage([n, n % 2 ? new SharedArrayBuffer(n) : 'text']);
        channel.close();
        Atomics.add(workerData, 0, 1);
        Atomics.notify(workerData, 0);`,
        { eval: true, workerData: gate },
      ),
  );
  for (let up = 0; up < 3; up = Atomics.load(gate, 0)) Atomics.wait(gate, 0, up);
  for (const channel of channels) {
    const sums = { count: 0, numbers: 0, lengths: 0 };
    for (let received; (received = api.receiveMessageOnPort(channel)); sums.count++) {
      sums.numbers += received.message[0];
      sums.lengths += received.message[1].byteLength ?? 0;
    }
    log(sums);
    channel.close();
  }
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve))));
});

threaded('what goes to one receiver only goes to one in another thread', async ({ api, log }) => {
  const { createSecretKey } = require('node:crypto');
  const channel = new api.BroadcastChannel('one receiver');
  const worker = new api.Worker(
    `const { BroadcastChannel } = require(${JSON.stringify(api.name)});
    const channel = new BroadcastChannel('one receiver');
    channel.onmessage = async ({ data }) => {
      channel.postMessage(data.blob ? await data.blob.text() : data.key.export().toString());
      if (data.key) channel.close();
    };
    channel.postMessage('ready');`,
    { eval: true },
  );
  channel.onmessage = ({ data }) => {
    log(data);
    if (data === 'ready') {
      channel.postMessage({ n: 1, blob: new Blob(['in a blob']) });
      channel.postMessage({ n: 2, key: createSecretKey(Buffer.from('in a key')) });
    }
    if (data === 'in a key') channel.close();
  };
  worker.on('error', (error) => log(error.message));
});

threaded('what goes to one receiver only is refused for two, wherever they are', async ({ api, log, attempt }) => {
  const channel = new api.BroadcastChannel('two receivers');
  const other = new api.BroadcastChannel('two receivers');
  new api.Worker(
    `const { BroadcastChannel } = require(${JSON.stringify(api.name)});
    const channel = new BroadcastChannel('two receivers');
    channel.onmessage = ({ data }) => {
      channel.postMessage({ got: data });
      channel.close();
    };
    channel.postMessage('ready');`,
    { eval: true },
  );
  channel.onmessage = ({ data }) => {
    if (data === 'ready') {
      log(attempt(() => channel.postMessage(new Blob(['x']))));
      log(attempt(() => channel.postMessage({ n: 1, blob: new Blob(['x']) })));
      channel.postMessage('a string');
    } else {
      log(data);
      channel.close();
      other.close();
    }
  };
});

threaded('a thread that joins while another sends gets a stretch without gaps', async ({ api, log }) => {
  const sender = new api.BroadcastChannel('joining');
  const outcomes = [];
  const workers = [1, 2, 3].map(() => {
    const worker = new api.Worker(
      `const { BroadcastChannel, parentPort } = require(${JSON.stringify(api.name)});
      let left = 150;
      const join = () => {
        const channel = new BroadcastChannel('joining');
        let next;
        let count = 0;
        // Who gets a message gets what belongs to it, too.
        channel.onmessageerror = () => parentPort.postMessage(['error']);
        channel.onmessage = ({ data }) => {
          if (next !== undefined && data.n !== next) parentPort.postMessage(['gap', data.n, next]);
          if (new Int32Array(data.shared)[0] !== data.n) parentPort.postMessage(['parcel', data.n]);
          next = data.n + 1;
          if (++count < 15) return;
          channel.close();
          if (--left > 0) join();
          else parentPort.postMessage(['done']);
        };
      };
      join();`,
      { eval: true },
    );
    worker.on('error', (error) => outcomes.push(error.message));
    return new Promise((resolve) => {
      worker.on('message', (outcome) => {
        outcomes.push(outcome);
        if (outcome[0] === 'done') worker.terminate().then(resolve);
      });
    });
  });
  let n = 0;
  const timer = setInterval(() => {
    for (const end = n + 20; n < end; n++) {
      const shared = new SharedArrayBuffer(4);
      new Int32Array(shared)[0] = n;
      sender.postMessage({ n, shared });
    }
  }, 1);
  await Promise.all(workers);
  clearInterval(timer);
  sender.close();
  log([...new Set(outcomes.map(String))].sort());
});
