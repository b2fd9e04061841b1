'use strict';

// The packages as they are published, installed by other package managers than npm.

const path = require('node:path');
const test = require('ava');
const { pack } = require('../../scripts/pack');
const { emptyProject, install, installed, npm, published, works } = require('./published');

test.serial('npm, pnpm and yarn install the two tarballs of npm run pack:local', async (t) => {
  const tarballs = await pack(path.join(published().folder, 'local'), { isLocal: true });
  const managers = [npm, [...installed('pnpm'), 'add'], [...installed('yarn'), 'add', '--no-progress']];
  for (const [index, command] of managers.entries()) {
    const folder = emptyProject(`local-${index}`);
    await install(t, folder, [...command, ...tarballs]);
    await works(t, folder);
  }
});

test.serial('pnpm installs the two tarballs that are published', async (t) => {
  const folder = emptyProject('tarballs-pnpm');
  await install(t, folder, [...installed('pnpm'), 'add', ...published().tarballs]);
  await works(t, folder);
});

test.serial('pnpm installs from a registry: the main package, and of the platforms’ this one’s', async (t) => {
  const folder = emptyProject('registry-pnpm');
  await install(t, folder, [...installed('pnpm'), 'add', 'ferroport']);
  await works(t, folder);
});

test.serial('so does yarn', async (t) => {
  const folder = emptyProject('registry-yarn');
  await install(t, folder, [...installed('yarn'), 'add', 'ferroport', '--no-progress']);
  await works(t, folder);
});
