'use strict';

// Streams numbers to the parent: so many, or until the parent wants no more, which the exit code says.

const { parentPort, workerData } = require('../..');

async function main() {
  const writer = parentPort.writable.getWriter();
  try {
    for (let i = 0; i < workerData.count; i++) await writer.write(i);
    await writer.close();
  } catch (error) {
    process.exitCode = error === 'enough' ? 7 : 1;
  }
}

main();
