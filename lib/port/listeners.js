// The record of a port's listeners: which there are for an event, in which order and in which style. What programs can patch of
// arrays and Maps is not used: a record that is changed by half would be wrong for good.
'use strict';

const { Map, mapDelete, mapForEach, mapGet, mapSet } = require('../language/intrinsics');

/**
 * @typedef {object} Entry one listener for one event
 * @property {any} listener what the user gave
 * @property {boolean} emitter added by `on`, so called with the value instead of an event
 * @property {boolean} once
 * @property {boolean} capture
 * @property {number} counts for how many it counts. For one, but Node counts the first value of an on… attribute whatever that is,
 *   and a function that comes or goes later once more or less
 * @property {boolean} removed
 * @property {boolean} passive
 * @property {boolean} isMoving it is in the record, and EventTarget, which tells of it, is about to get it again
 * @property {Entry | undefined} next the one after it; of one that has been removed, the one that was after it then
 */

/** The listeners for one event. */
class EventListeners {
  constructor() {
    /**
     * In order of adding. Never changed in place, because whoever goes through it may be changing it; values go from entry to
     * entry instead, as Node's EventTarget does, and so meet what has been added meanwhile.
     * @type {readonly Entry[]}
     */
    this.entries = [];
    /** For how many they count. */
    this.count = 0;
    /** How many are in EventTarget's style. */
    this.targets = 0;
  }
}

/**
 * @typedef {object} Attribute an on… attribute that has been assigned
 * @property {{ (event: Event): any, handler: any }} run the listener that calls what it holds
 * @property {Entry | undefined} entry of what was registered for that
 */

class Listeners {
  /** @type {Map<string, EventListeners>} */
  #events = new Map();
  /**
   * Those for the event that matters, at hand.
   * @type {EventListeners | undefined}
   */
  #message;
  /** How many there are in all. */
  #size = 0;
  /**
   * The listeners that on… attributes have, by event.
   * @type {Map<string, Attribute> | null}
   */
  #attributes = null;

  get size() {
    return this.#size;
  }

  /** Events that have listeners, or had one that ran once. */
  get names() {
    return this.namesAs((name) => name);
  }

  /**
   * @template T
   * @param {(name: string) => T} convert
   * @returns {T[]} what it makes of the names of those events
   */
  namesAs(convert) {
    /** @type {T[]} */
    const names = [];
    mapForEach(this.#events, (/** @type {unknown} */ _, /** @type {string} */ name) => {
      names[names.length] = convert(name);
    });
    return names;
  }

  /** @param {string} name */
  of(name) {
    return name === 'message' ? this.#message : mapGet(this.#events, name);
  }

  /** @param {string} name */
  count(name) {
    return this.of(name)?.count ?? 0;
  }

  /**
   * The same listener counts once for an event, whatever the style.
   * @param {string} name
   * @param {unknown} listener
   * @param {boolean} capture
   * @returns {Entry | undefined}
   */
  find(name, listener, capture) {
    /** @type {readonly Entry[]} */
    const entries = this.of(name)?.entries ?? [];
    for (let i = 0; i < entries.length; i++) {
      if (entries[i].listener === listener && entries[i].capture === capture) return entries[i];
    }
    return undefined;
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   * @param {boolean} first whether it comes before all others
   */
  add(name, entry, first) {
    /** @type {EventListeners | undefined} */
    let of = mapGet(this.#events, name);
    if (of === undefined) {
      of = new EventListeners();
      mapSet(this.#events, name, of);
      if (name === 'message') this.#message = of;
    }
    const { entries } = of;
    const count = entries.length;
    if (first) entry.next = entries[0];
    else if (count > 0) entries[count - 1].next = entry;
    const longer = first ? [entry] : [];
    for (let i = 0; i < count; i++) longer[longer.length] = entries[i];
    if (!first) longer[longer.length] = entry;
    of.entries = longer;
    if (!entry.emitter) of.targets++;
    of.count += entry.counts;
    this.#size++;
  }

  /**
   * @param {string} name
   * @param {Entry} entry that is in the record
   */
  remove(name, entry) {
    const of = /** @type {EventListeners} */ (mapGet(this.#events, name));
    entry.removed = true;
    const { entries } = of;
    const others = [];
    for (let i = 0; i < entries.length; i++) {
      if (entries[i] !== entry) others[others.length] = entries[i];
      else if (i > 0) entries[i - 1].next = entry.next;
    }
    of.entries = others;
    if (!entry.emitter) of.targets--;
    of.count -= entry.counts;
    this.#size--;
  }

  /**
   * @param {string} name
   * @param {Entry} entry of an on… attribute
   * @param {1 | -1} change a function has come, or gone
   */
  countAttribute(name, entry, change) {
    entry.counts += change;
    /** @type {EventListeners} */ (mapGet(this.#events, name)).count += change;
  }

  /**
   * Forgets that an event ever had listeners.
   * @param {string} name
   */
  forget(name) {
    mapDelete(this.#events, name);
    if (name === 'message') this.#message = undefined;
  }

  /**
   * @param {string} name
   * @returns {Attribute | undefined} undefined also if its listener has been removed
   */
  attribute(name) {
    const attribute = this.#attributes === null ? undefined : mapGet(this.#attributes, name);
    return attribute?.entry?.removed ? undefined : attribute;
  }

  /**
   * @param {string} name
   * @param {Attribute} attribute
   */
  setAttribute(name, attribute) {
    mapSet((this.#attributes ??= new Map()), name, attribute);
  }
}

module.exports = Listeners;
