'use strict';

// Declares a row of the structured-clone table: values that must arrive, or be refused, alike.

const { same } = require('./scenario');

/** Declares that each of `values()` arrives, or is refused, alike; alone, and twice as somebody's child. */
const row = (title, values, declare = same) =>
  declare(title, ({ log, attempt, trip }) => {
    for (const value of values()) log(attempt(() => trip(value)));
    for (const value of values()) log(attempt(() => trip({ value, list: [value, value] })));
  });

/** `object` with the own properties of `properties`, accessors and flags included. */
const mix = (object, properties) => Object.defineProperties(object, Object.getOwnPropertyDescriptors(properties));

module.exports = { mix, row };
