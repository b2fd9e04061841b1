// npx ferroport info: what a bug report needs.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { version } = require('../package.json');

/**
 * @returns {string} lines of a name and a value; that ferroport cannot be loaded is one of them
 */
function info() {
  const error = loadingError();
  const addon = addonFile();
  const { glibc, shared } = ofSystem();
  return Object.entries({
    ferroport: version,
    folder: path.join(__dirname, '..'),
    ...(error === undefined ? {} : { error }),
    addon: addon ?? 'not loaded',
    'addon asks for': addon === undefined ? undefined : askedFor(addon),
    'fast lane': lane(),
    'other copies': others().join(', ') || 'none found',
    node: `${process.version} (V8 ${process.versions.v8}${shared})`,
    runtime: process.versions.bun
      ? `Bun ${process.versions.bun}`
      : process.versions.deno && `Deno ${process.versions.deno}`,
    platform: `${process.platform} ${process.arch}, ${os.release()}`,
    libc: process.platform === 'linux' ? (glibc ?? 'musl, or not told') : undefined,
    processors: `${os.cpus().length} x ${os.cpus()[0]?.model.trim()}`,
    NODE_OPTIONS: process.env.NODE_OPTIONS,
    FERROPORT_FAST_LANE: process.env.FERROPORT_FAST_LANE,
    NAPI_RS_NATIVE_LIBRARY_PATH: process.env.NAPI_RS_NATIVE_LIBRARY_PATH,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${`${name}:`.padEnd(16)} ${value}`)
    .join('\n');
}

/** @returns {string | undefined} why ferroport cannot be loaded, if it cannot */
function loadingError() {
  try {
    require('ferroport');
    return undefined;
  } catch (error) {
    const { code, message, cause } = /** @type {any} */ (error);
    return `${code}: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`;
  }
}

/** @returns {any} Node's report on the process, without what the network is asked for; undefined where there is none */
function report() {
  if (typeof process.report?.getReport !== 'function') return undefined;
  /** @type {any} */ (process.report).excludeNetwork = true;
  return process.report.getReport();
}

/** @returns {string | undefined} the file of the addon that this process has loaded */
function addonFile() {
  const files = /** @type {string[]} */ (report()?.sharedObjects ?? []);
  const file = files.find((each) => /ferroport[^/\\]*\.node$/.test(each));
  return file && path.resolve(file);
}

/**
 * @param {string} addon
 * @returns {string | undefined} the oldest glibc on which it can be loaded, by the names of the versions that stand in the file
 */
function askedFor(addon) {
  const names = fs.readFileSync(addon, 'latin1').matchAll(/\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)/g);
  const versions = [...names].map(([, major, minor]) => [Number(major), Number(minor)]);
  const [newest] = versions.sort(([a, b], [c, d]) => c - a || d - b);
  return newest === undefined ? undefined : `glibc ${newest.join('.')}`;
}

/** @returns {{ glibc: string | undefined, shared: string }} */
function ofSystem() {
  const { header } = report() ?? {};
  const version = header?.glibcVersionRuntime;
  const shared = /** @type {any} */ (process.config.variables).node_shared ? ', as a shared library' : '';
  return { glibc: version && `glibc ${version}`, shared };
}

/** @returns {string} whether generated code is used for messages */
function lane() {
  if (process.env.FERROPORT_FAST_LANE === '0') return 'off, by FERROPORT_FAST_LANE=0';
  try {
    new Function('');
    return 'on';
  } catch {
    return 'off, as no code may be made of strings';
  }
}

/** @returns {string[]} folders and versions of other copies of the package, in the folders of modules that programs here search */
function others() {
  const own = fs.realpathSync(path.join(__dirname, '..'));
  const found = new Map();
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    for (const copy of copiesIn(path.join(folder, 'node_modules'))) {
      const real = fs.realpathSync(copy);
      if (real !== own) found.set(real, `${real} (${versionOf(real)})`);
    }
    if (path.dirname(folder) === folder) return [...found.values()];
  }
}

/**
 * @param {string} modules a folder of packages
 * @returns {string[]} the package itself there, and in the modules of the packages there
 */
function copiesIn(modules) {
  const packages = list(modules).flatMap((name) =>
    name.startsWith('@') ? list(path.join(modules, name)).map((inner) => path.join(name, inner)) : [name],
  );
  const places = [modules, ...packages.map((name) => path.join(modules, name, 'node_modules'))];
  return places.map((place) => path.join(place, 'ferroport')).filter((place) => fs.existsSync(place));
}

/** @param {string} folder */
function list(folder) {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} folder of a package */
function versionOf(folder) {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return 'no version';
  }
}

module.exports = { info };
