'use strict';

// The README answers why, how fast and how, in that order and briefly; the table of contents has every page.

const test = require('ava');
const { pages, read } = require('./pages');

const linked = (page) => [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, file]) => file);

test('the README answers why, how fast and how, in that order, in at most 150 lines', (t) => {
  const page = read('README.md');
  t.true(page.trimEnd().split('\n').length <= 150);
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  t.deepEqual(headings.slice(0, 4), ['Why', 'How fast', 'Install', 'A first example']);
});

test('docs/README.md leads to every page of the documentation, once', (t) => {
  const files = pages().filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  const listed = linked('docs/README.md').filter((file) => !file.startsWith('../'));
  t.deepEqual(listed.map((file) => `docs/${file}`).sort(), files.sort());
});

test('the README leads to the pages of the root that readers look for, and to the table of contents', (t) => {
  const files = linked('README.md');
  const sought = ['docs/README.md', 'docs/faq.md', ...pages().filter((page) => !page.includes('/'))];
  t.deepEqual(
    sought.filter((file) => file !== 'README.md' && !files.includes(file)),
    [],
  );
});
