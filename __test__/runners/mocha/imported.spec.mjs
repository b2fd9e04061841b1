import * as ferroport from 'ferroport';
import scenarios from './scenarios.js';

for (const [title, run] of Object.entries(scenarios(ferroport))) it(title, run);
