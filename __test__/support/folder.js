'use strict';

// A folder of a test's own.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * @param {import('ava').ExecutionContext} t at whose end the folder is deleted
 * @returns {string} where it is
 */
function temporary(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

module.exports = { temporary };
