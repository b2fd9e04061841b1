// What has to be true of a tag before its packages are published: it is the version of every manifest, and the changelog has a dated
// section for it.
//
//   node scripts/ci/changelog.js <tag>
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../run');

/** @param {string} file relative to the root */
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/**
 * @param {string} changelog in the form of Keep a Changelog
 * @param {string} version
 * @returns {string} what stands in the version's section
 * @throws {Error} when there is none, it has no date, or it is empty
 */
function notesOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}]`);
  const [heading, ...lines] = section.split('\n');
  if (!/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}$/.test(heading)) {
    throw new Error(`the section of CHANGELOG.md is headed '${heading}', and not '[${version}] - ' with a date`);
  }
  // Links by name stand at the end of the file, and belong to no section.
  const notes = lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
  if (notes === '') throw new Error(`the section [${version}] of CHANGELOG.md is empty`);
  return notes;
}

/**
 * @returns {Record<string, string>} the version in each file that has one
 */
function versions() {
  const manifests = [
    'package.json',
    ...fs.readdirSync(path.join(ROOT, 'npm')).map((name) => `npm/${name}/package.json`),
  ];
  return {
    ...Object.fromEntries(manifests.map((file) => [file, JSON.parse(read(file)).version])),
    'Cargo.toml': /^version = "(.*)"$/m.exec(read('Cargo.toml'))?.[1] ?? '',
  };
}

/**
 * @param {string} tag 'v' and a version
 * @returns {string} the version
 * @throws {Error} when it is not that of all files
 */
function versionOf(tag) {
  const version = /^v(\d+\.\d+\.\d+(?:-[\w.]+)?)$/.exec(tag)?.[1];
  if (version === undefined) throw new Error(`the tag '${tag}' is not 'v' and a version`);
  const others = Object.entries(versions()).filter(([, other]) => other !== version);
  if (others.length > 0) {
    throw new Error(`the tag says ${version}, but ${others.map(([file, other]) => `${file} ${other}`).join(', ')}`);
  }
  return version;
}

module.exports = { notesOf, versionOf, versions };

if (require.main === module) {
  try {
    const version = versionOf(process.argv[2] ?? '');
    console.log(`ferroport ${version}\n\n${notesOf(read('CHANGELOG.md'), version)}`);
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exitCode = 1;
  }
}
