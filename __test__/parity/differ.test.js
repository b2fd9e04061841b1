'use strict';

// The randomised differ: PARITY_GRAPHS graphs of the run PARITY_SEED, or the one graph PARITY_GRAPH.
// A run of many needs more of AVA's patience, too: `npx ava --timeout=1h __test__/parity/differ.test.js`.

const { BUILT_IN, SUBJECT, test } = require('../support/scenario');
const { load } = require('../support/observe');
const { differ } = require('./differ');

const { PARITY_GRAPHS = '20000', PARITY_SEED = String((Math.random() * 2 ** 32) >>> 0), PARITY_GRAPH } = process.env;

test('random graphs arrive, or are refused, as through the built-in', (t) => {
  const [count, seed, only] = [Number(PARITY_GRAPHS), Number(PARITY_SEED), PARITY_GRAPH && Number(PARITY_GRAPH)];
  t.log(`${count} graphs, PARITY_SEED=${seed}`);
  const { failures, ...counts } = differ(load(BUILT_IN), load(SUBJECT), { count, seed, only });
  t.log(counts);
  t.is(failures.join('\n\n'), '', `PARITY_SEED=${seed}`);
});
