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
    /^lib\/port\/(?!parking|telling-target|listener-options|flow|mark|block|open-ports|debug|pull|iterate)/,
    /^lib\/post\/(message-port|post-message|post|flow-methods|blocking-methods|pull-methods|native-methods|outcome)\.js$/,
    /^lib\/api\/(message-channel|receive-message)\.js$/,
    /^lib\/channel\/(attached|mailbox|bridged|members|signals|inners)\.js$/,
    /^lib\/runtime\/(closing|context)\.js$/,
    /^lib\/node\/(marks|string-tag|diagnostics)\.js$/,
    /^lib\/worker\/(worker|links|environment-data)\.js$/,
    /^lib\/codec\/message\/(session|refused|numbers)\.js$/,
    /^lib\/(copies\/card|native\/block|lane\/lane)\.js$/,
    /^lib\/delivery\/(?!hand-out)/,
  ],
  // What runtimes other than Node need, where the addon is not in its usual place, and where NODE_DEBUG asks for lines.
  elsewhere: [/^lib\/(port\/(telling-target|listener-options|debug)|addon-search|native\/traced)\.js$/],
  // What messages need that the complete codec writes and reads, and their delivery.
  clone: [
    /^lib\/objects\/(?!culprit-path)/,
    /^lib\/codec\/visit\//,
    /^lib\/channel\/(sidecar|late-sidecars|fifo|realm)\.js$/,
    /^lib\/runtime\/(oracle|view)\.js$/,
    /^lib\/copies\/(own|others)\.js$/,
    /^lib\/api\/serialize\.js$/,
  ],
  'fast-lane': [/^lib\/lane\/fast-lane\.js$/, /^lib\/codec\/(message|shapes|encode|decode)\//],
  transfer: [
    /^lib\/post\/(transfer|shipment|transfer-list|whole|hand-over)\.js$/,
    /^lib\/objects\/culprit-path\.js$/,
    /^lib\/through-node\/node-port\.js$/,
    /^lib\/api\/(move-to-context|post-to-thread)\.js$/,
  ],
  broadcast: [/^lib\/broadcast\//],
  // Bounded queues, and who waits for room in them; what is seen of ports, and of messages while somebody subscribes.
  flow: [/^lib\/(port\/(flow|mark|open-ports)|api\/inspect-ports|post\/told-post|delivery\/hand-out)\.js$/],
  // Calls that block the thread.
  blocking: [/^lib\/(port\/block|delivery\/receive-sync|api\/receive-any-sync)\.js$/],
  // ferroport/call.
  calls: [/^(call|lib\/call\/.*)\.js$/],
  // ferroport/nats.
  hubs: [/^(nats|lib\/nats\/.*)\.js$/],
  // Signals that threads share.
  abort: [/^lib\/abort\//],
  // Messages that are asked for one by one: iterators and streams.
  pull: [/^lib\/(port\/(pull|iterate)|post\/streams)\.js$/],
  // What begins in a worker, too.
  worker: [/^lib\/port\/parking\.js$/, /^lib\/worker\//, /^lib\/bootstrap\.js$/],
  // ferroport/link: messages on their way to other processes, and from there.
  links: [/^(link|lib\/link\/.*|lib\/link-thread)\.js$/],
  hook: [/^lib\/register\//, /^lib\/through-node\/(?!envelope|reach)/],
};

/** What is evaluated when its file of dist is loaded, or nearly always soon after. */
const AT_ONCE =
  /^(index|lib\/(here|addon|connect)|lib\/(language|codec|lane)\/.*|lib\/delivery\/(?!hand-out).*|lib\/native\/(?!traced).*|lib\/node\/(?!marks|string-tag).*|lib\/objects\/(?!culprit-path|misplaced|refusals).*|lib\/runtime\/(ticks|upward|plain|closing|context|view)|lib\/port\/(?!parking|telling-target|listener-options|foreign-receiver|flow|mark|block|open-ports|debug|pull|iterate).*|lib\/post\/(message-port|post-message|post|flow-methods|blocking-methods|pull-methods|native-methods|outcome)|lib\/api\/(own-exports|message-channel)|lib\/channel\/(attached|mailbox|bridged|inners)|lib\/worker\/this-thread|lib\/through-node\/envelope)\.js$/;

/** The files of dist of which every worker needs most. */
const IN_WORKERS = [CORE, 'worker', 'ports', 'clone'];

/** @returns {string[]} the files that are published, relative to the root, with forward slashes */
function sources() {
  const inLib = fs
    .readdirSync(path.join(ROOT, 'lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return ['index.js', 'register.js', 'call.js', 'link.js', 'nats.js', ...inLib.sort()];
}

/** @param {string} source */
function placeOf(source) {
  const found = Object.entries(LATER).find(([, patterns]) => patterns.some((pattern) => pattern.test(source)));
  return found === undefined ? CORE : found[0];
}

module.exports = { AT_ONCE, CORE, IN_WORKERS, LATER, sources, placeOf };
