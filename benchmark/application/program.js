// How whole programs are measured: work done in a second, and the processor time that a piece of it takes.
'use strict';

const { Pool } = require('./pool');

const WORKERS = 2;

/** What a program is held to: it gets more done, and leaves more of the processors to others. */
const FLOORS = { speed: { ratio24: 1.5 }, cpu: { ratio24: 1.43 } };

/**
 * @param {string} name
 * @param {string} piece what one piece of work is called
 * @param {Pick<import('../rounds').Case, 'open' | 'apart' | 'rounds'>} rest
 * @returns {import('../rounds').Case} whose rounds are what `clientsAtWork` returns
 */
function programCase(name, piece, rest) {
  return {
    name,
    unit: 'requests/s',
    target: FLOORS.speed,
    further: { name: `${name}: CPU a ${piece}`, unit: 'us', target: FLOORS.cpu },
    ...rest,
  };
}

/**
 * Has many requests answered, so many at a time.
 * @param {number} count
 * @param {number} clients
 * @param {(number: number) => Promise<void>} request which is answered then
 * @returns {Promise<[number, number]>} requests a second, and microseconds of processor time for each, in all threads of the
 *   process together
 */
async function clientsAtWork(count, clients, request) {
  let left = count;
  const client = async () => {
    while (left-- > 0) await request(left);
  };
  const before = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const time = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return [count / (time / 1e3), (user + system) / count];
}

/** @type {(clients: number, piece: string) => string} */
const atATime = (clients, piece) => `${clients} ${clients === 1 ? piece : `${piece}s`} at a time`;

/**
 * @param {string} piece what one piece of work is called
 * @param {(clients: number, pool: InstanceType<typeof Pool>) => Promise<[number, number]>} work which two workers do, and which returns what
 *   `clientsAtWork` does
 * @returns {import('../rounds').Case[]}
 */
const poolCases = (piece, work) =>
  [1, 10, 100].map((clients) =>
    programCase(atATime(clients, piece), piece, {
      open(side) {
        const pool = new Pool(side, WORKERS);
        return { round: () => work(clients, pool), close: () => pool.close() };
      },
    }),
  );

module.exports = { atATime, clientsAtWork, poolCases, programCase };
