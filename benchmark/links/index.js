// npm run bench -- link [--rounds <count>]: messages to another process of the machine, by a link and by the usual ways.
//
// The sides take turns, so that what slows the machine slows all of them. Each has a process of its own, which stays for all rounds.
'use strict';

const { parseArgs } = require('node:util');
const { median } = require('../sides/compare');
const { SIDES } = require('./sides');

/** @type {{ name: string, count: number, make: (index: number) => any }[]} */
const PAYLOADS = [
  { name: 'small: 3 properties', count: 100_000, make: (index) => ({ index, name: 'a message', list: [1, 2, 3] }) },
  { name: 'medium: 16 KiB of text', count: 10_000, make: (index) => ({ index, text: TEXT }) },
  { name: 'large: 4 MiB of bytes', count: 60, make: (index) => ({ index, bytes: BYTES }) },
];

const TEXT = 'x'.repeat(16_384);
const BYTES = new Uint8Array(4 << 20).fill(7);

/**
 * @param {import('./sides').Opened} side
 * @param {(typeof PAYLOADS)[number]} payload
 * @returns {Promise<{ rate: number, cpu: number }>} messages in a second; microseconds of CPU time of both processes for each
 */
async function round({ send, answer }, { count, make }) {
  await send(1, () => ({ round: count }));
  const before = process.cpuUsage();
  const start = performance.now();
  const told = answer();
  await send(count, make);
  const { cpu } = await told;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { rate: count / seconds, cpu: ((user + system) / 1000 + cpu) * (1000 / count) };
}

/** @param {string[]} args */
async function main(args) {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new TypeError(`expected --rounds to be a whole number above 0`);
  const opened = await Promise.all(SIDES.map(({ open }) => open()));
  for (const payload of PAYLOADS) {
    console.log(payload.name);
    /** @type {{ rate: number[], cpu: number[] }[]} */
    const results = SIDES.map(() => ({ rate: [], cpu: [] }));
    // The first round warms up, and is not counted.
    for (let i = -1; i < rounds; i++) {
      for (const [index, side] of opened.entries()) {
        const { rate, cpu } = await round(side, payload);
        if (i < 0) continue;
        results[index].rate.push(rate);
        results[index].cpu.push(cpu);
      }
    }
    for (const [index, { rate, cpu }] of results.entries()) {
      const per = `${Math.round(median(rate)).toLocaleString('en').padStart(9)} messages/s`;
      console.log(`  ${SIDES[index].name.padEnd(40)} ${per}  ${median(cpu).toFixed(1).padStart(8)} µs of CPU each`);
    }
  }
  for (const { close } of opened) close();
}

module.exports = { main };
