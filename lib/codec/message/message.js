// The message being written, and all that the encoder remembers of it.
'use strict';

const { discard } = require('../../native/native');
const { DEEP } = require('./limits');
const { bareList, filled } = require('../../language/intrinsics');

/** Up to so many objects are searched one by one; more are looked up. */
const FEW = 64;

/** @typedef {import('./session')} Session */

const message = {
  /**
   * Whether a message was begun and has not ended. While this is false, all fields below and `contents` are as they are
   * here: the last step of every message, complete or not, makes it false. A message may be left open. A full stack
   * ends any step that makes a call, also the step that cleans up, and a termination ends every step. So whoever begins
   * a message looks here first.
   */
  isOpen: false,
  /** The depth in the message of the value being written. */
  depth: 0,
  /** The depth up to which there is known to be enough stack. */
  deepest: DEEP,
  /** Whether there was no stack for more levels. */
  isAtBottom: false,
  /** The key of the sending endpoint, if the message has one receiver: things that V8 copies may be moved with it then. Else 0. */
  from: 0,
  /**
   * The port that the message moves, for which a PORT entry with index 0 is written.
   * @type {ReturnType<typeof import('../../port/port').make> | null}
   */
  port: null,
  /**
   * The session that the complete codec shares with the encoder, once the message has needed the complete codec.
   * @type {Session | null}
   */
  session: null,
  /** How many objects have got numbers, see seen.js. */
  count: 0,
  /**
   * Many objects in the order of their numbers, while none has been met twice. One look tells whether an object is new.
   * @type {Set<object> | null}
   */
  once: null,
  /** How many entries of `once` are fillers. They come before the objects, see encode/roomy-sets.js. */
  fillers: 0,
  /**
   * The numbers of many objects.
   * @type {import('./numbers').ObjectNumbers | null}
   */
  many: null,
  /**
   * An object whose first property has been read and not written yet, see encode/objects.js.
   * @type {object | null}
   */
  first: null,
  /** The value of that property. */
  firstValue: /** @type {unknown} */ (undefined),
  /** How many of the `contents` are in use. */
  contentCount: 0,
};

/**
 * The first objects that have got numbers; those from `count` on are null.
 * @type {(object | null)[]}
 */
const few = filled(FEW, /** @type {object | null} */ (null));

/** The list keeps room for so many contents, because growing it anew for each Map costs as much as writing the contents. */
const CONTENTS_ROOM = 1 << 12;

/**
 * The keys and values in the Maps and Sets that are being written. They are listed before any of them is written, because
 * a getter in one of them may change the Map or Set. From `contentCount` on all places are undefined.
 * @type {unknown[]}
 */
const contents = bareList();
for (let i = 0; i < CONTENTS_ROOM; i++) contents[i] = undefined;

/** @param {number} from the first place whose content is not needed any more; the places after it are not needed either */
function forgetContents(from) {
  const end = message.contentCount < CONTENTS_ROOM ? message.contentCount : CONTENTS_ROOM;
  for (let i = from; i < end; i++) contents[i] = undefined;
  if (contents.length > CONTENTS_ROOM) contents.length = from > CONTENTS_ROOM ? from : CONTENTS_ROOM;
  message.contentCount = from;
}

/** Forgets a message that is not to be sent. The message is closed when this returns, and not before. */
function clear() {
  message.depth = 0;
  message.deepest = DEEP;
  message.isAtBottom = false;
  message.from = 0;
  message.session = message.port = null;
  message.count = 0;
  message.once = message.many = message.first = null;
  message.firstValue = undefined;
  forgetContents(0);
  for (let i = 0; i < FEW; i++) few[i] = null;
  discard();
  message.isOpen = false;
}

module.exports = { message, few, contents, forgetContents, clear, FEW };
