// Where the files of lib are published: several in one, because each file that is loaded takes time, and what few programs need
// apart from the rest, because each line that is compiled does.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../run');

/** What every program has is in this one. */
const CORE = 'core';

/**
 * What is loaded when it is needed, and with it all that is in the same file. A file of lib that is not named here is in
 * `CORE`. Where a file is evaluated, those that it requires at once are, too: they are in the same file, or in one that
 * requires nothing of this one at once.
 * @type {Record<string, RegExp[]>}
 */
const LATER = {
  ports: [
    /^lib\/(message-channel|message-port|copy-card|port-target|node-target|listeners|dispatch|port-events|event-names|foreign-receiver)\.js$/,
    /^lib\/(closing|context|attached|mailbox|lane|feeds|members|delivery|worker|environment-data|receive-message|marks|string-tag)\.js$/,
    /^lib\/codec\/(block|session|refused|numbers)\.js$/,
  ],
  // What runtimes other than Node need, and where the addon is not in its usual place.
  elsewhere: [/^lib\/(telling-target|listener-options|addon-search)\.js$/],
  // What messages need that the complete codec writes and reads, and their delivery.
  clone: [
    /^lib\/(sidecar|late-sidecars|fifo|oracle|told-of-functions|realm|serialize|this-copy|other-copies)\.js$/,
    /^lib\/codec\/(visit|parts|features|revive|untraced|view|pool|prototypes|elements|element-at|ageing|inherited-elements)\.js$/,
  ],
  'fast-lane': [/^lib\/fast-lane\.js$/, /^lib\/codec\/(?!originals|intrinsics)/],
  transfer: [
    /^lib\/(transfer|shipment|transfer-list|whole|culprit-path|node-port|move-to-context|post-to-thread)\.js$/,
  ],
  broadcast: [/^lib\/(broadcast-channel|gateway)\.js$/],
  // What begins in a worker, too.
  worker: [/^lib\/(parking|threads)\.js$/, /^lib\/worker\/(?!envelope)/],
  hook: [/^lib\/register\/(?!reach)/, /^lib\/through-node\//],
};

/** What is evaluated when its file of dist is loaded, or nearly always soon after. */
const AT_ONCE =
  /^(index|lib\/(addon|native|node-(threads|globals|names)|named|own-exports|immediates|original-date|errors|ticks|connect|threads|(message|port)-.*|listeners|dispatch|event-names)|lib\/(closing|context|attached|mailbox|lane|delivery|fast-lane)|lib\/(worker\/envelope|codec\/.*))\.js$/;

/** The files of dist of which every worker needs most. */
const IN_WORKERS = [CORE, 'worker', 'ports', 'clone'];

/** @returns {string[]} the files that are published, relative to the root, with forward slashes */
function sources() {
  const inLib = fs
    .readdirSync(path.join(ROOT, 'lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return ['index.js', 'register.js', ...inLib.sort()];
}

/** @param {string} source */
function placeOf(source) {
  const found = Object.entries(LATER).find(([, patterns]) => patterns.some((pattern) => pattern.test(source)));
  return found === undefined ? CORE : found[0];
}

module.exports = { AT_ONCE, CORE, IN_WORKERS, LATER, sources, placeOf };
