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
   * Whether a message was begun and has not ended. While this is false, all fields below and `notes` are as they are
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
  /** Whether things that V8 copies may be moved with the message: it has one receiver. */
  mayMove: true,
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
   * Many objects in the order of their numbers, of which none has been met twice: one look tells whether an object is
   * new.
   * @type {Set<object> | null}
   */
  once: null,
  /** How much else is in there, from the first on. */
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
  /** How many of the `notes` are in use. */
  noted: 0,
};

/**
 * The first objects that have got numbers; those from `count` on are null.
 * @type {(object | null)[]}
 */
const few = filled(FEW, /** @type {object | null} */ (null));

/** The room for so many notes is kept, because growing it anew for each Map costs as much as writing the notes. */
const NOTED = 1 << 12;

/**
 * The content of the Maps and Sets that are being written, noted because getters in there may change them. Those from
 * `noted` on are undefined.
 * @type {unknown[]}
 */
const notes = bareList();
for (let i = 0; i < NOTED; i++) notes[i] = undefined;

/** @param {number} from the first note that is not needed any more; those after it are not needed either */
function forgetNotes(from) {
  const end = message.noted < NOTED ? message.noted : NOTED;
  for (let i = from; i < end; i++) notes[i] = undefined;
  if (notes.length > NOTED) notes.length = from > NOTED ? from : NOTED;
  message.noted = from;
}

/** Forgets a message that is not to be sent. The message is closed when this returns, and not before. */
function clear() {
  message.depth = 0;
  message.deepest = DEEP;
  message.isAtBottom = false;
  message.mayMove = true;
  message.session = message.port = null;
  message.count = 0;
  message.once = message.many = message.first = null;
  message.firstValue = undefined;
  forgetNotes(0);
  for (let i = 0; i < FEW; i++) few[i] = null;
  discard();
  message.isOpen = false;
}

module.exports = { message, few, notes, forgetNotes, clear, FEW };
