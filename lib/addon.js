// Loads the addon for this platform from where it nearly always is.
'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { root } = require('./here');

/** @param {string} platform */
const builtFile = (platform) => `${root}/ferroport.${platform}.node`;

/** @returns {string} this platform, as packages are named */
function platformName() {
  const { platform, arch } = process;
  if (platform === 'linux') return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}${arch === 'arm' ? 'eabihf' : ''}`;
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

/** Whether the C library is musl. The system's ldd is read as a file first, then Node's report, then ldd is run. */
function isMusl() {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
  } catch {
    return require('./addon-search').isMuslByAsking();
  }
}

/**
 * Opens the addon where it nearly always is. A `require` of the same file takes twice as long.
 * @param {string} platform
 * @returns {any} undefined if the file is missing or cannot be opened; a later `require` says why
 */
function open(platform) {
  const { dlopen } = process;
  if (typeof dlopen !== 'function' || root === undefined) return undefined;
  const name = `ferroport.${platform}.node`;
  // Node's order: beside this package, in the package's own node_modules, in the node_modules around the package.
  const files = [
    builtFile(platform),
    `${root}/node_modules/ferroport-${platform}/${name}`,
    `${root}/../ferroport-${platform}/${name}`,
  ];
  const file = files.find((each) => existsSync(each));
  if (file === undefined) return undefined;
  const opened = { exports: {} };
  try {
    dlopen(opened, file);
    return opened.exports;
  } catch {
    return undefined;
  }
}

/**
 * @returns {any} what the addon exports
 * @throws {Error} ERR_FERROPORT_ADDON; the message says what is missing and why, `cause` is what loading has thrown
 */
function load() {
  // Without SharedArrayBuffer a startup snapshot is being built, which `search` refuses.
  const isUsual = typeof SharedArrayBuffer !== 'undefined' && !process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  const platform = platformName();
  const opened = isUsual ? open(platform) : undefined;
  return opened ?? require('./addon-search').search(platform, root === undefined ? undefined : builtFile(platform));
}

module.exports = load();
