'use strict';

// A registry of packages, as package managers ask one, which has nothing but ferroport's: what is published, before it is.

const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

/**
 * @param {string} name of a package
 * @param {any} manifest its package.json
 * @param {{ url: string, bytes: Buffer }} tarball
 */
function packument(name, manifest, { url, bytes }) {
  const integrity = `sha512-${crypto.createHash('sha512').update(bytes).digest('base64')}`;
  const shasum = crypto.createHash('sha1').update(bytes).digest('hex');
  const version = { ...manifest, dist: { tarball: url, integrity, shasum } };
  return { name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: version } };
}

/**
 * Serves packages until it is closed.
 * @param {{ manifest: any, file: string }[]} packages `file`: the tarball
 * @returns {Promise<{ url: string, close: () => void }>}
 */
async function serve(packages) {
  const byName = new Map(packages.map((each) => [each.manifest.name, each]));
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(/** @type {string} */ (request.url), 'http://localhost');
    const [, name, file] = decodeURIComponent(pathname).split('/');
    const found = byName.get(name);
    if (found === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{ "error": "not found" }');
      return;
    }
    const bytes = fs.readFileSync(found.file);
    if (file !== undefined) {
      response.end(bytes);
      return;
    }
    const tarball = { url: `http://localhost:${port}/${name}/${path.basename(found.file)}`, bytes };
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(packument(name, found.manifest, tarball)));
  });
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

module.exports = { serve };
