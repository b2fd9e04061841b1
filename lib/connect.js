// Gives the addon the functions that it calls. What they need is loaded when they are called for the first time.
'use strict';

const native = require('./native');
const { dataCloneError } = require('./errors');
// What programs may patch from now on is noted first.
require('./ticks');
require('./codec/originals');

/** @type {typeof import('./delivery') | undefined} */
let delivery;

const loadDelivery = () => (delivery ??= require('./delivery'));

/** @type {typeof import('./codec/visit').visit | undefined} */
let visit;

/** @type {typeof import('./codec/parts').parts | undefined} */
let parts;

/** @type {typeof import('./codec/revive') | undefined} */
let reviving;

const loadReviving = () => (reviving ??= require('./codec/revive'));

/** @type {typeof import('./codec/elements') | undefined} */
let elements;

/** @type {typeof import('./codec/inherited-elements').inheritsElements | undefined} */
let inheritsElements;

native.hooks = {
  visit: (/** @type {any} */ session, /** @type {any} */ object) =>
    (visit ??= require('./codec/visit').visit)(session, object),
  parts: (/** @type {any} */ tag, /** @type {any} */ object) => (parts ??= require('./codec/parts').parts)(tag, object),
  keysOf: require('./codec/originals').statics.keysOf,
  keysBeside: (/** @type {unknown[]} */ array) => (elements ??= require('./codec/elements')).keysForSure(array),
  refuse: (/** @type {unknown} */ value) => require('./oracle').refuse(value),
  revive: (
    /** @type {any} */ tag,
    /** @type {any} */ a,
    /** @type {any} */ b,
    /** @type {any} */ c,
    /** @type {any} */ d,
  ) => (reviving ?? loadReviving()).revive(tag, a, b, c, d),
  fill: (/** @type {any} */ tag, /** @type {any} */ object, /** @type {any} */ values) =>
    (reviving ?? loadReviving()).fill(tag, object, values),
  inheritsElements: () => (inheritsElements ??= require('./codec/inherited-elements').inheritsElements)(),
  adopt: (/** @type {any} */ keys) => (delivery ?? loadDelivery()).adopt(keys),
  unpack: (/** @type {any} */ key, /** @type {any} */ parcel, /** @type {any} */ keys) =>
    (delivery ?? loadDelivery()).unpack(key, parcel, keys),
  dataCloneError,
  drain: () => (delivery ?? loadDelivery()).drain(),
  drainWithin: () => (delivery ?? loadDelivery()).drainWithin(),
  finishClosing: () => require('./closing').finishAll(),
  enter() {},
};
native.connect(native.hooks);
