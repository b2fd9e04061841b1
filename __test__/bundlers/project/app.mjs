// What is bundled: a little of everything, in one thread and with a worker, whose file is beside the bundle. Prints what it sees.
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import v8 from 'node:v8';
import * as threads from 'ferroport';

const { BroadcastChannel, MessageChannel, MessagePort, Worker, receiveMessageOnPort } = threads;
// Node's module has these two elsewhere.
const { serialize, deserialize } = threads.serialize ? threads : v8;

const print = (...values) => console.log(...values.map((value) => inspect(value, { depth: 4 })));

async function main() {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ text: 'round trip', list: [1, , 3], map: new Map([['key', new Date(0)]]) });
  print(receiveMessageOnPort(port2).message);

  const bytes = new Uint8Array([1, 2, 3]).buffer;
  const moved = new MessageChannel();
  port1.postMessage({ bytes, port: moved.port2 }, [bytes, moved.port2]);
  const arrived = receiveMessageOnPort(port2).message;
  moved.port1.postMessage('over a moved port');
  print(bytes.byteLength, arrived.bytes, arrived.port instanceof MessagePort, receiveMessageOnPort(arrived.port));
  moved.port1.close();

  const heard = once(port2, 'message');
  port1.postMessage('to a listener');
  print(...(await heard));
  const event = await new Promise((resolve) => {
    port2.onmessage = resolve;
    port1.postMessage(new Error('as an event'));
  });
  print(event.type, event.constructor.name, event.data.message);
  const closed = once(port2, 'close');
  port1.close();
  await closed;

  try {
    new MessageChannel().port1.postMessage({ deep: [Symbol('no clone')] });
  } catch (error) {
    print(error.name, error.code, error.message);
  }
  print(Object.keys({ MessageChannel, MessagePort, BroadcastChannel, Worker, receiveMessageOnPort }).length);
  print([MessageChannel, MessagePort, BroadcastChannel, Worker, receiveMessageOnPort].map(({ name }) => name));
  print(port1.constructor.name, port1 instanceof EventTarget);

  print(deserialize(serialize({ nested: { set: new Set([1n]) } })));

  const file = process.env.WORKER ?? join(dirname(process.argv[1]), 'worker.js');
  const group = new BroadcastChannel('group');
  const worker = new Worker(file, {
    workerData: { greeting: 'hello', shared: new Int32Array(new SharedArrayBuffer(8)) },
  });
  const said = new Promise((resolve) => (group.onmessage = ({ data }) => resolve(data)));
  const ended = once(worker, 'exit');
  const [greeting] = await once(worker, 'message');
  print(greeting);
  const way = new MessageChannel();
  const answer = once(way.port2, 'message');
  worker.postMessage({ port: way.port1, bytes: new ArrayBuffer(16) }, [way.port1]);
  print(...(await Promise.all([answer, said])));
  way.port2.close();
  group.close();
  print(await ended);
}

main();
