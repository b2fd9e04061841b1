// What is done to every new port.
'use strict';

const stamp = {
  /** @type {((port: any) => void) | undefined} undefined in most programs */
  mark: undefined,
  /** All ports that are known to have been made, if ports are remembered. @type {(() => any[]) | undefined} */
  all: undefined,
  /** Where a port was made, if ports are remembered. @type {((port: any) => string | undefined) | undefined} */
  of: undefined,
  add,
};

/**
 * Has something done to every port that is made from here on.
 * @param {(port: any) => void} work
 */
function add(work) {
  const before = stamp.mark;
  stamp.mark =
    before === undefined
      ? work
      : (port) => {
          before(port);
          work(port);
        };
}

module.exports = stamp;
