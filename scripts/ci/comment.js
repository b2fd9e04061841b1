// Tells a pull request how fast it is: writes a comment with the ratios that benchmark.js has kept, or renews the one that is there.
//
//   GITHUB_TOKEN=… node scripts/ci/comment.js <file with the ratios>
//
// The file comes out of a run of the pull request's own code, and may say anything. So only numbers are taken from it, and names of a few
// plain characters; and which pull request it is, GitHub says, in the event that has started this.
'use strict';

const fs = require('node:fs');
const { ask } = require('./github');

/**
 * @typedef {object} Ratios how many times as fast as the built-in
 * @property {string} machine
 * @property {{ trial: string, name: string, ratio: Sides, beside?: Sides }[]} sides `beside`: what the base of the pull request has
 * @property {{ trial: string, name: string, ratio: number }[]} cases
 *
 * @typedef {{ post: number, receive: number }} Sides
 */

/** By this the comment is found again. */
const MARK = '<!-- ferroport: benchmark -->';

/** A comment holds 65,536 characters. */
const MOST_ROWS = 150;

/** A change below this is noise of the machine, as a part of the ratio. */
const NOISE = 0.1;

/**
 * @param {unknown} text
 * @returns {string} without what Markdown, HTML and GitHub read as more than characters
 */
const plain = (text) =>
  String(text)
    .replace(/[^\w ,.:;+()/-]/g, '')
    .slice(0, 80);

/**
 * @param {unknown} number
 * @returns {number | undefined}
 */
const figure = (number) => (typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined);

/**
 * @param {unknown} ratio
 * @param {unknown} [before]
 * @returns {string} the ratio, and what it was if that is another
 */
function cell(ratio, before) {
  const [now, then] = [figure(ratio), figure(before)];
  if (now === undefined) return '';
  if (then === undefined || Math.abs(now / then - 1) < NOISE) return now.toFixed(2);
  return `${then.toFixed(2)} → **${now.toFixed(2)}**`;
}

/** @param {any} rows */
const listed = (rows) => (Array.isArray(rows) ? rows.slice(0, MOST_ROWS) : []);

/**
 * @param {any} ratios of the kind that benchmark.js writes, or anything
 * @returns {string} Markdown
 */
function comment(ratios) {
  const sides = listed(ratios?.sides).map(
    ({ trial, name, ratio, beside } = {}) =>
      `| ${plain(trial)} | ${plain(name)} | ${cell(ratio?.post, beside?.post)} | ${cell(ratio?.receive, beside?.receive)} |`,
  );
  const cases = listed(ratios?.cases).map(
    ({ trial, name, ratio } = {}) => `| ${plain(trial)} | ${plain(name)} | ${cell(ratio)} |`,
  );
  return [
    MARK,
    '### How many times as fast as the built-in',
    '',
    `${plain(ratios?.machine)}. An arrow goes from the base of this pull request to its head, where they differ by a tenth or more; on a shared machine, measure again before you believe one.`,
    ...(sides.length > 0 ? ['', '| group | message | posting | receiving |', '|---|---|--:|--:|', ...sides] : []),
    ...(cases.length > 0 ? ['', '| group | case | ratio |', '|---|---|--:|', ...cases] : []),
    '',
  ].join('\n');
}

/**
 * @param {any} event of the workflow that was completed
 * @returns {Promise<number | undefined>} the number of the pull request whose newest commit was measured
 */
async function pullRequestOf({ workflow_run: { head_sha: sha, head_branch: branch, head_repository: repository } }) {
  const head = encodeURIComponent(`${repository.owner.login}:${branch}`);
  const open = await ask('GET', `pulls?state=open&head=${head}`);
  return open.find((/** @type {any} */ pull) => pull.head.sha === sha)?.number;
}

/** @param {string} file */
async function main(file) {
  const event = JSON.parse(fs.readFileSync(/** @type {string} */ (process.env.GITHUB_EVENT_PATH), 'utf8'));
  const number = await pullRequestOf(event);
  if (number === undefined) {
    console.log('the commit that was measured is no longer the newest of an open pull request');
    return;
  }
  const body = comment(JSON.parse(fs.readFileSync(file, 'utf8')));
  const comments = await ask('GET', `issues/${number}/comments?per_page=100`);
  const earlier = comments.find((/** @type {any} */ { user, body }) => user.type === 'Bot' && body.startsWith(MARK));
  const { html_url: url } =
    earlier === undefined
      ? await ask('POST', `issues/${number}/comments`, { body })
      : await ask('PATCH', `issues/comments/${earlier.id}`, { body });
  console.log(url);
}

module.exports = { MARK, comment };

if (require.main === module) {
  main(process.argv[2] ?? '').catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
