// ferroport/nats: hubs, their options, and what they give.

import type { MessagePort } from 'ferroport';
import { connect } from 'ferroport/nats';
import type { DialOptions, Hub, HubOptions, ListenOptions, Listening, PeerInfo } from 'ferroport/nats';
import { type } from '../expect.mjs';

const options: HubOptions = {
  servers: ['nats://127.0.0.1:4222'],
  name: 'prices',
  user: 'prices',
  pass: 'secret',
  tls: { caFile: 'ca.pem' },
  inboxPrefix: 'to.prices',
  heartbeat: 2000,
  deadAfter: 10_000,
  maxMessage: 1024,
  creds: new Uint8Array(1),
  nkey: 'SU…',
  jwt: 'ey…',
  optionsFrom: new URL('file:///options.mjs'),
};
const hub = await connect({ ...options, window: { messages: 10, bytes: 1000 } });
type<Hub>()(hub, true);
connect();
connect({ window: 10 });

type<Promise<MessagePort>>()(hub.dial('prices'), true);
type<Promise<MessagePort>>()(hub.dial('prices', { timeout: 10, signal: new AbortController().signal }), true);
const listening = hub.listen('prices', (port, from) => {
  type<MessagePort>()(port, true);
  type<PeerInfo>()(from, true);
  type<string | undefined>()(from.name, true);
  port.on('message', (value) => port.postMessage(value));
  // @ts-expect-error: it is read only.
  from.pid = 5;
});
type<Promise<Listening>>()(listening, true);
(await listening).close();
(await listening)[Symbol.dispose]();
const queued: ListenOptions = { queue: 'some', signal: new AbortController().signal };
hub.listen('prices', () => {}, queued);
const dialled: DialOptions = { timeout: undefined };
hub.dial('prices', dialled);
type<Promise<void>>()(hub.close(), true);
type<Promise<void>>()(hub[Symbol.asyncDispose](), true);
type<Promise<Error | undefined>>()(hub.closed, true);

// @ts-expect-error: a function cannot get into the client's thread.
connect({ authenticator: () => ({}) });
// @ts-expect-error: a function cannot get into the client's thread.
connect({ reconnectDelayHandler: () => 5 });
// @ts-expect-error: it is a number.
connect({ deadAfter: '10s' });
// @ts-expect-error: somebody must get the ports.
hub.listen('prices');
// @ts-expect-error: it is a name.
hub.dial(5);
