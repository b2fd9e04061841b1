'use strict';

// The other configurations of bundlers in docs/bundlers.md make a program that runs elsewhere, too.

const { declare, isUsual } = require('./declare');

declare((...recipe) => !isUsual(...recipe));
