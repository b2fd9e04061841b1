// Loads a module, or nothing, and prints how many milliseconds that took.
'use strict';

const [, , name] = process.argv;
const began = performance.now();
if (name !== undefined) require(name);
console.log(JSON.stringify({ time: performance.now() - began }));
