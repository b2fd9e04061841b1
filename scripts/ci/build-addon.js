// Builds the addon for one of the targets of package.json, for release, and leaves it in the root of the repository.
//
//   node scripts/ci/build-addon.js <target>
//
// For Linux with zig, which brings the C libraries along: musl, and glibc 2.17, the oldest that Rust's own library runs on. For all
// others with what the machine has, which must be one of that system.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('../run');
const { findable, fromPyPI } = require('../tools');

/**
 * @param {string[]} command
 * @param {Record<string, string>} [env]
 */
async function must(command, env = {}) {
  const { code } = await run(command, { show: true, env });
  if (code !== 0) throw new Error(`${command.join(' ')} exited with ${code}`);
}

/**
 * Without the napi CLI, which would only name the file: in the virtual machine, nothing but Node and Rust is installed.
 * @param {string} target
 */
async function buildForFreeBSD(target) {
  if (process.platform !== 'freebsd') throw new Error(`${target} is built on FreeBSD`);
  await must(['cargo', 'build', '--release', '--locked', '--lib']);
  fs.copyFileSync(
    path.join(ROOT, 'target', 'release', 'libferroport.so'),
    path.join(ROOT, `ferroport.freebsd-${process.arch}.node`),
  );
}

/**
 * With the version of the C library where there is one to choose.
 * @param {string} target
 */
const spelled = (target) => (target.includes('-linux-gnu') ? `${target}.2.17` : target);

/** @param {string} target */
async function build(target) {
  if (target.endsWith('-freebsd')) return buildForFreeBSD(target);
  const { installPackages } = require('../setup');
  await installPackages();
  // Where there is no rustup, the target's library has been installed in another way, or cargo says that it is missing.
  await run(['rustup', 'target', 'add', target], { show: true });
  const command = ['npm', 'run', '--silent', 'build:addon', '--', '--target', spelled(target)];
  return target.includes('-linux-')
    ? must([...command, '--cross-compile'], findable(await fromPyPI('cargo-zigbuild', 'ziglang')))
    : must(command);
}

const [target] = process.argv.slice(2);
const { targets } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).napi;

Promise.resolve()
  .then(() => {
    if (!targets.includes(target)) throw new Error(`no target ${target}; there are ${targets.join(', ')}`);
    return build(target);
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
