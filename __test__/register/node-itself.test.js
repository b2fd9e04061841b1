'use strict';

// What Node does by means of its own ports goes on as before, where the hook is.

const test = require('ava');
const { endsWell } = require('../support/program');
const { REGISTER, REGISTER_URL } = require('./hooked');

const source = (text) => `data:text/javascript,${encodeURIComponent(text).replaceAll("'", '%27')}`;

const hooks = source(`let port;
  export const initialize = (data) => (port = data.port).postMessage('up');
  export const resolve = (name, context, next) => {
    if (name !== 'virtual:seven') return next(name, context);
    port.postMessage('asked');
    return { url: 'data:text/javascript,export default 7', shortCircuit: true };
  };`);

for (const [how, options] of [
  ['by --require', { execArgv: ['--no-deprecation', '-r', REGISTER] }],
  ['by --import', { execArgv: ['--no-deprecation', '--import', REGISTER_URL] }],
]) {
  endsWell(
    test,
    `module hooks work, and talk over a port that they are given, with the hook ${how}`,
    `const { register } = require('node:module');
     const { MessageChannel } = require('node:worker_threads');
     const { port1, port2 } = new MessageChannel();
     const said = [];
     const heard = new Promise((resolve) => port1.on('message', (value) => said.push(value) === 2 && resolve()));
     register('${hooks}', { parentURL: 'file:///', data: { port: port2 }, transferList: [port2] });
     import('virtual:seven').then(async ({ default: seven }) => {
       await heard;
       console.log(seven, port1 instanceof require(ferroport).MessagePort, ...said);
       port1.close();
     });`,
    ['7 true up asked'],
    options,
  );
}

const everywhere = { execArgv: ['-r', REGISTER] };

endsWell(
  test,
  'fetch, streams that are transferred, structuredClone of a Blob, and MessageEvent',
  `const http = require('node:http');
   const server = http.createServer((request, response) => request.pipe(response)).listen(0, async () => {
     const { port1, port2 } = new MessageChannel();
     const answer = await fetch('http://localhost:' + server.address().port, { method: 'POST', body: 'echo' });
     const { body } = new Response(await answer.text());
     port1.postMessage(body, [body]);
     port2.once('message', async (stream) => {
       console.log(await new Response(stream).text());
       console.log(structuredClone(new Map([[1, new Blob(['x'])]])).get(1).size, new MessageEvent('message', { data: 5 }).data);
       port1.close();
       server.close();
       server.closeAllConnections();
     });
   });`,
  ['echo', '1 5'],
  everywhere,
);

endsWell(
  test,
  'the inspector',
  `const { Session } = require('node:inspector');
   const session = new Session();
   session.connect();
   session.post('Runtime.evaluate', { expression: '6 * 7' }, (error, { result }) => {
     console.log(result.value);
     session.disconnect();
   });`,
  ['42'],
  everywhere,
);

endsWell(
  test,
  'the streams of a worker and its terminate()',
  `const { Worker } = require('node:worker_threads');
   const worker = new Worker("process.stdin.pipe(process.stdout); setInterval(() => {}, 1e6)", { eval: true, stdin: true, stdout: true });
   worker.stdout.once('data', async (text) => {
     console.log(String(text));
     console.log(await worker.terminate());
   });
   worker.stdin.write('text');`,
  ['text', '1'],
  everywhere,
);
