// inspectPorts: what there is of open ports in this thread.
'use strict';

const { openPorts } = require('../port/open-ports');

/**
 * @returns {import('../port/open-ports').OpenPort[]} the open ports of this copy of ferroport, an array that is the caller's
 */
function inspectPorts() {
  return openPorts();
}

module.exports = inspectPorts;
