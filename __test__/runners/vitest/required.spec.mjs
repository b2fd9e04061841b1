import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const scenarios = require('./scenarios');

for (const [title, run] of Object.entries(scenarios(require('ferroport')))) test(title, run);
