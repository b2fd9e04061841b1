// inspectPorts: what there is of open ports in this thread.
'use strict';

const native = require('../native/native');
const attached = require('../channel/attached');
const { teller } = require('../channel/signals');
const { isRefed } = require('../port/port');
const { statsAt } = require('../port/flow');
const { countListeners } = require('../port/target');
const { original: threads } = require('../node/threads');

/**
 * All ports of this copy of ferroport whose channel has been used, those that nobody can reach included: what they hold is not
 * collected yet. To look changes nothing.
 * @returns {{ id: number, thread: number, listeners: number, isRefed: boolean, stats: ReturnType<typeof statsAt> }[]}
 */
function inspectPorts() {
  const keys = native.openKeys();
  const ports = [];
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] === teller.key) continue;
    // Those that the thread does not hold have no listeners, and do not keep it running.
    const port = attached.get(keys[i]);
    ports[ports.length] = {
      id: keys[i],
      thread: threads.threadId,
      listeners: port === undefined ? 0 : countListeners(port),
      isRefed: port !== undefined && isRefed(port),
      stats: statsAt(keys[i]),
    };
  }
  return ports;
}

module.exports = inspectPorts;
