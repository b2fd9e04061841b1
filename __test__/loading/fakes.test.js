'use strict';

// Fake clocks, ticks and microtasks, installed before ferroport is loaded or after: delivery goes on, and no fake is called that the
// built-in does not call.

const path = require('node:path');
const test = require('ava');
const { same } = require('./sides');

const FAKED = path.join(__dirname, 'faked.js');

for (const which of ['globals', 'modules', 'spies', 'node']) {
  for (const when of ['before', 'after']) {
    same(test.serial, `${which}, ${when} it is loaded`, FAKED, { values: [when, which] });
  }
}
