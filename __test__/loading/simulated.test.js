'use strict';

// Globals with a simulated browser's in their place (happy-dom, jsdom), put there before ferroport is loaded or after: ports, channels
// and workers do what the built-in's do.

const path = require('node:path');
const test = require('ava');
const { same } = require('./sides');

const SIMULATED = path.join(__dirname, 'simulated.js');

const CLASSES = 'Event,EventTarget,CustomEvent,MessageEvent,AbortSignal,AbortController,DOMException';

for (const when of ['before', 'after']) {
  same(test.serial, `classes of events, signals and errors, ${when} it is loaded`, SIMULATED, {
    values: [when, CLASSES, 'made'],
  });
  same(test.serial, `… and before Node has made its MessageEvent, ${when} it is loaded`, SIMULATED, {
    values: [when, CLASSES],
  });
  same(test.serial, `Event alone, ${when} it is loaded`, SIMULATED, { values: [when, 'Event'] });
  same(test.serial, `DOMException alone, ${when} it is loaded`, SIMULATED, { values: [when, 'DOMException'] });
}

same(test.serial, 'process, taken away after it is loaded', SIMULATED, { values: ['after', 'process'] });
