// A folder with Debian's unstable: compilers, emulators and C libraries for other platforms, at versions that fit one another.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('../run');
const { FOLDER, must } = require('./downloads');

/** Where it is; some 3 GB. */
const DEBIAN = path.join(FOLDER, 'debian');

/** Says what the folder was made of; written last. */
const MADE_OF = path.join(DEBIAN, 'made-of');

const ARCHITECTURES = ['amd64', 'arm64'];

const PACKAGES = [
  // Rust, and its standard library as source: for most of the platforms Debian has none that is built.
  ...['cargo', 'gcc', 'libc6-dev', 'rust-src', 'rustc'],
  // What programs of another processor need.
  ...['qemu-user', 'libatomic1:arm64', 'libstdc++6:arm64', 'musl', 'musl:arm64'],
  // Windows.
  ...['gcc-mingw-w64-x86-64-win32', 'wine64'],
];

/** A mirror may stand still, and so may a clock. */
const APT = ['Acquire::Check-Valid-Until "false"', 'Acquire::Check-Date "false"', 'APT::Install-Recommends "false"'];

/**
 * Makes the folder, unless it is there with all of the packages.
 * @returns {Promise<void>}
 * @throws {Error} that says what is missing
 */
async function makeDebian() {
  const { platform, arch } = process;
  if (platform !== 'linux' || arch !== 'x64') {
    throw new Error(`test:platforms needs Linux on x64, and this is ${platform} on ${arch}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      'test:platforms has to be run by root: it makes a folder with another system, and mounts things in it',
    );
  }
  const madeOf = `${[...ARCHITECTURES, ...PACKAGES].join('\n')}\n`;
  if (fs.existsSync(MADE_OF) && fs.readFileSync(MADE_OF, 'utf8') === madeOf) return;
  fs.rmSync(DEBIAN, { recursive: true, force: true });
  await must('install Debian’s unstable', [
    await mmdebstrap(),
    ...['--mode=root', '--variant=apt', '--quiet', '--format=directory'],
    ...APT.map((option) => `--aptopt=${option}`),
    `--architectures=${ARCHITECTURES.join(',')}`,
    `--include=${PACKAGES.join(',')}`,
    ...['sid', DEBIAN],
  ]);
  fs.writeFileSync(MADE_OF, madeOf);
}

/** @returns {Promise<string>} the program that installs Debian into a folder, the system's or one out of its package */
async function mmdebstrap() {
  const { code } = await run(['mmdebstrap', '--version']);
  if (code === 0) return 'mmdebstrap';
  const folder = path.join(FOLDER, 'mmdebstrap');
  const program = path.join(folder, 'usr', 'bin', 'mmdebstrap');
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(folder, { recursive: true });
  const unpack = 'cd "$1" && apt-get download mmdebstrap && dpkg-deb --extract mmdebstrap_*.deb .';
  await must('find mmdebstrap (install it, or call apt-get update on Debian or Ubuntu)', [
    ...['sh', '-c', unpack, 'sh', folder],
  ]);
  return program;
}

/** Mounts what is needed where nobody else sees it, so that nothing stays mounted. */
const ENTER = `set -e
debian=$1 root=$2
shift 2
mount --rbind /proc "$debian/proc"
mount --rbind /dev "$debian/dev"
mkdir -p "$debian$root"
mount --bind "$root" "$debian$root"
exec chroot "$debian" /usr/bin/env --ignore-environment --chdir="$root" "$@"`;

/**
 * The command line that runs a command in the folder. It finds the repository at the same path, and no network configured.
 * @param {string[]} command
 * @param {Record<string, string>} [env] all of its environment but the path and the home folder
 * @returns {string[]} to be given to `run`
 */
function inDebian(command, env = {}) {
  const variables = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', ...env };
  return [
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c', ENTER, 'sh', DEBIAN, ROOT],
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...command,
  ];
}

module.exports = { DEBIAN, inDebian, makeDebian };
