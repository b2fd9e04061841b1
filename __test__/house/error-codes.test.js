'use strict';

// The codes of ferroport's own errors: docs/api.md lists those that the code has.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const native = require('../../lib/native/native');

const ROOT = path.join(__dirname, '../..');

/** @param {string} folder */
function textsIn(folder) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:js|rs)$/.test(name))
    .map((name) => fs.readFileSync(path.join(ROOT, folder, name), 'utf8'));
}

test('docs/api.md lists the codes that errors have', (t) => {
  const stated = [...textsIn('lib'), ...textsIn('src')].flatMap((text) =>
    [...text.matchAll(/['"](ERR_FERROPORT_\w+)['"]/g)].map(({ 1: code }) => code),
  );
  const listed = fs
    .readFileSync(path.join(ROOT, 'docs/api.md'), 'utf8')
    .match(/^\| `ERR_FERROPORT_\w+` \|/gm)
    ?.map((row) => row.slice(3, -3));
  t.deepEqual(listed?.sort(), [...new Set(stated)].sort());
});

test('an error that Rust throws has its class and its code', (t) => {
  t.throws(() => native.park(0), { instanceOf: Error, name: 'Error', code: 'ERR_FERROPORT_INTERNAL' });
  t.throws(() => native.deserialize(/** @type {any} */ (new Uint16Array(4))), {
    instanceOf: TypeError,
    code: 'ERR_FERROPORT_INTERNAL',
    message: 'Expected a Uint8Array',
  });
  t.throws(() => native.start(/** @type {any} */ ('one')), { code: 'ERR_FERROPORT_NODE_API' });
  const copy = require('../../lib/addon').instantiate();
  t.throws(() => copy.take(), { code: 'ERR_FERROPORT_NOT_CONNECTED' });
});
