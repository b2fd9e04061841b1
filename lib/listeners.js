// The record of a port's listeners: which there are for an event, in which order and in which style.
'use strict';

/**
 * @typedef {object} Entry one listener for one event
 * @property {any} listener what the user gave
 * @property {boolean} emitter added by `on`, so called with the value instead of an event
 * @property {boolean} once
 * @property {boolean} capture
 * @property {boolean} active false for an on… attribute that holds no function
 * @property {boolean} removed
 * @property {any} registered what EventTarget calls for it
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
    /** How many are active. */
    this.count = 0;
    /** How many are in EventTarget's style. */
    this.targets = 0;
  }
}

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
   * @type {Map<string, Entry> | null}
   */
  #attributes = null;

  get size() {
    return this.#size;
  }

  /** Events that have listeners, or had one that ran once. */
  get names() {
    return [...this.#events.keys()];
  }

  /** @param {string} name */
  of(name) {
    return name === 'message' ? this.#message : this.#events.get(name);
  }

  /** @param {string} name */
  count(name) {
    return this.#events.get(name)?.count ?? 0;
  }

  /** @param {string} name */
  active(name) {
    return this.#events.get(name)?.entries.filter(({ active }) => active) ?? [];
  }

  /**
   * The same listener counts once for an event, whatever the style.
   * @param {string} name
   * @param {unknown} listener
   * @param {boolean} capture
   */
  find(name, listener, capture) {
    return this.#events.get(name)?.entries.find((entry) => entry.listener === listener && entry.capture === capture);
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   * @param {boolean} first whether it comes before all others
   */
  add(name, entry, first) {
    let of = this.#events.get(name);
    if (of === undefined) {
      this.#events.set(name, (of = new EventListeners()));
      if (name === 'message') this.#message = of;
    }
    const last = of.entries.at(-1);
    if (first) entry.next = of.entries[0];
    else if (last !== undefined) last.next = entry;
    of.entries = first ? [entry, ...of.entries] : [...of.entries, entry];
    if (!entry.emitter) of.targets++;
    if (entry.active) of.count++;
    this.#size++;
  }

  /**
   * @param {string} name
   * @param {Entry} entry that is in the record
   */
  remove(name, entry) {
    const of = /** @type {EventListeners} */ (this.#events.get(name));
    entry.removed = true;
    const before = of.entries[of.entries.indexOf(entry) - 1];
    if (before !== undefined) before.next = entry.next;
    of.entries = of.entries.filter((each) => each !== entry);
    if (!entry.emitter) of.targets--;
    if (entry.active) of.count--;
    this.#size--;
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   * @param {boolean} active
   */
  activate(name, entry, active) {
    if (entry.active === active) return;
    entry.active = active;
    /** @type {EventListeners} */ (this.#events.get(name)).count += active ? 1 : -1;
  }

  /**
   * Forgets that an event ever had listeners.
   * @param {string} name
   */
  forget(name) {
    this.#events.delete(name);
    if (name === 'message') this.#message = undefined;
  }

  /** @param {string} name */
  attribute(name) {
    const entry = this.#attributes?.get(name);
    return entry?.removed ? undefined : entry;
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   */
  setAttribute(name, entry) {
    (this.#attributes ??= new Map()).set(name, entry);
  }
}

module.exports = Listeners;
