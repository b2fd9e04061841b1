// Gives the addon the functions that it calls.
'use strict';

const native = require('./native');
const { dataCloneError } = require('./errors');
const oracle = require('./oracle');
const delivery = require('./delivery');
const { visit } = require('./codec/visit');
const { parts } = require('./codec/parts');
const { revive, fill } = require('./codec/revive');
const { inheritsElements } = require('./codec/inherited-elements');

native.hooks = {
  visit,
  parts,
  refuse: oracle.refuse,
  revive,
  fill,
  inheritsElements,
  adopt: delivery.adopt,
  unpack: delivery.unpack,
  dataCloneError,
  drain: delivery.drain,
  enter() {},
};
native.connect(native.hooks);
