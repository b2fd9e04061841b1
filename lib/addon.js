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

/** Whether the C library is musl: asked of the system's ldd, of Node's report, or of ldd again, by running it. */
function isMusl() {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
  } catch {
    return require('./addon-search').isMuslByAsking();
  }
}

/**
 * Opens the addon where it nearly always is. To require it takes as long again as to load it.
 * @param {string} platform
 * @returns {any} undefined if it is not there, or cannot be opened: why, `require` says
 */
function open(platform) {
  const { dlopen } = process;
  if (typeof dlopen !== 'function' || root === undefined) return undefined;
  const name = `ferroport.${platform}.node`;
  // In the order in which Node looks: built in this folder; in the package's own node_modules; in those that the package is in.
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
 * @throws {Error} ERR_FERROPORT_ADDON, which says what is missing and why that may be; its `cause` is what loading has thrown
 */
function load() {
  // Where a startup snapshot is built, V8 has no shared memory: that is refused.
  const isUsual = typeof SharedArrayBuffer !== 'undefined' && !process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  const platform = platformName();
  const opened = isUsual ? open(platform) : undefined;
  return opened ?? require('./addon-search').search(platform, root === undefined ? undefined : builtFile(platform));
}

module.exports = load();
