'use strict';

// examples/prices: two services, a shop, and what its page shows.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { ROOT } = require('../../scripts/run');
const { startServer } = require('./support/server');

const EXAMPLE = path.join(ROOT, 'examples/prices');

/** @param {import('ava').ExecutionContext<any>} t @returns {string} a folder with the example, as somebody has it who has installed its packages */
function installed(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-prices-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.cpSync(EXAMPLE, folder, { recursive: true, filter: (file) => !file.includes('node_modules') });
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.symlinkSync(ROOT, path.join(folder, 'node_modules/ferroport'), 'junction');
  return folder;
}

/**
 * @param {import('ava').ExecutionContext<any>} t
 * @param {string} file
 * @param {Record<string, string>} env
 */
function started(t, file, env) {
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  const said = (/** @type {RegExp} */ pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output);
        if (found) resolve(found);
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      child.on('exit', (code) => reject(new Error(`${file} has ended with ${code}\n${output}`)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return { child, said };
}

test('the page of the shop shows prices, whichever service is there', async (t) => {
  t.timeout(60_000);
  const config = fs.readFileSync(path.join(EXAMPLE, 'accounts.conf'), 'utf8');
  const server = await startServer(t, { config });
  const folder = installed(t);
  const env = { NATS_URL: server.url, PORT: '0' };
  const services = [started(t, path.join(folder, 'service.js'), env), started(t, path.join(folder, 'service.js'), env)];
  for (const { said } of services) await said(/serves prices/);
  const shop = started(t, path.join(folder, 'shop.js'), env);
  const [, url] = await shop.said(/look at (\S+)/);

  const page = await fetch(url);
  t.true((await page.text()).includes('EventSource'));
  t.is((await fetch(`${url}other`)).status, 404);

  const controller = new AbortController();
  t.teardown(() => controller.abort());
  const events = /** @type {ReadableStream<Uint8Array>} */ (
    (await fetch(`${url}events`, { signal: controller.signal })).body
  );
  const reader = events.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** @param {(state: any) => boolean} isWanted @returns {Promise<any>} the first state that is wanted */
  const shown = async (isWanted) => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) {
        text += (await reader.read()).value;
        continue;
      }
      const state = JSON.parse(text.slice('data: '.length, end));
      text = text.slice(end + 2);
      if (isWanted(state)) return state;
    }
  };

  const first = await shown(({ link, prices }) => link === 'open' && Object.keys(prices).length === 4);
  t.true(first.prices.FERR.price > 0);
  const serving = services.find(({ child }) => child.pid === first.service.pid);
  const other = services.find((service) => service !== serving);
  serving?.child.kill('SIGTERM');
  const second = await shown(({ service }) => service?.pid === other?.child.pid);
  const more = await shown(({ quotes }) => quotes > second.quotes + 10);
  t.is(more.link, 'open');
  other?.child.kill('SIGKILL');
  t.is((await shown(({ link }) => link.startsWith('closed'))).link, 'closed: dead');
  t.regex((await shown(({ link }) => link.startsWith('Nobody'))).link, /Nobody listens to 'prices'/);
});
