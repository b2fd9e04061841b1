// What rooms below that of the signals know of signals that threads share. abort/signal.js gives its card when it is loaded; until then this
// copy of ferroport has none.
'use strict';

const native = require('../native/native');
const { isObject, statics, types } = require('../language/originals');

const { getOwnPropertyDescriptor, getPrototypeOf, symbolFor } = statics;

/** A copy of any version leaves a card on the prototypes of its signals and controllers under this symbol. */
const SIGNALS = symbolFor('ferroport.signals');

/**
 * What a copy shows of its signals to others. The functions stay the same in all versions.
 * @typedef {object} Card
 * @property {string} version
 * @property {number} library the addon that the copy uses, as the process has loaded it: a signal can be used by one only
 * @property {number} copy by which the addon knows the copy
 * @property {(value: any) => boolean} isSignal whether a value is a signal of the copy
 * @property {(value: any) => boolean} isController whether a value is a controller of the copy
 * @property {(signal: any) => number} numberOf by which the addon knows a signal of the copy
 */

/** @type {Card | null} */
let own = null;

/** @param {Card} card of this copy */
function setOwn(card) {
  own = card;
}

/** @type {(value: any) => boolean} whether a value is a signal of this copy */
const isOwn = (value) => own !== null && own.isSignal(value);

/**
 * The card on an object's prototypes, if a copy has left one that this copy can use. Runs no code of the program's.
 * @param {any} object
 * @returns {Card | undefined}
 */
function cardOf(object) {
  if (typeof object !== 'object' || types.isProxy(object)) return undefined;
  for (let link = object; link !== null && !types.isProxy(link); link = getPrototypeOf(link)) {
    /** @type {Card | undefined} */
    const card = getOwnPropertyDescriptor(link, SIGNALS)?.value;
    if (card !== undefined) {
      return card.version === native.version && card.library === native.library ? card : undefined;
    }
  }
  return undefined;
}

/**
 * Whether a value is a signal of this copy of ferroport, or of one whose signals it can send.
 * @param {any} value
 * @returns {boolean}
 */
const isSignal = (value) => isOwn(value) || cardOf(value)?.isSignal(value) === true;

/**
 * Whether a value can be used as an AbortSignal, of whatever class: the runtime's, this copy's or another's, or a program's own.
 * @param {any} value
 * @returns {boolean}
 */
const isUsedAsSignal = (value) =>
  isObject(value) && typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function';

/**
 * Whether a value is the controller of such a signal.
 * @param {any} value
 * @returns {boolean}
 */
const isController = (value) => cardOf(value)?.isController(value) === true;

/**
 * Who knows a signal, by which the addon finds it.
 * @param {any} signal
 * @returns {Card}
 */
const ownerOf = (signal) => /** @type {Card} */ (isOwn(signal) ? own : cardOf(signal));

/**
 * Lets signals go along with the message that is being sent. Nothing may be called after this before the message has left.
 * @param {any[]} list of them, in the message's order
 */
function sendAlong(list) {
  for (let i = 0; i < list.length; i++) {
    const card = ownerOf(list[i]);
    native.sendAlong(card.copy, card.numberOf(list[i]));
  }
}

/** The key of the endpoint on which this thread hears of signals; 0 before it listens to one. */
const teller = { key: 0 };

module.exports = { SIGNALS, setOwn, isOwn, isSignal, isUsedAsSignal, isController, ownerOf, sendAlong, teller };
