import * as ferroport from 'ferroport';
import { MessageChannel } from 'ferroport';
import scenarios from './scenarios.js';

test('names are imported', () => {
  expect(MessageChannel).toBe(ferroport.default.MessageChannel);
});

for (const [title, run] of Object.entries(scenarios(ferroport))) test(title, run);
