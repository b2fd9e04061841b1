// The hook: node:worker_threads and the globals hand out ferroport's classes.
'use strict';

const { original, isHooked, keepOriginal } = require('../node/threads');
const { put, isOfOtherContext, releaseOther, letRelease } = require('./put');

/**
 * Puts the hook on this thread and on the workers that the thread starts, unless the hook is there already or
 * FERROPORT_DISABLE forbids it. The hook of another context of node:vm gives way to this one.
 *
 * On a platform without an addon, Node is left as it is, with a warning.
 * @param {() => Record<string, any>} load loads the package, and gives what it exports
 */
function register(load) {
  const { FERROPORT_DISABLE: disable = '' } = process.env;
  if (isHooked() && !isOfOtherContext()) return;
  if (!['', '0'].includes(disable) || !hasAddon()) {
    require('../through-node/reach').leaveOut();
    return;
  }
  // This comes first, because ferroport's exports include the workerData that has arrived.
  require('../through-node/first-message').arrive();
  // While the package is loaded, it takes what it needs of Node from Node's exports, which are unchanged until then.
  const ferroport = load();
  const { begin } = require('../through-node/reach');
  const { handOut, syncModules } = require('./hand-out');
  const { tellOfPorts } = require('./active');
  const { handOutMessageEvent } = require('./message-event');
  const { patchAll } = require('./patched');
  const { onNote } = require('../through-node/note');
  const { announce } = require('../through-node/arrival');
  require('../native/native').reserveDeepStack();
  releaseOther();
  letRelease();
  keepOriginal(put);
  begin();
  handOut(ferroport);
  handOutMessageEvent();
  tellOfPorts();
  patchAll();
  onNote(announce, put);
  syncModules();
  // With this mark, Node itself refuses a port that stands in a message and not in its transfer list.
  const { markAsUncloneable } = /** @type {any} */ (original);
  if (markAsUncloneable !== undefined) require('../runtime/stamp').add(markAsUncloneable);
}

function hasAddon() {
  try {
    require('../addon');
    return true;
  } catch (/** @type {any} */ error) {
    if (require('../through-node/reach').isFirstWarning()) {
      process.emitWarning(
        `Node's own worker_threads are used, because ferroport could not be loaded: ${error.message}`,
        {
          type: 'FerroportWarning',
          code: 'FERROPORT_NOT_LOADED',
        },
      );
    }
    return false;
  }
}

module.exports = { register };
