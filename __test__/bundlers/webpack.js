'use strict';

// What `npx webpack` does, for which another package is needed.

const path = require('node:path');
const webpack = require('webpack');

webpack(require(path.resolve('webpack.config.cjs')), (error, stats) => {
  if (error) throw error;
  process.stdout.write(stats.toString());
  process.exitCode = stats.hasErrors() || stats.hasWarnings() ? 1 : 0;
});
