'use strict';

// What keeps a program alive, and what becomes of channels that nobody holds any more.

const test = require('ava');
const { same } = require('../support/scenario');
const { program } = require('../support/program');

/**
 * Whether a program lives on: when `end` has been called, a timer that keeps nothing alive notes `alive` if it ever fires.
 * However slow the machine is, a program that nothing keeps alive does not wait for it.
 */
const living = (title, body) =>
  same.inChild(
    title,
    new Function(
      'context',
      `const { api, log } = context;
      const { BroadcastChannel } = api;
      const end = () => setTimeout(() => { log('alive'); process.exit(); }, 300).unref();
      process.on('exit', () => log('exit'));
      ${body}
      ${body.includes('end();') ? '' : 'end();'}`,
    ),
  );

living('a channel keeps the program alive', `new BroadcastChannel('x');`);
living('a channel without listeners keeps the program alive', `new BroadcastChannel('x').onmessage = null;`);
living('a closed channel does not', `new BroadcastChannel('x').close();`);
living('an unref’ed channel does not', `new BroadcastChannel('x').unref();`);
living('an unref’ed channel that is ref’ed again does', `new BroadcastChannel('x').unref().unref().ref();`);
living('a listener does not ref an unref’ed channel', `new BroadcastChannel('x').unref().onmessage = () => {};`);
living(
  'a listener that is added and removed changes nothing',
  `const channel = new BroadcastChannel('x');
  channel.onmessage = () => {};
  channel.onmessage = null;`,
);
living(
  'one of several is enough',
  `const channels = [1, 2, 3].map(() => new BroadcastChannel('x'));
  channels[0].close();
  channels[1].unref();`,
);
living(
  'a channel that was sent shared memory, and all that goes with it, does not keep the program alive when it is closed',
  `const [sender, receiver] = [1, 2].map(() => new BroadcastChannel('x'));
  receiver.onmessage = ({ data }) => {
    log(data.byteLength);
    sender.close();
    receiver.close();
    end();
  };
  sender.postMessage(new SharedArrayBuffer(3));`,
);
living(
  'an unref’ed channel gets messages while something else lives',
  `const [sender, receiver] = [1, 2].map(() => new BroadcastChannel('x').unref());
  const other = setInterval(() => {}, 10);
  receiver.onmessage = ({ data }) => {
    log(data);
    if (data.n < 2) return;
    clearInterval(other);
    end();
  };
  sender.postMessage({ n: 1 });
  sender.postMessage({ n: 2, shared: new SharedArrayBuffer(3) });`,
);

const GC = { execArgv: ['--expose-gc'] };

const collecting = (title, body, lines) =>
  test.serial(title, async (t) => {
    const { code, signal, out, stderr } = await program(
      `const { BroadcastChannel } = require(ferroport);
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const collect = async (turns = 24) => { for (let n = 0; n < turns; n++) { if (n % 4 === 0) gc(); await turn(); } };
      (async () => { ${body} })();`,
      GC,
    );
    t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: lines }, stderr);
  });

collecting(
  'a channel that is unref’ed and without listeners is collected, and leaves its name',
  `const kept = new BroadcastChannel('x');
  const dropped = (() => [1, 2, 3].map(() => new WeakRef(new BroadcastChannel('x').unref())))();
  (() => { new BroadcastChannel('x').unref().addEventListener('message', () => {}, { once: true }); })();
  await collect();
  console.log(dropped.map((each) => each.deref() === undefined).join());
  kept.close();`,
  ['true,true,true'],
);

collecting(
  'a channel to which somebody listens is not collected',
  `const sender = new BroadcastChannel('x');
  (() => { new BroadcastChannel('x').unref().onmessage = ({ data }) => console.log('attribute', data); })();
  (() => { new BroadcastChannel('x').unref().addEventListener('message', ({ data }) => console.log('listener', data)); })();
  await collect();
  sender.postMessage('still here');
  await collect();
  sender.close();`,
  ['attribute still here', 'listener still here'],
);

collecting(
  'a channel to which nobody listens any more is collected',
  `const listener = () => {};
  const dropped = (() => {
    const channels = [1, 2, 3].map(() => new BroadcastChannel('x').unref());
    channels[0].onmessage = listener;
    channels[0].onmessage = null;
    channels[1].addEventListener('message', listener);
    channels[1].removeEventListener('message', listener);
    channels[2].onmessage = listener;
    channels[2].close();
    return channels.map((each) => new WeakRef(each));
  })();
  await turn();
  await collect();
  console.log(dropped.map((each) => each.deref() === undefined).join());`,
  ['true,true,true'],
);

collecting(
  'a ref’ed channel is not collected',
  `const dropped = (() => new WeakRef(new BroadcastChannel('x')))();
  await collect();
  console.log(dropped.deref() !== undefined);
  dropped.deref().close();`,
  ['true'],
);

for (const [what, use] of Object.entries({
  'dropped channels': `() => { new BroadcastChannel('x').unref(); }`,
  'closed channels': `() => { const channel = new BroadcastChannel('x'); channel.onmessage = () => {}; channel.close(); }`,
  'channels that close with messages waiting': `() => {
    const channels = [1, 2, 3].map(() => new BroadcastChannel('x'));
    channels[0].postMessage({ text: 'x'.repeat(2000) });
    for (const channel of channels) channel.close();
  }`,
  'channels that close with shared memory waiting': `() => {
    const channels = [1, 2, 3].map(() => new BroadcastChannel('x'));
    channels[0].postMessage(new SharedArrayBuffer(1024));
    for (const channel of channels) channel.close();
  }`,
})) {
  collecting(
    `${what} leave nothing`,
    `const keeper = new BroadcastChannel('x');
    const use = ${use};
    const round = async () => { for (let n = 0; n < 10000; n++) { use(); if (n % 500 === 0) { gc(); await turn(); } } await collect(); };
    await round();
    await round();
    const before = process.memoryUsage().rss;
    for (let rounds = 0; rounds < 10; rounds++) await round();
    // So many that what an allocator keeps for later is little of each.
    const left = (process.memoryUsage().rss - before) / 100000;
    console.log(left < 1000 ? 'nothing' : left);
    keeper.close();`,
    ['nothing'],
  );
}
