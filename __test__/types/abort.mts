// Signals that threads share: made, sent, listened to, handed to what takes signals.

import { BroadcastChannel, MessageChannel, SharedAbortController, SharedAbortSignal, Worker } from 'ferroport';
import { type } from './expect.mjs';

const controller = new SharedAbortController();
const { signal } = controller;
type<SharedAbortSignal>()(signal, true);
type<void>()(controller.abort(), true);
controller.abort(new Error('why'));
controller.abort(undefined);

// @ts-expect-error: a signal comes from a controller.
new SharedAbortSignal();
// @ts-expect-error: a controller keeps its signal.
controller.signal = signal;
// @ts-expect-error: only a controller aborts.
signal.aborted = true;

type<boolean>()(signal.aborted, true);
type<AbortSignal>()(signal.toAbortSignal(), true);
signal.throwIfAborted();
signal.onabort = function (event) {
  type<SharedAbortSignal>()(this, true);
  type<Event>()(event, true);
};
signal.onabort = null;
signal.addEventListener('abort', (event) => event.timeStamp, { once: true, signal });
signal.removeEventListener('abort', { handleEvent: () => {} });

type<SharedAbortSignal>()(SharedAbortSignal.timeout(10), true);
type<SharedAbortSignal>()(SharedAbortSignal.any([signal, new AbortController().signal]), true);
SharedAbortSignal.any(new Set<AbortSignal>());
// @ts-expect-error: these are no signals.
SharedAbortSignal.any([5]);
// @ts-expect-error: a delay is a number.
SharedAbortSignal.timeout('10');

// What takes plain signals only does not take a shared one by mistake.
const takesPlain = (plain: AbortSignal) => plain;
takesPlain(signal.toAbortSignal());
// @ts-expect-error: fetch, say, refuses it.
takesPlain(signal);

// It is taken wherever ferroport takes a signal, and sent in any value.
const { port1 } = new MessageChannel();
port1.addEventListener('message', () => {}, { signal });
new BroadcastChannel('all').addEventListener('message', () => {}, { signal });
port1.postMessage({ signals: [signal] });
new Worker('file.js', { workerData: { signal } });
