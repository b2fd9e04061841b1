// Takes objects apart whose internal slots Node-API cannot read, by the language's own getters and methods.
'use strict';

const { tags, errorKinds } = require('../native/native');
const features = require('./features');
const { viewParts, maxByteLengthOf } = require('../runtime/view');
const {
  bareList,
  bigIntValue,
  booleanValue,
  getOwnPropertyDescriptor,
  hasOwn,
  mapForEach,
  numberValue,
  setForEach,
  slot,
  stringValue,
} = require('../language/intrinsics');

const { ARRAY_BUFFER, BOOLEAN_OBJECT, ERROR, MAP, NUMBER_OBJECT, REGEXP, SET, STRING_OBJECT, VIEW } = tags;

/**
 * The numbers of the classes of errors, by name. No prototype, because an error's name may be `constructor`.
 * @type {Record<string, number>}
 */
const kindsByName = { __proto__: null, .../** @type {any} */ (errorKinds) };

const sourceOf = slot('RegExp', 'source');
/** The flags of regular expressions, in the order of `RegExp.prototype.flags`. */
const flags = [
  { letter: 'd', isSet: slot('RegExp', 'hasIndices') },
  { letter: 'g', isSet: slot('RegExp', 'global') },
  { letter: 'i', isSet: slot('RegExp', 'ignoreCase') },
  { letter: 'm', isSet: slot('RegExp', 'multiline') },
  { letter: 's', isSet: slot('RegExp', 'dotAll') },
  { letter: 'u', isSet: slot('RegExp', 'unicode') },
  { letter: 'v', isSet: slot('RegExp', 'unicodeSets') },
  { letter: 'y', isSet: slot('RegExp', 'sticky') },
];

/**
 * @param {number} tag
 * @param {any} object of that tag
 * @returns {unknown[]} what the complete codec writes for that tag (src/clone/serialize.rs)
 */
function parts(tag, object) {
  switch (tag) {
    case MAP:
      return entriesOf(object);
    case SET:
      return valuesOf(object);
    case REGEXP:
      return [sourceOf(object), flagsOf(object)];
    case ERROR:
      return errorParts(object);
    case ARRAY_BUFFER:
      return [maxByteLengthOf(object)];
    case VIEW:
      return viewParts(object);
    case NUMBER_OBJECT:
      return [numberValue(object)];
    case STRING_OBJECT:
      return [stringValue(object)];
    case BOOLEAN_OBJECT:
      return [booleanValue(object)];
    default:
      return [bigIntValue(object)];
  }
}

/** @param {Map<unknown, unknown>} map */
function entriesOf(map) {
  const list = bareList();
  mapForEach(map, (/** @type {unknown} */ value, /** @type {unknown} */ key) => {
    list[list.length] = key;
    list[list.length] = value;
  });
  return list;
}

/** @param {Set<unknown>} set */
function valuesOf(set) {
  const list = bareList();
  setForEach(set, (/** @type {unknown} */ value) => {
    list[list.length] = value;
  });
  return list;
}

/** @param {RegExp} regexp */
function flagsOf(regexp) {
  let text = '';
  for (let i = 0; i < flags.length; i++) if (flags[i].isSet(regexp)) text += flags[i].letter;
  return text;
}

/**
 * `name` chooses one of the seven classes. `message` and `cause` count as own data properties only, `stack` counts in
 * any way.
 * @param {any} error
 * @returns {unknown[]} class, message, stack; and cause, if this Node sends it
 * @throws {TypeError} for a symbol as name or message; what getters and `toString` throw
 */
function errorParts(error) {
  const message = getOwnPropertyDescriptor(error, 'message');
  const cause = getOwnPropertyDescriptor(error, 'cause');
  const kind = kindsByName[`${error.name}`] ?? errorKinds.Error;
  const text = message !== undefined && hasOwn(message, 'value') ? `${message.value}` : undefined;
  const { stack } = error;
  const sent = typeof stack === 'string' ? stack : undefined;
  const hasCause = cause !== undefined && hasOwn(cause, 'value') && features.errorCause();
  return hasCause ? [kind, text, sent, cause.value] : [kind, text, sent];
}

/** @param {RegExp} regexp */
const regExpOf = (regexp) => ({ source: sourceOf(regexp), flags: flagsOf(regexp) });

/**
 * The primitive in an object.
 * @param {number} tag of its class
 * @param {object} object
 */
const valueOf = (tag, object) => parts(tag, object)[0];

module.exports = { parts, entriesOf, valuesOf, regExpOf, errorOf: errorParts, valueOf };
