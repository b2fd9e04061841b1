// ferroport/call: functions of another thread, called over a port.
'use strict';

// Each by its name, so that ES modules can import it.
exports.connect = undefined;
exports.transfer = undefined;

// Whether the addon can be loaded shows now.
require('./lib/connect');

exports.connect = require('./lib/call/connect');
exports.transfer = require('./lib/call/moved').transfer;
