'use strict';

// Flags of Node, each with a program that uses channels, transfers and a worker: what it sees is what the built-in shows it.

const path = require('node:path');
const test = require('ava');
const { PERMISSION, same } = require('./sides');

const LIMITED = path.join(__dirname, 'limited.js');
const USES = path.join(__dirname, 'uses.js');

const FLAGS = [
  ['--frozen-intrinsics'],
  ['--disallow-code-generation-from-strings'],
  ['--jitless'],
  ['--max-old-space-size=48'],
  ['--disable-proto=throw'],
  ['--disable-proto=delete'],
  ['--experimental-vm-modules'],
  ['--conditions=development'],
  ['--preserve-symlinks', '--preserve-symlinks-main'],
  [PERMISSION, '--allow-addons', '--allow-fs-read=*', '--allow-worker'],
  ['--trace-warnings', '--trace-uncaught', '--unhandled-rejections=strict'],
  ['--interpreted-frames-native-stack', '--no-opt', '--stack-size=600'],
  ['--force-context-aware', '--enable-source-maps'],
];

for (const flags of FLAGS) same(test.serial, flags.join(' '), USES, { flags });

same(test.serial, 'flags in NODE_OPTIONS', USES, {
  env: { NODE_OPTIONS: '--frozen-intrinsics --disable-proto=throw' },
});

same(test.serial, 'limits of workers', LIMITED, {});
