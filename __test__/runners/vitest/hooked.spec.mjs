import { createRequire } from 'node:module';
import 'ferroport/register';
import * as ferroport from 'ferroport';

const hooked = createRequire(import.meta.url)('./hooked');

for (const [title, run] of Object.entries(hooked(ferroport))) test(title, run);
