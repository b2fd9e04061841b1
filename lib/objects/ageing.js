// Tells the tables of this thread when time has passed. A table gives back then what was not used since it was told
// before. Other listeners hear of each garbage collection. The garbage collector is the clock: a thread that makes no
// garbage need not give anything back.
'use strict';

const { globals, registryRegister } = require('../language/intrinsics');

const { FinalizationRegistry } = globals;

/** The tables are told after so many collections of the whole heap. */
const COLLECTIONS = 4;

/** @type {(() => void)[]} */
const tables = [];

/** @type {(() => void)[]} */
const listeners = [];

let collections = 0;

/** Hears of each hand that has been collected. */
const clock = new FinalizationRegistry(tick);

/**
 * The hands of the clock. A new hand is held while several others are collected. By then the collector counts it as
 * old, and looks at it only when it collects the whole heap.
 * @type {object[]}
 */
const hands = [newHand(), newHand(), newHand(), newHand()];

function newHand() {
  const hand = {};
  registryRegister(clock, hand, undefined);
  return hand;
}

function tick() {
  hands[collections % hands.length] = newHand();
  collections++;
  for (let i = 0; i < listeners.length; i++) listeners[i]();
  if (collections % COLLECTIONS !== 0) return;
  for (let i = 0; i < tables.length; i++) tables[i]();
}

/** Starts the clock with the first table or listener. */
function begin() {
  if (tables.length + listeners.length === 0) tick();
}

/** @param {() => void} giveBack forgets what was not used since the last call of it */
function onAge(giveBack) {
  begin();
  tables[tables.length] = giveBack;
}

/** @param {() => void} listener is called whenever the whole heap has been collected */
function onCollection(listener) {
  begin();
  listeners[listeners.length] = listener;
}

module.exports = { onAge, onCollection };
