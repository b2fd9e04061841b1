// The worker of app.mjs, a bundle of its own.
import { BroadcastChannel, isMainThread, parentPort, workerData } from 'ferroport';

parentPort.postMessage({ ...workerData, isMainThread, name: parentPort.constructor.name });
parentPort.once('message', ({ port, bytes }) => {
  port.postMessage({ bytes: bytes.byteLength });
  port.close();
  const group = new BroadcastChannel('group');
  group.postMessage('from the worker');
  group.close();
});
