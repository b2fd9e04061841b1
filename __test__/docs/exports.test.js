'use strict';

// What docs/api.md lists, what the code exports and what the typings declare are the same.

const builtIn = require('node:worker_threads');
const test = require('ava');
const { examples } = require('./examples');
const { ROOT, read } = require('./pages');

const ferroport = require(ROOT);

const page = read('docs/api.md');

/** Types without a value: what an error is that ferroport throws. */
const TYPES = ['DataCloneError'];

/** Node's own, wrapped only to remember what they have marked. */
const asInNode = (/** @type {string} */ name) => name.startsWith('markAs');

/** What ferroport exports in place of Node's, or beside it. In the main thread both sides have the same null for the last two. */
const OWN = [
  ...Object.keys(ferroport).filter((name) => ferroport[name] !== builtIn[name] && !asInNode(name)),
  ...['parentPort', 'workerData'],
];

/**
 * @param {Function} constructor
 * @param {object} [end] the prototype at which to stop
 * @returns {string[]} the names of what its instances have, but for symbols
 */
function membersOf(constructor, end = EventTarget.prototype) {
  const names = [];
  for (let part = constructor.prototype; part !== end; part = Object.getPrototypeOf(part)) {
    names.push(...Object.getOwnPropertyNames(part).filter((name) => name !== 'constructor'));
  }
  return [...new Set(names)];
}

/** @param {Function} constructor */
function staticsOf(constructor) {
  const ofEveryClass = Object.getOwnPropertyNames(class {});
  return Object.getOwnPropertyNames(constructor).filter((name) => !ofEveryClass.includes(name));
}

/**
 * The names in headings of a level, of those that have a name of the language and not words.
 * @param {string} marks
 * @param {string} [owner] what stands before the name, with a dot
 */
function headed(marks, owner = '') {
  const headings = [...page.matchAll(new RegExp(`^${marks} (.+)$`, 'gm'))].map(([, text]) =>
    text.replace(/[`\\★]/g, ''),
  );
  const names = headings
    .filter((text) => text.startsWith(owner))
    .flatMap((text) => /^(\w+)(?:\(.*\))? *$/.exec(text.slice(owner.length))?.[1] ?? []);
  return [...new Set(names)].sort();
}

const sorted = (/** @type {string[]} */ names) => [...names].sort();

test('docs/api.md has a section for each export that is not Node’s, and for nothing else', (t) => {
  t.deepEqual(headed('##'), sorted([...OWN, ...TYPES]));
});

test('its list at the top has them all', (t) => {
  const [list] = /^- \[MessageChannel\][^]*?\n\n/m.exec(page) ?? [''];
  const linked = [...list.matchAll(/\[(\w+)\]\(#\w/g)].map(([, name]) => name);
  t.deepEqual(
    headed('##').filter((name) => !linked.includes(name)),
    [],
  );
});

test('it has a section for each member of a port and of a broadcast channel, and for nothing else', (t) => {
  t.deepEqual(headed('###', 'port.'), sorted(membersOf(ferroport.MessagePort, Object.prototype)));
  t.deepEqual(headed('###', 'MessagePort.'), sorted(staticsOf(ferroport.MessagePort)));
  // An EventTarget's methods are as in every other one.
  const own = membersOf(ferroport.BroadcastChannel).filter((name) => !(name in EventTarget.prototype));
  t.deepEqual(headed('###', 'channel.'), sorted(own));
});

test('each export, and each member of a port, has an example', (t) => {
  const shown = examples(page).map(({ heading }) => /^(?:new |port\.|MessagePort\.)?(\w+)/.exec(heading)?.[1]);
  const names = [...OWN, ...membersOf(ferroport.MessagePort), ...staticsOf(ferroport.MessagePort)];
  t.deepEqual(
    names.filter((name) => !shown.includes(name)),
    [],
  );
});

test('ferroport/call has a section and an example for each export and each member of a peer, and for nothing else', (t) => {
  const calls = require('../../dist/call');
  const peer = calls.connect(new ferroport.MessageChannel().port1);
  const members = membersOf(peer.constructor, Object.prototype).filter((name) => typeof name === 'string');
  peer.close();
  t.deepEqual(headed('###', 'peer.'), sorted(members));
  const [, section] = /^## ferroport\/call.*?$([^]*?)^## /m.exec(page) ?? [];
  const names = [...section.matchAll(/^### (\w+)\(/gm)].map(([, name]) => name);
  t.deepEqual(sorted(names), sorted(Object.keys(calls)));
  const shown = examples(page).map(({ heading }) => /^(?:peer\.)?(\w+)/.exec(heading)?.[1]);
  t.deepEqual(
    [...members, ...names].filter((name) => !shown.includes(name)),
    [],
  );
  const declared = [...read('call.d.ts').matchAll(/^export declare function (\w+)/gm)].map(([, name]) => name);
  t.deepEqual(sorted(declared), sorted(names));
});

test('ferroport/link has a section and an example for each export and each member of a link, and for nothing else', (t) => {
  const { link } = require('../../dist/link');
  const { PassThrough } = require('node:stream');
  const made = link(new PassThrough());
  made.port.close();
  const members = [...membersOf(made.constructor, Object.prototype), ...Object.keys(made)];
  t.deepEqual(headed('###', 'link.'), sorted(members));
  const [, section] = /^## ferroport\/link.*?$([^]*?)^## /m.exec(page) ?? [];
  const names = [...section.matchAll(/^### (\w+)\(/gm)].map(([, name]) => name);
  t.deepEqual(sorted(names), sorted(Object.keys(require('../../dist/link'))));
  const shown = examples(page).map(({ heading }) => /^(?:link\.)?(\w+)/.exec(heading)?.[1]);
  t.deepEqual(
    [...members, ...names].filter((name) => !shown.includes(name)),
    [],
  );
  const declared = [...read('link.d.ts').matchAll(/^export declare function (\w+)/gm)].map(([, name]) => name);
  t.deepEqual(sorted(declared), sorted(names));
});

test('ferroport/nats has a section and an example for each export and each member of a hub, and for nothing else', (t) => {
  const nats = require('../../dist/nats');
  const [, section] = /^## ferroport\/nats.*?$([^]*?)^## /m.exec(page) ?? [];
  const names = [...section.matchAll(/^### (\w+)\(/gm)].map(([, name]) => name);
  t.deepEqual(sorted(names), sorted(Object.keys(nats)));
  const typings = read('nats.d.ts');
  const declared = [...typings.matchAll(/^export declare function (\w+)/gm)].map(([, name]) => name);
  t.deepEqual(sorted(declared), sorted(names));
  const [, hub] = /^export interface Hub \{$([^]*?)^\}/m.exec(typings) ?? [];
  const members = [...hub.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name);
  t.deepEqual(headed('###', 'hub.'), sorted(members));
  const shown = examples(page).map(({ heading }) => /^(?:hub\.)?(\w+)/.exec(heading)?.[1]);
  t.deepEqual(
    [...members, ...names].filter((name) => !shown.includes(name)),
    [],
  );
});

test('the typings declare each export that is not Node’s, and no other value', (t) => {
  const declared = [...read('index.d.ts').matchAll(/^export \{([^}]+)\} from/gm)].flatMap(([, names]) =>
    names.split(',').map((name) => name.trim()),
  );
  // Those that have the built-in's signatures come with `export *`.
  const typedByNode = OWN.filter((name) => name in builtIn && !declared.includes(name));
  t.deepEqual(sorted([...declared, ...typedByNode]), sorted(OWN));
});
