'use strict';

// An operator, an account and users of NATS, with the tokens that servers and clients want: what the program nsc makes.

const { nkeys } = require('@nats-io/transport-node');

const { createAccount, createOperator, createUser } = /** @type {any} */ (nkeys);

const encoded = (/** @type {any} */ value) => Buffer.from(value).toString('base64url');

/** @param {any} issuer a pair of keys @param {string} subject @param {string} name @param {object} nats */
function tokenOf(issuer, subject, name, nats) {
  const header = encoded(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }));
  const claims = {
    jti: name,
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name,
    sub: subject,
    nats,
  };
  const text = `${header}.${encoded(JSON.stringify(claims))}`;
  return `${text}.${encoded(issuer.sign(Buffer.from(text)))}`;
}

const UNLIMITED = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };

/** @returns {{ config: string, jwt: string, seed: string, creds: string }} of a server, and of a user that it knows by a token */
function operated() {
  const operator = createOperator();
  const account = createAccount();
  const user = createUser();
  const ofOperator = tokenOf(operator, operator.getPublicKey(), 'tests', { type: 'operator', version: 2 });
  const ofAccount = tokenOf(operator, account.getPublicKey(), 'tests', {
    type: 'account',
    version: 2,
    limits: UNLIMITED,
  });
  const jwt = tokenOf(account, user.getPublicKey(), 'tester', {
    type: 'user',
    version: 2,
    subs: -1,
    data: -1,
    payload: -1,
  });
  const seed = Buffer.from(user.getSeed()).toString();
  const config = `operator: ${ofOperator}\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: ${ofAccount} }\n`;
  const creds = [
    ...['-----BEGIN NATS USER JWT-----', jwt, '------END NATS USER JWT------', ''],
    ...['-----BEGIN USER NKEY SEED-----', seed, '------END USER NKEY SEED------', ''],
  ].join('\n');
  return { config, jwt, seed, creds };
}

/** @returns {{ publicKey: string, seed: string }} of a user that a server knows by its key */
function keyed() {
  const user = createUser();
  return { publicKey: user.getPublicKey(), seed: Buffer.from(user.getSeed()).toString() };
}

module.exports = { keyed, operated };
