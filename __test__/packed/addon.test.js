'use strict';

// How large the addon is, and how old a system may be that loads it.

const fs = require('node:fs');
const test = require('ava');
const { MOST_BYTES, glibcImports, newestGlibc, versionedImports } = require('../../scripts/elf');
const { builtAddon } = require('../../scripts/setup');

/** What is published runs from this glibc on, 2.something; `npm run test:platforms` builds it, and looks. */
const OLDEST = 17;

/**
 * What a build asks for beyond that, because it is linked with the glibc of this system: the version of each is the one in which glibc
 * has moved it into its main library, or has made it. Rust's standard library takes them, libloading, and mimalloc.
 */
const NEWER = {
  18: ['__cxa_thread_atexit_impl'],
  25: ['getrandom'],
  28: ['statx'],

  30: ['gettid'],
  32: ['pthread_getattr_np'],
  33: ['fstat64', 'stat64'],
  34: [
    ...['dladdr', 'dlclose', 'dlerror', 'dlopen', 'dlsym'],
    ...['pthread_getspecific', 'pthread_key_create', 'pthread_key_delete', 'pthread_mutex_trylock', 'pthread_once'],
    'pthread_setspecific',
    // A thread of the addon's own, which ends signals in time.
    ...['pthread_create', 'pthread_detach', 'pthread_setname_np'],
    ...['pthread_attr_getguardsize', 'pthread_attr_getstack', 'pthread_attr_setstacksize'],
  ],
};

const ofGlibc = process.platform === 'linux' && builtAddon().includes('-gnu') ? test : test.skip;

test('the addon is smaller than 1.3 MB', (t) => {
  const { size } = fs.statSync(builtAddon());
  t.true(size > 0 && size < MOST_BYTES, `${size}`);
});

ofGlibc('a build of this system asks for nothing newer than glibc 2.17 that is not known', (t) => {
  const newer = glibcImports(builtAddon()).filter(({ minor }) => minor > OLDEST);
  t.deepEqual(
    newer.filter(({ name, minor }) => !NEWER[minor]?.includes(name)),
    [],
  );
  t.true(Number(newestGlibc(builtAddon()).slice(2)) <= 34);
});

ofGlibc('what a library takes from others is read out of it, with its versions', (t) => {
  const imports = versionedImports(builtAddon());
  t.true(imports.some(({ name, version }) => name === '__errno_location' && /^GLIBC_2\.\d+/.test(version)));
  t.true(imports.some(({ name, version }) => name.startsWith('_Unwind_') && version.startsWith('GCC_')));
  t.true(imports.every(({ name, version }) => name !== '' && /^[A-Z]+_[\d.]+$/.test(version)));
  t.throws(() => versionedImports(__filename), { instanceOf: TypeError });
});
