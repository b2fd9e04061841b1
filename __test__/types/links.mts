// ferroport/link: what a link is, and what it is made of.

import { spawn } from 'node:child_process';
import { connect as connectTo, Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import { MessagePort } from 'ferroport';
import { connect } from 'ferroport/call';
import { link } from 'ferroport/link';
import type { Link, LinkOptions, LinkStats, StreamPair } from 'ferroport/link';
import { type } from './expect.mjs';

const made = link(connectTo(1));
type<Link>()(made, true);
type<MessagePort>()(made.port, true);
type<Promise<Error | undefined>>()(made.closed, true);
type<Promise<void>>()(made.close(), true);
type<LinkStats>()(made.stats(), true);
type<number>()(made.stats().acknowledged, true);

link(new Socket({ fd: 3 }), { maxMessage: 1, window: 5, heartbeat: 1, deadAfter: 2 });
link(connectSecurely(1), { window: { messages: 1 } });
link(new PassThrough(), {});
link(new PassThrough(), { window: { bytes: 1 }, heartbeat: undefined });
const child = spawn('node', { stdio: ['pipe', 'pipe', 'inherit'] });
const pair: StreamPair = { readable: child.stdout, writable: child.stdin };
link(pair);
connect(made.port);
const options: LinkOptions = { deadAfter: 5 };
link(pair, options);

// @ts-expect-error a stream is needed
link();
// @ts-expect-error one that can be written
link(new Readable());
// @ts-expect-error no such option
link(pair, { timeout: 5 });
// @ts-expect-error a number
link(pair, { heartbeat: '5' });
// @ts-expect-error the port is the link's
made.port = made.port;
