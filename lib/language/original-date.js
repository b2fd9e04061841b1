// The language's own Date, also where a fake clock has replaced it.
'use strict';

const { apply } = Reflect;
const { getPrototypeOf } = Object;
const { toString } = Function.prototype;

const NATIVE = /^function Date\(\)\s*\{\s*\[native code\]\s*\}$/;

/** A date as V8 serializes it: header, version, `D`, milliseconds. */
const WRITTEN = [0xff, 0x0f, 0x44, 0, 0, 0, 0, 0, 0, 0, 0];

/** @param {unknown} value */
const isOriginal = (value) => typeof value === 'function' && NATIVE.test(apply(toString, value, []));

/**
 * A fake inherits from the language's class, or shares its prototype. What does neither, a spy for example, tells
 * nothing; then the class is taken from a date that V8 makes, in Node's own context.
 * @returns {DateConstructor} on other runtimes than Node, whatever stands in the class's place
 */
function originalDate() {
  if (isOriginal(Date)) return Date;
  for (let { prototype } = Date; prototype; prototype = getPrototypeOf(prototype)) {
    const { constructor } = prototype;
    if (isOriginal(constructor)) return /** @type {DateConstructor} */ (constructor);
  }
  try {
    return getPrototypeOf(require('node:v8').deserialize(new Uint8Array(WRITTEN))).constructor;
  } catch {
    return Date;
  }
}

module.exports = { originalDate };
