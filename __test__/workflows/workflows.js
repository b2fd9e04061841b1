'use strict';

// The workflows of GitHub, read.

const fs = require('node:fs');
const path = require('node:path');
const { parse } = require('yaml');

const ROOT = path.join(__dirname, '..', '..');
const FOLDER = path.join('.github', 'workflows');

/**
 * @typedef {object} Workflow
 * @property {string} file its name
 * @property {string} text
 * @property {any} content
 *
 * @typedef {object} Job
 * @property {string} at workflow and job
 * @property {any} job
 */

/** @type {Workflow[]} */
const workflows = fs.readdirSync(path.join(ROOT, FOLDER)).map((file) => {
  const text = fs.readFileSync(path.join(ROOT, FOLDER, file), 'utf8');
  return { file, text, content: parse(text) };
});

/** @returns {Job[]} */
const jobs = () =>
  workflows.flatMap(({ file, content }) =>
    Object.entries(content.jobs).map(([name, job]) => ({ at: `${file}: ${name}`, job })),
  );

/** @returns {{ at: string, step: any }[]} */
const steps = () => jobs().flatMap(({ at, job }) => (job.steps ?? []).map((/** @type {any} */ step) => ({ at, step })));

/**
 * @param {string} file
 * @param {string} name
 * @returns {any}
 */
function job(file, name) {
  const found = workflows.find((workflow) => workflow.file === file)?.content.jobs[name];
  if (found === undefined) throw new Error(`there is no job ${name} in ${file}`);
  return found;
}

module.exports = { FOLDER, ROOT, job, jobs, steps, workflows };
