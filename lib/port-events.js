// The events that ports dispatch.
'use strict';

const { Event, MessageEvent } = globalThis;

/** Like the built-in's event of this name. */
class MessagePortCloseEvent extends Event {
  constructor() {
    super('close');
  }
}

/**
 * A MessageEvent (HTML standard, 9.1) that takes our ports and keeps `undefined`.
 *
 * It is a MessageEvent by its prototype chain and is constructed as an Event: the global class's constructor accepts only
 * native ports, turns undefined into null, and is several times slower.
 */
class PortMessageEvent extends Event {
  #data;
  #ports;

  /**
   * @param {'message' | 'messageerror'} type
   * @param {unknown} data
   * @param {object[]} ports
   */
  constructor(type, data, ports) {
    super(type);
    this.#data = data;
    this.#ports = ports;
  }

  get data() {
    return this.#data;
  }

  get ports() {
    return this.#ports;
  }

  get origin() {
    return '';
  }

  get lastEventId() {
    return '';
  }

  get source() {
    return null;
  }
}
Object.setPrototypeOf(PortMessageEvent.prototype, MessageEvent.prototype);
// So that `event.constructor` is MessageEvent.
Reflect.deleteProperty(PortMessageEvent.prototype, 'constructor');

module.exports = { MessagePortCloseEvent, PortMessageEvent };
