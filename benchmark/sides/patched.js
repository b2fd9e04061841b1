// What some old libraries do to the language's objects, before anything else is loaded.
'use strict';

/** @type {any} */ (Object.prototype).extension = function extension() {};
