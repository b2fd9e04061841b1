// A broadcast channel, and receiving from one.

import { BroadcastChannel, receiveMessageOnPort } from 'ferroport';
import * as node from 'node:worker_threads';
import { type } from './expect.mjs';

const channel = new BroadcastChannel('name');
new BroadcastChannel(17);
// @ts-expect-error: a name is needed.
new BroadcastChannel();
type<string>()(channel.name, true);
// @ts-expect-error: read-only.
channel.name = 'another';

channel.postMessage({ any: 'value' });
// @ts-expect-error: a message is needed.
channel.postMessage();
// @ts-expect-error: nothing can be transferred.
channel.postMessage(1, []);
type<BroadcastChannel>()(channel.ref(), true);
type<BroadcastChannel>()(channel.unref(), true);
type<void>()(channel.close(), true);

channel.onmessage = ({ data }) => data;
channel.onmessage = function (event: MessageEvent) {
  type<BroadcastChannel>()(this, true);
  return event.data;
};
channel.onmessage = null;
channel.onmessageerror = null;
channel.addEventListener('message', ({ data, target }) => [data, target]);
channel.addEventListener('messageerror', { handleEvent: ({ data }) => data }, { once: true });
channel.removeEventListener('message', () => {});
const target: EventTarget = channel;
void target;
// @ts-expect-error: it is no EventEmitter.
channel.on('message', () => {});

type<{ message: any } | undefined>()(receiveMessageOnPort(channel), true);
receiveMessageOnPort(new node.BroadcastChannel('Node’s own'));

// Ours, where Node's is expected.
const asNode: node.BroadcastChannel = channel;
void asNode;
