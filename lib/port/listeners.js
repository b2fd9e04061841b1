// The record of a port's listeners: their events, order and styles. The record uses nothing of arrays and Maps that
// programs can patch, because a record that was changed by half would stay wrong.
'use strict';

const { Map, mapDelete, mapForEach, mapGet, mapSet } = require('../language/intrinsics');

/**
 * @typedef {object} Entry one listener for one event
 * @property {any} listener what the program gave
 * @property {boolean} emitter added by `on`, so called with the value and not with an event
 * @property {boolean} once
 * @property {boolean} capture
 * @property {number} counts how many listeners it counts as. One, except for an on… attribute: Node counts the first
 *   assigned value whatever that is, and adds or subtracts one for each function that comes or goes later
 * @property {boolean} removed
 * @property {boolean} passive
 * @property {boolean} isMoving it stays in the record while it is taken from EventTarget and added to it again
 * @property {Entry | undefined} next the entry after it; for a removed entry, the entry that was after it then
 */

/** The listeners for one event. */
class EventListeners {
  constructor() {
    /**
     * In the order of adding. The array is never changed in place, because whoever goes through it may be changing the
     * listeners. A value goes along `next` instead, as in Node's EventTarget, and so reaches listeners that are added
     * meanwhile.
     * @type {readonly Entry[]}
     */
    this.entries = [];
    /** The number of listeners that the entries count as. */
    this.count = 0;
    /** How many entries are in EventTarget's style. */
    this.targets = 0;
  }
}

/**
 * @typedef {object} Attribute an on… attribute that has been assigned
 * @property {import('./event-handler').EventHandler} run the listener that calls the assigned handler
 * @property {Entry | undefined} entry the record's entry for that listener
 */

class Listeners {
  /** @type {Map<string, EventListeners>} */
  #events = new Map();
  /**
   * The listeners for 'message', which are needed most.
   * @type {EventListeners | undefined}
   */
  #message;
  /** How many entries there are for all events. */
  #size = 0;
  /**
   * The on… attributes that have been assigned, by event.
   * @type {Map<string, Attribute> | null}
   */
  #attributes = null;

  get size() {
    return this.#size;
  }

  /** The events that have listeners, or had a listener that ran once. */
  get names() {
    return this.namesAs((name) => name);
  }

  /**
   * @template T
   * @param {(name: string) => T} convert
   * @returns {T[]} what `convert` makes of the names of those events
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
   * The entry of a listener for an event. The style makes no difference: a listener can be added for an event once.
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
   * @param {boolean} first whether the entry comes before all others
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
   * @returns {Attribute | undefined} undefined also if the attribute's listener has been removed
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
