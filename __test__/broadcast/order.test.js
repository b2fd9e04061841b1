'use strict';

// In which order the members of one thread hear what is posted: as by the HTML standard, where each delivery of a message to a
// member is a task of its own, and a message's are queued in the order in which the members were made. The built-in empties one
// member's queue after the other.

const { differs, same, stricter } = require('../support/scenario');

const ORDER = { why: 'messages come in the order of posting, to members in the order of their making' };

/** Members of one name, by letters, which note what they hear. */
function open(api, log, name, letters) {
  const members = Array.from(letters, (letter) => {
    const member = new api.BroadcastChannel(name);
    member.onmessage = ({ data }) => log(`${letter}: ${typeof data === 'object' ? data.text : data}`);
    return member;
  });
  return { members, close: () => members.forEach((member) => member.close()) };
}

/** What members hear of posts, each `'<sender><text>'`. */
const heard = (letters, posts) =>
  posts.flatMap(([sender, ...text]) =>
    Array.from(letters)
      .filter((letter) => letter !== sender)
      .map((letter) => `${letter}: ${text.join('')}`),
  );

differs(
  'each message reaches all members before the next one does, whoever posts',
  { ...ORDER, expected: heard('abc', ['a1', 'c2', 'b3', 'b4', 'a5']) },
  async ({ api, log, settle }) => {
    const { members, close } = open(api, log, 'order of posting', 'abc');
    const [a, b, c] = members;
    a.postMessage(1);
    c.postMessage(2);
    b.postMessage(3);
    b.postMessage(4);
    a.postMessage(5);
    await settle();
    close();
  },
);

/** Values of all the ways a message can go, each of which says its number in `text`. */
const kinds = [
  (text) => text,
  (text) => ({ text }),
  (text) => ({ text, long: 'x'.repeat(3000) }),
  (text) => ({ text, huge: new Uint8Array(100_000) }),
  (text) => ({ text, memory: new SharedArrayBuffer(8) }),
  (text) => ({ text, nested: Array.from({ length: 50 }, (_, index) => ({ index, key: `${index}` })) }),
];

for (const count of [30, 1200]) {
  const posts = Array.from({ length: count }, (_, index) => `${'abdacaab'[index % 8]}${index}`);
  differs(
    `${count} messages of every kind are heard in order`,
    { ...ORDER, expected: heard('abcd', posts) },
    async ({ api, log, settle }) => {
      const { members, close } = open(api, log, `many ${count}`, 'abcd');
      posts.forEach(([letter, ...text], index) => {
        members['abcd'.indexOf(letter)].postMessage(kinds[(index + (index >> 3)) % kinds.length](text.join('')));
      });
      await settle();
      await settle();
      close();
    },
  );
}

stricter(
  'a burst of small messages is heard in order, and everybody gets objects of its own',
  {
    ...ORDER,
    expected: Array.from({ length: 300 }, (_, index) => [0, 1, 2].map(() => `${index}, touched 1`)).flat(),
  },
  async ({ api, log, settle }) => {
    const sender = new api.BroadcastChannel('burst');
    const receivers = [0, 1, 2].map(() => new api.BroadcastChannel('burst'));
    for (const receiver of receivers) {
      receiver.onmessage = ({ data }) => log(`${data.index}, touched ${++data.touched.times}`);
    }
    for (let index = 0; index < 300; index++) sender.postMessage({ index, touched: { times: 0 } });
    await settle();
    for (const channel of [sender, ...receivers]) channel.close();
  },
);

stricter(
  'what a listener posts comes after what was posted before',
  { ...ORDER, expected: ['b: 1', 'c: 1', 'b: 2', 'c: 2', 'a: 1 b', 'c: 1 b', 'a: 2 b', 'c: 2 b'] },
  async ({ api, log, settle }) => {
    const { members, close } = open(api, log, 'answers', 'abc');
    const [a, b] = members;
    b.addEventListener('message', ({ data }) => b.postMessage(`${data} b`));
    a.postMessage(1);
    a.postMessage(2);
    await settle();
    close();
  },
);

stricter(
  'a member that closes in a listener gets nothing more, and the others hear the rest in order',
  { ...ORDER, expected: ['b: 0', 'c: 0', 'd: 0', 'b: 1', 'c: 1', 'c: 2', 'c: 3', 'c: 4'] },
  async ({ api, log, settle }) => {
    const { members, close } = open(api, log, 'closing', 'abcd');
    const [a, b, c, d] = members;
    // Itself, and one whose turn would be next.
    b.addEventListener('message', ({ data }) => data === 1 && b.close());
    c.addEventListener('message', ({ data }) => data === 1 && d.close());
    for (let number = 0; number < 5; number++) a.postMessage(number);
    await settle();
    close();
  },
);

stricter(
  'a member that was made in a listener hears what is posted from then on, after all others',
  { ...ORDER, expected: ['b: 0', 'c: 0', 'b: 1', 'c: 1', 'b: late', 'c: late', 'z: late'] },
  async ({ api, log, settle }) => {
    const { members, close } = open(api, log, 'making', 'abc');
    const [a, b] = members;
    const late = [];
    b.addEventListener('message', ({ data }) => {
      if (data !== 0) return;
      late.push(open(api, log, 'making', 'z'));
      a.postMessage('late');
    });
    a.postMessage(0);
    a.postMessage(1);
    await settle();
    close();
    late[0].close();
  },
);

stricter(
  'receiveMessageOnPort takes the next one of a member, and the others’ order stays',
  { ...ORDER, expected: [[1, 2, 1], 'd: 1', 'c: 2', 'd: 2', 'a: 3', 'b: 3', 'd: 3', 'b: 4', 'c: 4', 'd: 4'] },
  async ({ api, log, settle }) => {
    const { members, close } = open(api, log, 'taking', 'abcd');
    const [a, b, c] = members;
    const take = (member) => api.receiveMessageOnPort(member)?.message;
    a.postMessage(1);
    a.postMessage(2);
    log(take(b), take(b), take(c));
    c.postMessage(3);
    a.postMessage(4);
    await settle();
    close();
  },
);

stricter(
  'ticks and microtasks run between the deliveries of a message',
  {
    ...ORDER,
    expected: [
      'b: 1',
      'tick',
      'microtask',
      'c: 1',
      'tick',
      'microtask',
      'b: 2',
      'tick',
      'microtask',
      'c: 2',
      'tick',
      'microtask',
    ],
  },
  async ({ api, log, settle }) => {
    const { members, close } = open(api, log, 'ticks between', 'abc');
    const [a, ...receivers] = members;
    for (const receiver of receivers) {
      receiver.addEventListener('message', () => {
        queueMicrotask(() => log('microtask'));
        process.nextTick(log, 'tick');
      });
    }
    a.postMessage(1);
    a.postMessage(2);
    await settle();
    close();
  },
);

same('what one member of a thread hears is in order, whatever ports get meanwhile', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('beside ports');
  const receivers = [0, 1].map(() => new api.BroadcastChannel('beside ports'));
  const { port1, port2 } = new api.MessageChannel();
  const got = [[], [], []];
  receivers.forEach((receiver, index) => (receiver.onmessage = ({ data }) => got[index].push(data)));
  port2.on('message', (value) => got[2].push(value));
  for (let number = 0; number < 200; number++) {
    sender.postMessage(number);
    port1.postMessage(number);
  }
  await settle();
  log(got);
  for (const channel of [sender, ...receivers, port1]) channel.close();
});

same.inChild('where listeners throw, all members hear everything', async ({ api, log, settle }) => {
  process.on('uncaughtException', () => {});
  const { members, close } = open(api, () => {}, 'throwing', 'abc');
  const [a, ...receivers] = members;
  const got = [[], []];
  receivers.forEach((receiver, index) => {
    receiver.addEventListener('message', ({ data }) => {
      got[index].push(data);
      if (data % (3 + index) === 0) throw new Error('on purpose');
    });
  });
  for (let number = 0; number < 40; number++) a.postMessage(number);
  for (let turn = 0; turn < 10; turn++) await settle();
  log(got);
  close();
});

stricter(
  'members in a worker hear the messages of other threads in the order of posting',
  {
    ...ORDER,
    expected: [Array.from({ length: 100 }, (_, index) => [`first: ${index}`, `second: ${index}`]).flat(), 0],
  },
  async ({ api, log }) => {
    const worker = new api.Worker(
      `const { BroadcastChannel, parentPort } = require(${JSON.stringify(api.name)});
      const got = [];
      const names = ['first', 'second'];
      const members = names.map((name) => {
        const member = new BroadcastChannel('worker');
        member.onmessage = ({ data }) => {
          if (data === 'end') {
            member.close();
            if (name === 'second') parentPort.postMessage(got);
          } else got.push(name + ': ' + data);
        };
        return member;
      });
      parentPort.postMessage('ready');`,
      { eval: true },
    );
    const channel = new api.BroadcastChannel('worker');
    await new Promise((resolve) => worker.once('message', resolve));
    for (let number = 0; number < 100; number++) channel.postMessage(number);
    channel.postMessage('end');
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    log(await new Promise((resolve) => worker.once('message', resolve)));
    log(await exited);
    channel.close();
  },
);
