'use strict';

/** Whether the long runs are to be whole: some take minutes. */
const WHOLE = process.env.CALLS_WHOLE === '1';

module.exports = { WHOLE };
