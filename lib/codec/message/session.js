// What the two codecs share of one message while it is written.
'use strict';

const { tags } = require('../../native/native');
const { Numbers } = require('./numbers');

/** @type {never[]} */
const NOTHING = [];

/** The numbers of the objects that have been met in the message, the objects that go in its parcel, and the signals that go along. */
class Session {
  /**
   * @param {Map<object, number> | null} transfer what is written for each object of the transfer list
   * @param {boolean} [isPortable] whether nothing can go along with the bytes, so that there is no parcel
   */
  constructor(transfer, isPortable = false) {
    this.isPortable = isPortable;
    /**
     * The objects of the parcel, which only V8 can move.
     * @type {object[]}
     */
    this.objects = NOTHING;
    /**
     * Those objects among them that are copies made to be moved.
     * @type {ArrayBuffer[]}
     */
    this.copies = NOTHING;
    /**
     * The signals that go along with the message.
     * @type {object[]}
     */
    this.signals = NOTHING;
    /** Whether DOM exceptions go in the parcel although nothing else can: of the reason of a signal. */
    this.hasExceptions = false;
    this.seen = new Numbers();
    this.transfer = transfer;
    /**
     * How many numbers have been given out. Encoder and complete codec count in the same way, see docs/wire-format.md.
     */
    this.count = 0;
  }

  /** See refused.js. */
  get isRefused() {
    return false;
  }

  /**
   * Puts an object into the parcel.
   * @param {object} object
   * @returns {number} its index there
   */
  carry(object) {
    if (this.objects === NOTHING) this.objects = [];
    this.objects[this.objects.length] = object;
    return this.objects.length - 1;
  }

  /**
   * Lets a signal go along with the message.
   * @param {object} signal
   * @returns {number} its index among those that do
   */
  share(signal) {
    if (this.signals === NOTHING) this.signals = [];
    this.signals[this.signals.length] = signal;
    return this.signals.length - 1;
  }

  /** Whether anything goes along with the bytes. */
  get isAccompanied() {
    return this.objects.length + this.signals.length > 0;
  }

  /**
   * Puts a buffer into the parcel to which nobody else has a reference.
   * @param {ArrayBuffer} copy
   * @returns {number} its index there
   */
  carryCopy(copy) {
    if (this.copies === NOTHING) this.copies = [];
    this.copies[this.copies.length] = copy;
    return this.carry(copy);
  }
}

/** The word that is written for an object is its tag plus the object's index times this number. */
Session.INDEX = tags.ARGUMENT_UNIT;

module.exports = Session;
