'use strict';

// The command ferroport: what it prints and writes, and how it ends. What it measures is nobody's promise.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { addon } = require('../support/inside');
const { spawned } = require('../support/spawned');
const { project } = require('../support/installed');
const { version } = require('../../package.json');

const CLI = path.join(__dirname, '..', '..', 'dist', 'cli.js');

/** Makes a folder of the test's own, and removes it when the test has ended. */
function folder(t) {
  const made = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-cli-')));
  t.teardown(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** @param {string[]} args */
const cli = (args, { cwd = os.tmpdir(), env = {}, file = CLI, flags = [] } = {}) =>
  spawned(process.execPath, [...flags, file, ...args], { cwd, env: { ...process.env, ...env } });

test('help and the version are printed', async (t) => {
  for (const option of ['--help', '-h']) {
    const { code, stdout, stderr } = await cli([option]);
    t.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    for (const command of ['bench', 'info']) t.regex(stdout, new RegExp(`^ {2}${command} `, 'm'));
  }
  t.deepEqual((await cli(['bench', '--help'])).stdout, (await cli(['--help'])).stdout);
  t.is((await cli(['--version'])).stdout, `${version}\n`);
});

test('what it does not know gets an error of one line, and the exit code 2', async (t) => {
  for (const [args, expected] of [
    [['measure'], /^ferroport: there is no command 'measure'; those that there are: bench, info\n$/],
    [['toString'], /^ferroport: there is no command 'toString'/],
    [['bench', '--rounds', '0'], /^ferroport: expected --rounds to be a whole number from 1 to 1000, got '0'\n$/],
    [['bench', '--rounds'], /^ferroport: .*--rounds/],
    [['info', '--json'], /^ferroport: .*--json/],
    [['bench', 'all'], /^ferroport: .*all/],
  ]) {
    const { code, stdout, stderr } = await cli(args);
    t.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
    t.regex(stderr, expected);
    t.notRegex(stderr, /^ +at /m);
  }
});

test('without a command it says how it is used, and has failed', async (t) => {
  const { code, stdout, stderr } = await cli([]);
  t.deepEqual({ code, stdout }, { code: 2, stdout: '' });
  t.regex(stderr, /^ferroport: expected a command\n\nUsage: npx ferroport <command>\n/);
});

test('bench prints tables, tells how far it is, and writes JSON, a chart, and a page that has both', async (t) => {
  const cwd = folder(t);
  const { code, stdout, stderr } = await cli(['bench', '--rounds', '1'], { cwd });
  t.is(code, 0, stderr);
  t.regex(stderr, /^measuring: 100 %$/m);
  const read = (name) => fs.readFileSync(path.join(cwd, name), 'utf8');
  const { ferroport, node, sides, results } = JSON.parse(read('ferroport-bench.json'));
  t.deepEqual([ferroport, node], [version, process.versions.node]);
  t.true(sides.length >= 10 && results.length >= 3);
  const svg = read('ferroport-bench.svg');
  const html = read('ferroport-bench.html');
  t.regex(svg, /^<svg .*<\/svg>\n$/s);
  t.true(html.includes(svg.trimEnd()));
  for (const { name } of [...sides, ...results]) {
    t.true(stdout.includes(`\n${name}`) && html.includes(`<td>${name}`), name);
  }
  t.deepEqual(fs.readdirSync(cwd).sort(), ['ferroport-bench.html', 'ferroport-bench.json', 'ferroport-bench.svg']);
});

test('a folder that is not there any more is told before anything is measured', async (t) => {
  const cwd = folder(t);
  const leave = path.join(cwd, 'leave.js');
  fs.writeFileSync(leave, `process.cwd = () => ${JSON.stringify(path.join(cwd, 'gone'))};`);
  const { code, stderr } = await cli(['bench'], { flags: ['-r', leave] });
  t.is(code, 1);
  t.regex(stderr, /ENOENT/);
  t.notRegex(stderr, /measuring/);
});

test('info says what a bug report needs', async (t) => {
  const { code, stdout } = await cli(['info']);
  t.is(code, 0);
  const told = Object.fromEntries(stdout.split('\n').map((line) => line.split(/: +/, 2)));
  t.is(told.ferroport, version);
  t.is(told.addon, addon);
  t.true(told.node.startsWith(process.version));
  t.true(told.platform.startsWith(`${process.platform} ${process.arch}`));
  if (process.platform === 'linux' && addon.endsWith('-gnu.node')) {
    t.regex(told['addon asks for'], /^glibc 2\.\d+$/);
    t.regex(told.libc, /^glibc 2\.\d+$/);
  }
});

test('info tells the lane', async (t) => {
  const lane = async (options) => /^fast lane: +(.*)$/m.exec((await cli(['info'], options)).stdout)[1];
  t.is(await lane({ env: { FERROPORT_FAST_LANE: '1' } }), 'on');
  t.is(await lane({ env: { FERROPORT_FAST_LANE: '0' } }), 'off, by FERROPORT_FAST_LANE=0');
  const flags = ['--disallow-code-generation-from-strings'];
  t.regex(await lane({ env: { FERROPORT_FAST_LANE: '1' }, flags }), /^off, as no code/);
});

test('info finds other copies, and works where the addon is missing', async (t) => {
  const first = project();
  const second = project();
  t.teardown(() => {
    first.remove();
    second.remove();
  });
  const modules = (each, ...names) => path.join(each.folder, 'node_modules', ...names);
  const file = modules(first, 'ferroport', 'dist', 'cli.js');
  const alone = await cli(['info'], { cwd: first.folder, file });
  t.regex(alone.stdout, /^other copies: +none found$/m);
  const beside = await cli(['info'], { cwd: second.folder, file });
  t.true(beside.stdout.includes(`${modules(second, 'ferroport')} (${version})`), beside.stdout);

  for (const name of fs.readdirSync(modules(first)).filter((each) => each !== 'ferroport')) {
    fs.rmSync(modules(first, name), { recursive: true });
  }
  const missing = await cli(['info'], { cwd: first.folder, file });
  t.is(missing.code, 0);
  t.regex(missing.stdout, /^error: +ERR_FERROPORT_ADDON: /m);
  t.regex(missing.stdout, /^addon: +not loaded$/m);
});
