'use strict';

// How the benchmark's rounds become results, and how whole programs are kept at work.

const { setImmediate: turn } = require('node:timers/promises');
const test = require('ava');
const { clientsAtWork, programCase } = require('../../benchmark/application/program');
const { runCase } = require('../../benchmark/rounds');

const version = Number(process.versions.node.split('.')[0]);

/** A case whose rounds say what they are told. */
const item = (ours, builtIn, rest = {}) => ({
  ...{ trial: 'a trial', name: 'a case', unit: 'us', warmUp: 1, ...rest },
  open({ module }) {
    const figures = module === 'ferroport' ? [...ours] : [...builtIn];
    return { round: () => figures.shift() };
  },
});

test('a ratio above 1 is a gain, less of a time and more requests; what warms up is not counted', async (t) => {
  const [time] = await runCase(item([99, 2, 4, 3], [1, 9, 9, 9]), { rounds: 3 });
  t.is(time.ours.median, 3);
  t.is(time.ratio, 3);
  const [speed] = await runCase(item([0, 30], [0, 10], { unit: 'requests/s' }), { rounds: 1 });
  t.is(speed.ratio, 3);
});

test('a program has two rows of the same rounds: its speed, and the processor time of a piece', async (t) => {
  const { open } = item([[20, 3]], [[10, 6]]);
  const program = programCase('10 at a time', 'request', { open });
  const [speed, cpu] = await runCase({ ...program, trial: 'a trial', warmUp: 0 }, { rounds: 1 });
  t.like(speed, { trial: 'a trial', name: '10 at a time', unit: 'requests/s', ratio: 2, met: true });
  t.like(cpu, { trial: 'a trial', name: '10 at a time: CPU a request', unit: 'us', ratio: 2, met: true });
});

test('a floor is the one for the Node that runs', async (t) => {
  const floorOf = async (target) => (await runCase(item([0, 1], [0, 1], { target }), { rounds: 1 }))[0].target;
  t.deepEqual(await floorOf({ ratio: 5, ratio24: 3 }), { ratio: version >= 24 ? 3 : version === 20 ? 5 : 1 });
  t.deepEqual(await floorOf({ ratio: 5 }), { ratio: version === 20 ? 5 : 1 });
  t.deepEqual(await floorOf({ ratio: 0.9 }), { ratio: 0.9 });
  t.deepEqual(await floorOf({ atMost: 130 }), { atMost: 130 });
  t.deepEqual(await floorOf(undefined), { ratio: 1 });
});

test('clients send every request once, and never more of them at a time than there are clients', async (t) => {
  const sent = [];
  let underWay = 0;
  let most = 0;
  const [speed, cpu] = await clientsAtWork(25, 4, async (number) => {
    sent.push(number);
    most = Math.max(most, ++underWay);
    await turn();
    underWay--;
  });
  t.deepEqual(
    sent.sort((a, b) => a - b),
    [...Array(25).keys()],
  );
  t.is(most, 4);
  t.true(speed > 0 && cpu >= 0);
});
