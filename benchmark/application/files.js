// What a build tool has its workers do: a source goes out, its syntax tree, its code and the map of that come back.
'use strict';

const { clientsAtWork } = require('./program');

/**
 * @typedef {{ type: string, start: number, end: number, name?: string, value?: string }} Token
 * @typedef {{ type: string, start: number, end: number, body: Token[] }} Statement
 * @typedef {{ type: 'Program', start: number, end: number, body: Statement[], sourceType: 'module' }} Program
 *
 * @typedef {object} Built
 * @property {Program} ast
 * @property {string} code
 * @property {{ version: number, sources: string[], sourcesContent: string[], names: string[], mappings: string }} map
 */

const TOKEN = /([A-Za-z_$][\w$]*)|(\d+)|([^\s\w$])/g;

const LINES = 40;

/**
 * @param {number} number
 * @returns {{ path: string, source: string }} of some 2.5 KiB and 800 tokens
 */
function file(number) {
  const lines = [];
  for (let line = 0; line < LINES; line++) {
    lines.push(`export const value${line} = combine(value${number + line}, ${line * 7}, { depth: ${number}, name });`);
  }
  return { path: `/home/user/project/src/module-${number}.ts`, source: lines.join('\n') };
}

/**
 * @param {{ path: string, source: string }} file
 * @returns {Built}
 */
function build({ path, source }) {
  const names = new Set();
  const mappings = [];
  /** @type {Program} */
  const ast = { type: 'Program', start: 0, end: source.length, body: [], sourceType: 'module' };
  let start = 0;
  for (const line of source.split('\n')) {
    const body = [];
    for (const match of line.matchAll(TOKEN)) {
      const [at, end] = [start + match.index, start + match.index + match[0].length];
      if (match[1]) names.add(match[1]);
      body.push(
        match[1]
          ? { type: 'Identifier', start: at, end, name: match[1] }
          : { type: match[2] ? 'Literal' : 'Punctuator', start: at, end, value: match[0] },
      );
      mappings.push('CAAC');
    }
    ast.body.push({ type: 'ExportNamedDeclaration', start, end: start + line.length, body });
    mappings.push(';');
    start += line.length + 1;
  }
  const map = { version: 3, sources: [path], sourcesContent: [source], names: [...names], mappings: mappings.join('') };
  return { ast, code: `'use strict';\n${source.replaceAll('export const', 'const')}`, map };
}

/**
 * Has many files built, so many at a time, and looks at each tree.
 * @param {number} count
 * @param {number} clients
 * @param {(file: object) => Promise<Built>} ask
 * @returns {ReturnType<typeof clientsAtWork>}
 */
function buildFiles(count, clients, ask) {
  return clientsAtWork(count, clients, async (number) => {
    const { ast, code, map } = await ask(file(number));
    const exported = ast.body.filter(({ type }) => type === 'ExportNamedDeclaration');
    if (exported.length !== LINES || code.length < 2000 || map.names.length < LINES) throw new Error('a part is lost');
  });
}

module.exports = { build, buildFiles };
