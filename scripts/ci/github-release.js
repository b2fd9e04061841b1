// Makes the release of a tag on GitHub, with what the changelog says of its version.
//
//   GITHUB_TOKEN=… node scripts/ci/github-release.js <tag>
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../run');
const { notesOf, versionOf } = require('./changelog');
const { ask } = require('./github');

/** @param {string} tag */
async function release(tag) {
  const version = versionOf(tag);
  const body = notesOf(fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8'), version);
  if ((await ask('GET', `releases/tags/${tag}`)) !== undefined) {
    console.log(`there is a release ${tag} already`);
    return;
  }
  const made = await ask('POST', 'releases', { tag_name: tag, name: tag, body, prerelease: version.includes('-') });
  console.log(made.html_url);
}

release(process.argv[2] ?? '').catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
