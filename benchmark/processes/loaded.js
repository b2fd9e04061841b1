// Loads ferroport, or nothing, and prints how many bytes of memory the process has.
'use strict';

const { memory } = require('./memory');

const [, , name] = process.argv;
if (name === 'ferroport') require(name);

memory().then(({ rss }) => console.log(JSON.stringify({ value: rss })));
