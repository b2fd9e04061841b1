'use strict';

// Getters that throw, post, close, or change what is being walked.

const { same } = require('../support/scenario');

same('what a getter throws is what postMessage throws', ({ log, attempt, trip }) => {
  class Odd extends Error {}
  for (const thrown of [new Odd('mine'), new RangeError('range'), 5, null, undefined, 'text']) {
    const value = {
      get a() {
        throw thrown;
      },
    };
    for (const post of [value, [value], new Map([[1, value]]), { x: { value } }]) log(attempt(() => trip(post)));
  }
});

same('getters are read once, in order, and arrive as data', ({ log, trip }) => {
  const reads = [];
  const value = Object.defineProperties(
    {},
    {
      b: { enumerable: true, get: () => reads.push('b') },
      hidden: { enumerable: false, get: () => reads.push('hidden') },
      a: { enumerable: true, get: () => reads.push('a') },
      1: { enumerable: true, get: () => reads.push('1') },
      nothing: { enumerable: true, set() {} },
      same: { enumerable: true, get: () => value },
    },
  );
  log(trip({ value }), reads);
  const list = [1, 2, 3];
  Object.defineProperty(list, 1, { enumerable: true, get: () => reads.push('element') });
  log(trip(list), reads);
});

same('inherited accessors are not read', ({ log, trip }) => {
  class Base {
    get never() {
      log('read');
      return 1;
    }
  }
  log(trip(new Base()));
});

same('a getter may post on the same port', ({ api, log, open }) => {
  const [port, peer] = open();
  const value = {
    before: 'x',
    get inner() {
      port.postMessage({ inner: [1, 2] });
      return 'read';
    },
    after: [{}],
  };
  port.postMessage(value);
  log(api.receiveMessageOnPort(peer), api.receiveMessageOnPort(peer), api.receiveMessageOnPort(peer));
});

same('a getter may post on the same port and throw', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  const value = {
    get inner() {
      port.postMessage('inner');
      throw new Error('outer');
    },
  };
  log(
    attempt(() => port.postMessage({ shared: [value], value })),
    api.receiveMessageOnPort(peer),
    api.receiveMessageOnPort(peer),
  );
});

same('a getter may close the port', async ({ log, attempt, open, settle }) => {
  const [port, peer] = open();
  peer.on('message', (value) => log(value)).on('close', () => log('close'));
  const value = {
    get a() {
      port.close();
      return 1;
    },
  };
  attempt(() => port.postMessage(value));
  await settle();
});

same('a getter may close or transfer a listed port', ({ log, attempt, open }) => {
  for (const end of ['close', 'transfer']) {
    const [port] = open();
    const [moved] = open();
    const [carrier] = open();
    const value = {
      get a() {
        if (end === 'close') moved.close();
        else carrier.postMessage(moved, [moved]);
        return 1;
      },
      moved,
    };
    log(
      end,
      attempt(() => port.postMessage(value, [moved])),
    );
  }
});

const mutations = {
  'adds keys that come later': (object) => (object.z = 'added'),
  'deletes a key that comes later': (object) => delete object.b,
  'deletes and adds again': (object) => {
    delete object.b;
    object.b = 'again';
  },
  'changes a later value': (object) => (object.b = 'changed'),
  'makes a later key hidden': (object) => Object.defineProperty(object, 'b', { enumerable: false }),
  'makes a later key an accessor': (object) =>
    Object.defineProperty(object, 'b', { get: () => 'accessor', enumerable: true }),
  'deletes itself': (object) => delete object.a,
  'changes the prototype': (object) => Object.setPrototypeOf(object, { b: 'inherited' }),
  'puts the later key on the prototype': (object) => {
    delete object.b;
    Object.setPrototypeOf(object, { b: 'inherited' });
  },
  'freezes the object': (object) => Object.freeze(object),
};

for (const [title, mutate] of Object.entries(mutations)) {
  same(`a getter that ${title}`, ({ log, attempt, trip }) => {
    const make = () => ({
      get a() {
        mutate(this);
        return 'read';
      },
      b: 'b',
      c: 'c',
    });
    log(
      attempt(() => trip(make())),
      attempt(() => trip([make(), make()])),
    );
    const twice = make();
    log(attempt(() => trip([twice, twice])));
  });
}

const listMutations = {
  'grows the array': (list) => list.push('grown'),
  'shortens the array': (list) => (list.length = 2),
  'empties the array': (list) => (list.length = 0),
  'deletes a later element': (list) => delete list[2],
  'sets a later element': (list) => (list[2] = 'set'),
  'adds a key': (list) => (list.extra = 'key'),
  'makes a later element a double': (list) => (list[2] = 0.5),
  'turns it into a dictionary': (list) => Object.defineProperty(list, 2, { enumerable: false, value: 'hidden' }),
};

for (const [title, mutate] of Object.entries(listMutations)) {
  same(`an element’s getter that ${title}`, ({ log, attempt, trip }) => {
    for (const rest of [
      [1, 2, 3],
      [1.5, 2.5, 3.5],
      ['a', {}, null],
      [1, , 3],
    ]) {
      const list = [];
      const first = {
        get run() {
          mutate(list);
          return 'read';
        },
      };
      list.push(first, ...rest);
      if (!(2 in rest)) list.length++;
      log(attempt(() => trip(list)));
      const direct = ['x', ...rest];
      Object.defineProperty(direct, 0, { enumerable: true, configurable: true, get: () => mutate(direct) && 'read' });
      log(attempt(() => trip(direct)));
    }
  });
}

same('maps and sets are taken as a snapshot', ({ log, trip }) => {
  const changing = (collection, change) => ({
    get run() {
      change(collection);
      return 'read';
    },
  });
  const map = new Map();
  map
    .set(
      'first',
      changing(map, () => map.set('late', 1).delete('second')),
    )
    .set('second', 2);
  log(trip(map), [...map.keys()]);
  const set = new Set();
  set.add(changing(set, () => set.add('late').delete('second'))).add('second');
  log(trip(set));
  const cleared = new Map();
  cleared
    .set(
      changing(cleared, () => cleared.clear()),
      1,
    )
    .set(2, 2);
  log(trip(cleared), cleared.size);
});

same('a getter that makes a buffer shrink or detach before it is reached', ({ log, attempt, trip }) => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const value = (change) => ({
    get run() {
      change();
      return 'read';
    },
    bytes: new Uint8Array(buffer),
    buffer,
  });
  log(
    attempt(() => trip(value(() => buffer.resize(4)))),
    attempt(() => trip(value(() => buffer.resize(16)))),
  );
  log(attempt(() => trip(value(() => structuredClone(buffer, { transfer: [buffer] })))));
});
