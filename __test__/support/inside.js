'use strict';

// What a file of lib exports, of the very copy that tests of the package load: out of dist, or the sources.

const fs = require('node:fs');
const path = require('node:path');
const { builtAddon } = require('../../scripts/setup');

const ROOT = path.join(__dirname, '..', '..');
const core = path.join(ROOT, 'dist', 'core.js');

/** The addon that was built here. */
const addon = builtAddon();

/** @param {string} source such as 'lib/native/native.js' */
const inside = (source) =>
  fs.existsSync(core) ? require(core)(source.replace(/^lib\/|\.js$/g, '')) : require(path.join(ROOT, source));

module.exports = { addon, inside };
