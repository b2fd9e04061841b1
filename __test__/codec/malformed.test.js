'use strict';

// Bytes that are no message: deserialize gives a value or a DataCloneError that names a byte; nothing else, whatever comes.

const test = require('ava');
const { deserialize, serialize } = require('../..');
const { randomOf } = require('../support/random');
const { BLOAT } = require('../support/limits');
const { rows } = require('./rows');
const { run } = require('./program');

const MUTATIONS = Number(process.env.CODEC_MUTATIONS ?? 30_000);
const SEED = Number(process.env.CODEC_SEED ?? (Math.random() * 2 ** 32) >>> 0);

/** Valid messages of each kind, small enough to be tried at every byte. */
const small = () =>
  Object.values(rows)
    .map((make) => make())
    .flatMap((value) => (Array.isArray(value) && value.length < 100 ? [value, ...value] : [value]))
    .map((value) => serialize(value))
    .filter((bytes) => bytes.length < 4000)
    .map((bytes) => Buffer.from(bytes).toString('base64'));

/** Tries inputs in a process of its own, which reports what was wrong and how much memory it took. */
const tryAll = ({ ferroport, require }, { messages, seed, mutations }) => {
  // A process begins with the peak of the one that has started it.
  const before = process.resourceUsage().maxRSS;
  const { randomOf } = require('./__test__/support/random');
  const { below, chance, pick } = randomOf(seed);
  const originals = messages.map((message) => new Uint8Array(Buffer.from(message, 'base64')));
  const counts = { values: 0, refused: 0 };
  const wrong = [];
  const attempt = (bytes, how) => {
    try {
      ferroport.deserialize(bytes);
      counts.values++;
    } catch (error) {
      counts.refused++;
      const right =
        error instanceof DOMException && error.name === 'DataCloneError' && /\bbyte \d+/.test(error.message);
      if (!right && wrong.length < 5) {
        wrong.push(`${how}: ${error?.name}: ${error?.message} from ${Buffer.from(bytes).toString('hex')}`);
      }
    }
  };
  for (const [index, bytes] of originals.entries()) {
    for (let end = 0; end < bytes.length; end++) attempt(bytes.slice(0, end), `message ${index} up to ${end}`);
  }
  const truncated = counts.values;
  const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];
  for (let round = 0; round < mutations; round++) {
    let bytes = pick(originals).slice();
    for (let change = 1 + below(4); change > 0; change--) {
      const at = 4 + below(Math.max(1, bytes.length - 4));
      const word = at - (at % 4);
      const kind = below(8);
      if (kind < 2) bytes[at] = below(256);
      else if (kind === 2) bytes[at] = pick(INTERESTING);
      else if (kind === 3) bytes[at] ^= 1 << below(8);
      // A head: any tag, and an argument of any size.
      else if (kind === 4) bytes.set([below(0x48), ...(chance(50) ? [below(4), 0, 0] : [255, 255, 255])], word);
      else if (kind === 5) bytes = Uint8Array.from([...bytes.slice(0, word), ...pick(originals).slice(4)]);
      else if (kind === 6) bytes.copyWithin(word, 4 + below(bytes.length), bytes.length);
      else bytes[3] ^= 1;
    }
    attempt(bytes, `mutation ${round}`);
  }
  for (let round = 0; round < mutations / 10; round++) {
    const bytes = Uint8Array.from({ length: 4 * below(60) }, () => (chance(40) ? 0 : below(256)));
    bytes.set([0x46, 0x50, 1, below(2)].slice(0, bytes.length));
    attempt(bytes, `random ${round}`);
  }
  return { wrong, counts, truncated, peak: (process.resourceUsage().maxRSS - before) * 1024 };
};

test('a message that ends early, or was changed anywhere, is a value or refused with a byte', (t) => {
  t.log(`CODEC_SEED=${SEED}, CODEC_MUTATIONS=${MUTATIONS}`);
  const input = { messages: small(), seed: SEED, mutations: MUTATIONS };
  const { result, status, signal, stderr } = run(tryAll, { input });
  t.deepEqual({ status, signal }, { status: 0, signal: null }, `CODEC_SEED=${SEED} ${stderr.slice(-3000)}`);
  t.log(result.counts);
  t.deepEqual(result.wrong, [], `CODEC_SEED=${SEED}`);
  t.is(result.truncated, 0, 'no message is complete before its end');
  t.true(result.counts.values > MUTATIONS / 50, 'some mutations are harmless');
  t.true(result.peak < BLOAT * 600 * 2 ** 20, `took ${result.peak} bytes`);
});

/** A message from 32-bit words, after the header. */
const words = (...list) => new Uint8Array(Uint32Array.of(0x00015046, ...list).buffer);

const LONG = 0xffffff00;

/** Heads that promise what does not come. */
const promising = {
  'a latin1 string': [LONG | 0x09, 0xffffffff],
  'a UTF-16 string': [LONG | 0x0a, 0xffffffff],
  'a BigInt': [0x08, 0xffffffff],
  'an object': [LONG | 0x20, 0xffffffff],
  'a shape': [LONG | 0x21, 0xffffffff],
  'an array': [LONG | 0x23, 0xffffffff],
  'packed integers': [LONG | 0x24, 0xffffffff],
  'packed doubles': [LONG | 0x25, 0xffffffff],
  'a sparse array': [LONG | 0x26, 0xffffffff, 0xffffffff],
  'a Map': [LONG | 0x27, 0xffffffff],
  'a Set': [LONG | 0x28, 0xffffffff],
  'an ArrayBuffer': [0x30, 0xffffffff, 0xffffffff],
  'a view': [0x132, 0xffffffff, 0xffffffff],
  'a resizable buffer': [0x130, 0, 0, 0xffffffff, 0xffffffff],
  'a string of half the address space': [0x130, 0xffffffff, 0x7fffffff, 0xffffffff, 0x7fffffff],
};

for (const [what, list] of Object.entries(promising)) {
  test(`${what} that claims a huge length is refused before memory is taken`, (t) => {
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 200; round++) {
      const error = t.throws(() => deserialize(words(...list)), { any: true });
      t.is(error.name, 'DataCloneError');
      t.regex(error.message, /byte \d+/);
    }
    t.true(process.memoryUsage().rss - before < 2 ** 28);
  });
}

test('counts that outgrow the message together are refused, each alone being possible', (t) => {
  const nested = words(...Array.from({ length: 1000 }, (_, i) => ((1000 - i) << 8) | 0x23));
  t.is(t.throws(() => deserialize(nested), { any: true }).name, 'DataCloneError');
});

test('many long arrays of which nothing comes take little memory', (t) => {
  // SPARSE_ARRAY, no properties, length 1000: eight bytes each.
  const count = 100_000;
  const list = [0x23 | (count << 8)];
  for (let i = 0; i < count; i++) list.push(0x26, 1000);
  const { result, stderr } = run(
    ({ ferroport }, base64) => {
      // A process begins with the peak of the one that has started it.
      const before = process.resourceUsage().maxRSS;
      const arrived = ferroport.deserialize(Buffer.from(base64, 'base64'));
      const peak = (process.resourceUsage().maxRSS - before) * 1024;
      return [arrived.length, arrived.every((array) => array.length === 1000), peak];
    },
    { input: Buffer.from(words(...list)).toString('base64') },
  );
  t.deepEqual(result?.slice(0, 2), [count, true], stderr);
  t.true(result[2] < BLOAT * 400 * 2 ** 20, `took ${result[2]} bytes`);
});

test('what only the engine can refuse is refused with a byte, too', (t) => {
  const latin1 = (text) => [
    0x09 | (text.length << 8),
    ...new Uint32Array(Buffer.from(text.padEnd(4, '\0')).buffer.slice(0, 0)),
  ];
  t.deepEqual(latin1(''), [0x09]);
  const text = (unit) => [0x109, unit.charCodeAt(0)];
  const cases = {
    'a flag that does not exist': words(0x15, ...text('a'), ...text('q')),
    'a source that is none': words(0x15, ...text('('), 0x09),
    'a BigInt beyond the engine’s limit': (() => {
      const digits = 2 ** 24 + 2;
      const message = new Uint32Array(4 + digits * 2).fill(0xffffffff);
      message.set([0x00015046, 0x08, digits, 0]);
      return new Uint8Array(message.buffer);
    })(),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    const error = t.throws(() => deserialize(bytes), { any: true }, what);
    t.is(error.name, 'DataCloneError', what);
    t.regex(error.message, /^malformed message at byte \d+: ./, what);
  }
});

test('after a refusal everything works as before', (t) => {
  const { below } = randomOf(7);
  const bytes = serialize(Array.from({ length: 2000 }, (_, i) => new Map([[i, { i }]])));
  for (let round = 0; round < 300; round++) {
    const broken = bytes.slice();
    broken[4 + below(broken.length - 4)] = 0x7f;
    try {
      deserialize(broken);
    } catch {
      // Whatever it was.
    }
  }
  t.is(deserialize(bytes)[1999].get(1999).i, 1999);
});
