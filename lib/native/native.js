// The addon's functions for this copy of ferroport's JavaScript. A thread may have several copies, each with functions
// of its own.
'use strict';

const binding = require('../addon');

/** @typedef {import('../codec/message/session')} Session */

/** @typedef {(number: number) => any} Load sends the parcel of that number ahead; src/node/post.rs and broadcast.rs say what it returns */

/**
 * @typedef {object} Native the functions of src/node/functions.rs, documented there
 * @property {() => ArrayBuffer} makeBlock
 * @property {(functions: object) => void} connect
 * @property {object} hooks what has been connected, which the addon does not hold
 * @property {<T>(work: () => T) => T} outside
 * @property {(held: boolean) => void} hold
 * @property {(keep: boolean) => void} keepAlive
 * @property {(process: unknown) => void} tellOfPorts
 * @property {() => void} createChannel
 * @property {(key: number) => void} start
 * @property {(key: number) => void} serve
 * @property {(key: number) => void} stop
 * @property {(key: number) => boolean} close
 * @property {(key: number) => number} queued
 * @property {(key: number) => number} peerKey
 * @property {(key: number, number: number) => number} agree
 * @property {(key: number, copy: number, other: number) => boolean} isPeer
 * @property {() => number} nextParcel
 * @property {(key: number, value: unknown, session: Session | undefined, load: Load | undefined) => number} post and what
 *   follows: src/node/post.rs
 * @property {(key: number, value: unknown, session: Session, load: Load) => number} postListed
 * @property {(key: number, load: Load) => number} sendBeside
 * @property {(key: number, moved: number) => number} sendPort
 * @property {(key: number, load: Load) => number} sendWhole
 * @property {(key: number) => void} beginKept
 * @property {(key: number, number: number) => number} sendKept
 * @property {() => number} beginDrain
 * @property {() => boolean} endDrain
 * @property {() => boolean} atClosing
 * @property {() => void} watchLoops
 * @property {() => string} broadcastSecret and what follows: src/node/broadcast.rs
 * @property {(name: string) => void} join
 * @property {() => void} broadcast
 * @property {(key: number, value: unknown, session: Session | undefined, load: Load | undefined) => void} broadcastValue
 * @property {(key: number) => void} audience
 * @property {(key: number, load: Load) => void} broadcastBeside
 * @property {() => void} send and what follows: src/node/lane
 * @property {() => void} flush
 * @property {() => void} discard
 * @property {(value: unknown, session: Session | undefined) => boolean} appendValue
 * @property {(string: string, isLatin1: boolean) => void} appendString
 * @property {(bytes: Uint8Array) => void} appendBytes
 * @property {(string: string) => void} writeLatin1
 * @property {(string: string) => void} writeUtf16
 * @property {(bigint: bigint) => boolean} writeDigits
 * @property {(count: number, ...bigints: bigint[]) => number} writeBigInts
 * @property {(keys: string[], seen: number) => number | undefined} internShape undefined where the thread is being terminated
 * @property {(number: number) => string[] | undefined} shapeKeys
 * @property {() => void} take
 * @property {(key: number) => void} receive
 * @property {() => void} window
 * @property {() => void} release
 * @property {() => unknown} read
 * @property {() => unknown} readRecord
 * @property {() => string} latin1
 * @property {() => string} utf16
 * @property {(most: number, list: (...values: unknown[]) => unknown[]) => unknown[]} many
 * @property {() => string} longLatin1
 * @property {() => string} longUtf16
 * @property {() => ArrayBuffer} longBytes
 * @property {(bytes: Uint8Array) => void} fillBytes
 * @property {(isNegative: boolean) => bigint} digits
 * @property {(key: number) => string} park
 * @property {(token: string) => number} claim
 * @property {(token: string) => void} entrust
 * @property {(token: string) => boolean} revoke
 * @property {() => Record<string, number>} leftovers
 * @property {() => void} reserveStack src/node/stack.rs
 * @property {() => void} reserveStepStack
 * @property {() => void} reserveDeepStack
 * @property {() => void} reserveLevels
 * @property {(error: unknown) => void} raise
 * @property {(value: unknown, session: Session) => ArrayBuffer} serialize
 * @property {(bytes: Uint8Array) => unknown} deserialize
 * @property {number} number of this copy, see src/node/copies.rs
 * @property {number} library the addon as the process has loaded it
 * @property {string} version
 * @property {Record<string, number>} tags the tags of the wire format (src/wire/tag.rs)
 * @property {{ MOST_KEYS: number, LONGEST_KEY: number, OFTEN_ENOUGH: number, MOST_IN_RUN: number, MOST_BIGINTS: number,
 *   LEVELS: number, LEAST_BUDGET: number }} limits
 * @property {Record<string, number>} places what is where in the block (src/node/block.rs)
 * @property {Record<string, number>} outcomes
 * @property {Record<string, number>} keeping what is done with a string that several endpoints of the thread get
 * @property {Record<string, number>} viewKinds
 * @property {Record<string, number>} errorKinds
 */

const { instantiate, ...shared } = /** @type {any} */ (binding);

const native = /** @type {Native} */ (Object.assign(instantiate(), shared));

module.exports = native;
