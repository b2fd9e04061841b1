'use strict';

// The rooms of lib: docs/architecture.md draws them.

const path = require('node:path');
const test = require('ava');
const { sources } = require('../../scripts/bundle/house');
const { graphOf, circlesOf, upwardIn } = require('./graph');

const ROOT = path.join(__dirname, '..', '..');

/** From the lowest to the highest: a file imports files of its own room, and of rooms before it. */
const ROOMS = [
  'lib/here.js',
  'lib/language',
  'lib/node',
  'lib/addon-search.js',
  'lib/addon.js',
  'lib/native',
  'lib/runtime',
  'lib/objects',
  'lib/channel',
  'lib/port',
  'lib/copies',
  'lib/codec/message',
  'lib/codec/visit',
  'lib/codec/shapes',
  'lib/codec/encode',
  'lib/codec/decode',
  'lib/lane',
  'lib/post',
  'lib/delivery',
  'lib/abort',
  'lib/through-node',
  'lib/connect.js',
  'lib/broadcast',
  'lib/worker',
  'lib/api',
  'index.js',
  'lib/call',
  'call.js',
  'lib/link',
  'link.js',
  'lib/nats',
  'nats.js',
  'lib/register',
  'register.js',
  'lib/bootstrap.js',
  'lib/link-thread.js',
];

/** @param {string} file */
const roomOf = (file) => (ROOMS.includes(file) ? file : path.posix.dirname(file));

const graph = graphOf(ROOT, sources());

test('every room has files', (t) => {
  t.deepEqual(
    ROOMS.filter((room) => ![...graph.keys()].some((file) => roomOf(file) === room)),
    [],
  );
});

test('no files of lib import one another in a circle, not even later', (t) => {
  t.deepEqual(circlesOf(graph), []);
});

test('no file of lib imports one of a room above its own', (t) => {
  t.deepEqual(upwardIn(graph, ROOMS, roomOf), []);
});

test('a circle, and an import that runs upwards, would be found', (t) => {
  const put = (/** @type {string} */ file, /** @type {string} */ imported) =>
    new Map([...graph, [file, new Set([...(graph.get(file) ?? []), imported])]]);
  const upwards = put('lib/port/port.js', 'lib/post/message-port.js');
  t.true(circlesOf(upwards).some((circle) => circle.includes('lib/port/port.js')));
  t.deepEqual(upwardIn(upwards, ROOMS, roomOf), ['lib/port/port.js → lib/post/message-port.js']);
  const within = put('lib/language/originals.js', 'lib/language/intrinsics.js');
  t.deepEqual(circlesOf(within), [['lib/language/intrinsics.js', 'lib/language/originals.js']]);
});
