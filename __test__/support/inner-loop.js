'use strict';

// The addon by which a listener runs the event loop; it is built when a test asks for it.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** Symbols of the process that loads the addon are found then. */
const LINKING = process.platform === 'darwin' ? ['-C', 'link-args=-undefined dynamic_lookup'] : [];

/** @returns {{ file: string, remove: () => void }} where it is, and what deletes it */
function buildInnerLoop() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-loop-'));
  const file = path.join(folder, 'inner-loop.node');
  const options = ['--edition', '2024', '-C', 'panic=abort', '-C', 'opt-level=1', ...LINKING];
  execFileSync('rustc', [...options, '-o', file, path.join(__dirname, 'inner-loop.rs')]);
  return { file, remove: () => fs.rmSync(folder, { recursive: true }) };
}

/** Whether it can be built: on Windows a library names the process that is to load it. */
const canBuild = process.platform !== 'win32';

module.exports = { buildInnerLoop, canBuild };
