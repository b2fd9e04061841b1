// Where this copy of ferroport is. Files of lib that ask stand as deep in the package as the files of dist do.
'use strict';

/** The file that is running, of lib or of dist; undefined in a bundle, whose modules have no files. */
const { filename } = /** @type {{ filename?: string }} */ (/** @type {unknown} */ (module));

/** The folder of the package, without a separator at its end; undefined in a bundle. */
const root = filename?.replace(/[/\\][^/\\]*[/\\][^/\\]*$/, '');

module.exports = { filename, root };
