// The addon, and the block in which it leaves results besides the one it returns.
'use strict';

const binding = require('../binding.js');

/**
 * @typedef {object} Native the functions of src/node/functions.rs, documented there
 * @property {(functions: object) => ArrayBuffer} connect
 * @property {<T>(work: () => T) => T} outside
 * @property {(keep: boolean) => void} keepAlive
 * @property {() => void} createChannel
 * @property {(key: number) => void} start
 * @property {(key: number) => void} stop
 * @property {(key: number) => boolean} close
 * @property {(key: number) => number} queued
 * @property {(key: number, value: unknown, session: import('./codec/session') | undefined) => number} post
 * @property {(value: unknown, session: import('./codec/session')) => number} draft
 * @property {(key: number, draft: number, ports: number[], parcel: number) => number} sendDraft
 * @property {(key: number, parcel: number) => number} sendWhole
 * @property {(key: number) => number} peerKey
 * @property {() => number} nextParcel
 * @property {(draft: number) => void} dropDraft
 * @property {() => number} beginDrain
 * @property {() => unknown} next
 * @property {() => boolean} endDrain
 * @property {(key: number) => unknown} receive
 * @property {(key: number) => string} park
 * @property {(token: string) => number} claim
 * @property {(token: string) => void} entrust
 * @property {(token: string) => boolean} revoke
 * @property {(error: unknown) => void} raise
 * @property {(value: unknown, session: import('./codec/session')) => ArrayBuffer} serialize
 * @property {(bytes: Uint8Array) => unknown} deserialize
 * @property {Record<string, number>} tags the tags of the wire format (src/wire/tag.rs)
 * @property {Record<string, number>} outcomes
 * @property {Record<string, number>} viewKinds
 * @property {Record<string, number>} errorKinds
 */

const native = /** @type {Native} */ (/** @type {unknown} */ (binding));

module.exports = native;
