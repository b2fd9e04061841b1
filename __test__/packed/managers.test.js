'use strict';

// The packages as they are published, installed by other package managers than npm.

const test = require('ava');
const { emptyProject, install, installed, published, works } = require('./published');

test.serial('pnpm installs the two tarballs', async (t) => {
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
