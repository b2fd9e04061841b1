// What a message between two processes costs over NATS: by a port, and by the client's own publish and subscribe with serialized bytes.
//
//   npm run bench -- nats [--rounds <count>] [--count <messages in each round>]
//
// The sides take turns, so that what slows the machine slows both. Beside the time stands the processor time of both processes, which other
// programs of the machine hardly change.
'use strict';

const { fork, spawn } = require('node:child_process');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { parseArgs } = require('node:util');
const { natsServer } = require('../../scripts/nats');
const { median } = require('../sides/compare');
const { payloads } = require('./payloads');

const SIDES = ['client', 'ferroport'];

/** How much of the client's throughput ports must have, where messages are small. */
const FLOOR = 0.8;
const SMALL = ['a number', 'a price', 'a kilobyte'];

/** Large messages are fewer. */
const LARGE = 50;

/** A round trip waits for the way. */
const ROUND_TRIPS = 100;

/** @returns {Promise<{ url: string, end: () => void }>} a server on a free port */
async function startServer() {
  const free = net.createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (free.address());
  free.close();
  const child = spawn(await natsServer(), ['--addr', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  for (;;) {
    const socket = net.connect(port, '127.0.0.1');
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return { url: `nats://127.0.0.1:${port}`, end: () => child.kill() };
    await sleep(20);
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {string} key @returns {Promise<any>} what it tells by that key */
async function told(child, key) {
  for (;;) {
    const [message] = await once(child, 'message');
    if (message[key] !== undefined) return message[key];
  }
}

/** @param {string} side @param {string} url */
async function openSide(side, url) {
  const file = path.join(__dirname, 'sides.js');
  const takes = fork(file, [side, 'take', url]);
  await told(takes, 'open');
  const sends = fork(file, [side, 'send', url]);
  await told(sends, 'open');
  return {
    /** @param {string} payload @param {number} count @param {boolean} answers */
    async run(payload, count, answers) {
      takes.send({ count, answers });
      await told(takes, 'ready');
      const began = process.hrtime.bigint();
      const done = told(takes, 'done');
      const sent = told(sends, 'sent');
      sends.send({ payload, count, answers });
      const processor = (await done) + (await sent);
      return { time: Number(process.hrtime.bigint() - began) / 1000 / count, processor: processor / count };
    },
    end() {
      takes.kill();
      sends.kill();
    },
  };
}

/** @param {string[]} args */
async function main(args) {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '5' }, count: { type: 'string', default: '200000' } },
  });
  const [rounds, most] = [Number(values.rounds), Number(values.count)];
  const server = await startServer();
  const sides = await Promise.all(SIDES.map((side) => openSide(side, server.url)));
  const cases = [
    ...Object.keys(payloads).map((payload) => ({ payload, answers: false })),
    { payload: 'a price', answers: true },
  ];
  console.log(
    'microseconds for each message (of the time that passes; of the processors, in both processes), and ports beside the client',
  );
  for (const { payload, answers } of cases) {
    const few = answers ? ROUND_TRIPS : payload === '64 kilobytes' ? LARGE : 1;
    const count = Math.ceil(most / few);
    /** @type {{ time: number[], processor: number[] }[]} */
    const results = SIDES.map(() => ({ time: [], processor: [] }));
    // One round warms up.
    for (let round = -1; round < rounds; round++) {
      for (const [i, side] of sides.entries()) {
        const { time, processor } = await side.run(payload, count, answers);
        if (round < 0) continue;
        results[i].time.push(time);
        results[i].processor.push(processor);
      }
    }
    const [client, ours] = results.map(({ time, processor }) => ({ time: median(time), processor: median(processor) }));
    const part = client.time / ours.time;
    const line = [client, ours].map(({ time, processor }) => `${time.toFixed(2)} (${processor.toFixed(2)})`);
    const name = answers ? `${payload}, there and back, one by one` : payload;
    console.log(
      `${name.padEnd(40)} client ${line[0].padStart(18)}  ports ${line[1].padStart(18)}  ${part.toFixed(2)} of the throughput, ${(client.processor / ours.processor).toFixed(2)} by processor time`,
    );
    if (!answers && SMALL.includes(payload) && part < FLOOR && client.processor / ours.processor < FLOOR) {
      console.log(`  that is less than ${FLOOR}`);
      process.exitCode = 1;
    }
  }
  for (const side of sides) side.end();
  server.end();
}

module.exports = { main };
