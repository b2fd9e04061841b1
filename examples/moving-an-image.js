// Moving an image: its pixels are transferred to a worker and back, and nobody copies them.
'use strict';

const { Worker, isMainThread, parentPort } = require('ferroport');

if (isMainThread) {
  const image = { width: 640, height: 480, pixels: new Uint8ClampedArray(640 * 480 * 4).fill(200) };
  const worker = new Worker(__filename);

  worker.postMessage(image, [image.pixels.buffer]);
  // The pixels have moved: here is nothing left of them.
  console.log(image.pixels.length); // Prints: 0

  worker.once('message', ({ width, height, pixels }) => {
    console.log(width, height, pixels.length); // Prints: 640 480 1228800
    console.log(pixels[0], pixels[1], pixels[2], pixels[3]); // Prints: 55 55 55 200
    worker.terminate();
  });
} else {
  parentPort.once('message', (image) => {
    const { pixels } = image;
    for (let i = 0; i < pixels.length; i += 4) {
      pixels[i] = 255 - pixels[i];
      pixels[i + 1] = 255 - pixels[i + 1];
      pixels[i + 2] = 255 - pixels[i + 2];
    }
    parentPort.postMessage(image, [pixels.buffer]);
  });
}
