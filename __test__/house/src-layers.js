'use strict';

// The files of Rust, from the bottom to the top: each may use those of the layers below its own, and no others.

/** @type {string[][]} names from `src/` on, without `.rs` */
const LAYERS = [
  // The bytes of a message.
  ['memory/mod', 'memory/pool', 'memory/allocator'],
  ['memory/bytes'],

  // The message format.
  ['wire/mod', 'wire/tag', 'wire/kinds', 'wire/packed', 'wire/form'],
  ['wire/item', 'wire/malformed', 'wire/shapes'],
  ['wire/reader/mod', 'wire/writer/mod'],
  ['wire/reader/buffers', 'wire/reader/cursor', 'wire/reader/objects', 'wire/reader/primitives'],
  [
    'wire/writer/buffers',
    'wire/writer/containers',
    'wire/writer/known',
    'wire/writer/objects',
    'wire/writer/primitives',
  ],
  ['wire/check', 'wire/value/mod', 'wire/value/text'],
  ['wire/recast'],
  ['wire/value/equal', 'wire/value/from_bytes', 'wire/value/json', 'wire/value/to_bytes'],

  // Channels: what they are built on, the channel, what is sent, who has the ends.
  ['channel/mod', 'channel/sync', 'channel/key', 'channel/errors', 'channel/latch'],
  ['channel/fifo', 'channel/run', 'channel/mailbox', 'channel/mark', 'channel/signal'],
  ['channel/watcher'],
  ['channel/queue', 'channel/place', 'channel/deadline'],
  ['channel/teardown'],
  ['channel/channel'],
  ['channel/transit'],
  ['channel/endpoint', 'channel/message'],
  ['channel/broadcast', 'channel/registry', 'channel/wanted'],
  ['channel/deadlock'],
  ['channel/waiter'],
  ['channel/branch'],
  ['channel/table'],

  // Ends in the hands of threads without JavaScript: of other libraries, and our own.
  ['native/abi', 'native/patience', 'native/pin'],
  ['native/end'],
  ['native/inside'],
  ['native/pump', 'native/table'],
  ['native/mod'],

  // Node-API.
  ['js/errors'],
  ['js/mod'],
  ['js/buffers', 'js/calls', 'js/handles', 'js/objects', 'js/primitives'],
  ['js/hooks'],

  // Between JavaScript and the format.
  ['clone/mod', 'clone/hooks', 'clone/scopes'],
  ['clone/serialize', 'clone/deserialize/mod'],
  ['clone/deserialize/buffers'],
  ['clone/deserialize/containers', 'clone/deserialize/items'],

  // What a thread is made of, the thread, what JavaScript calls.
  ['node/mod', 'node/copies', 'node/draft', 'node/failures', 'node/hooks', 'node/names', 'node/panics', 'node/runtime'],
  [
    'node/block',
    'node/external_string',
    'node/held_signals',
    'node/libuv',
    'node/outcome',
    'node/outside',
    'node/stack',
  ],
  ['node/nesting'],
  ['node/doorbell'],
  ['node/thread'],
  ['node/active', 'node/closing_phase', 'node/messages'],
  [
    'node/functions',
    'node/descriptors',
    'node/links',
    'node/native',
    'node/signals',
    'node/waiting',
    'node/lane/mod',
    'node/lane/primitives',
    'node/lane/shapes',
  ],
  ['node/lane/arrivals', 'node/lane/departures', 'node/lane/many'],
  ['node/post'],
  ['node/broadcast'],
  ['node/exports'],

  ['lib'],
];

/**
 * Circles that ownership makes. A message owns the endpoints that are transferred with it, and an endpoint is one that sends messages:
 * what both share (the channel, its queues) is generic, and knows neither.
 * @type {string[][]}
 */
const NATURAL_CIRCLES = [['channel/endpoint', 'channel/message']];

module.exports = { LAYERS, NATURAL_CIRCLES };
