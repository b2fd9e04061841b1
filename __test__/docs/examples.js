'use strict';

// Takes the examples out of a Markdown file: what each one runs and what it says it prints.

/**
 * @typedef {object} Example
 * @property {number} line where its code begins in the file, counted from 1
 * @property {string} heading the heading it stands under, without its marks
 * @property {string} code
 * @property {boolean} isModule whether it is an ES module: it has an `import` declaration
 * @property {string[]} prints the lines it says it prints, one for each `// Prints: …`, in their order in the code
 */

/** What opens an example that can be run; a block without `runnable` is read only. */
const OPENING = '```js runnable';

/**
 * @param {string} markdown
 * @returns {Example[]}
 */
function examples(markdown) {
  const lines = markdown.split('\n');
  const found = [];
  let heading = '';
  let begin = -1;
  for (const [index, line] of lines.entries()) {
    if (begin < 0) {
      if (line === OPENING) begin = index + 1;
      else if (line.startsWith('#')) heading = line.replace(/^#+ |[`\\★]/g, '').trim();
    } else if (line === '```') {
      found.push(example(heading, begin + 1, lines.slice(begin, index)));
      begin = -1;
    }
  }
  if (begin >= 0) throw new Error(`the example at line ${begin + 1} is never closed`);
  return found;
}

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

module.exports = { examples, printsOf };
