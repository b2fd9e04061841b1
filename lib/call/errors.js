// Errors on their way to the other thread, and those that calls end with.
//
// The structured clone of an error keeps its class, if that is one of seven, its message, stack and cause. Callers also look at its
// name, its code and what else it has, so an error goes as a description of which the receiver makes the error.
'use strict';

const { mapGet, mapSet, mapHas } = require('../language/intrinsics');
const { globals, statics, methods, types, uncurry } = require('../language/originals');
const { nodeError, isDOMException } = require('../node/errors');

const { captureStackTrace, create, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = statics;
const { hasOwn, isArray, keysOf, setPrototypeOf } = statics;
const { Map } = globals;
const slice = uncurry(methods.stringSlice);
const indexOf = uncurry(methods.stringIndexOf);
const lastIndexOf = uncurry(methods.stringLastIndexOf);
const startsWith = uncurry(methods.startsWith);

/** So many errors of one chain of causes are described, and no more. */
const MOST = 100;

/** A stack that is as long as this gets no more frames: an error may pass through thousands of calls. */
const LONG = 10_000;

/** Between the frames of the thread that has thrown and those of the thread that has called. */
const SEPARATOR = '    ---- called over a port by ----';

/** The classes that an error has again on arrival, by name. */
const CLASSES = /** @type {Record<string, any>} */ (create(null));
for (const name of [
  ...['Error', 'EvalError', 'RangeError', 'ReferenceError'],
  ...['SyntaxError', 'TypeError', 'URIError', 'AggregateError'],
]) {
  CLASSES[name] = /** @type {any} */ (globals)[name];
}

/**
 * @typedef {object} Description
 * @property {string} type of which class the error is made again: a name in CLASSES, or DOMException
 * @property {string} message
 * @property {string} name
 * @property {string | undefined} stack
 * @property {object} own its own enumerable properties
 * @property {{ at: number } | { value: any } | undefined} cause the place of its description, or what it is
 * @property {({ at: number } | { value: any })[] | undefined} errors of an AggregateError
 */

/**
 * What the receiver needs to throw a value again.
 * @param {any} value
 * @param {boolean} isWhole false where the first try could not be cloned: without what may have been the culprit
 * @returns {{ value: any, errors: Description[] | undefined }}
 */
function pack(value, isWhole) {
  if (!isError(value)) return { value, errors: undefined };
  /** @type {Description[]} */
  const errors = [];
  describe(value, errors, new Map(), isWhole);
  return { value: undefined, errors };
}

/** @param {any} value */
const isError = (value) => types.isNativeError(value) || isDOMException(value);

/**
 * @param {any} error
 * @param {Description[]} all
 * @param {Map<any, number>} places
 * @param {boolean} isWhole
 * @returns {number} the error's place in `all`
 */
function describe(error, all, places, isWhole) {
  const place = all.length;
  mapSet(places, error, place);
  /** @type {Description} */
  const description = {
    type: typeOf(error),
    message: textOf(error, 'message') ?? '',
    name: textOf(error, 'name') ?? 'Error',
    stack: cut(textOf(error, 'stack')),
    own: ownOf(error, isWhole),
    cause: undefined,
    errors: undefined,
  };
  all[place] = description;
  const refer = (/** @type {any} */ value) => {
    if (!isError(value)) return isWhole || isPlain(value) ? { value } : undefined;
    if (mapHas(places, value)) return { at: /** @type {number} */ (mapGet(places, value)) };
    return all.length < MOST ? { at: describe(value, all, places, isWhole) } : undefined;
  };
  const cause = valueOf(error, 'cause');
  if (cause !== undefined) description.cause = refer(cause);
  const errors = description.type === 'AggregateError' ? valueOf(error, 'errors') : undefined;
  if (isArray(errors)) {
    description.errors = [];
    for (let i = 0; i < errors.length; i++) {
      const reference = refer(errors[i]);
      if (reference !== undefined) description.errors[description.errors.length] = reference;
    }
  }
  return place;
}

/** @param {any} error */
function typeOf(error) {
  if (isDOMException(error)) return 'DOMException';
  // The class may be one of the program's, or of another realm: the nearest name that is known.
  for (let link = error; link !== null; link = getPrototypeOf(link)) {
    const constructor = valueOf(link, 'constructor');
    const name = typeof constructor === 'function' ? valueOf(constructor, 'name') : undefined;
    if (typeof name === 'string' && name in CLASSES) return name;
  }
  return 'Error';
}

/** In the stacks of the functions that are called, what is from here on is not theirs. It is a name in serving.js. */
const BEGIN = ' servedByFerroport (';

/** @param {string | undefined} stack */
function cut(stack) {
  if (stack === undefined) return undefined;
  const begin = indexOf(stack, BEGIN);
  if (begin < 0) return stack;
  const line = lastIndexOf(stack, '\n', begin);
  return line < 0 ? stack : slice(stack, 0, line);
}

/**
 * A text of an error's, which may be an accessor of the program's.
 * @param {any} error
 * @param {string} name
 * @returns {string | undefined}
 */
function textOf(error, name) {
  try {
    const text = error[name];
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The value of a property that an object has itself. No accessor is called.
 * @param {any} object
 * @param {string} name
 */
const valueOf = (object, name) => getOwnPropertyDescriptor(object, name)?.value;

/**
 * @param {any} error
 * @param {boolean} isWhole
 */
function ownOf(error, isWhole) {
  const own = /** @type {Record<string, any>} */ ({});
  // Of a DataCloneError, whose path is not enumerable.
  const path = valueOf(error, 'path');
  if (typeof path === 'string') define(own, 'path', path, true);
  const keys = keysOf(error);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const property = getOwnPropertyDescriptor(error, key);
    if (property === undefined || !hasOwn(property, 'value') || isOfEveryError(key)) continue;
    if (isWhole ? !isFunction(property.value) : isPlain(property.value)) define(own, key, property.value, true);
  }
  return own;
}

/** @param {string} key */
const isOfEveryError = (key) => key === 'message' || key === 'stack' || key === 'cause' || key === 'name';

/** @param {any} value */
const isFunction = (value) => typeof value === 'function' || typeof value === 'symbol';

/** @param {any} value */
const isPlain = (value) => value === null || (typeof value !== 'object' && !isFunction(value));

/**
 * @param {object} object
 * @param {string} key
 * @param {any} value
 * @param {boolean} enumerable
 */
function define(object, key, value, enumerable) {
  const property = { __proto__: null, value, enumerable, writable: true, configurable: true };
  defineProperty(object, key, /** @type {any} */ (property));
}

/**
 * What was packed. The sender may be anybody, so nothing of it is taken for granted.
 * @param {any} packed
 * @param {string} frames of the caller
 * @returns {any}
 */
function unpack({ value, errors }, frames) {
  if (!isArray(errors)) return value;
  const made = /** @type {any[]} */ ([]);
  for (let i = 0; i < errors.length && i < MOST; i++) made[i] = make(errors[i] ?? {});
  for (let i = 0; i < made.length; i++) {
    const { cause, errors: inside } = errors[i] ?? {};
    const found = resolve(made, cause);
    if (found !== undefined) define(made[i], 'cause', found.value, false);
    if (!isArray(inside)) continue;
    const all = /** @type {any[]} */ ([]);
    for (let j = 0; j < inside.length; j++) all[all.length] = resolve(made, inside[j])?.value;
    define(made[i], 'errors', all, false);
  }
  if (made.length === 0) return value;
  const stack = stackOf(made[0]);
  if (frames !== '' && stack.length < LONG) define(made[0], 'stack', `${stack}\n${SEPARATOR}\n${frames}`, false);
  return made[0];
}

/**
 * @param {any[]} made
 * @param {any} reference
 * @returns {{ value: any } | undefined}
 */
function resolve(made, reference) {
  if (typeof reference !== 'object' || reference === null) return undefined;
  const { at } = reference;
  if (typeof at === 'number') return at in made ? { value: made[at] } : undefined;
  return hasOwn(reference, 'value') ? { value: reference.value } : undefined;
}

/** @param {any} description */
function make({ type, message, name, stack, own }) {
  const text = typeof message === 'string' ? message : '';
  const error = instanceOf(typeof type === 'string' ? type : '', text, name);
  if (typeof name === 'string' && error.name !== name) define(error, 'name', name, false);
  if (typeof own === 'object' && own !== null) {
    const keys = keysOf(own);
    for (let i = 0; i < keys.length; i++) {
      if (!isOfEveryError(keys[i])) define(error, keys[i], own[keys[i]], true);
    }
  }
  define(error, 'stack', typeof stack === 'string' ? stack : `${headOf(error)}`, false);
  return error;
}

/**
 * @param {string} type
 * @param {string} message
 * @param {any} name
 * @returns {any}
 */
function instanceOf(type, message, name) {
  if (type === 'DOMException') return new (require('../node/classes').DOMException)(message, `${name}`);
  // Its class reads the list of errors by an iterator, which programs may have patched.
  if (type === 'AggregateError') return setPrototypeOf(new globals.Error(message), globals.AggregateError.prototype);
  return new (CLASSES[type] ?? globals.Error)(message);
}

/** @param {any} error */
const stackOf = (error) => textOf(error, 'stack') ?? headOf(error);

/** @param {any} error */
const headOf = (error) => `${textOf(error, 'name')}: ${textOf(error, 'message')}`;

/**
 * Where the program is, without a heading.
 * @param {Function} entrance the function that the program has called
 * @returns {string}
 */
function framesHere(entrance) {
  const noted = /** @type {{ stack?: string }} */ ({});
  captureStackTrace?.(noted, entrance);
  const { stack } = noted;
  const begin = typeof stack === 'string' ? indexOf(stack, '\n') : -1;
  return begin < 0 ? '' : slice(stack, begin + 1);
}

/** What the frame of a function begins with that waits for a promise. */
const WAITING = '    at async ';

/** At most so many frames of ferroport's and the runtime's are below a function that goes on after it has waited. */
const BELOW = 20;

/**
 * Who waits for the promise of an async function that goes on now. V8 knows, other engines may not.
 * @param {Function} entrance the async function
 * @returns {string}
 */
function framesOfWaiting(entrance) {
  const { stackTraceLimit } = Error;
  let frames;
  try {
    Error.stackTraceLimit = stackTraceLimit + BELOW;
    frames = framesHere(entrance);
    Error.stackTraceLimit = stackTraceLimit;
  } catch {
    // The program has frozen the class, and gets the frames that there are.
    frames = framesHere(entrance);
  }
  const begin = startsWith(frames, WAITING) ? 0 : indexOf(frames, `\n${WAITING}`) + 1;
  return begin > 0 || startsWith(frames, WAITING) ? slice(frames, begin) : '';
}

/**
 * An error whose frames would all be ferroport's.
 * @template E
 * @param {E} error
 * @returns {E}
 */
function withoutFrames(error) {
  if (isDOMException(error)) define(/** @type {any} */ (error), 'stack', headOf(error), false);
  return error;
}

/**
 * Lets an error that was made elsewhere say where the program is.
 * @template E
 * @param {E} error
 * @param {string} frames
 * @returns {E}
 */
function tracedTo(error, frames) {
  if (frames !== '') define(/** @type {any} */ (error), 'stack', `${headOf(error)}\n${frames}`, false);
  return error;
}

/**
 * @param {string} message
 * @param {any} [cause]
 */
function closedError(message, cause) {
  const error = nodeError(globals.Error, 'ERR_FERROPORT_CLOSED', message);
  if (cause !== undefined) define(error, 'cause', cause, false);
  return error;
}

/** @param {number} timeout in milliseconds */
function timeoutError(timeout) {
  const { DOMException } = require('../node/classes');
  return new DOMException(`The call was not answered within ${timeout} ms`, 'TimeoutError');
}

/**
 * Lets the path of an error begin at what the program has given, and not at the record that was to be posted.
 * @param {any} error
 * @param {string} key of the record under which that stands
 */
function shortenPath(error, key) {
  const path = isError(error) ? valueOf(error, 'path') : undefined;
  if (typeof path === 'string' && startsWith(path, key)) define(error, 'path', slice(path, key.length), false);
  return error;
}

/**
 * The error of a call that was refused.
 * @param {any} record
 */
function refusal({ code, message }) {
  const isText = typeof code === 'string' && typeof message === 'string';
  return isText
    ? nodeError(globals.TypeError, code, message)
    : nodeError(globals.Error, 'ERR_FERROPORT_INTERNAL', 'The call was refused');
}

module.exports = {
  closedError,
  framesHere,
  framesOfWaiting,
  pack,
  refusal,
  shortenPath,
  timeoutError,
  tracedTo,
  unpack,
  withoutFrames,
};
