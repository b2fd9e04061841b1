// Gives the addon, and the rooms further down, the functions that they call. The file of a function is loaded when the
// function is first called.
'use strict';

const native = require('./native/native');
// Before any other file takes its functions.
if (process.env.NODE_DEBUG) require('./native/traced');
if (process.env.FERROPORT_DEBUG) require('./port/debug');
const { lazy } = require('./language/lazy');
const { dataCloneError } = require('./node/errors');
const upward = require('./runtime/upward');
// These note what programs may patch from now on, so they come first.
require('./runtime/ticks');
require('./language/originals');

const delivery = lazy(() => require('./delivery/drain'));
const reading = lazy(() => require('./delivery/reading'));
const visiting = lazy(() => require('./codec/visit/visit'));
const parting = lazy(() => require('./objects/parts'));
const reviving = lazy(() => require('./objects/revive'));
const elements = lazy(() => require('./objects/elements'));
const receiving = lazy(() => require('./delivery/receive'));
const blocking = lazy(() => require('./delivery/receive-sync'));
const inheriting = lazy(() => require('./objects/inherited-elements'));

native.hooks = {
  visit: (/** @type {any} */ session, /** @type {any} */ object) => visiting().visit(session, object),
  parts: (/** @type {any} */ tag, /** @type {any} */ object) => parting().parts(tag, object),
  keysOf: require('./language/originals').statics.keysOf,
  keysBeside: (/** @type {any} */ array) => elements().keysForSure(array),
  refuse: (/** @type {any} */ value) => require('./objects/refusals').refuse(value),
  revive: (
    /** @type {any} */ tag,
    /** @type {any} */ a,
    /** @type {any} */ b,
    /** @type {any} */ c,
    /** @type {any} */ d,
  ) => reviving().revive(tag, a, b, c, d),
  fill: (/** @type {any} */ tag, /** @type {any} */ object, /** @type {any} */ values) =>
    reviving().fill(tag, object, values),
  inheritsElements: () => inheriting().inheritsElements(),
  adopt: (/** @type {any} */ keys) => reading().adopt(keys),
  makePort: (/** @type {number} */ key) => require('./port/port').make(key),
  unpack: (/** @type {any} */ key, /** @type {any} */ parcel, /** @type {any} */ keys) =>
    reading().unpack(key, parcel, keys),
  adoptSignals: (/** @type {any} */ numbers) => require('./abort/any').adopt(numbers),
  dataCloneError,
  drain: () => delivery().drain(),
  drainWithin: () => delivery().drainWithin(),
  finishClosing: () => require('./runtime/closing').finishAll(),
  enter() {},
};
native.connect(native.hooks);

upward.loadSidecar = () => void require('./channel/sidecar');
upward.takeOver = (succession) => require('./through-node/packing').takeOver(succession);
upward.serve = (port, near) => require('./through-node/bridge').serve(port, near);
upward.receive = (port, tellsOfOrders) => receiving().receiveOn(port, tellsOfOrders);
upward.deliverKept = (port) => delivery().deliverKept(port);
upward.receiveSync = (port, options) => blocking().receiveSync(port, options);
upward.toNode = (port) => require('./through-node/node-port').toNode(port);
upward.fromNode = (nodePort) => require('./through-node/node-port').fromNode(nodePort);
