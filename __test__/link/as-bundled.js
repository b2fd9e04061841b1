'use strict';

// ferroport/link as in a bundle, whose modules have no files that a worker could begin with.

Object.assign(require('../../lib/here'), { filename: undefined });
module.exports = require('../../link.js');
