'use strict';

// The usual configuration of each bundler in docs/bundlers.md makes a program that prints elsewhere what it prints unbundled.

const test = require('ava');
const { bundlerOf, declare, isUsual, recipes } = require('./declare');

declare(isUsual);

test('the documentation has a configuration for each bundler and each way', (t) => {
  t.deepEqual(recipes.map(bundlerOf), [
    ...['esbuild', 'esbuild', 'esbuild', 'esbuild', 'webpack', 'webpack', 'webpack', 'Rollup', 'Rollup', 'Rollup'],
    ...['ncc', 'ncc', 'A single executable', 'A single executable'],
  ]);
});
