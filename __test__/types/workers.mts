// Workers, their ends, the codec's two functions, and the error of what cannot be cloned.

import { Worker, deserialize, parentPort, serialize, workerData, MessageChannel, MessagePort } from 'ferroport';
import type { DataCloneError, WorkerOptions } from 'ferroport';
import { type } from './expect.mjs';

const { port1, port2 } = new MessageChannel();
const options: WorkerOptions = { eval: true, workerData: { port1 }, transferList: [port1], name: 'counter' };
const worker = new Worker('code', options);
new Worker(new URL('file:///worker.js'));
worker.postMessage(port2, [port2]);
worker.postMessage(port2, { transfer: new Set([port2]) });
worker.on('message', (value) => void value);
worker.once('exit', (code) => type<number>()(code, true));
worker.once('online', () => {});
type<number>()(worker.threadId, true);
type<Promise<number>>()(worker.terminate(), true);
worker.unref();
for await (const message of worker) type<any>()(message, true);
for await (const message of worker.messages({ signal: AbortSignal.timeout(1) })) void message;
type<Worker>()(worker.pause().resume(), true);
type<boolean>()(worker.isPaused(), true);
void worker.readable.pipeTo(worker.writable);
// @ts-expect-error: a file is needed.
new Worker();
// @ts-expect-error: a number is not a file.
new Worker(1);
// @ts-expect-error: a plain value is not transferable.
worker.postMessage(1, [1]);
// @ts-expect-error: a plain value is not transferable.
new Worker('code', { transferList: ['text'] });
// @ts-expect-error: no such option.
new Worker('code', { workerdata: 1 });

type<MessagePort | null>()(parentPort, true);
parentPort?.postMessage(workerData);
// @ts-expect-error: the main thread has no parent.
parentPort.postMessage(1);

const bytes = serialize(new Map([[1, { deep: [1n] }]]));
type<Uint8Array>()(bytes, true);
type<unknown>()(deserialize(bytes), true);
deserialize(Buffer.from(bytes));
deserialize(new ArrayBuffer(8));
deserialize(new DataView(new ArrayBuffer(8)));
// @ts-expect-error: what comes back has to be looked at.
deserialize(bytes).deep;
// @ts-expect-error: bytes, not text.
deserialize('text');
// @ts-expect-error: a value is needed.
serialize();

declare const error: DataCloneError;
const exception: DOMException = error;
void exception;
type<'DataCloneError'>()(error.name, true);
type<25>()(error.code, true);
type<string | undefined>()(error.path, true);
