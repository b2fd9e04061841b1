'use strict';

// What the workflows run only on GitHub, run here: beside a GitHub and a registry that remember what they were asked.

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { notesOf, versionOf, versions } = require('../../scripts/ci/changelog');
const { MARK, comment } = require('../../scripts/ci/comment');
const { release } = require('../../scripts/ci/github-release');
const { spawned } = require('../support/spawned');
const { ROOT } = require('./workflows');

/**
 * Serves JSON until the test is over.
 * @param {any} t
 * @param {(request: { method: string, url: string, body: any }) => [status: number, body: unknown]} answer
 * @returns {Promise<string>} its address
 */
async function serving(t, answer) {
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { method = '', url = '' } = request;
    const [status, body] = answer({
      method,
      url: decodeURIComponent(url),
      body: text === '' ? undefined : JSON.parse(text),
    });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
}

/** @param {any} t */
function emptyFolder(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-workflow-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * @param {string} name of a script of scripts/ci
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
const script = (name, args, env = {}) =>
  spawned(process.execPath, [path.join(ROOT, 'scripts', 'ci', name), ...args], { env: { ...process.env, ...env } });

// changelog.js

const CHANGELOG = `# Changelog

## [1.1.0] - Unreleased

### Added

- More.

## [1.0.1] - 2026-02-01

## [1.0.0] - 2026-01-31

### Added

- A thing.

[1.0.0]: https://example.com
`;

test('the notes of a release are its section of the changelog', (t) => {
  t.is(notesOf(CHANGELOG, '1.0.0'), '### Added\n\n- A thing.');
});

test('a version without a section, without a date or without a word is not released', (t) => {
  t.throws(() => notesOf(CHANGELOG, '2.0.0'), { message: /no section \[2\.0\.0\]/ });
  t.throws(() => notesOf(CHANGELOG, '1.1.0'), { message: /'\[1\.1\.0\] - Unreleased'/ });
  t.throws(() => notesOf(CHANGELOG, '1.0.1'), { message: /is empty/ });
});

test('a tag is the version of every manifest', (t) => {
  const [version, ...others] = new Set(Object.values(versions()));
  t.deepEqual(others, []);
  t.is(versionOf(`v${version}`), version);
  t.throws(() => versionOf('v999.0.0'), { message: /the tag says 999\.0\.0, but package\.json/ });
  for (const tag of ['', version, `v${version}; ls`, 'vnext']) {
    t.throws(() => versionOf(tag), { message: /is not 'v'/ });
  }
});

// comment.js

const RATIOS = {
  machine: 'Node 26.1.0, linux x64, 4 x EPYC',
  sides: [
    { trial: 'sides', name: 'small object', ratio: { post: 2.5, receive: 1.25 }, beside: { post: 2.45, receive: 2 } },
  ],
  cases: [{ trial: 'create', name: 'channel', ratio: 12.345 }],
};

test('a comment shows the ratios, and what has changed by a tenth or more', (t) => {
  const text = comment(RATIOS);
  t.true(text.startsWith(MARK));
  t.true(text.includes('| sides | small object | 2.50 | 2.00 → **1.25** |'), text);
  t.true(text.includes('| create | channel | 12.35 |') || text.includes('| create | channel | 12.34 |'), text);
});

test('a comment says nothing but figures and plain names, whatever the file holds', (t) => {
  const evil = '](https://evil.example) <img src=x> @everyone | #1 `x` ![x]';
  const text = comment({
    machine: evil,
    sides: [{ trial: evil, name: evil, ratio: { post: evil, receive: Infinity }, beside: { post: 1, receive: {} } }],
    cases: [{ trial: evil, name: 'x'.repeat(1e5), ratio: -1 }, undefined, ...Array(1e4).fill(RATIOS.cases[0])],
  });
  const written = text.replace(MARK, '').replace(/^\|.*\|$/gm, (row) => row.slice(1, -1).replace(/ \| /g, ''));
  t.notRegex(written, /[<>@`!]|\]\(|#\d/);
  t.true(text.length < 65_536);
  for (const nonsense of [undefined, null, 1, [], { sides: {}, cases: 'x' }]) {
    t.true(comment(nonsense).startsWith(MARK));
  }
});

/**
 * Runs comment.js as the workflow does.
 * @param {any} t
 * @param {{ comments?: any[], sha?: string }} [state] of the pull request
 */
async function commenting(t, { comments = [], sha = 'c0ffee' } = {}) {
  const folder = emptyFolder(t);
  const event = path.join(folder, 'event.json');
  const file = path.join(folder, 'ratios.json');
  const run = { head_sha: 'c0ffee', head_branch: 'faster', head_repository: { owner: { login: 'someone' } } };
  fs.writeFileSync(event, JSON.stringify({ workflow_run: run }));
  fs.writeFileSync(file, JSON.stringify(RATIOS));
  /** @type {any[]} */
  const asked = [];
  const url = await serving(t, ({ method, url, body }) => {
    asked.push({ method, url, body });
    if (url.includes('/pulls?')) return [200, [{ number: 7, head: { sha } }]];
    return [200, method === 'GET' ? comments : { html_url: 'the comment' }];
  });
  const env = { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'a/b', GITHUB_TOKEN: 'x', GITHUB_EVENT_PATH: event };
  const { code, stdout, stderr } = await script('comment.js', [file], env);
  t.is(code, 0, stderr);
  return { asked: asked.map(({ method, url }) => `${method} ${url}`), last: asked.at(-1).body, stdout };
}

test('the first comment is written under the pull request that was measured', async (t) => {
  const { asked, last } = await commenting(t);
  t.deepEqual(asked, [
    'GET /repos/a/b/pulls?state=open&head=someone:faster',
    'GET /repos/a/b/issues/7/comments?per_page=100',
    'POST /repos/a/b/issues/7/comments',
  ]);
  t.is(last.body, comment(RATIOS));
});

test('the next one takes the place of the first, and of nobody else’s', async (t) => {
  const comments = [
    { id: 1, user: { type: 'User' }, body: `${MARK} of a person` },
    { id: 2, user: { type: 'Bot' }, body: 'of another bot' },
    { id: 3, user: { type: 'Bot' }, body: `${MARK} of the last run` },
  ];
  const { asked } = await commenting(t, { comments });
  t.is(asked.at(-1), 'PATCH /repos/a/b/issues/comments/3');
});

test('what was measured of a commit that is no longer the newest is not told', async (t) => {
  const { asked, stdout } = await commenting(t, { sha: 'decade' });
  t.is(asked.length, 1);
  t.regex(stdout, /no longer the newest/);
});

// github-release.js

test.serial('a release is made once, and says whether it is an early one', async (t) => {
  /** @type {any[]} */
  const made = [];
  const url = await serving(t, ({ method, url, body }) => {
    if (method === 'POST') made.push(body);
    else if (!made.some(({ tag_name: tag }) => url.endsWith(`/releases/tags/${tag}`))) return [404, {}];
    return [200, { html_url: 'the release' }];
  });
  Object.assign(process.env, { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'a/b', GITHUB_TOKEN: 'x' });
  for (const tag of ['v1.0.0', 'v1.0.0', 'v1.1.0-rc.1']) t.is(await release(tag, 'Notes.'), 'the release');
  t.deepEqual(made, [
    { tag_name: 'v1.0.0', name: 'v1.0.0', body: 'Notes.', prerelease: false },
    { tag_name: 'v1.1.0-rc.1', name: 'v1.1.0-rc.1', body: 'Notes.', prerelease: true },
  ]);
});

// publish.js

/**
 * Packs what npm would publish of a main package and some of platforms.
 * @param {any} t
 * @param {{ version?: string, names?: string[], needed?: string[] }} [options]
 */
async function packed(t, { version = '1.0.0', names = ['ferroport-a', 'ferroport-b'], needed = names } = {}) {
  const folder = emptyFolder(t);
  const optionalDependencies = Object.fromEntries(needed.map((name) => [name, version]));
  for (const manifest of [
    { name: 'ferroport', version, optionalDependencies },
    ...names.map((name) => ({ name, version })),
  ]) {
    const inside = path.join(folder, manifest.name, 'package');
    fs.mkdirSync(inside, { recursive: true });
    fs.writeFileSync(path.join(inside, 'package.json'), JSON.stringify(manifest));
    await spawned('tar', ['-czf', path.join(folder, `${manifest.name}.tgz`), '-C', path.dirname(inside), 'package']);
  }
  return folder;
}

/**
 * @param {any} t
 * @param {string} folder
 * @param {{ there?: string[] }} [options] what the registry has already
 */
async function publishing(t, folder, { there = [] } = {}) {
  /** @type {{ name: string, tags: string[] }[]} */
  const published = [];
  const url = await serving(t, ({ method, url, body }) => {
    const name = url.slice(1);
    if (method === 'PUT') {
      published.push({ name: body.name, tags: Object.keys(body['dist-tags']) });
      return [201, {}];
    }
    if (!there.includes(name)) return [404, { error: 'not found' }];
    const version = { name, version: '1.0.0', dist: { tarball: `${url}.tgz` } };
    return [200, { name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } }];
  });
  const npmrc = path.join(folder, 'npmrc');
  const cache = path.join(folder, 'cache');
  fs.writeFileSync(
    npmrc,
    `registry=${url}/\n${url.replace('http:', '')}/:_authToken=x\ncache=${cache}\nfetch-retries=0\n`,
  );
  // npm would add what it was itself started with.
  const own = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  const env = { ...Object.fromEntries(own.map((name) => [name, undefined])), NPM_CONFIG_USERCONFIG: npmrc };
  return { published, ...(await script('publish.js', [folder], env)) };
}

test('the packages of the platforms are published first, and the one that depends on them last', async (t) => {
  const { code, published, stdout, stderr } = await publishing(t, await packed(t));
  t.is(code, 0, stdout + stderr);
  t.deepEqual(published, [
    { name: 'ferroport-a', tags: ['latest'] },
    { name: 'ferroport-b', tags: ['latest'] },
    { name: 'ferroport', tags: ['latest'] },
  ]);
});

test('what has been published before is left out', async (t) => {
  const { code, published, stdout, stderr } = await publishing(t, await packed(t), { there: ['ferroport-a'] });
  t.is(code, 0, stdout + stderr);
  t.deepEqual(
    published.map(({ name }) => name),
    ['ferroport-b', 'ferroport'],
  );
});

test('a version that is not the newest for everybody does not become it', async (t) => {
  const folder = await packed(t, { version: '1.1.0-rc.1', names: [] });
  const { published, stdout, stderr } = await publishing(t, folder);
  t.deepEqual(published, [{ name: 'ferroport', tags: ['next'] }], stdout + stderr);
});

test('nothing is published if a platform’s package is missing', async (t) => {
  const folder = await packed(t, { names: ['ferroport-a'], needed: ['ferroport-a', 'ferroport-b'] });
  const { code, published, stderr } = await publishing(t, folder);
  t.deepEqual({ code, published }, { code: 1, published: [] });
  t.regex(stderr, /ferroport-b@1\.0\.0, on which ferroport depends, is not in/);
});
