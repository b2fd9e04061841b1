'use strict';

// Which platforms `npm run test:platforms` puts to the proof. It runs by itself, for it takes long.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { platforms } = require('../../scripts/platforms/platforms');
const { run } = require('../../scripts/run');

const ROOT = path.join(__dirname, '..', '..');
const read = (/** @type {string} */ file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

test('each target that has a package is put to the proof', (t) => {
  const { targets } = JSON.parse(read('package.json')).napi;
  const proved = platforms.map(({ target }) => target);
  t.deepEqual(
    targets.filter((/** @type {string} */ target) => !proved.includes(target)),
    [],
  );
});

test('the docs name each of them', (t) => {
  const [contributing, compatibility] = [read('CONTRIBUTING.md'), read('docs/compatibility.md')];
  for (const { name } of platforms) t.true(contributing.includes(`\`${name}\``), name);
  const { targets } = JSON.parse(read('package.json')).napi;
  for (const target of targets) t.true(compatibility.includes(`\`${target}\``), target);
});

test('one that is not there is refused, with the names of those that are', async (t) => {
  const { code, output } = await run([process.execPath, 'scripts/platforms', 'musl-x46']);
  t.is(code, 1);
  t.is(output, `no platform musl-x46 here; there are ${platforms.map(({ name }) => name).join(', ')}\n`);
});
