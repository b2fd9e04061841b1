// What the payloads of the two sides are made of. Every call makes values that share nothing with those of another call: no
// object, and no string that is longer than a few characters.
'use strict';

/**
 * @param {number} length
 * @param {(index: number) => any} make
 * @returns {any[]} packed, as a literal's or a pushed one's elements are
 */
function list(length, make) {
  const items = [];
  for (let index = 0; index < length; index++) items.push(make(index));
  return items;
}

/**
 * @param {...(string | number)} parts
 * @returns {string} in one piece, not a tree of pieces that whoever reads it first must flatten
 */
const flat = (...parts) => parts.join('');

const LINE =
  'export function resolve(name, { from, extensions }) { return lookup(from, name) ?? extensions.map(read); }\n';
const MIXED = 'größe = 日本語 + "жλ字" // ширина\n';

/**
 * @param {number} length
 * @param {number} seed which its beginning tells
 * @param {string} [line] of which it is made
 */
function text(length, seed, line = LINE) {
  const start = `/* ${seed} */ `;
  const lines = new Array(Math.ceil(length / line.length)).fill(line);
  lines[0] = flat(start, line).slice(0, line.length);
  const rest = length % line.length;
  if (rest > 0) lines[lines.length - 1] = line.slice(0, rest);
  return lines.join('');
}

/** @type {(length: number, seed: number) => string} with characters above U+00FF */
const mixedText = (length, seed) => text(length, seed, MIXED);

/** @type {(length: number, seed: number) => Uint8Array<ArrayBuffer>} */
const bytes = (length, seed) => new Uint8Array(length).fill(seed + 1);

const FOLDERS = ['components', 'routes', 'server', 'shared', 'styles'];

/** @type {(index: number) => string} of some 60 characters */
const path = (index) =>
  flat('/home/user/project/packages/app/src/', FOLDERS[index % 5], '/module-', 10_000 + index, '.ts');

/**
 * @param {number} depth
 * @param {number} seed
 * @returns {object} a node with three children a level: 364 nodes for a depth of 5
 */
const tree = (depth, seed) => ({
  name: `node ${seed & 1023}`,
  value: seed & 1023,
  children: depth === 0 ? [] : list(3, (index) => tree(depth - 1, seed * 3 + index)),
});

/** @typedef {(type: string, start: number, end: number, parts: object) => object} MakeNode */

/** @type {MakeNode} as parsers that answer in JSON have them */
const plainNode = (type, start, end, parts) => {
  switch (type) {
    case 'Identifier':
      return { type, start, end, name: /** @type {any} */ (parts).name };
    case 'Literal':
      return { type, start, end, value: /** @type {any} */ (parts).value, raw: /** @type {any} */ (parts).raw };
    default:
      return { type, start, end, ...parts };
  }
};

class Node {
  /**
   * @param {string} type
   * @param {number} start
   * @param {number} end
   * @param {object} parts
   */
  constructor(type, start, end, parts) {
    this.type = type;
    this.start = start;
    this.end = end;
    Object.assign(this, parts);
  }
}

/** @type {MakeNode} as acorn, and parsers made like it, have them */
const classNode = (type, start, end, parts) => new Node(type, start, end, parts);

/**
 * @param {MakeNode} node
 * @param {number} statements of which each has 21 nodes
 * @param {number} seed
 */
function syntaxTree(node, statements, seed) {
  const name = (/** @type {string} */ name, at = 0) => node('Identifier', at, at + name.length, { name });
  const number = (/** @type {number} */ value, at = 0) => node('Literal', at, at + 2, { value, raw: `${value}` });
  const statement = (/** @type {number} */ index) => {
    const at = seed + index * 90;
    const call = node('CallExpression', at + 40, at + 60, {
      callee: node('MemberExpression', at + 40, at + 50, {
        object: name('items', at + 40),
        property: name('map', at + 46),
        computed: false,
        optional: false,
      }),
      arguments: [name(`value${index}`, at + 51), number(index, at + 57), name('extra', at + 58)],
      optional: false,
    });
    const sum = node('BinaryExpression', at + 65, at + 80, {
      left: name('total', at + 65),
      operator: '+',
      right: number(index + 1, at + 73),
    });
    const body = node('BlockStatement', at + 30, at + 85, {
      body: [
        node('ReturnStatement', at + 35, at + 61, { argument: call }),
        node('ExpressionStatement', at + 64, at + 81, { expression: sum, directive: undefined }),
      ],
    });
    return node('FunctionDeclaration', at, at + 86, {
      id: name(`fn${index}`, at + 9),
      params: [
        name('items', at + 13),
        name('total', at + 20),
        node('AssignmentPattern', at + 22, at + 28, { left: name('extra', at + 22), right: number(0, at + 26) }),
      ],
      body,
      generator: false,
      async: index % 2 === 0,
      expression: false,
    });
  };
  return node('Program', 0, statements * 90, { body: list(statements, statement), sourceType: 'module' });
}

/** @type {(levels: number, seed: number) => object | null} */
function chain(levels, seed) {
  let node = null;
  for (let index = 0; index < levels; index++) node = { value: seed + index, next: node };
  return node;
}

/** @type {(length: number, prefix: string, make: (index: number) => any) => Record<string, any>} */
function fields(length, prefix, make) {
  /** @type {Record<string, any>} */
  const object = {};
  for (let index = 0; index < length; index++) object[prefix + index] = make(index);
  return object;
}

module.exports = { bytes, chain, classNode, fields, flat, list, mixedText, path, plainNode, syntaxTree, text, tree };
