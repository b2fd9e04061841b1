// Ports and channels, imported by name: events typed by name, both forms of postMessage, every method.

import { MessageChannel, MessagePort, SharedAbortController, receiveMessageOnPort } from 'ferroport';
import type { MessagePortEventMap, MessagesOptions, PortCloseEvent, PortCloseReason } from 'ferroport';
import type { PortMessageEvent, Transferable } from 'ferroport';
import { once, on, getEventListeners } from 'node:events';
import { open } from 'node:fs/promises';
import { Duplex, Readable } from 'node:stream';
import { transferableAbortController } from 'node:util';
import * as node from 'node:worker_threads';
import { type } from './expect.mjs';

const { port1, port2 } = new MessageChannel();
type<MessagePort>()(port1, true);

// @ts-expect-error: a port comes from a channel.
new MessagePort();
// @ts-expect-error: a class needs `new`.
MessageChannel();
// @ts-expect-error: the ports of a channel stay.
new MessageChannel().port1 = port2;
// @ts-expect-error: a port cannot be subclassed, it has no constructor to call.
class Mine extends MessagePort {}
void Mine;

// postMessage: a list, any iterable, an object.
const buffer = new ArrayBuffer(8);
port1.postMessage(undefined);
port1.postMessage({ buffer }, [buffer]);
port1.postMessage(buffer, new Set([buffer]));
port1.postMessage([buffer, port2], [buffer, port2] as const);
port1.postMessage(port2, { transfer: [port2] });
port1.postMessage(port2, { transfer: new Set([port2]) });
port1.postMessage(port2, {});
const list: Transferable[] = [buffer, port2];
port1.postMessage(list, list);
port1.postMessage(list, { transfer: list });

// What Node moves, ferroport moves.
const { readable, writable } = new TransformStream();
const nodePort = new node.MessageChannel().port1;
const handle = await open(new URL(import.meta.url));
const { signal } = transferableAbortController();
port1.postMessage([readable, nodePort], [readable, nodePort]);
port1.postMessage([writable, handle], { transfer: new Set([writable, handle]) });
port1.postMessage(signal, [signal]);

// @ts-expect-error: a value is needed.
port1.postMessage();
// @ts-expect-error: not iterable.
port1.postMessage(buffer, buffer);
// @ts-expect-error: not transferable.
port1.postMessage('text', ['text']);
// @ts-expect-error: a string is iterable, but what is in it is not transferable.
port1.postMessage('text', 'text');
// @ts-expect-error: shared memory is never transferred.
port1.postMessage(1, [new SharedArrayBuffer(8)]);
// @ts-expect-error: list the view's buffer.
port1.postMessage(1, [new Uint8Array(8)]);
// @ts-expect-error: it is called `transfer`.
port1.postMessage(buffer, { transferList: [buffer] });
// @ts-expect-error: not transferable, in either form.
port1.postMessage(1, { transfer: [1] });

// Emitter listeners: the value itself, one argument, the port back.
type<MessagePort>()(
  port1.on('message', (value) => type<any>()(value, true)),
  true,
);
port1.once('messageerror', (error) => type<Error>()(error, true));
port1.addListener('close', (event) => type<PortCloseEvent>()(event, true));
port1.prependListener('newListener', (name, listener) => {
  type<string | symbol>()(name, true);
  type<Function>()(listener, true);
});
port1.prependOnceListener('removeListener', (name) => type<string | symbol>()(name, true));
port1.on('message', ({ id }: { id: number }) => void id);
port1.on('mine', (value) => type<any>()(value, true));
port1.on('mine' as string, () => {});
const named = (value: number): void => void value;
port1.on('message', named).off('message', named).removeListener('message', named, { capture: true });
// @ts-expect-error: listeners get one argument.
port1.on('message', (value: unknown, more: unknown) => void [value, more]);
// @ts-expect-error: what 'close' gives is an event.
port1.on('close', (code: number) => void code);
// @ts-expect-error: what 'messageerror' gives is an error.
port1.once('messageerror', (error: string) => void error);
// @ts-expect-error: a listener is needed.
port1.on('message');
const symbol = Symbol('mine');
port1.on(symbol, (value) => type<any>()(value, true)).off(symbol, named);
// @ts-expect-error: event names are strings or symbols.
port1.on(1, () => {});

type<boolean>()(port1.emit('message', 1), true);
port1.emit('mine');
port1.emit('mine', 1);
port1.emit('close', new Event('close'));
// @ts-expect-error: one argument, never more.
port1.emit('mine', 1, 2);
// @ts-expect-error: 'close' listeners expect an event.
port1.emit('close', 1);

type<number>()(port1.listenerCount('message'), true);
type<string[]>()(port1.eventNames(), true);
type<Function[]>()(port1.listeners('message'), true);
type<Function[]>()(port1.rawListeners('message'), true);
type<MessagePort>()(port1.removeAllListeners(), true);
type<MessagePort>()(port1.removeAllListeners('message'), true);
type<number>()(port1.getMaxListeners(), true);
port1.setMaxListeners(20);

// EventTarget listeners: the event object.
const target: EventTarget = port1;
void target;
port1.addEventListener('message', (event) => {
  type<PortMessageEvent>()(event, true);
  type<any>()(event.data, true);
  for (const port of event.ports) port.prependListener('message', () => {});
  const ports: readonly MessagePort[] = event.ports;
  void ports;
  event.ports[0]?.postMessage('back');
  event.target?.postMessage('back');
  event.stopImmediatePropagation();
});
port1.addEventListener('message', (event: MessageEvent) => void event.data, { once: true });
port1.addEventListener('messageerror', (event) => void event.data, { signal: new AbortController().signal });
port1.addEventListener('close', { handleEvent: (event) => type<PortCloseEvent>()(event, true) }, true);
port1.addEventListener('mine', (event) => type<Event>()(event, true));
port1.addEventListener('message', null);
port1.removeEventListener('message', (event: Event) => void event, { capture: true });
type<boolean>()(port1.dispatchEvent(new Event('mine')), true);
// @ts-expect-error: 'close' gives an Event, which has no data.
port1.addEventListener('close', (event: MessageEvent) => void event);
// @ts-expect-error: a listener gets the event, not the value.
port1.addEventListener('message', (value: number) => void value);
// @ts-expect-error: dispatchEvent takes an event.
port1.dispatchEvent('message');

port1.onmessage = ({ data, ports }) => void [data, ports];
port1.onmessage = function () {
  type<MessagePort>()(this, true);
};
port1.onmessageerror = (event) => void event.data;
port1.onclose = (event) => type<PortCloseEvent>()(event, true);
port1.onclose = ({ reason }) => type<PortCloseReason | undefined>()(reason, true);
port1.on('close', (event: Event) => void event.type);
port1.onmessage = port1.onmessageerror = port1.onclose = null;
// @ts-expect-error: a function, or null.
port1.onmessage = 'handler';
const map: { [Name in keyof MessagePortEventMap]: Event } = {} as MessagePortEventMap;
void map;

// The rest.
port1.start();
port1.ref();
port1.unref();
type<boolean>()(port1.hasRef(), true);
port1.close();
port1.close((event) => type<PortCloseEvent>()(event, true));
type<{ message: any } | undefined>()(receiveMessageOnPort(port2), true);
// @ts-expect-error: what is there may be nothing.
receiveMessageOnPort(port2).message;
// @ts-expect-error: not a port.
receiveMessageOnPort({});

// node:events works on a port.
void once(port1, 'message');
void on(port1, 'message');
void getEventListeners(port1, 'message');

// Messages that are asked for, and streams.
for await (const message of port1) type<any>()(message, true);
for await (const message of port1.messages({ signal: new AbortController().signal })) void message;
for await (const message of port1.messages({ signal: new SharedAbortController().signal })) void message;
type<AsyncIterableIterator<any>>()(port1.messages(), true);
type<MessagePort>()(port1.pause().resume(), true);
type<boolean>()(port1.isPaused(), true);
void port1.readable.pipeTo(port2.writable);
for await (const chunk of port1.readable) void chunk;
void Readable.fromWeb(port1.readable);
void Duplex.fromWeb({ readable: port1.readable, writable: port1.writable });
// @ts-expect-error: the streams stay.
port1.readable = port2.readable;
// @ts-expect-error: a signal.
port1.messages({ signal: 'abort' });
const options: MessagesOptions = {};
void options;
