// Addons for other platforms, built in the folder with Debian; the standard library is built along with each.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('../run');
const { DEBIAN, inDebian } = require('./debian');
const { LIMIT, crates, must, programIn, wheel } = require('./downloads');

/** In the repository, which is all of this system that the folder with Debian has. */
const TARGET = path.join(ROOT, 'target', 'platforms');

/** Where Debian has the standard library's own crates. */
const STANDARD = path.join(DEBIAN, 'usr', 'lib', 'rustlib', 'src', 'rust', 'library', 'vendor');

/** For `-Zbuild-std`, which is unstable. */
const UNSTABLE = { RUSTC_BOOTSTRAP: '1', CARGO_TARGET_DIR: TARGET };

/** The compiler's, not that Apple's kit is missing, nor what a linker says that stands in for the platform's own, nor how many there were. */
const WARNING = /^warning: (?!invoking `"xcrun"|linker |`ferroport` )/m;

/** @typedef {import('./platforms').Platform} Platform */

/**
 * Runs cargo, or what stands in its place.
 * @param {string[]} command
 * @param {Platform} platform
 * @param {Record<string, string>} env
 * @returns {Promise<void>}
 * @throws {Error} with cargo's output, when that fails or warns
 */
async function cargo(command, { name, rustflags }, env) {
  const sources = await crates(STANDARD);
  const offline = [
    ...['--offline', '--locked', '-Zbuild-std=std,panic_unwind'],
    ...['--config', 'source.crates-io.replace-with="vendored"'],
    ...['--config', `source.vendored.directory="${sources}"`],
  ];
  const { code, output } = await run(
    inDebian([...command, ...offline], { ...UNSTABLE, ...(rustflags && { RUSTFLAGS: rustflags }), ...env }),
    { limit: LIMIT },
  );
  if (code !== 0) throw new Error(`the addon for ${name} cannot be built\n${output}`);
  if (WARNING.test(output)) throw new Error(`there are warnings when ${name} is built\n${output}`);
}

/**
 * Builds the addon of a platform for release.
 * @param {Platform} platform
 * @returns {Promise<string>} the file
 * @throws {Error} with cargo's output
 */
async function build(platform) {
  const { name, target, glibc, file = 'libferroport.so' } = platform;
  const args = ['--release', '--lib', '--target', glibc === undefined ? target : `${target}.${glibc}`];
  if (platform.linker === 'mingw') await cargo(['cargo', 'build', ...args], platform, await libnode());
  else await cargo([...(await zigbuild()), ...args], platform, await zigEnvironment(platform));
  const addon = path.join(TARGET, `${name}.node`);
  fs.copyFileSync(path.join(TARGET, target, 'release', file), addon);
  return addon;
}

/**
 * Compiles for a platform, without linking and without C.
 * @param {Platform} platform
 * @returns {Promise<void>}
 * @throws {Error} with cargo's output
 */
function check(platform) {
  const features = ['--no-default-features', '--features', 'node-api'];
  return cargo(['cargo', 'check', '--lib', ...features, '--target', platform.target], platform, {});
}

const PYTHON_PLATFORM = 'manylinux2014_x86_64';

/** @returns {Promise<string[]>} what links with zig, for any platform and any version of glibc */
async function zigbuild() {
  const folder = await wheel('cargo-zigbuild', '0.24.1', PYTHON_PLATFORM);
  return [programIn(folder, 'cargo_zigbuild-0.24.1.data/scripts/cargo-zigbuild'), 'build'];
}

/**
 * @param {Platform} platform
 * @returns {Promise<Record<string, string>>}
 */
async function zigEnvironment({ target }) {
  const zig = programIn(await wheel('ziglang', '0.15.2', PYTHON_PLATFORM), 'ziglang/zig');
  const env = { CARGO_ZIGBUILD_ZIG_PATH: zig, ZIG_GLOBAL_CACHE_DIR: path.join(TARGET, 'zig') };
  if (!target.endsWith('-apple-darwin')) return env;
  return {
    ...env,
    [`CFLAGS_${target.replaceAll('-', '_')}`]: `-I${macHeaders()}`,
    // Rust strips what is for macOS with a program that Debian does not have.
    CARGO_PROFILE_RELEASE_STRIP: 'none',
  };
}

/** @returns {string} a folder with the declarations of Apple's that mimalloc needs and zig does not have */
function macHeaders() {
  const folder = path.join(TARGET, 'include');
  fs.mkdirSync(path.join(folder, 'CommonCrypto'), { recursive: true });
  for (const [name, text] of Object.entries({
    'CommonCryptoError.h':
      '#pragma once\n#include <stdint.h>\ntypedef int32_t CCCryptorStatus;\nenum { kCCSuccess = 0 };\n',
    'CommonRandom.h': `#pragma once\n#include <stddef.h>\n#include <CommonCrypto/CommonCryptoError.h>
CCCryptorStatus CCRandomGenerateBytes(void *bytes, size_t count);\n`,
  })) {
    fs.writeFileSync(path.join(folder, 'CommonCrypto', name), text);
  }
  return folder;
}

/**
 * The library that napi-build wants to link for Windows (gnu). The addon looks for Node's functions when it is loaded, so one will do.
 * @returns {Promise<Record<string, string>>}
 */
async function libnode() {
  const folder = path.join(TARGET, 'libnode');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'node.def'), 'LIBRARY node.exe\nEXPORTS\nnapi_create_object\n');
  for (const name of ['libnode.dll.a', 'libnode.dll']) {
    await must('make a library of Node’s functions', [
      ...inDebian(['x86_64-w64-mingw32-dlltool', '-d', `${folder}/node.def`, '-l', `${folder}/${name}`]),
    ]);
  }
  return { LIBNODE_PATH: folder };
}

module.exports = { build, check };
