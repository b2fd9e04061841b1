// Writes down for TypeScript which functions the addon has. src/node/exports.rs lists them with their types, and what each does is said
// in Rust where its body is.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./run');

const TARGET = path.join(ROOT, 'native.d.ts');

/** @param {string} name of a file below src/node */
const read = (name) => fs.readFileSync(path.join(ROOT, 'src/node', name), 'utf8');

/** @returns {string[]} the files of Rust that may have bodies, by their text */
function sources() {
  return fs
    .readdirSync(path.join(ROOT, 'src/node'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rs'))
    .map(read);
}

/**
 * @param {string} doc of a body, as Rust has it
 * @returns {string} without the signature before the colon, which is stated already, and without links to Rust
 */
function described(doc) {
  const text = doc
    .replace(/^ *\/\/\/ ?/gm, '')
    .replace(/\[(`[^`]+`)\](\([^)]*\))?/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const rest = text.replace(/^`[^`]*`: /, '');
  return rest[0].toUpperCase() + rest.slice(1);
}

/** @returns {{ name: string, type: string, doc: string }[]} the functions, in the order of the list */
function natives() {
  const texts = sources();
  const [, list] = /natives! \{\n([^]*?)\n\}/.exec(read('exports.rs')) ?? [];
  return [...(list ?? '').matchAll(/c"(\w+)":\s*"([^"]*)"\s*=\s*[\w:]*?(\w+);/g)].map(
    ({ 1: name, 2: type, 3: body }) => {
      const found = texts
        .map((text) => new RegExp(`((?: *///[^\\n]*\\n)+)pub fn ${body}[<(]`).exec(text))
        .find((match) => match?.[1].includes(`\`${name}(`));
      if (found == null) throw new Error(`nothing is said about ${name} where its body is`);
      return { name, type, doc: described(found[1]) };
    },
  );
}

/** @returns {string} the declarations */
function declarations() {
  const members = natives().map(({ name, type, doc }) => `  /** ${doc} */\n  ${name}: ${type};\n`);
  return [
    '// Written by scripts/natives.js, from src/node/exports.rs and the functions that are listed there.\n',
    '/** Sends the parcel of that number ahead. What it returns, src/node/post.rs and src/node/broadcast.rs say. */',
    'export type SendAhead = (number: number) => any;\n',
    '/** What has no room in the pool: bytes, or a list of those or undefined and of keys. */',
    'export type Taken = ArrayBuffer | (ArrayBuffer | number | undefined)[];\n',
    '/** A key, or several. */',
    'export type Keys = number | number[];\n',
    '/** What JavaScript calls of Rust. Cells are places in the block (src/node/block.rs). */',
    `export interface Natives {\n${members.join('\n')}}\n`,
  ].join('\n');
}

if (require.main === module) fs.writeFileSync(TARGET, declarations());

module.exports = { TARGET, declarations };
