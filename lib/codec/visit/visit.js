// Says what an object is, to the encoder: which tag it gets, or which object of the message it is again.
'use strict';

const { tags } = require('../../native/native');
const oracle = require('../../runtime/oracle');
const refusals = require('../../objects/refusals');
const marks = require('../../node/marks');
const numbers = require('../message/numbers');
const { INDEX } = require('../message/session');
const { isHostError, isPlain, isRawText } = require('./prototypes');
const { isPooled } = require('../../objects/pool');
const { isMisplaced } = require('../../objects/misplaced');
const { bufferOf, isDetached } = require('../../runtime/view');
const { isPort, isOpen } = require('../../port/port');
const { ownerOf } = require('../../copies/own');
const {
  classOf,
  getPrototypeOf,
  globals,
  isArray,
  isView,
  mapGet,
  ownKeys,
  types,
} = require('../../language/intrinsics');

const {
  ARRAY,
  ARRAY_BUFFER,
  BIGINT_OBJECT,
  BOOLEAN_OBJECT,
  DATE,
  ERROR,
  MAP,
  NUMBER_OBJECT,
  OBJECT,
  PORT,
  REGEXP,
  SET,
  SIDECAR,
  STRING_OBJECT,
  VIEW,
  WHOLE_VIEW,
} = tags;

/**
 * Not every runtime has Node's test for externals. They have neither a prototype nor properties; the few other objects of
 * which that is true are shown to the runtime's own messaging.
 * @type {(object: object) => boolean}
 */
const isExternal =
  types.isExternal ??
  ((object) => getPrototypeOf(object) === null && ownKeys(object).length === 0 && !oracle.isCloneable(object));

/**
 * @param {import('../message/session')} session
 * @param {object} object
 * @returns {number} `-1 - n` for object number n of the message; else a tag, and an index times 256
 * @throws the running Node's error, if the object cannot be cloned
 */
function visit(session, object) {
  const { seen, transfer } = session;
  const number = numbers.get(seen, object);
  if (number !== undefined) return -1 - number;
  let code = (transfer === null ? undefined : mapGet(transfer, object)) ?? tagOf(object);
  if (code === SIDECAR) {
    if (session.isPortable) refusals.refuse(object);
    code += session.carry(object) * INDEX;
  } else if (code % INDEX === PORT && ownerOf(object)?.isOpen(object) !== true) {
    // A getter has closed it.
    refusals.refusePort(object, false);
  }
  numbers.set(seen, object, session.count++);
  // A view that is sent with its own bytes only brings a buffer that nobody can refer to.
  if (code === WHOLE_VIEW) session.count++;
  return code;
}

/**
 * Classes are told by their internal slots: a prototype proves nothing.
 * @param {object} object
 * @returns {number}
 */
function tagOf(object) {
  if (types.isProxy(object)) return refusals.refuse(object);
  if (isArray(object)) return ARRAY;
  if (isView(object)) return viewTag(object);
  if (isOrdinary(object)) return marks.isUncloneable(object) ? refusals.refuse(object) : OBJECT;
  if (types.isArrayBuffer(object)) return ARRAY_BUFFER;
  // Only V8 can share memory.
  if (types.isSharedArrayBuffer(object)) return SIDECAR;
  if (types.isDate(object)) return DATE;
  if (types.isMap(object)) return MAP;
  if (types.isSet(object)) return SET;
  if (types.isRegExp(object)) return REGEXP;
  if (types.isNativeError(object)) return errorTag(object);
  if (types.isBoxedPrimitive(object)) return boxedTag(object);
  if (isOther(object)) return refusals.refuse(object);
  if (isPort(object)) return refusals.refusePort(object, isOpen(/** @type {any} */ (object)));
  // What the mark does to objects that are the runtime's, if anything, is the runtime's to say.
  if (!isPlain(object)) return SIDECAR;
  return marks.isUncloneable(object) ? refusals.refuse(object) : OBJECT;
}

const ObjectPrototype = globals.Object.prototype;

const { toStringTag } = Symbol;

/**
 * Whether an object has the prototype of plain ones and is one, which most are: in fewer questions than it takes to tell what any object
 * is. What the language's classes are called tells many of them at once, where nobody has given the object another name.
 * @param {object} object
 */
function isOrdinary(object) {
  return (
    getPrototypeOf(object) === ObjectPrototype &&
    !(toStringTag in object) &&
    classOf(object) === '[object Object]' &&
    !types.isMap(object) &&
    !types.isSet(object) &&
    !types.isArrayBuffer(object) &&
    !types.isSharedArrayBuffer(object) &&
    !types.isBoxedPrimitive(object) &&
    !types.isPromise(object) &&
    !types.isWeakMap(object) &&
    !types.isWeakSet(object) &&
    !types.isGeneratorObject(object) &&
    !types.isMapIterator(object) &&
    !types.isSetIterator(object) &&
    !isExternal(object) &&
    !isPort(object)
  );
}

/**
 * Builtins of the language that structured clone refuses.
 * @param {object} object
 */
function isOther(object) {
  return (
    types.isPromise(object) ||
    types.isWeakMap(object) ||
    types.isWeakSet(object) ||
    types.isGeneratorObject(object) ||
    types.isArgumentsObject(object) ||
    types.isMapIterator(object) ||
    types.isSetIterator(object) ||
    types.isModuleNamespaceObject(object) ||
    isRawText(object) ||
    isExternal(object)
  );
}

/** @param {ArrayBufferView} view */
function viewTag(view) {
  const buffer = bufferOf(view);
  if (isDetached(buffer) || isMisplaced(view)) return refusals.refuse(view);
  return isPooled(view, buffer) ? WHOLE_VIEW : VIEW;
}

/** @param {object} error */
function errorTag(error) {
  if (isHostError(error)) return SIDECAR;
  return marks.isUncloneable(error) ? refusals.refuse(error) : ERROR;
}

/** @param {object} object */
function boxedTag(object) {
  if (types.isNumberObject(object)) return NUMBER_OBJECT;
  if (types.isStringObject(object)) return STRING_OBJECT;
  if (types.isBooleanObject(object)) return BOOLEAN_OBJECT;
  if (types.isBigIntObject(object)) return BIGINT_OBJECT;
  return refusals.refuse(object);
}

module.exports = { visit, tagOf };
