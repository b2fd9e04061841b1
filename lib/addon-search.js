// Looks for the addon everywhere, where addon.js has not found it: beside the package's files, where a build leaves it,
// and in the platform's package. Every path is a literal string, so that bundlers find the file.
'use strict';

const { existsSync } = require('node:fs');
const { filename } = require('./here');
const { nodeError } = require('./node/errors');

/** The platforms for which there is a package, as package.json lists them. */
const PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'freebsd-x64',
  'linux-arm-gnueabihf',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-arm64-msvc',
  'win32-ia32-msvc',
  'win32-x64-msvc',
];

/** Whether the C library is musl. Node's report tells; where there is none, the output of the system's ldd does. */
const isMuslByAsking = () => isMuslByReport() ?? isMuslByRunning();

/** @returns {boolean | undefined} undefined where there is no report */
function isMuslByReport() {
  if (typeof process.report?.getReport !== 'function') return undefined;
  /** @type {any} */ (process.report).excludeNetwork = true;
  const { header, sharedObjects } = /** @type {any} */ (process.report.getReport());
  if (header?.glibcVersionRuntime) return false;
  const names = /** @type {string[]} */ (Array.isArray(sharedObjects) ? sharedObjects : []);
  return names.some((name) => name.includes('libc.musl-') || name.includes('ld-musl-'));
}

function isMuslByRunning() {
  try {
    return require('node:child_process').execSync('ldd --version', { encoding: 'utf8' }).includes('musl');
  } catch {
    return false;
  }
}

/**
 * The addon that was built in this folder.
 * @param {string} platform
 * @returns {any}
 */
function requireBuilt(platform) {
  try {
    switch (platform) {
      case 'darwin-arm64':
        return require('../ferroport.darwin-arm64.node');
      case 'darwin-x64':
        return require('../ferroport.darwin-x64.node');
      case 'freebsd-x64':
        return require('../ferroport.freebsd-x64.node');
      case 'linux-arm-gnueabihf':
        return require('../ferroport.linux-arm-gnueabihf.node');
      case 'linux-arm64-gnu':
        return require('../ferroport.linux-arm64-gnu.node');
      case 'linux-arm64-musl':
        return require('../ferroport.linux-arm64-musl.node');
      case 'linux-x64-gnu':
        return require('../ferroport.linux-x64-gnu.node');
      case 'linux-x64-musl':
        return require('../ferroport.linux-x64-musl.node');
      case 'win32-arm64-msvc':
        return require('../ferroport.win32-arm64-msvc.node');
      case 'win32-ia32-msvc':
        return require('../ferroport.win32-ia32-msvc.node');
      case 'win32-x64-msvc':
        return require('../ferroport.win32-x64-msvc.node');
    }
  } catch (error) {
    failed(error);
  }
}

/**
 * The addon of the platform's package.
 * @param {string} platform
 * @returns {any}
 */
function requireInstalled(platform) {
  try {
    switch (platform) {
      case 'darwin-arm64':
        return require('ferroport-darwin-arm64');
      case 'darwin-x64':
        return require('ferroport-darwin-x64');
      case 'freebsd-x64':
        return require('ferroport-freebsd-x64');
      case 'linux-arm-gnueabihf':
        return require('ferroport-linux-arm-gnueabihf');
      case 'linux-arm64-gnu':
        return require('ferroport-linux-arm64-gnu');
      case 'linux-arm64-musl':
        return require('ferroport-linux-arm64-musl');
      case 'linux-x64-gnu':
        return require('ferroport-linux-x64-gnu');
      case 'linux-x64-musl':
        return require('ferroport-linux-x64-musl');
      case 'win32-arm64-msvc':
        return require('ferroport-win32-arm64-msvc');
      case 'win32-ia32-msvc':
        return require('ferroport-win32-ia32-msvc');
      case 'win32-x64-msvc':
        return require('ferroport-win32-x64-msvc');
    }
  } catch (error) {
    failed(error);
  }
}

/**
 * Why the first addon that is there could not be loaded.
 * @type {any}
 */
let failure;

/** @param {any} error */
function failed(error) {
  if (!isMissing(error)) failure ??= error;
}

/**
 * Whether an error says that there is no such file. In a single executable, `require`
 * finds only Node's own modules, and throws another code.
 * @param {any} error
 */
const isMissing = (error) => error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_UNKNOWN_BUILTIN_MODULE';

/**
 * @param {string} platform as packages are named
 * @param {string | undefined} builtFile the addon's path if it was built here; undefined in a bundle
 * @returns {any} what the addon exports
 * @throws {Error} ERR_FERROPORT_ADDON; the message says what is missing and why, `cause` is what loading has thrown
 */
function search(platform, builtFile) {
  refuseSnapshot();
  const path = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  if (path) {
    try {
      // The `require` of this file would not do: bundlers resolve literal paths only, and single executables load no
      // files by it.
      return require('node:module').createRequire(filename ?? process.execPath)(path);
    } catch (error) {
      throw notLoaded(`NAPI_RS_NATIVE_LIBRARY_PATH names ${path}, which could not be loaded`, error);
    }
  }
  if (!PLATFORMS.includes(platform)) {
    throw notLoaded(
      `There is no package with an addon of ferroport for ${described(platform)}, only for ${PLATFORMS.join(', ')}. ${HOW_TO_BUILD}`,
    );
  }
  // `existsSync` is asked first, because a `require` that finds no file takes long.
  const addon =
    builtFile !== undefined && existsSync(builtFile)
      ? (requireBuilt(platform) ?? requireInstalled(platform))
      : // Bundlers may put the addon where `builtFile` does not point.
        (requireInstalled(platform) ?? requireBuilt(platform));
  if (typeof addon?.instantiate === 'function') return addon;
  // Some bundlers replace the addon by the address of its file, or by nothing.
  if (addon !== undefined) failed(new TypeError(`what stands in its place is no addon, but a ${typeof addon}`));
  if (filename === undefined) {
    throw notLoaded(`${notInBundle(platform)}${failure === undefined ? '' : `: ${reasonOf(failure)}`}`, failure);
  }
  if (failure !== undefined) {
    const what = `The addon of ferroport for ${described(platform)}, of the package ferroport-${platform}, could not be loaded`;
    const isForbidden = failure.code === 'ERR_DLOPEN_DISABLED';
    throw notLoaded(`${what}: ${reasonOf(failure)}${isForbidden ? '' : `. ${HOW_TO_BUILD}`}`, failure);
  }
  throw notLoaded(
    `The addon of ferroport for ${described(platform)} is not there: the package ferroport-${platform} is not installed. It is an optional ` +
      'dependency of ferroport, which package managers leave out when they are told to omit those (--omit=optional, --no-optional), ' +
      'and when node_modules or a lockfile comes from another platform. Install again, here and with optional dependencies. ' +
      HOW_TO_BUILD,
  );
}

const HOW_TO_BUILD =
  'Or build it from source: clone ferroport, run `npm ci` and `npm run build` with Rust and a C compiler, and name the file in the ' +
  'environment variable NAPI_RS_NATIVE_LIBRARY_PATH (CONTRIBUTING.md)';

/**
 * The platform as Node names it, with the C library where packages differ by it.
 * @param {string} platform as packages are named
 */
function described(platform) {
  const libc = platform.startsWith('linux-') ? (platform.includes('-musl') ? ' musl' : ' glibc') : '';
  return `${process.platform} ${process.arch}${libc}`;
}

/** @param {string} platform */
const notInBundle = (platform) =>
  `ferroport is part of a bundle, which does not find its addon. Let the bundler copy ferroport.${platform}.node, leave the package ` +
  `ferroport-${platform} out of the bundle and install it where that runs, or name the addon in the environment variable ` +
  'NAPI_RS_NATIVE_LIBRARY_PATH before ferroport is loaded (docs/bundlers.md)';

/** @param {any} error */
function reasonOf(error) {
  if (error?.code !== 'ERR_DLOPEN_DISABLED') return `${error?.message ?? error}`;
  return /** @type {any} */ (process).permission === undefined || process.execArgv.includes('--no-addons')
    ? 'addons are disabled in this thread or process (--no-addons)'
    : 'the permission model forbids addons, unless Node is started with --allow-addons';
}

/**
 * Refuses the building of a startup snapshot: V8 has no shared memory there, and cannot write an addon's objects down.
 */
function refuseSnapshot() {
  if (typeof SharedArrayBuffer !== 'undefined' || !require('node:v8').startupSnapshot?.isBuildingSnapshot()) return;
  throw notLoaded(
    'ferroport cannot be part of a startup snapshot, as no addon can: load it in the function that is given to ' +
      'v8.startupSnapshot.setDeserializeMainFunction',
  );
}

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function notLoaded(message, cause) {
  const error = nodeError(Error, 'ERR_FERROPORT_ADDON', message);
  return cause === undefined ? error : Object.assign(error, { cause });
}

module.exports = { isMuslByAsking, search };
