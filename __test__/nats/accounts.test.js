'use strict';

// Who may do what: the example of an account file; and TLS and credentials on their way to the client.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { ROOT } = require('../../scripts/run');
const { connect } = require('../../dist/nats');
const { closing, hubOf, next } = require('./support/hubs');
const { startServer } = require('./support/server');
const { keyed, operated } = require('./support/tokens');

const CONFIG = fs.readFileSync(path.join(ROOT, 'examples/prices/accounts.conf'), 'utf8');
const PAGE = fs.readFileSync(path.join(ROOT, 'docs/links.md'), 'utf8');

const PRICES = { user: 'prices', pass: 'prices-secret', inboxPrefix: 'to.prices' };
const SHOP = { user: 'shop', pass: 'shop-secret', inboxPrefix: 'to.shops' };

/** @param {any} port */
const echo = (port) => port.on('message', (/** @type {any} */ value) => port.postMessage(value));

/** @param {import('ava').ExecutionContext<any>} t @param {any} options that a hub is connected with, which is used */
async function works(t, options) {
  const hub = await hubOf(t, options);
  await hub.listen('tests.works', echo);
  const port = await hub.dial('tests.works');
  port.postMessage('there?');
  t.is(await next(port), 'there?');
  port.close();
}

test('the documentation shows the example’s accounts', (t) => {
  t.true(PAGE.includes(`\`\`\`conf\n${CONFIG.slice(CONFIG.indexOf('accounts {'))}\`\`\``));
});

test('with the example’s accounts a service can be dialled, with a queue and without', async (t) => {
  const { url: servers } = await startServer(t, { config: CONFIG });
  const [prices, shop] = [await hubOf(t, { servers, ...PRICES }), await hubOf(t, { servers, ...SHOP })];
  for (const queue of [undefined, 'some']) {
    const listening = await prices.listen('prices', echo, { queue });
    const port = await shop.dial('prices');
    port.postMessage('what does it cost?');
    t.is(await next(port), 'what does it cost?');
    listening.close();
  }
});

test('with the example’s accounts nobody does what is not theirs', async (t) => {
  const { url: servers } = await startServer(t, { config: CONFIG });
  const [prices, shop] = [await hubOf(t, { servers, ...PRICES }), await hubOf(t, { servers, ...SHOP })];
  await prices.listen('prices', echo);
  const refused = { code: 'ERR_FERROPORT_NATS_REFUSED' };
  // To listen in the place of the service, or to another name.
  await t.throwsAsync(shop.listen('prices', echo), refused);
  await t.throwsAsync(prices.listen('other', echo), refused);
  // To dial what is not for it.
  await t.throwsAsync(shop.dial('other'), refused);
  await t.throwsAsync(prices.dial('prices'), refused);
  // To listen where others are sent to.
  await t.throwsAsync(connect({ servers, ...SHOP, inboxPrefix: 'to.prices' }), refused);
  await t.throwsAsync(connect({ servers, ...SHOP, inboxPrefix: '_INBOX' }), refused);
  // To connect at all.
  const wrong = await t.throwsAsync(connect({ servers, ...SHOP, pass: 'guessed' }), {
    code: 'ERR_FERROPORT_NATS_CONNECT',
  });
  t.is(/** @type {any} */ (wrong?.cause)?.name, 'AuthorizationError');
});

test('who is allowed to dial, and not to send, is told so', async (t) => {
  const config = CONFIG.replace('"to.prices.>"\n          ]\n        }\n      }\n    ]', ']}}]');
  t.not(config, CONFIG);
  const { url: servers } = await startServer(t, { config });
  const [prices, shop] = [await hubOf(t, { servers, ...PRICES }), await hubOf(t, { servers, ...SHOP })];
  await prices.listen('prices', echo);
  const error = await t.throwsAsync(shop.dial('prices'), { code: 'ERR_FERROPORT_UNREACHABLE' });
  t.is(/** @type {any} */ (error?.cause)?.code, 'ERR_FERROPORT_LINK_LOST');
});

test('a user that the server does not know any more loses its ports and its hub', async (t) => {
  const server = await startServer(t, { config: CONFIG });
  const { url: servers } = server;
  const [prices, shop] = [await hubOf(t, { servers, ...PRICES }), await hubOf(t, { servers, ...SHOP })];
  await prices.listen('prices', echo);
  const port = await shop.dial('prices');
  const closed = closing(port);
  await server.kill();
  const stranger = await startServer(t, { config: CONFIG.replace('shop-secret', 'other'), port: server.port });
  t.is(stranger.port, server.port);
  t.is((await closed).reason, 'lost');
  const error = await shop.closed;
  t.is(error?.code, 'ERR_FERROPORT_NATS_LOST');
  t.regex(error.message, /Authorization Violation/);
  await t.throwsAsync(shop.dial('prices'), { code: 'ERR_FERROPORT_HUB_CLOSED' });
});

test('a token, a key, a token with a key, and a file of credentials get through to the client', async (t) => {
  const byToken = await startServer(t, { config: 'authorization { token: "secret token" }' });
  await works(t, { servers: byToken.url, token: 'secret token' });
  const { publicKey, seed } = keyed();
  const byKey = await startServer(t, { config: `authorization { users = [{ nkey: ${publicKey} }] }` });
  await works(t, { servers: byKey.url, nkey: seed });
  await works(t, { servers: byKey.url, nkey: Buffer.from(seed) });
  const { config, jwt, seed: userSeed, creds } = operated();
  const byJwt = await startServer(t, { config });
  await works(t, { servers: byJwt.url, jwt, nkey: userSeed });
  await works(t, { servers: byJwt.url, creds });
  await works(t, { servers: byJwt.url, creds: Buffer.from(creds) });
  await t.throwsAsync(connect({ servers: byJwt.url }), { code: 'ERR_FERROPORT_NATS_CONNECT' });
});

test('TLS gets through to the client, with certificates of both sides', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-tls-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = (/** @type {string} */ name) => path.join(folder, name);
  try {
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...[...names, '-keyout', file('key.pem'), '-out', file('cert.pem')],
      ],
      { stdio: 'pipe' },
    );
  } catch (error) {
    if (/** @type {any} */ (error).code !== 'ENOENT') throw error;
    t.log('there is no openssl here to make certificates with');
    t.pass();
    return;
  }
  const tls = `cert_file: "${file('cert.pem')}", key_file: "${file('key.pem')}", ca_file: "${file('cert.pem')}", verify: true`;
  const { port } = await startServer(t, { config: `tls { ${tls} }` });
  const ca = fs.readFileSync(file('cert.pem'), 'utf8');
  const key = fs.readFileSync(file('key.pem'), 'utf8');
  const servers = `tls://localhost:${port}`;
  await works(t, { servers, tls: { ca, cert: ca, key } });
  await works(t, { servers, tls: { caFile: file('cert.pem'), certFile: file('cert.pem'), keyFile: file('key.pem') } });
  await t.throwsAsync(connect({ servers, maxReconnectAttempts: 1 }), { code: 'ERR_FERROPORT_NATS_CONNECT' });
});

test('nothing of a hub is on the server after its end', async (t) => {
  const server = await startServer(t);
  const hub = await connect({ servers: server.url });
  await hub.listen('tests.gone', echo);
  await hub.dial('tests.gone');
  t.is((await server.tells('connz')).num_connections, 1);
  await hub.close();
  for (let tries = 0; (await server.tells('connz')).num_connections > 0; tries++) {
    t.true(tries < 50);
    await sleep(50);
  }
});
