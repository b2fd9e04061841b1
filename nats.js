// ferroport/nats: ports to other machines, over NATS.
'use strict';

// By its name, so that ES modules can import it.
exports.connect = undefined;

// Whether the addon can be loaded shows now.
require('./lib/connect');

exports.connect = require('./lib/nats/hub');
