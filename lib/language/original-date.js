// The language's own class of dates, also where a fake clock has put something else in its place.
'use strict';

const { apply } = Reflect;
const { getPrototypeOf } = Object;
const { toString } = Function.prototype;

const NATIVE = /^function Date\(\)\s*\{\s*\[native code\]\s*\}$/;

/** A date as V8 writes it: header, version, `D`, milliseconds. */
const WRITTEN = [0xff, 0x0f, 0x44, 0, 0, 0, 0, 0, 0, 0, 0];

/** @param {unknown} value */
const isOriginal = (value) => typeof value === 'function' && NATIVE.test(apply(toString, value, []));

/**
 * Fakes inherit from the language's class or share its prototype; what does neither, a spy say, leaves V8, whose class is that of
 * Node's own context.
 * @returns {DateConstructor} whatever stands in its place, if the runtime is not Node
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
