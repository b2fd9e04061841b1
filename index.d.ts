// The types of ferroport: message channels between the threads of a Node.js process.

// Everything of `node:worker_threads` that ferroport does not replace, whichever Node's types are installed: what is
// named below takes the place of Node's export of the same name.
export * from 'node:worker_threads';

export { MessageChannel, inspectPorts, receiveAnySync, receiveMessageOnPort } from './types/message-channel';
export type { PortInspection } from './types/message-channel';
export { MessagePort } from './types/message-port';
export type {
  BlockingOptions,
  HighWaterMark,
  MessagePortEmitterMap,
  MessagePortEventMap,
  PortCloseEvent,
  PortCloseReason,
  MessagesOptions,
  PortMessageEvent,
  PortStats,
} from './types/message-port';
export { BroadcastChannel } from './types/broadcast-channel';
export type { BroadcastChannelEventMap } from './types/broadcast-channel';
export { SharedAbortController, SharedAbortSignal } from './types/abort';
export { Worker, parentPort, workerData } from './types/worker';
export type { WorkerOptions } from './types/worker';
export type { MessageDiagnostics, PostDiagnostics } from './types/diagnostics';
export { deserialize, serialize } from './types/clone';
export type { DataCloneError, StructuredSerializeOptions, Transferable } from './types/clone';
