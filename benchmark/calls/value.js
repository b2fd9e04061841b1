// What goes to the worker and back.
'use strict';

/** A small object, as tools send them. */
const makeValue = () => ({
  id: 0,
  name: 'compile',
  file: '/src/index.ts',
  options: { strict: true, target: 'es2023' },
});

module.exports = { makeValue };
