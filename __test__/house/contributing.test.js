'use strict';

// What the documents for those who change the code say of it: the files that they name are there.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');

const ROOT = path.join(__dirname, '..', '..');

/** A path of this repository in a document, without patterns. */
const NAMED = /`((?:benchmark|docs|examples|lib|scripts|src|tests|types|__test__)\/[\w/.-]+\.(?:js|rs|ts|mts|md))`/g;

for (const name of ['CONTRIBUTING.md', 'docs/architecture.md', 'docs/debugging.md']) {
  test(`the files that ${name} names are there`, (t) => {
    const named = [...fs.readFileSync(path.join(ROOT, name), 'utf8').matchAll(NAMED)].map(([, file]) => file);
    t.true(named.length > 0);
    t.deepEqual(
      named.filter((file) => !fs.existsSync(path.join(ROOT, file))),
      [],
    );
  });
}
