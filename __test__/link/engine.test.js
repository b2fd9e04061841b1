'use strict';

// The engine of links over channels and a transport in memory, on a clock that the tests move.

const test = require('ava');
const { FrameWriter, types } = require('../../lib/link/frames');
const { Channel, SETTINGS, TestClock, pair, randomOf, side, wire } = require('./engine');

/** @param {number} number @param {number} [size] */
function numbered(number, size = 8) {
  const bytes = new Uint8Array(size).fill(number);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

const numberIn = ({ bytes }) => new DataView(bytes.buffer).getUint32(0);

/** @param {any} channel */
function readAll(channel) {
  const all = [];
  for (let message = channel.read(); message !== undefined; message = channel.read()) all.push(message);
  return all;
}

const MANY = process.env.LINK_WHOLE === '1' ? 2000 : 60;

test('what is posted arrives in order, without gap and without double, however the stream is cut and delayed', (t) => {
  for (let seed = 1; seed <= MANY; seed++) {
    const random = randomOf(seed);
    const delay = Math.floor(random() * 10);
    const { clock, left, right } = pair({ random, delay, capacity: 1 + Math.floor(random() * 500_000) });
    const sent = [0, 0];
    const heard = [0, 0];
    const ends = [
      { from: left.port, to: right.port },
      { from: right.port, to: left.port },
    ];
    const count = 300;
    for (let turn = 0; turn < 5000 && (heard[0] < count || heard[1] < count); turn++) {
      for (const [index, { from, to }] of ends.entries()) {
        while (sent[index] < count && random() < 0.8) {
          const size = random() < 0.03 ? 70_000 + Math.floor(random() * 300_000) : 4 + Math.floor(random() * 6000);
          from.post(numbered(sent[index]++, size));
        }
        if (random() < 0.9) {
          for (const message of readAll(to)) {
            if (numberIn(message) !== heard[index]) {
              t.fail(`seed ${seed}: ${numberIn(message)} in the place of ${heard[index]}`);
            }
            heard[index]++;
          }
        }
      }
      clock.pass(1);
    }
    t.deepEqual([heard, left.ended, right.ended], [[count, count], undefined, undefined], `seed ${seed}`);
  }
});

test('a connection that is cut anywhere loses the end of what was sent, and nothing in the middle; both ports say why', (t) => {
  for (let seed = 1; seed <= MANY; seed++) {
    const random = randomOf(seed);
    const { clock, ends, left, right } = pair({ random, delay: 5 });
    for (let i = 0; i < 200; i++) left.port.post(numbered(i, 4 + Math.floor(random() * 20_000)));
    const cutAt = Math.floor(random() * 30);
    clock.pass(cutAt);
    ends[0].cut();
    clock.pass(1);
    const heard = readAll(right.port).map(numberIn);
    t.deepEqual(
      heard,
      heard.map((_, index) => index),
      `seed ${seed}`,
    );
    t.deepEqual([left.ended, right.ended, left.port.reason, right.port.reason], ['lost', 'lost', 'lost', 'lost']);
    t.is(left.error.code, 'ERR_FERROPORT_LINK_LOST');
    t.is(left.error.cause.message, 'cut');
  }
});

test('a slow reader stops the sender, by messages and by bytes', (t) => {
  const window = { messages: 20, bytes: 10_000 };
  for (const size of [8, 3000]) {
    const { clock, left, right } = pair({ left: { window }, right: { window } });
    right.port.mark = 1;
    for (let i = 0; i < 1000; i++) left.port.post(numbered(i, size));
    clock.pass(5);
    const there = right.port.toUser.length;
    t.is(there, size === 8 ? 20 : 4);
    t.is(left.port.toInner.length, 1000 - there);
    // Each that is read makes room for others, and all arrive.
    const heard = [];
    while (heard.length < 1000) {
      const message = right.port.read();
      if (message === undefined) clock.pass(1);
      else heard.push(numberIn(message));
      if (clock.time > 100_000) break;
      t.true(right.port.toUser.length <= 2 * there);
    }
    t.deepEqual(
      heard,
      Array.from({ length: 1000 }, (_, index) => index),
    );
  }
});

test('a message that is larger than the window goes when nothing else is under way', (t) => {
  const { clock, left, right } = pair({ right: { window: { messages: 4, bytes: 1000 } } });
  for (let i = 0; i < 5; i++) left.port.post(numbered(i, 300_000));
  clock.pass(10);
  t.deepEqual(readAll(right.port).map(numberIn), [0, 1, 2, 3, 4]);
});

test('small messages of other ports overtake large ones', (t) => {
  // A connection that takes one write in a millisecond.
  const { clock, left, right } = pair({ whole: true, random: () => 0.5, delay: 2, capacity: 1 });
  const other = new Channel(clock);
  left.port.post(numbered(0), [other]);
  clock.pass(10);
  const [{ ports }] = readAll(right.port);
  const arrived = [];
  right.port.onPut = () => arrived.push('large');
  ports[0].onPut = () => arrived.push('small');
  left.port.post(numbered(1, 8_000_000));
  clock.pass(3);
  t.deepEqual(arrived, []);
  other.post(numbered(2));
  clock.pass(5);
  t.deepEqual(arrived, ['small']);
  clock.pass(1000);
  t.deepEqual(arrived, ['small', 'large']);
});

test('ports in messages become ports over the link, their queues come along, and so do ports in those', (t) => {
  const { clock, left, right } = pair();
  const one = new Channel(clock);
  const two = new Channel(clock);
  const three = new Channel(clock);
  // What the user at the left keeps is the channel; its inner end goes. Depth 3, all posted before any of it leaves.
  two.post(numbered(20), [three]);
  one.post(numbered(10), [two]);
  one.post(numbered(11));
  left.port.post(numbered(0), [one]);
  three.post(numbered(30));
  clock.pass(5);
  const [first] = readAll(right.port);
  const [second, after] = readAll(first.ports[0]);
  const [third] = readAll(second.ports[0]);
  const [fourth] = readAll(third.ports[0]);
  t.deepEqual([first, second, after, third, fourth].map(numberIn), [0, 10, 11, 20, 30]);
  third.ports[0].post(numbered(31));
  clock.pass(5);
  t.deepEqual(readAll(three).map(numberIn), [31]);
  // Back over the same link.
  right.port.post(numbered(40), [third.ports[0]]);
  clock.pass(5);
  const [back] = readAll(left.port);
  t.is(back.ports.length, 1);
});

test('a port that is closed closes its other end, after what was posted, and leaves nothing', (t) => {
  const { clock, left, right } = pair();
  const one = new Channel(clock);
  left.port.post(numbered(0), [one]);
  clock.pass(5);
  const [{ ports }] = readAll(right.port);
  const empty = [left, right].map(({ session }) => session.lines.count);
  t.deepEqual(empty, [2, 2]);
  for (let i = 0; i < 3000; i++) one.post(numbered(i, 1000));
  one.close();
  t.is(one.reason, 'closed');
  const heard = [];
  for (let i = 0; i < 100; i++) {
    clock.pass(5);
    heard.push(...readAll(ports[0]));
  }
  t.is(heard.length, 3000);
  t.is(ports[0].reason, 'peer closed');
  t.deepEqual(
    [left, right].map(({ session }) => session.lines.count),
    [1, 1],
  );
});

test('both ends of a port may be closed while both have more than may be under way', (t) => {
  const { clock, left, right } = pair();
  const one = new Channel(clock);
  left.port.post(numbered(0), [one]);
  clock.pass(5);
  const [{ ports }] = readAll(right.port);
  for (let i = 0; i < 5000; i++) {
    one.post(numbered(i));
    ports[0].post(numbered(i));
  }
  clock.settle();
  one.close();
  ports[0].close();
  clock.pass(100);
  t.deepEqual(
    [left, right].map(({ session }) => session.lines.count),
    [1, 1],
  );
  t.deepEqual([left.ended, right.ended], [undefined, undefined]);
});

test('a message that cannot leave the process, and one that is too long, close their port as refused', (t) => {
  for (const post of [(port) => port.postBad(), (port) => port.post(numbered(1, 2000))]) {
    const { clock, left, right } = pair({ right: { maxMessage: 1000 } });
    left.port.post(numbered(0));
    post(left.port);
    clock.pass(5);
    t.deepEqual([left.port.reason, right.port.reason], ['refused', 'refused']);
    t.deepEqual(readAll(right.port).map(numberIn), [0]);
    t.deepEqual([left.ended, left.isEmpty], [undefined, true]);
  }
});

test('ports beyond the limit of the other side arrive closed', (t) => {
  const { clock, left, right } = pair({ right: { maxLines: 2 } });
  const channels = [0, 1, 2].map(() => new Channel(clock));
  left.port.post(numbered(0), channels);
  clock.pass(5);
  const [{ ports }] = readAll(right.port);
  // The first line is one of them.
  t.deepEqual(
    ports.map(({ reason }) => reason),
    [undefined, 'refused', 'refused'],
  );
  t.deepEqual(
    channels.map(({ reason }) => reason),
    [undefined, 'refused', 'refused'],
  );
  t.is(right.ended, undefined);
});

test('a line is opened by an id that was given out, once; any other is refused, and costs only itself', (t) => {
  const { clock, left, right } = pair();
  clock.pass(1);
  const id = numbered(7, 16);
  const given = new Channel(clock);
  right.session.lines.expect(id, () => given.inner);
  const dialled = [0, 1, 2].map(() => new Channel(clock));
  dialled[0].post(numbered(1));
  left.session.lines.open(id, dialled[0].inner);
  left.session.lines.open(id, dialled[1].inner);
  right.session.lines.expect(numbered(8, 16), () => t.fail());
  right.session.lines.forget(numbered(8, 16));
  left.session.lines.open(numbered(8, 16), dialled[2].inner);
  clock.pass(5);
  t.deepEqual(readAll(given).map(numberIn), [1]);
  given.post(numbered(2));
  clock.pass(5);
  t.deepEqual(readAll(dialled[0]).map(numberIn), [2]);
  t.deepEqual(
    dialled.map(({ reason }) => reason),
    [undefined, 'refused', 'refused'],
  );
  t.deepEqual(
    [left, right].map(({ ended, session }) => [ended, session.lines.count]),
    [
      [undefined, 2],
      [undefined, 2],
    ],
  );
});

test('any traffic is a heartbeat, and one exchange serves all ports', (t) => {
  const { clock, ends, left, right } = pair();
  clock.pass(60_000);
  t.deepEqual([left.ended, right.ended], [undefined, undefined]);
  const idle = ends[0].written;
  const channels = Array.from({ length: 100 }, () => new Channel(clock));
  left.port.post(numbered(0), channels);
  clock.pass(100);
  const before = ends[0].written;
  clock.pass(60_000);
  // Some bytes for each beat, as before.
  t.true(ends[0].written - before <= idle + 60, `${ends[0].written - before} of ${idle}`);
});

test('silence is death, after deadAfter and not much later', (t) => {
  for (const deadAfter of [1000, 10_000]) {
    const { clock, ends, left, right } = pair({ left: { deadAfter }, right: { deadAfter } });
    left.port.post(numbered(1));
    clock.pass(5000);
    t.deepEqual([left.ended, right.ended], [undefined, undefined]);
    ends[0].isStopped = true;
    const at = clock.time;
    while (left.ended === undefined && clock.time < at + 60_000) clock.pass(10);
    t.true(clock.time - at <= deadAfter + 1000, `${clock.time - at}`);
    t.true(clock.time - at > deadAfter / 2);
    clock.pass(5000);
    t.deepEqual([left.port.reason, left.error.code], ['dead', 'ERR_FERROPORT_LINK_DEAD']);
    t.is(right.port.reason, 'lost');
  }
});

test('a side whose own thread was busy does not take that for the silence of the other', (t) => {
  const clock = new TestClock();
  const { left, right } = pair({ clock });
  clock.pass(5000);
  // The whole thread stands still, with its timers.
  clock.time += 30_000;
  clock.pass(3000);
  t.deepEqual([left.ended, right.ended], [undefined, undefined]);
});

test('a side whose own thread was busy for about as long as it waits looks once more before the other is dead', (t) => {
  for (let span = 250; span < 450; span += 10) {
    for (let phase = 0; phase < 100; phase += 10) {
      const clock = new TestClock();
      const settings = { deadAfter: 300, heartbeat: 100 };
      const { ends, left, right } = pair({ clock, left: settings, right: settings });
      clock.pass(1000 + phase);
      clock.time += span;
      clock.pass(300);
      t.deepEqual([left.ended, right.ended], [undefined, undefined], `${span} ms after ${phase}`);
      // Once more, and not for ever.
      ends[0].isStopped = true;
      clock.time += span;
      clock.pass(320);
      t.is(left.ended, 'dead');
    }
  }
});

test('a side that answers only when its thread is free is waited for, unless the program has said for how long', (t) => {
  for (const isPatient of [true, false]) {
    const { clock, ends, left } = pair({ left: { isPatient }, right: { answersAlways: false } });
    clock.pass(3000);
    ends[0].isStopped = true;
    clock.pass(30_000);
    t.is(left.ended, isPatient ? undefined : 'dead');
  }
});

test('a transport without a connection makes silence a loss', (t) => {
  const { clock, ends, left } = pair();
  clock.pass(100);
  ends[0].isUp = false;
  ends[0].isStopped = true;
  clock.pass(11_000);
  t.is(left.ended, 'lost');
});

test('a session that is closed sends what waits, and both sides know who has closed', (t) => {
  const { clock, left, right } = pair({ delay: 3, random: randomOf(5) });
  let isClosed = false;
  for (let i = 0; i < 3000; i++) left.port.post(numbered(i, 500));
  left.session.close(() => (isClosed = true));
  const heard = [];
  for (let i = 0; i < 200; i++) {
    clock.pass(2);
    heard.push(...readAll(right.port).map(numberIn));
  }
  t.is(heard.length, 3000);
  t.true(isClosed);
  t.deepEqual([left.ended, right.ended], ['closed', 'peer closed']);
  t.deepEqual([left.error, right.error], [undefined, undefined]);
  t.deepEqual([left.port.reason, right.port.reason], ['closed', 'peer closed']);
});

test('a session that is closed before the other side has spoken, or while it takes nothing, closes in time', (t) => {
  const clock = new TestClock();
  const [end] = wire(clock);
  const alone = side(clock, end);
  let isClosed = false;
  alone.session.close(() => (isClosed = true));
  clock.pass(12_000);
  t.true(isClosed);

  const { left, right, clock: other } = pair();
  right.port.mark = 0;
  for (let i = 0; i < 3000; i++) left.port.post(numbered(i));
  other.pass(10);
  left.session.close();
  other.pass(12_000);
  t.deepEqual([left.ended, right.ended], ['closed', 'peer closed']);
});

test('receipts say what stands in queues at the other side', (t) => {
  const { clock, left, right } = pair();
  for (let i = 0; i < 500; i++) left.port.post(numbered(i));
  clock.pass(2500);
  t.is(right.session.lines.counts[3], 500);
  t.is(left.session.lines.counts[5], 500);
});

// Hostile bytes.

/** What a side has to hear before anything else. */
function greeting(changes = {}) {
  const s = { ...SETTINGS, ...changes };
  return [
    0x46504c4b,
    1,
    1,
    s.heartbeat,
    s.deadAfter,
    s.maxMessage,
    s.maxLines,
    s.underWay,
    s.window.messages,
    s.window.bytes,
  ];
}

/** A side whose other side is the test. */
/** @param {any} [callbacks] in the place of the usual ones */
function attacked(callbacks) {
  const clock = new TestClock();
  const sent = [];
  const transport = { write: (chunks) => (sent.push(...chunks), true), close: () => (transport.isClosed = true) };
  const victim = side(clock, transport, {}, callbacks);
  const writer = new FrameWriter();
  const attack = (...frames) => {
    for (const [type, fields, body] of frames) writer.write(type, fields, body);
    for (const chunk of writer.take()) transport.onData(chunk);
    clock.settle();
  };
  return { attack, clock, sent, transport, victim };
}

const HELLO = [types.HELLO, greeting()];
const { MESSAGE, FIRST, PIECE, OPEN, ACCEPT, CLOSE, CREDIT, BEAT, NOTICE, BYE } = types;
const body = (size) => new Uint8Array(size);

const VIOLATIONS = {
  'something else than a greeting': [[BEAT, [0]]],
  'a greeting of another kind': [[types.HELLO, [1, 2, 3]]],
  'a greeting of another version': [[types.HELLO, [0x46504c4b, 2, ...greeting().slice(2)]]],
  'a side that takes nothing': [[types.HELLO, greeting({ window: { messages: 0, bytes: 1 } })]],
  'a second greeting': [HELLO, HELLO],
  'a frame of no known type': [HELLO, [77, [0]]],
  'a line that is not there': [HELLO, [MESSAGE, [9, 0], body(4)]],
  'an acceptance of what was not offered': [HELLO, [ACCEPT, [0], body(16)]],
  'a line opened by a number of ours': [HELLO, [OPEN, [4], body(16)]],
  'a line opened twice': [HELLO, [OPEN, [3], body(16)], [OPEN, [3], body(16)]],
  'an id that is too short': [HELLO, [OPEN, [3], body(15)]],
  'an id that is too long': [HELLO, [OPEN, [3], body(17)]],
  'a message after the end of its line': [HELLO, [CLOSE, [0, 0]], [MESSAGE, [0, 0], body(4)]],
  'a line closed twice': [HELLO, [OPEN, [3], body(16)], [CLOSE, [3, 0]], [CLOSE, [3, 0]]],
  'a line closed for no reason': [HELLO, [CLOSE, [0, 9]]],
  'credit that was not used': [HELLO, [CREDIT, [0, 1, 0]]],
  'credit of bytes that were not used': [HELLO, [CREDIT, [0, 0, 1]]],
  'a receipt for what was not sent': [HELLO, [BEAT, [1]]],
  'a piece of no message': [HELLO, [PIECE, [0], body(4)]],
  'a first piece of a short message': [HELLO, [FIRST, [0, 100, 0], body(100)]],
  'a first piece that is short': [HELLO, [FIRST, [0, 200_000, 0], body(100)]],
  'a piece that is too long': [HELLO, [FIRST, [0, 65_540, 0], body(65_536)], [PIECE, [0], body(5)]],
  'a piece that is too short': [HELLO, [FIRST, [0, 200_000, 0], body(65_536)], [PIECE, [0], body(5)]],
  'a message within another': [HELLO, [FIRST, [0, 200_000, 0], body(65_536)], [MESSAGE, [0, 0], body(5)]],
  'a message longer than may be': [HELLO, [FIRST, [0, 2 ** 40, 0], body(65_536)]],
  'ports longer than their message': [HELLO, [MESSAGE, [0, 9], body(4)]],
  'ports that are cut': [HELLO, [MESSAGE, [0, 4], Uint8Array.of(3, 1, 1, 1)]],
  'a port with a number of ours': [HELLO, [MESSAGE, [0, 17], Uint8Array.of(4, ...body(16))]],
  'the same port twice': [HELLO, [MESSAGE, [0, 34], Uint8Array.of(3, ...body(16), 3, ...body(16))]],
  'a message that cannot be read': [HELLO, [MESSAGE, [0, 0], Uint8Array.of(0xbd)]],
  'fields that are missing': [HELLO, [MESSAGE, []]],
  'a number beyond all numbers': [HELLO, [CREDIT, [0, 0, 0], Uint8Array.of(1)]],
};

for (const [what, frames] of Object.entries(VIOLATIONS)) {
  test(`${what} ends the session, and the other side is told`, (t) => {
    const { attack, clock, sent, transport, victim } = attacked();
    attack(...frames);
    clock.settle();
    t.is(victim.ended, 'refused');
    t.is(victim.error.code, 'ERR_FERROPORT_LINK_PROTOCOL');
    t.is(victim.port.reason, what.includes('after the end') ? 'peer closed' : 'refused');
    t.true(transport.isClosed);
    // The last frame says what was wrong.
    t.true(Buffer.concat(sent).includes(victim.error.message.replace('The link was ended: ', '')));
    // Nothing that comes afterwards has an effect.
    attack(HELLO, [MESSAGE, [0, 0], body(4)]);
    t.is(victim.port.toUser.filter(({ bytes }) => bytes.length === 4).length, 0);
  });
}

test('more messages than there is credit for end the session', (t) => {
  const { attack, victim } = attacked();
  attack(HELLO);
  victim.port.mark = 1;
  for (let i = 0; i < SETTINGS.window.messages; i++) attack([MESSAGE, [0, 0], body(4)]);
  t.is(victim.ended, undefined);
  attack([MESSAGE, [0, 0], body(4)]);
  t.is(victim.ended, 'refused');
});

test('a port that was offered is taken only by the id that came with it, and not used before', (t) => {
  for (const use of [
    [ACCEPT, [2], body(16)],
    [MESSAGE, [2, 0], body(4)],
    [CREDIT, [2, 0, 0]],
  ]) {
    const { attack, clock, victim } = attacked();
    attack(HELLO);
    const channel = new Channel(clock);
    victim.port.post(numbered(1), [channel]);
    clock.settle();
    t.is(victim.session.lines.count, 2);
    attack(use);
    t.deepEqual([victim.ended, channel.reason], ['refused', 'refused']);
  }
});

test('a session that is closed sends what it has not been told of yet', (t) => {
  const { clock, left, right } = pair();
  clock.pass(5);
  // As when another thread has just posted.
  left.port.toInner.push({ bytes: numbered(5), ports: [] });
  left.session.close();
  clock.pass(5);
  t.deepEqual(readAll(right.port).map(numberIn), [5]);
});

test('what fails while a frame is read ends its session, and throws nowhere else', (t) => {
  const { attack, victim } = attacked({
    makeChannel() {
      throw new RangeError('no memory');
    },
  });
  attack(HELLO, [MESSAGE, [0, 17], Uint8Array.of(3, ...body(16))]);
  t.deepEqual([victim.ended, victim.error.code], ['refused', 'ERR_FERROPORT_LINK_PROTOCOL']);
});

test('more lines than may be end the session', (t) => {
  const { attack, victim } = attacked();
  attack(HELLO);
  for (let i = 0; i < SETTINGS.maxLines; i++) attack([OPEN, [3 + 2 * i], body(16)]);
  t.is(victim.ended, undefined);
  attack([OPEN, [3 + 2 * SETTINGS.maxLines], body(16)]);
  t.is(victim.ended, 'refused');
});

test('more bytes under way than may be end the session', (t) => {
  const { attack, victim } = attacked();
  attack(HELLO);
  const total = 60_000_000;
  // Ports of the first message, each of which begins a large one.
  const ports = Buffer.concat([3, 5, 7].map((number) => Buffer.from([number, ...body(16)])));
  attack([MESSAGE, [0, ports.length], ports]);
  attack([FIRST, [3, total, 0], body(65_536)], [FIRST, [5, total, 0], body(65_536)]);
  t.is(victim.ended, undefined);
  attack([FIRST, [7, total, 0], body(65_536)]);
  t.is(victim.ended, 'refused');
});

test('lengths that no frame has end the session', (t) => {
  for (const bytes of [[0], [0xff, 0xff, 0xff], [0xff, 0xff, 0x7f], [0x80, 0x80, 0x80, 0x80], [0x80, 0]]) {
    for (const isCut of [false, true]) {
      const { transport, victim } = attacked();
      const parts = isCut ? bytes.map((byte) => [byte]) : [bytes];
      for (const part of parts) transport.onData(Uint8Array.from(part));
      t.is(victim.ended, 'refused', `${bytes}`);
    }
  }
});

test('who asks without end and takes no answers is cut off', (t) => {
  const { attack, transport, victim } = attacked();
  attack(HELLO);
  transport.write = () => false;
  let asked = 0;
  for (let i = 0; i < 3_000_000 && victim.ended === undefined; i += 2) {
    attack([OPEN, [3 + i], body(16)], [CLOSE, [3 + i, 0]]);
    asked++;
  }
  t.is(victim.ended, 'refused');
  t.true(asked < 3_000_000);
});

const MUTATIONS = process.env.LINK_WHOLE === '1' ? 1_000_000 : 20_000;

test('mutated frames never throw, never hang, and never reach another port than their own', (t) => {
  const seed = Number(process.env.LINK_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.log(`LINK_SEED=${seed}`);
  const random = randomOf(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  // What a well-behaved side says.
  const writer = new FrameWriter();
  const record = () => {
    writer.write(types.HELLO, greeting());
    const ports = Buffer.concat([3, 5].map((number) => Buffer.from([number, ...body(16)])));
    const all = [
      [MESSAGE, [0, ports.length], Buffer.concat([ports, numbered(1, 40)])],
      [MESSAGE, [3, 0], numbered(2, 30)],
      [FIRST, [5, 65_536 + 30, 0], body(65_536)],
      [MESSAGE, [0, 0], numbered(3, 300)],
      [PIECE, [5], body(30)],
      [OPEN, [7], body(16)],
      [BEAT, [0]],
      [NOTICE, [3], body(5)],
      [CLOSE, [3, 0]],
      [CREDIT, [0, 0, 0]],
      [BYE, [0]],
    ];
    const some = all.slice(0, 1 + Math.floor(random() * all.length));
    for (const [type, fields, bytes] of some) writer.write(type, fields, bytes);
    return Buffer.concat(writer.take());
  };
  const clock = new TestClock();
  /** A session beside, which nothing of this may reach. */
  const bystander = pair({ clock });
  let ended = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const bytes = record();
    for (let changes = Math.floor(random() * 4); changes >= 0; changes--) {
      const at = Math.floor(random() ** 2 * bytes.length);
      if (random() < 0.5) bytes[at] = pick([0, 1, 2, 3, 0x7f, 0x80, 0xff, Math.floor(random() * 256)]);
      else bytes.copy(bytes, at, Math.floor(random() * bytes.length), Math.floor(random() * bytes.length));
    }
    const transport = { write: () => true, close: () => {} };
    const victim = side(clock, transport);
    for (let from = 0; from < bytes.length;) {
      const length = 1 + Math.floor(random() ** 2 * 90_000);
      transport.onData(bytes.subarray(from, from + length));
      from += length;
    }
    clock.settle();
    if (victim.ended !== undefined) ended++;
    else transport.onEnd();
    clock.settle();
    t.not(victim.ended, undefined);
  }
  clock.pass(1);
  bystander.left.port.post(numbered(9));
  clock.pass(1);
  t.deepEqual(readAll(bystander.right.port).map(numberIn), [9]);
  t.true(ended > MUTATIONS / 20);
});
