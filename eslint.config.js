'use strict';

const js = require('@eslint/js');
const globals = require('globals');

/** Classes and objects of the language that have static methods, as a pattern. */
const STATICS = 'Object|Reflect|Array|Promise|JSON|Math|Number|String|Symbol|Atomics|BigInt|Error';

/** @param {string} selector of what lib may not have */
const restricted = (selector) => ({ selector, message: 'That calls what programs may have patched.' });

module.exports = [
  { ignores: ['.test-runtimes/', 'dist/', 'npm/', 'target/', 'fuzz/', '__test__/types/'] },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: { ecmaVersion: 2024, sourceType: 'commonjs', globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-implicit-globals': 'error',
      'no-unused-vars': ['error', { args: 'after-used', caughtErrors: 'all', ignoreRestSiblings: true }],
      'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      strict: ['error', 'global'],
    },
  },
  {
    // Programs may patch the language, iterators of arrays among it, and functions run afterwards: lib/language/originals.js has what
    // they call. What these ignored files do, they do while ferroport is loaded.
    files: ['lib/**'],
    ignores: ['lib/addon-search.js', 'lib/node/names.js', 'lib/register/hand-out.js'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[':function ForOfStatement', ':function ArrayPattern', ':function YieldExpression'].map(restricted),
        ...['ArrayExpression', 'CallExpression', 'NewExpression'].map((node) =>
          restricted(`:function ${node} > SpreadElement`),
        ),
        restricted(`:function CallExpression[callee.object.name=/^(${STATICS})$/]`),
      ],
    },
  },
  { files: ['**/*.mjs'], languageOptions: { ecmaVersion: 2024, sourceType: 'module', globals: globals.node } },
  {
    // Odd values are what these are about: holes, lone surrogates, empty functions, code made of strings.
    files: ['__test__/**'],
    rules: { 'no-sparse-arrays': 'off', 'no-control-regex': 'off', 'no-constructor-return': 'off' },
  },
  {
    // What test files find among their globals there.
    files: ['__test__/runners/jest/**', '__test__/runners/common/left-open.js', '__test__/runners/vitest/**'],
    languageOptions: { globals: globals.jest },
  },
  { files: ['__test__/runners/mocha/**'], languageOptions: { globals: globals.mocha } },
];
