// ferroport where node:worker_threads stood: all its exports, and what is assignable to and from Node's types.

import * as ferroport from 'ferroport';
import * as node from 'node:worker_threads';
import {
  BroadcastChannel,
  SHARE_ENV,
  getEnvironmentData,
  isMainThread,
  markAsUntransferable,
  moveMessagePortToContext,
  resourceLimits,
  setEnvironmentData,
  threadId,
} from 'ferroport';
import type { ResourceLimits } from 'ferroport';
import { type } from './expect.mjs';

// Every export of Node's is one of ferroport's, whichever Node's types these are.
const missing: never = '' as Exclude<keyof typeof node, keyof typeof ferroport>;
void missing;

type<boolean>()(isMainThread, true);
type<number>()(threadId, true);
type<node.ResourceLimits>()(resourceLimits, true);
const limits: ResourceLimits = { maxOldGenerationSizeMb: 64 };
new ferroport.Worker('code', { env: SHARE_ENV, resourceLimits: limits });
setEnvironmentData('key', 1);
getEnvironmentData('key');
markAsUntransferable(new ArrayBuffer(1));
new BroadcastChannel('name').close();
void moveMessagePortToContext;
// @ts-expect-error: no such export.
ferroport.nothing;

// Ours, where Node's is expected.
const { port1, port2 } = new ferroport.MessageChannel();
const channel: node.MessageChannel = new ferroport.MessageChannel();
const port: node.MessagePort = port1;
const worker: node.Worker = new ferroport.Worker('code');
const parent: node.MessagePort | null = ferroport.parentPort;
const makeChannel: new () => node.MessageChannel = ferroport.MessageChannel;
const makeWorker: typeof node.Worker = ferroport.Worker;
const receive: typeof node.receiveMessageOnPort = ferroport.receiveMessageOnPort;
void [channel, port, worker, parent, makeChannel, makeWorker, receive];

// Node's, where ours is expected.
declare const nodeWorker: node.Worker;
// @ts-expect-error: a Worker of Node's cannot be asked for room.
const asOurs: ferroport.Worker = nodeWorker;
const transferables: ferroport.Transferable[] = [] as node.Transferable[];
const options: ferroport.WorkerOptions = {} as Omit<node.WorkerOptions, 'transferList'>;
void [asOurs, transferables, options];

// A port of Node's lacks onclose, prependListener and more, and is not entangled with any of ours.
declare const nodePort: node.MessagePort;
// @ts-expect-error: fromNode is the way.
const asPort: ferroport.MessagePort = nodePort;
// @ts-expect-error: nor is a channel of Node's one of ours.
const asChannel: ferroport.MessageChannel = new node.MessageChannel();
void [asPort, asChannel];

// There and back.
type<node.MessagePort>()(ferroport.MessagePort.toNode(port2), true);
type<ferroport.MessagePort>()(ferroport.MessagePort.fromNode(nodePort), true);
// @ts-expect-error: it is one of Node's already.
ferroport.MessagePort.toNode(nodePort);
// @ts-expect-error: not a port.
ferroport.MessagePort.fromNode({});
