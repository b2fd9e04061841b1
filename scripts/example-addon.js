'use strict';

// Builds the addon in examples/native as somebody else would: with napi-rs, in a workspace of its own.

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, bin, run } = require('./run');

const FOLDER = path.join(ROOT, 'examples/native');

/** @type {Promise<string> | undefined} */
let built;

/** @returns {Promise<string>} the addon's file */
const hasher = () => (built ??= build());

async function build() {
  const command = bin('@napi-rs/cli', 'build', '--platform', '--release', '--no-js', '--dts', 'binding.d.ts');
  const { code, output } = await run(command, { cwd: FOLDER });
  if (code !== 0) throw new Error(`the addon in examples/native could not be built:\n${output}`);
  const name = fs.readdirSync(FOLDER).find((file) => file.endsWith('.node'));
  if (name === undefined) throw new Error('there is no addon in examples/native');
  return path.join(FOLDER, name);
}

module.exports = { FOLDER, hasher };
