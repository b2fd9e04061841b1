'use strict';

// What every workflow has to have, and what they have to do together.

const fs = require('node:fs');
const path = require('node:path');
const { parseTriple } = require('@napi-rs/cli');
const test = require('ava');
const { parse } = require('yaml');
const { steps: stepsOfTests } = require('../../scripts/steps');
const { ROOT, job, jobs, steps, workflows } = require('./workflows');

const { napi, scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

test('every action is pinned by its commit, and its version stands beside', (t) => {
  for (const { file, text } of workflows) {
    const uses = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    const others = uses.filter((line) => !/uses: (\.\/\S+|[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(line));
    t.deepEqual(others, [], file);
  }
});

test('an action has one version in all workflows', (t) => {
  const versions = new Map();
  for (const { text } of workflows) {
    for (const [, name, commit] of text.matchAll(/uses: ([\w-]+\/[\w./-]+)@(\S+ # \S+)/g)) {
      versions.set(name, (versions.get(name) ?? new Set()).add(commit));
    }
  }
  t.true(versions.size > 3);
  for (const [name, commits] of versions) t.is(commits.size, 1, name);
});

test('no checkout leaves its token behind', (t) => {
  for (const { at, step } of steps().filter(({ step }) => step.uses?.startsWith('actions/checkout@'))) {
    t.is(step.with?.['persist-credentials'], false, at);
  }
});

test('a job has the permissions that it names, and no others', (t) => {
  for (const { file, content } of workflows) t.deepEqual(content.permissions, {}, file);
  for (const { at, job } of jobs()) t.is(typeof job.permissions, 'object', at);
  const writing = jobs().flatMap(({ at, job }) =>
    Object.entries(job.permissions).flatMap(([name, access]) => (access === 'write' ? [`${at}: ${name}`] : [])),
  );
  t.deepEqual(writing, [
    'benchmark-comment.yml: comment: pull-requests',
    'release.yml: publish: id-token',
    'release.yml: release: contents',
  ]);
});

test('no job runs without an end, and no run beside another of its own', (t) => {
  for (const { at, job } of jobs().filter(({ job }) => job.uses === undefined)) {
    t.true(job['timeout-minutes'] > 0, at);
  }
  // What is only called runs in the group of its caller.
  for (const { file, content } of workflows.filter(
    ({ content }) => Object.keys(content.on).join() !== 'workflow_call',
  )) {
    t.is(typeof content.concurrency?.group, 'string', file);
  }
});

test('a run for a pull request of a stranger has no rights and no secrets', (t) => {
  for (const { file, content, text } of workflows) {
    t.false('pull_request_target' in content.on, file);
    t.false(text.includes('secrets.'), file);
  }
});

test('every step runs one script of the repository', (t) => {
  const ONE = /^(?:node (scripts\/[\w/.-]+\.js)|npm (test)|npm run ([\w:-]+))(?: (?!.*(?:&&|\|\||[;|<>`]|\$\()).*)?$/;
  const runs = steps().filter(({ step }) => step.run !== undefined);
  t.true(runs.length > 10);
  for (const { at, step } of runs) {
    const [, file, test, script] = ONE.exec(step.run) ?? [];
    t.truthy(file ?? test ?? script, `${at}: ${step.run}`);
    if (file !== undefined) t.true(fs.existsSync(path.join(ROOT, file)), `${at}: ${file}`);
    else t.true((test ?? script) in scripts, `${at}: ${step.run}`);
    for (const name of /--only (\S+)/.exec(step.run)?.[1].split(',') ?? []) {
      t.true(
        stepsOfTests.some((each) => each.name === name || each.group === name),
        `${at}: ${name}`,
      );
    }
  }
});

const included = (/** @type {any} */ { strategy }) => strategy.matrix.include;

test('every target of package.json is built', (t) => {
  const built = included(job('packages.yml', 'build')).map((/** @type {any} */ { target }) => target);
  // In a virtual machine.
  built.push('x86_64-unknown-freebsd');
  t.deepEqual(built.sort(), [...napi.targets].sort());
});

test('every package is tried where it is to run', (t) => {
  const tried = ['try', 'try-in-container'].flatMap((name) =>
    included(job('packages.yml', name)).map((/** @type {any} */ { platform }) => platform),
  );
  tried.push('freebsd-x64');
  const platforms = napi.targets.map((/** @type {string} */ target) => parseTriple(target).platformArchABI);
  t.deepEqual([...new Set(tried)].sort(), platforms.sort());
});

test('what is published has passed everything, and is what has been tried', (t) => {
  t.is(job('release.yml', 'publish').needs, 'ci');
  t.is(job('release.yml', 'ci').uses, './.github/workflows/ci.yml');
  t.is(job('ci.yml', 'packages').uses, './.github/workflows/packages.yml');
  for (const name of ['try', 'try-in-container', 'try-freebsd']) t.is(job('packages.yml', name).needs, 'pack');
});

test('the suite runs on every supported Node and on three systems', (t) => {
  const { node, os } = job('ci.yml', 'test').strategy.matrix;
  t.deepEqual(node, ['20', '22', '24', '26']);
  t.deepEqual(
    os.map((/** @type {string} */ name) => name.replace(/-.*/, '')),
    ['ubuntu', 'macos', 'windows'],
  );
});

test('Dependabot looks after everything that has a version, and waits before it believes one', (t) => {
  const { updates } = parse(fs.readFileSync(path.join(ROOT, '.github', 'dependabot.yml'), 'utf8'));
  const ecosystems = updates.map((/** @type {any} */ update) => update['package-ecosystem']);
  t.deepEqual([...new Set(ecosystems)].sort(), ['cargo', 'github-actions', 'npm', 'pip']);
  for (const update of updates) t.true(update.cooldown['default-days'] >= 7);
});
