'use strict';

// NODE_DEBUG=ferroport tells the steps of each message in their order; without it, nothing is printed, asked or replaced.

const test = require('ava');
const { program } = require('../support/program');

const LANES = ['0', '1'];

const IN_ONE_THREAD = `
  const { MessageChannel, receiveMessageOnPort } = require(ferroport);
  const { port1, port2 } = new MessageChannel();
  const moved = new MessageChannel();
  port2.on('message', (value) => {
    console.log(value === 'text' ? value : typeof value.port);
    if (value === 'text') return;
    receiveMessageOnPort(value.port);
    port2.close();
  });
  port1.postMessage('text');
  moved.port1.postMessage(1);
  port1.postMessage({ port: moved.port2 }, [moved.port2]);
`;

const IN_TWO_THREADS = `
  const { Worker, MessageChannel } = require(ferroport);
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(\`
    const { parentPort } = require(ferroport);
    parentPort.once('message', (port) => port.postMessage('from there'));
  \`, { eval: true });
  worker.on('online', () => worker.postMessage(port2, [port2]));
  port1.once('message', (value) => {
    console.log(value);
    port1.close();
  });
`;

/**
 * What a program has told: its lines by their times, without process and time; and with a, b, … for its ports and channels.
 * @param {string} stderr
 */
function told(stderr) {
  /** @type {Map<string, string>} */
  const names = new Map();
  const nameOf = (/** @type {string} */ number) => {
    if (!names.has(number)) names.set(number, String.fromCharCode(97 + names.size));
    return names.get(number);
  };
  return stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => /^FERROPORT \d+: (?<at>\d+) thread (?<thread>\d+) (?<what>.*)$/.exec(line)?.groups ?? { line })
    .sort((a, b) => Number(a.at) - Number(b.at))
    .map(({ line, thread, what }) =>
      line === undefined
        ? `${thread} ${what}`.replace(/(port|channel) ([0-9a-f]+)/g, (_, kind, number) => `${kind} ${nameOf(number)}`)
        : line,
    );
}

for (const lane of LANES) {
  const env = { FERROPORT_FAST_LANE: lane, NODE_DEBUG: 'ferroport' };

  test(`the steps of messages in one thread are told in order (FERROPORT_FAST_LANE=${lane})`, async (t) => {
    const { code, out, stderr } = await program(IN_ONE_THREAD, { env });
    t.is(code, 0, stderr);
    t.deepEqual(out, ['text', 'object']);
    const lines = told(stderr);
    const expected = [
      '0 make port a channel b, and port c',
      '0 start port a channel b',
      '0 post port c channel b to port a, 12 bytes, sent',
      '0 ring a doorbell',
      '0 make port d channel e, and port f',
      '0 post port d channel e to port f, 8 bytes, sent',
      '0 leave port f channel e, by port c',
      /^0 post port c channel b to port a, .*, sent$/,
      '0 drain begins, for up to 1000 messages',
      '0 take port a channel b, 1 message, 12 bytes',
      /^0 take port a channel b, 1 message, \d+ bytes$/,
      /^0 arrive port \w channel e, in a message$/,
      /^0 receive port \w channel e, 1 message, 8 bytes$/,
      '0 stop port a channel b',
      '0 drain ends',
      '0 close port a channel b',
    ];
    let at = 0;
    for (const step of expected) {
      const found = lines.findIndex(
        (line, i) => i >= at && (typeof step === 'string' ? line === step : step.test(line)),
      );
      t.true(found >= 0, `${step} after line ${at} of\n${lines.join('\n')}`);
      at = found + 1;
    }
  });

  test(`a port that goes to another thread is told there under its channel (FERROPORT_FAST_LANE=${lane})`, async (t) => {
    const { code, out, stderr } = await program(IN_TWO_THREADS, { env });
    t.is(code, 0, stderr);
    t.deepEqual(out, ['from there']);
    const lines = told(stderr);
    const channel = /^0 leave port \w channel (\w), by port \w$/.exec(
      lines.find((line) => / leave .* by /.test(line)) ?? '',
    );
    const steps = lines.filter((line) => line.includes(`channel ${channel?.[1]}`)).map((line) => line.slice(0, 8));
    const begin = steps.indexOf('0 leave ');
    t.true(begin >= 0, lines.join('\n'));
    const found = ['0 leave ', '1 arrive', '1 post p', '0 take p', '0 close '].map((step) =>
      steps.indexOf(step, begin),
    );
    t.deepEqual(
      found,
      [...found].sort((a, b) => a - b),
      lines.join('\n'),
    );
    t.false(found.includes(-1), lines.join('\n'));
  });
}

test('without NODE_DEBUG nothing is printed, and debuglog is not asked', async (t) => {
  const refuse = "require('node:util').debuglog = () => { throw new Error('asked'); };";
  const { code, out, stderr } = await program(refuse + IN_ONE_THREAD, { env: { NODE_DEBUG: '' } });
  t.deepEqual({ code, out, stderr }, { code: 0, out: ['text', 'object'], stderr: '' });
});

test('where NODE_DEBUG names something else, nothing is printed', async (t) => {
  const { code, out, stderr } = await program(IN_ONE_THREAD, { env: { NODE_DEBUG: 'nothing-of-this-name' } });
  t.deepEqual({ code, out, stderr }, { code: 0, out: ['text', 'object'], stderr: '' });
});

test('names in NODE_DEBUG may be patterns, as Node reads them', async (t) => {
  const { code, stderr } = await program(IN_ONE_THREAD, { env: { NODE_DEBUG: 'other,FERRO*' } });
  t.is(code, 0);
  t.regex(stderr, /^FERROPORT \d+: \d+ thread 0 make port /);
});

test('who closes stderr loses the lines and nothing else', async (t) => {
  const close = "require('node:fs').closeSync(2);";
  const { code, out } = await program(close + IN_ONE_THREAD, { env: { NODE_DEBUG: 'ferroport' } });
  t.deepEqual({ code, out }, { code: 0, out: ['text', 'object'] });
});
