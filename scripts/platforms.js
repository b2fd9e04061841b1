// The platforms for which there is a package with an addon: by Rust's name, and as packages are named.
'use strict';

/** @type {Record<string, string>} */
const PLATFORMS = {
  'x86_64-unknown-linux-gnu': 'linux-x64-gnu',
  'aarch64-unknown-linux-gnu': 'linux-arm64-gnu',
  'armv7-unknown-linux-gnueabihf': 'linux-arm-gnueabihf',
  'x86_64-unknown-linux-musl': 'linux-x64-musl',
  'aarch64-unknown-linux-musl': 'linux-arm64-musl',
  'x86_64-apple-darwin': 'darwin-x64',
  'aarch64-apple-darwin': 'darwin-arm64',
  'x86_64-pc-windows-msvc': 'win32-x64-msvc',
  'aarch64-pc-windows-msvc': 'win32-arm64-msvc',
  'i686-pc-windows-msvc': 'win32-ia32-msvc',
  'x86_64-unknown-freebsd': 'freebsd-x64',
};

/**
 * @param {string} target of Rust's
 * @returns {string}
 * @throws {Error} for one that has no package
 */
function platformOf(target) {
  const platform = PLATFORMS[target];
  if (platform === undefined) throw new Error(`there is no package for ${target}`);
  return platform;
}

module.exports = { platformOf };
