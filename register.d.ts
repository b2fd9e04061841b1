/**
 * Makes `node:worker_threads` and the globals hand out ferroport's classes, in this thread and the workers that it
 * starts: `node --require ferroport/register app.js`. See docs/register.md.
 */
export {};
