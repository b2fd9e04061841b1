// Gives the addon, and the rooms further down, the functions that they call. The file of a function is loaded when the
// function is first called.
'use strict';

const native = require('./native/native');
const { dataCloneError } = require('./node/errors');
const upward = require('./runtime/upward');
// These note what programs may patch from now on, so they come first.
require('./runtime/ticks');
require('./language/originals');

/** @type {typeof import('./delivery/drain') | undefined} */
let delivery;

const loadDelivery = () => (delivery ??= require('./delivery/drain'));

/** @type {typeof import('./delivery/reading') | undefined} */
let reading;

const loadReading = () => (reading ??= require('./delivery/reading'));

/** @type {typeof import('./codec/visit/visit').visit | undefined} */
let visit;

/** @type {typeof import('./objects/parts').parts | undefined} */
let parts;

/** @type {typeof import('./objects/revive') | undefined} */
let reviving;

const loadReviving = () => (reviving ??= require('./objects/revive'));

/** @type {typeof import('./objects/elements') | undefined} */
let elements;

/** @type {typeof import('./objects/inherited-elements').inheritsElements | undefined} */
let inheritsElements;

native.hooks = {
  visit: (/** @type {any} */ session, /** @type {any} */ object) =>
    (visit ??= require('./codec/visit/visit').visit)(session, object),
  parts: (/** @type {any} */ tag, /** @type {any} */ object) =>
    (parts ??= require('./objects/parts').parts)(tag, object),
  keysOf: require('./language/originals').statics.keysOf,
  keysBeside: (/** @type {unknown[]} */ array) => (elements ??= require('./objects/elements')).keysForSure(array),
  refuse: (/** @type {unknown} */ value) => require('./objects/refusals').refuse(value),
  revive: (
    /** @type {any} */ tag,
    /** @type {any} */ a,
    /** @type {any} */ b,
    /** @type {any} */ c,
    /** @type {any} */ d,
  ) => (reviving ?? loadReviving()).revive(tag, a, b, c, d),
  fill: (/** @type {any} */ tag, /** @type {any} */ object, /** @type {any} */ values) =>
    (reviving ?? loadReviving()).fill(tag, object, values),
  inheritsElements: () => (inheritsElements ??= require('./objects/inherited-elements').inheritsElements)(),
  adopt: (/** @type {any} */ keys) => (reading ?? loadReading()).adopt(keys),
  unpack: (/** @type {any} */ key, /** @type {any} */ parcel, /** @type {any} */ keys) =>
    (reading ?? loadReading()).unpack(key, parcel, keys),
  dataCloneError,
  drain: () => (delivery ?? loadDelivery()).drain(),
  drainWithin: () => (delivery ?? loadDelivery()).drainWithin(),
  finishClosing: () => require('./runtime/closing').finishAll(),
  enter() {},
};
native.connect(native.hooks);

upward.loadSidecar = () => void require('./channel/sidecar');
upward.takeOver = (succession) => require('./through-node/packing').takeOver(succession);
upward.serve = (port, near) => require('./through-node/bridge').serve(port, near);
upward.receive = (port) => require('./delivery/receive').receiveOn(port);
upward.toNode = (port) => require('./through-node/node-port').toNode(port);
upward.fromNode = (nodePort) => require('./through-node/node-port').fromNode(nodePort);
