// The message being written: everything that the encoder remembers of one message stands here.
'use strict';

const { discard } = require('../../native/native');
const { DEEP } = require('./limits');
const { bareList, filled } = require('../../language/intrinsics');

/** So many objects are looked through; more are looked up. */
const FEW = 64;

/** @typedef {import('./session')} Session */

const message = {
  /**
   * Whether a message was begun and has not ended. While this is false, everything below and `notes` are as they are here:
   * the last step of a message, complete or not, makes it false. A message may be left open: a full stack ends any step that
   * makes a call, the one that cleans up included, and a termination ends all steps. Who begins a message looks here first.
   */
  isOpen: false,
  /** How deep the value being written is in the message. */
  depth: 0,
  /** How deep it may be, as far as it has been asked. */
  deepest: DEEP,
  /** Whether the answer was that it must not be deeper. */
  isAtBottom: false,
  /** Whether what V8 copies may be moved with it: the message has one receiver. */
  mayMove: true,
  /**
   * The port that the message moves: a PORT entry is written for it, with index 0.
   * @type {ReturnType<typeof import('../../port/port').make> | null}
   */
  port: null,
  /**
   * What the complete codec shares with the encoder, once it has been needed for the message.
   * @type {Session | null}
   */
  session: null,
  /** How many objects have got numbers: see seen.js. */
  count: 0,
  /**
   * Many objects of which none has come again, in order: a Set says with one look whether an object is new.
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
   * An object whose first property has been read and not written yet: see encode-objects.js.
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

/** So many notes are room that is kept: growing anew with each Map costs as much as noting what is in it. */
const NOTED = 1 << 12;

/**
 * What is in the Maps and Sets that are being written: getters in there may change them. Those from `noted` on are undefined.
 * @type {unknown[]}
 */
const notes = bareList();
for (let i = 0; i < NOTED; i++) notes[i] = undefined;

/** @param {number} from the first note that is not needed any more, nor are those after it */
function forgetNotes(from) {
  const end = message.noted < NOTED ? message.noted : NOTED;
  for (let i = from; i < end; i++) notes[i] = undefined;
  if (notes.length > NOTED) notes.length = from > NOTED ? from : NOTED;
  message.noted = from;
}

/** Forgets a message that is not to be sent. It is closed when this returns, and not before. */
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
