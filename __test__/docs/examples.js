'use strict';

// Takes the code out of a Markdown file: all blocks, and for each example what the example runs and what it says it prints.

/**
 * @typedef {object} Example
 * @property {number} line where its code begins in the file, counted from 1
 * @property {string} heading the heading it stands under, without its marks
 * @property {string} code
 * @property {boolean} isModule whether it is an ES module: it has an `import` declaration
 * @property {string[]} prints the lines it says it prints, one for each `// Prints: …`, in their order in the code
 */

/**
 * @typedef {object} Block
 * @property {number} line where its code begins in the file, counted from 1
 * @property {string} heading the heading it stands under, without its marks
 * @property {string} kind what stands behind the marks that open it: its language, and what else is said of it
 * @property {string[]} lines
 */

/** The kind of an example that can be run; a block without `runnable` is read only. */
const RUNNABLE = 'js runnable';

const FENCE = '```';

/**
 * @param {string} markdown
 * @returns {Block[]} what stands between fences
 * @throws {Error} if one is never closed
 */
function blocks(markdown) {
  const lines = markdown.split('\n');
  /** @type {Block[]} */
  const found = [];
  let heading = '';
  let begin = -1;
  for (const [index, line] of lines.entries()) {
    if (begin < 0) {
      if (line.startsWith(FENCE)) begin = index + 1;
      else if (line.startsWith('#')) heading = line.replace(/^#+ |[`\\★]/g, '').trim();
    } else if (line === FENCE) {
      const kind = lines[begin - 1].slice(FENCE.length);
      found.push({ line: begin + 1, heading, kind, lines: lines.slice(begin, index) });
      begin = -1;
    }
  }
  if (begin >= 0) throw new Error(`the block at line ${begin + 1} is never closed`);
  return found;
}

/**
 * @param {string} markdown
 * @returns {Example[]}
 */
const examples = (markdown) =>
  blocks(markdown)
    .filter(({ kind }) => kind === RUNNABLE)
    .map(({ heading, line, lines }) => example(heading, line, lines));

/**
 * @param {string} heading
 * @param {number} line
 * @param {string[]} lines
 * @returns {Example}
 */
function example(heading, line, lines) {
  return {
    line,
    heading,
    code: `${lines.join('\n')}\n`,
    isModule: lines.some((text) => text.startsWith('import ')),
    prints: printsOf(lines),
  };
}

/**
 * @param {string[]} lines of code
 * @returns {string[]} the lines it says it prints
 */
function printsOf(lines) {
  return lines.flatMap((text) => /\/\/ Prints: (.*)$/.exec(text)?.[1] ?? []);
}

module.exports = { RUNNABLE, blocks, examples, printsOf };
