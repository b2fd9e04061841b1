// The compiler for what the stable one does not do: Miri, sanitizers of the standard library, libFuzzer. One of a date, so that nothing but
// a commit changes what is tested; rustup installs it beside what is there.
'use strict';

const { run } = require('./run');

const TOOLCHAIN = 'nightly-2026-10-30';

/**
 * @param {...string} components beside the compiler, as rustup calls them
 * @returns {Promise<Record<string, string>>} what makes cargo be that compiler's
 * @throws {Error} when rustup cannot install them
 */
async function nightly(...components) {
  const install = ['rustup', 'toolchain', 'install', TOOLCHAIN, '--profile', 'minimal', '--no-self-update'];
  const { code } = await run([...install, ...components.flatMap((name) => ['--component', name])], { show: true });
  if (code !== 0) throw new Error(`could not install ${[TOOLCHAIN, ...components].join(', ')}`);
  return { RUSTUP_TOOLCHAIN: TOOLCHAIN };
}

module.exports = { nightly };
