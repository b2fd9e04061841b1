// Measures payloads on several sides in this process, and sends the parent the times.
'use strict';

const { checkArrival, measureSides } = require('../sides/measure');
const { PAYLOADS } = require('../sides/payloads');

/** @type {{ names: string[], modules: string[], prelude?: string } & import('../sides/measure').Settings} */
const { names, modules, prelude, ...settings } = JSON.parse(process.argv[2]);

// An extension of the language's own objects that a program may load before all else.
if (prelude !== undefined) require(prelude);

const sides = modules.map((module) => require(module));
const payloads = PAYLOADS.filter(({ name }) => names.includes(name));

measureSides(payloads, sides, settings).then((times) => {
  // Afterwards: a value sent before would not be the first any more.
  for (const payload of payloads) for (const side of sides) checkArrival(payload, side);
  process.send?.(times, () => process.exit());
});
