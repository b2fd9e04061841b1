// Imports a module: what load.js does in CommonJS.
const [, , name] = process.argv;
const began = performance.now();
await import(name);
const time = performance.now() - began;
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ time, cpu: (user + system) / 1000 }));
