// Tells the encoders what an object is: the tag that it gets, or the number of the object that it repeats.
'use strict';

const { tags } = require('../../native/native');
const oracle = require('../../runtime/oracle');
const refusals = require('../../objects/refusals');
const marks = require('../../node/marks');
const signals = require('../../channel/signals');
const numbers = require('../message/numbers');
const { isDOMException } = require('../../node/errors');
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
  SIGNAL,
  STRING_OBJECT,
  VIEW,
  WHOLE_VIEW,
} = tags;

/**
 * Node's test for externals, which not every runtime has. Externals have neither a prototype nor properties. Where
 * there is no test, the few other objects like that are shown to the runtime's messaging, too.
 * @type {(object: object) => boolean}
 */
const isExternal =
  types.isExternal ??
  ((object) => getPrototypeOf(object) === null && ownKeys(object).length === 0 && !oracle.isCloneable(object));

/**
 * @param {import('../message/session')} session
 * @param {object} object
 * @returns {number} `-1 - n` for object number n of the message; else a tag, plus 256 times an index
 * @throws the running Node's error, if the object cannot be cloned
 */
function visit(session, object) {
  const { seen, transfer } = session;
  const number = numbers.get(seen, object);
  if (number !== undefined) return -1 - number;
  const isException = session.hasExceptions && isDOMException(object);
  let code = (transfer === null ? undefined : mapGet(transfer, object)) ?? (isException ? SIDECAR : tagOf(object));
  if (code === SIDECAR) {
    if (session.isPortable && !isException) refusals.refuse(object);
    code += session.carry(object) * INDEX;
  } else if (code === SIGNAL) {
    if (session.isPortable) refusals.refuseSignal(object);
    code += session.share(object) * INDEX;
  } else if (code % INDEX === PORT && ownerOf(object)?.isOpen(object) !== true) {
    // A getter has closed the port.
    refusals.refusePort(object, false);
  }
  numbers.set(seen, object, session.count++);
  // The buffer of a view that is sent with only its own bytes gets a number as well, though nothing can refer to it.
  if (code === WHOLE_VIEW) session.count++;
  return code;
}

/**
 * The tag of an object, told by its internal slots: a prototype proves nothing.
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
  if (signals.isOwn(object)) return SIGNAL;
  // Node decides itself what the mark does to host objects.
  if (!isPlain(object)) return signals.isSignal(object) ? SIGNAL : SIDECAR;
  return marks.isUncloneable(object) ? refusals.refuse(object) : OBJECT;
}

const ObjectPrototype = globals.Object.prototype;

const { toStringTag } = Symbol;

/**
 * Whether an object is plain and has the prototype of plain objects, as most have. This takes fewer questions than to find out what any
 * object is: the name of its class excludes many classes at once, where nobody has given the object another name.
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
 * Whether an object is one of the builtins that structured clone refuses.
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
