// The CommonJS way in TypeScript, and both kinds of import there.

import ferroport = require('ferroport');
import { MessageChannel } from 'ferroport';
import type { MessagePort } from 'ferroport';

const { port1 }: { port1: MessagePort } = new MessageChannel();
const same: ferroport.MessagePort = port1;
const bytes: Uint8Array = ferroport.serialize(same.hasRef());
// @ts-expect-error: what comes back has to be looked at.
const flag: boolean = ferroport.deserialize(bytes);
void flag;
