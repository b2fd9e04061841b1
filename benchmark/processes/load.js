// Loads a module, or nothing, and prints how many milliseconds that took, and how many of processor time the process has taken.
'use strict';

const [, , name] = process.argv;
const began = performance.now();
if (name !== undefined) require(name);
const time = performance.now() - began;
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ time, cpu: (user + system) / 1000 }));
