'use strict';

// Takes the configurations out of docs/bundlers.md.

/**
 * @typedef {object} Recipe
 * @property {string} title the heading it stands under
 * @property {Record<string, string>} files what has to be written, by name: blocks that have a file's name beside their language,
 *   here or before the first heading of the section
 * @property {string[]} commands lines of the shell
 * @property {string[]} ships what is needed where the bundle runs
 */

/**
 * @param {string} markdown
 * @returns {Recipe[]} one for each heading of the third level
 */
function recipesIn(markdown) {
  return markdown.split(/^## /m).flatMap((section) => {
    const [common, ...parts] = section.split(/^### /m);
    return parts.map((part) => ({
      title: part.slice(0, part.indexOf('\n')),
      files: { ...filesIn(common), ...filesIn(part) },
      commands: /^```sh\n([^`]*)\n```$/m.exec(part)[1].split('\n'),
      ships: [.../^Ship .*/m.exec(part)[0].matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    }));
  });
}

/** @param {string} text */
const filesIn = (text) =>
  Object.fromEntries([...text.matchAll(/^```\w+ (\S+\.\w+)\n(.*?)^```$/gms)].map(([, name, code]) => [name, code]));

module.exports = { recipesIn };
