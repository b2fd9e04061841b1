'use strict';

// A folder in which the package is installed as it is published, for programs that find it by its name.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { platformOf, stageAddon, stageMain } = require('../../scripts/pack');
const { addon } = require('./inside');

const ROOT = path.join(__dirname, '..', '..');

/**
 * Puts what is published of the package, and of its package for this platform, into `node_modules` of a folder.
 * @param {string} folder
 */
function install(folder) {
  const modules = path.join(folder, 'node_modules');
  stageMain(path.join(modules, 'ferroport'));
  stageAddon(path.join(modules, `ferroport-${platformOf(addon)}`), addon);
}

/**
 * Makes a folder of which the package is a dependency.
 * @param {{ files?: string[], links?: string[] }} [options] `files`: folders whose content is copied into it; `links`: packages of
 *   this repository that its programs use, too
 * @returns {{ folder: string, remove: () => void }}
 */
function project({ files = [], links = [] } = {}) {
  // Some programs compare real paths with what they were given.
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-project-')));
  install(folder);
  for (const from of files) fs.cpSync(from, folder, { recursive: true });
  for (const name of links) {
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name), 'junction');
  }
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

module.exports = { install, project };
