'use strict';

// How long the tests wait for what should not take long. Nothing is measured by it: it only ends what hangs.

/** A machine on which everything is slower, by a tool that watches each access or by its load, says how much. */
const PATIENCE = Number(process.env.TEST_PATIENCE ?? 1);

/**
 * For one program that a test starts, or one scenario, in milliseconds: less than AVA waits before it ends a file, so
 * that the test itself can say what had been seen until then.
 */
const LIMIT = 150_000 * PATIENCE;

/** How many times as much memory all takes as usual: a tool that watches each access keeps what is freed. */
const BLOAT = Number(process.env.TEST_BLOAT ?? 1);

module.exports = { BLOAT, LIMIT, PATIENCE };
