// Makes the release of a tag on GitHub, with what the changelog says of its version.
//
//   GITHUB_TOKEN=… node scripts/ci/github-release.js <tag>
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../run');
const { notesOf, versionOf } = require('./changelog');
const { ask } = require('./github');

/**
 * @param {string} tag
 * @param {string} notes Markdown
 * @returns {Promise<string>} the address of the release, which may have been there before
 */
async function release(tag, notes) {
  const found = await ask('GET', `releases/tags/${tag}`);
  const isEarly = tag.includes('-');
  const made = found ?? (await ask('POST', 'releases', { tag_name: tag, name: tag, body: notes, prerelease: isEarly }));
  return made.html_url;
}

module.exports = { release };

if (require.main === module) {
  const [tag = ''] = process.argv.slice(2);
  const changelog = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  Promise.resolve()
    .then(() => release(tag, notesOf(changelog, versionOf(tag))))
    .then((url) => console.log(url))
    .catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
}
