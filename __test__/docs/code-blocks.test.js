'use strict';

// No block of code in the documentation is there unseen: each is of a kind that something runs, checks or compares.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { bin } = require('../../scripts/run');
const { spawned } = require('../support/spawned');
const { RUNNABLE, blocks } = require('./examples');
const { ROOT, pages, read } = require('./pages');

const { scripts } = JSON.parse(read('package.json'));

const all = pages().flatMap((page) => blocks(read(page)).map((block) => ({ page, ...block })));

const place = (/** @type {{ page: string, line: number }} */ { page, line }) => `${page}:${line}`;

/** What is seen to elsewhere, by the pages that may have it. */
const ELSEWHERE = [
  // docs-examples.test.js runs them.
  { kind: new RegExp(`^${RUNNABLE}$`), page: /./ },
  // __test__/bundlers writes the files and runs the commands.
  { kind: /^(js|json|html) \S+\.\w+$/, page: /^docs\/bundlers\.md$/ },
  // tests/wire_docs.rs writes the values and compares the bytes.
  { kind: /^dump ./, page: /^docs\/wire-format\.md$/ },
  // __test__/native compares the program with one that is compiled.
  { kind: /^(rust|toml)$/, page: /^docs\/native\.md$/ },
  // __test__/nats compares it with that of the example.
  { kind: /^conf$/, page: /^docs\/links\.md$/ },
  // Drawings.
  { kind: /^$/, page: /./ },
];

test('every block of code is of a known kind', (t) => {
  const unknown = all.filter(
    ({ kind, page }) =>
      !['js', 'ts', 'sh'].includes(kind) && !ELSEWHERE.some((seen) => seen.kind.test(kind) && seen.page.test(page)),
  );
  t.deepEqual(
    unknown.map((block) => `${place(block)}: ${block.kind}`),
    [],
  );
});

test('what is not run as an example has the right types', async (t) => {
  const checked = all.filter(({ kind }) => kind === 'js' || kind === 'ts');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-blocks-'));
  try {
    fs.mkdirSync(path.join(folder, 'node_modules'));
    fs.symlinkSync(ROOT, path.join(folder, 'node_modules', 'ferroport'), 'junction');
    fs.symlinkSync(path.join(ROOT, 'node_modules/@nats-io'), path.join(folder, 'node_modules/@nats-io'), 'junction');
    for (const { page, line, kind, lines } of checked) {
      const name = page.replace(/\W/g, '-');
      const isModule = lines.some((text) => /^(import|export) /.test(text));
      fs.writeFileSync(path.join(folder, `${name}-${line}.${isModule ? 'm' : 'c'}${kind}`), `${lines.join('\n')}\n`);
    }
    const { compilerOptions } = JSON.parse(read('__test__/types/tsconfig.json'));
    const typeRoots = [path.join(ROOT, 'node_modules', '@types')];
    fs.writeFileSync(
      path.join(folder, 'tsconfig.json'),
      // The typings themselves are checked in __test__/types; those of NATS's client do not bear all that is asked of ours.
      JSON.stringify({ compilerOptions: { ...compilerOptions, typeRoots, skipLibCheck: true }, include: ['*'] }),
    );
    const [program, ...args] = bin('typescript', '-p', folder, '--pretty', 'false');
    const { code, stdout, stderr } = await spawned(program, args);
    t.is(code, 0, stdout + stderr);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

const inShell = process.platform === 'win32' ? test.skip : test;

inShell('a shell can read every block of commands', async (t) => {
  for (const block of all.filter(({ kind }) => kind === 'sh')) {
    // On stdin there would be more quoting to do away with.
    const { code, stderr } = await spawned('sh', ['-n', '-c', block.lines.join('\n')]);
    t.is(code, 0, `${place(block)}: ${stderr}`);
  }
});

test('every script that the documentation names is one of package.json', (t) => {
  const named = pages().flatMap((page) =>
    [...read(page).matchAll(/\bnpm run (?:--?\w+ )?([a-z][\w:-]*\w)/g)].map(([, name]) => ({ page, name })),
  );
  t.true(named.length > 0);
  t.deepEqual(
    named.filter(({ name }) => !(name in scripts)).map(({ page, name }) => `${page}: npm run ${name}`),
    [],
  );
});
