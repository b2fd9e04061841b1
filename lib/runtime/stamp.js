// What is done to every new port.
'use strict';

module.exports = {
  /** @type {((port: object) => void) | undefined} set by the hook */
  mark: undefined,
};
