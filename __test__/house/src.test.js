'use strict';

// The files of Rust stand in layers, and what C calls never unwinds into C.

const path = require('node:path');
const test = require('ava');
const { circlesOf } = require('./graph');
const { bare, filesOf, usesOf } = require('./rust');
const { LAYERS, NATURAL_CIRCLES } = require('./src-layers');

const files = filesOf(path.join(__dirname, '../../src'));
const heights = new Map(LAYERS.flatMap((layer, height) => layer.map((name) => [`${name}.rs`, height])));
const natural = NATURAL_CIRCLES.map((circle) => circle.map((name) => `${name}.rs`));

/** @param {import('./rust').File[]} given */
function againstTheLayers(given) {
  const wrong = [];
  for (const [name, used] of usesOf(given)) {
    for (const other of used) {
      const isNatural = natural.some((circle) => circle.includes(name) && circle.includes(other));
      if (!isNatural && heights.get(other) >= heights.get(name)) wrong.push(`${name} uses ${other}`);
    }
  }
  return wrong;
}

/**
 * The files, one of them with more code.
 * @param {string} name
 * @param {string} more
 */
const changed = (name, more) => files.map((file) => (file.name === name ? { ...file, code: file.code + more } : file));

test('every file of src stands in one layer', (t) => {
  t.deepEqual(LAYERS.flat().sort(), files.map(({ name }) => name.replace(/\.rs$/, '')).sort());
});

test('a file of src uses files of lower layers only', (t) => {
  t.deepEqual(againstTheLayers(files), []);
});

test('files of src make no circle but where ownership does', (t) => {
  t.deepEqual(circlesOf(usesOf(files)), natural);
});

test('a use against the layers is seen, in whatever way it is written', (t) => {
  const upward = {
    'channel/key.rs': ['use super::table::Table;', 'use crate::channel::{Key, Table};', 'fn f(_: &super::Table) {}'],
    'wire/tag.rs': ['mod inner { use super::super::reader::Reader; }', 'pub fn f() { crate::wire::check(&[]) }'],
    'node/stack.rs': ['use super::{\n    lane::{self, Keeping},\n    block,\n};'],
  };
  for (const [name, lines] of Object.entries(upward)) {
    for (const line of lines) t.is(againstTheLayers(changed(name, line)).length > 0, true, `${name}: ${line}`);
  }
  t.deepEqual(againstTheLayers(changed('channel/key.rs', bare('// use super::table::Table;\n"super::Table";'))), []);
});

test('a new circle of files is seen', (t) => {
  const circles = circlesOf(usesOf(changed('channel/queue.rs', 'use super::message::Message;')));
  t.true(circles.flat().includes('channel/queue.rs'));
});

test('every function that C calls stops panics', (t) => {
  const STOPS = /\b(?:guarded|swallowed|enter)\(/;
  const bodies = files.flatMap(({ name, code }) =>
    [...code.matchAll(/extern "" fn (\w+)[^;{]*\{([^]*?)\n\s*\}\n/g)].map(({ 1: callback, 2: body }) => ({
      name: `${name}: ${callback}`,
      body,
    })),
  );
  t.true(bodies.length > 10);
  t.deepEqual(
    bodies.filter(({ body }) => !STOPS.test(body)).map(({ name }) => name),
    [],
  );
});
