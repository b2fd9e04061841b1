// ferroport/link: a port whose other end is in another process, over a stream.
'use strict';

// By its name, so that ES modules can import it.
exports.link = undefined;

// Whether the addon can be loaded shows now.
require('./lib/connect');

exports.link = require('./lib/link/link');
