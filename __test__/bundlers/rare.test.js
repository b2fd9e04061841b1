// The other configurations of bundlers in docs/bundlers.md make a program that runs elsewhere, too.
'use strict';

const { declare, isUsual } = require('./declare');

declare((...recipe) => !isUsual(...recipe));
