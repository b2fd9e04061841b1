// What may wait, and what is seen of ports and messages.

import { MessageChannel, MessagePort, Worker, inspectPorts } from 'ferroport';
import type { HighWaterMark, MessageDiagnostics, PortStats, PostDiagnostics } from 'ferroport';
import { subscribe } from 'node:diagnostics_channel';
import { type } from './expect.mjs';

new MessageChannel({ highWaterMark: 10 });
new MessageChannel({ highWaterMark: { messages: 1 } });
new MessageChannel({});
// @ts-expect-error: a number, or an object.
new MessageChannel({ highWaterMark: '10' });

const { port1 } = new MessageChannel({ highWaterMark: { messages: 1, bytes: 1000 } });
const worker = new Worker('file.js', { highWaterMark: { bytes: 1000 } });
for (const each of [port1, worker]) {
  type<HighWaterMark | null>()(each.highWaterMark, true);
  each.highWaterMark = 5;
  each.highWaterMark = null;
  each.highWaterMark = { bytes: 5 };
  type<number>()(each.bufferedAmount, true);
  type<number>()(each.bufferedMessages, true);
  type<boolean>()(each.tryPostMessage({}, [new ArrayBuffer(1)]), true);
  type<Promise<boolean>>()(each.ready, true);
  type<PortStats>()(each.stats(), true);
  // @ts-expect-error: it is told, not set.
  each.ready = Promise.resolve(true);
}

type<string | undefined>()(inspectPorts()[0].createdAt, true);
subscribe('ferroport:post', (message) => {
  const posted = message as PostDiagnostics;
  type<MessagePort | Worker>()(posted.port, true);
  posted.context = 'a string';
  // @ts-expect-error: a string, or nothing.
  posted.context = 1;
});
subscribe('ferroport:message', (message) => {
  const told = message as MessageDiagnostics;
  type<string | undefined>()(told.context, true);
  // @ts-expect-error: the sender's subscriber has set it.
  told.context = 'another';
});
