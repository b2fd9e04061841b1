// What one message remembers while it is being cloned.
'use strict';

const { tags } = require('../../native/native');
const { Numbers } = require('./numbers');

/** @type {never[]} */
const NOTHING = [];

/** The objects that the message has shown, by number, and those that it moves. */
class Session {
  /**
   * @param {Map<object, number> | null} transfer what to write for the objects of the transfer list
   * @param {boolean} [isPortable] nothing can go along with the bytes
   */
  constructor(transfer, isPortable = false) {
    this.isPortable = isPortable;
    /**
     * What goes along in a parcel, because only V8 can move it.
     * @type {object[]}
     */
    this.objects = NOTHING;
    /**
     * Which of it are copies that were made to be moved.
     * @type {ArrayBuffer[]}
     */
    this.copies = NOTHING;
    this.seen = new Numbers();
    this.transfer = transfer;
    /** How many numbers have been given out. The encoder counts alike: see docs/wire-format.md. */
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
   * Puts a buffer into the parcel that nobody else knows.
   * @param {ArrayBuffer} copy
   * @returns {number} its index there
   */
  carryCopy(copy) {
    if (this.copies === NOTHING) this.copies = [];
    this.copies[this.copies.length] = copy;
    return this.carry(copy);
  }
}

/** An index stands above the tag in what is written for an object. */
Session.INDEX = tags.ARGUMENT_UNIT;

module.exports = Session;
