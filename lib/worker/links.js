// The channels between this thread's Workers and their threads, for what needs more of a Worker than its methods.
'use strict';

const { globals, methods, uncurry } = require('../language/originals');

/** @typedef {import('./link')} Link */

/** @type {WeakMap<object, Link>} */
const links = new globals.WeakMap();

/** @type {(worker: any) => Link | undefined} undefined for what is no Worker of this copy of ferroport, or has ended */
const linkOf = uncurry(methods.weakMapGet, links);

/** @type {(worker: object, link: Link) => unknown} */
const setLink = uncurry(methods.weakMapSet, links);

/** @type {(worker: object) => boolean} */
const forgetLink = uncurry(methods.weakMapDelete, links);

module.exports = { linkOf, setLink, forgetLink };
