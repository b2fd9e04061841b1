'use strict';

// What a channel's sidecar takes is given back: handles, memory.

const test = require('ava');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { LIMIT } = require('../support/limits');

/** Runs a function of `(ferroport, handles)` as a program of its own; `handles()` counts the open ones, also the unref'ed. */
function run(body) {
  const code = `
    const ferroport = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
    const handles = () => process.report.getReport().libuv.filter(({ type }) => type === 'async').length;
    const settle = async () => { for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate); };
    (${body})(ferroport, handles, settle).then((result) => console.log(JSON.stringify(result)));
  `;
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', '-e', code], { encoding: 'utf8', timeout: LIMIT }));
}

const carry = async (ferroport, handles, settle) => {
  const { MessageChannel, receiveMessageOnPort } = ferroport;
  const round = async (count) => {
    for (let index = 0; index < count; index++) {
      const { port1, port2 } = new MessageChannel();
      const { buffer } = new Uint8Array(100);
      port1.postMessage({ shared: new SharedArrayBuffer(8) });
      port2.postMessage({ buffer }, [buffer]);
      port1.postMessage({ blob: new Blob(['x']) });
      receiveMessageOnPort(port2);
      if (index % 3 === 0) receiveMessageOnPort(port1);
      (index % 2 ? port1 : port2).close();
      if (index % 100 === 99) await settle();
    }
    await settle();
    globalThis.gc();
    await settle();
    return { handles: handles(), active: process.getActiveResourcesInfo().length, rss: process.memoryUsage.rss() };
  };
  const rounds = [];
  for (let index = 0; index < 5; index++) rounds.push(await round(2000));
  return rounds;
};

test.serial('10,000 channels that carried shared memory, a transfer and a host object leave nothing behind', (t) => {
  const rounds = run(carry);
  t.log(rounds.map(({ handles, active, rss }) => `${handles} handles, ${active} active, ${(rss / 2 ** 20) | 0} MiB`));
  const [first, last] = [rounds[1], rounds[4]];
  // One or two of the runtime's own come and go.
  t.true(last.handles <= first.handles + 2);
  t.is(last.active, first.active);
  t.true(last.rss - first.rss < 30 * 2 ** 20);
});

/** What may happen to a port whose parcels wait; and nothing may stay open. */
const ends = {
  'the receiver closes': async ({ MessageChannel }, parcel) => {
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    port2.close();
  },
  'the sender closes, and the receiver reads all': async ({ MessageChannel, receiveMessageOnPort }, parcel, settle) => {
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    port1.close();
    await settle();
    while (receiveMessageOnPort(port2) !== undefined);
  },
  'both close at once': async ({ MessageChannel }, parcel) => {
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    parcel(port2);
    port1.close();
    port2.close();
  },
  'nobody holds them any more': async ({ MessageChannel }, parcel) => {
    const { port1 } = new MessageChannel();
    parcel(port1);
  },
  'a moved port is never read': async ({ MessageChannel }, parcel) => {
    const carrier = new MessageChannel();
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    carrier.port1.postMessage({ port2 }, [port2]);
    parcel(port1);
    carrier.port2.close();
  },
  'a port with moved buffers that wait is refused, moved, and never read': async ({ MessageChannel }) => {
    const carrier = new MessageChannel();
    const { port1, port2 } = new MessageChannel();
    const { buffer } = new Uint8Array(4);
    port1.postMessage(buffer, [buffer]);
    const locked = new ReadableStream();
    locked.getReader();
    try {
      carrier.port1.postMessage(0, [port2, locked]);
    } catch (error) {
      if (error.name !== 'DataCloneError') throw error;
    }
    carrier.port1.postMessage({ port2 }, [port2]);
    carrier.port2.close();
  },
  'a port is posted to its own peer': async ({ MessageChannel }, parcel) => {
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    port1.postMessage({ port2, shared: new SharedArrayBuffer(1) }, [port2]);
  },
  'ports are sent into a closed one': async ({ MessageChannel }, parcel) => {
    const closed = new MessageChannel();
    closed.port1.close();
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    closed.port1.postMessage({ port1, port2 }, [port1, port2]);
  },
  'a parcel is refused': async ({ MessageChannel }, parcel) => {
    const carrier = new MessageChannel();
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    const locked = new ReadableStream();
    locked.getReader();
    for (const list of [
      [port2, locked],
      [locked, port2],
    ]) {
      try {
        carrier.port1.postMessage({ port2, shared: new SharedArrayBuffer(1) }, list);
      } catch (error) {
        if (error.name !== 'DataCloneError') throw error;
      }
    }
    port1.postMessage('still');
    port2.close();
    carrier.port1.close();
  },
  'both ends go round in one message': async ({ MessageChannel, receiveMessageOnPort }, parcel) => {
    const carrier = new MessageChannel();
    const { port1, port2 } = new MessageChannel();
    parcel(port1);
    carrier.port1.postMessage({ port1, port2 }, [port1, port2]);
    const { message } = receiveMessageOnPort(carrier.port2);
    parcel(message.port2);
    message.port1.close();
    carrier.port1.close();
  },
};

for (const [title, end] of Object.entries(ends)) {
  test.serial(`no handle is left when ${title}`, (t) => {
    const body = `async (ferroport, handles, settle) => {
      process.removeAllListeners('warning');
      const parcel = (port) => {
        const { buffer } = new Uint8Array(4);
        port.postMessage({ buffer, shared: new SharedArrayBuffer(2), key: new Blob(['x']) }, [buffer]);
      };
      const round = async () => {
        for (let count = 0; count < 20; count++) await (${end})(ferroport, parcel, settle);
        for (let count = 0; count < 5; count++) {
          await settle();
          globalThis.gc();
        }
        await settle();
        return handles();
      };
      await round();
      return [await round(), await round(), process.getActiveResourcesInfo()];
    }`;
    const [before, after] = run(body);
    t.is(after, before);
  });
}
