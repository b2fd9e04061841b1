// The method of ports by which an addon of somebody else takes the endpoint (docs/native-abi.md).
'use strict';

const { lazy } = require('../language/lazy');
const { symbolFor } = require('../language/originals').statics;
const { check } = require('../port/port');

/** Loaded when first needed: few programs have such an addon. */
const handing = lazy(() => require('./hand-over'));

const nativeMethods = {
  /**
   * Hands the endpoint to whoever knows what is in the object that is returned. The port is gone afterwards, as if transferred.
   * @this {any}
   * @returns {object}
   */
  [symbolFor('ferroport.native.1')]() {
    check(this);
    return handing().handOver(this);
  },
};

module.exports = nativeMethods;
