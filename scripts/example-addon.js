'use strict';

// Builds the addon in examples/native as somebody else would: with napi-rs, in a workspace of its own.

const fs = require('node:fs');
const path = require('node:path');
const { threadId } = require('node:worker_threads');
const { ROOT, bin, run } = require('./run');

const FOLDER = path.join(ROOT, 'examples/native');

/** @type {Promise<string> | undefined} */
let built;

/** @returns {Promise<string>} the addon's file, or the one that `FERROPORT_EXAMPLE_ADDON` names */
const hasher = () => (built ??= Promise.resolve(process.env.FERROPORT_EXAMPLE_ADDON || build()));

async function build() {
  // Several threads may do this at a time. A file that one of them has loaded must not be written to, so each has a folder of its own.
  const folder = path.join(FOLDER, 'target', `built-${process.pid}-${threadId}`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const options = ['--platform', '--release', '--no-js', '--dts', 'binding.d.ts', '--output-dir', folder];
  const { code, output } = await run(bin('@napi-rs/cli', 'build', ...options), { cwd: FOLDER });
  if (code !== 0) throw new Error(`the addon in examples/native could not be built:\n${output}`);
  const name = fs.readdirSync(folder).find((file) => file.endsWith('.node'));
  if (name === undefined) throw new Error('there is no addon in examples/native');
  for (const file of fs.readdirSync(folder)) replace(path.join(folder, file), path.join(FOLDER, file));
  fs.rmSync(folder, { recursive: true, force: true });
  return path.join(FOLDER, name);
}

/**
 * Moves a file to where an older one may be. One that is the same stays: whoever has loaded that means the same library as who loads it now.
 * @param {string} file
 * @param {string} to
 */
function replace(file, to) {
  if (fs.existsSync(to) && fs.readFileSync(to).equals(fs.readFileSync(file))) return;
  fs.renameSync(file, to);
}

module.exports = { FOLDER, hasher };
