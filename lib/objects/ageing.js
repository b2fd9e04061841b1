// Tells the tables of this thread when time has passed: they give back then what has not been used since they were told
// before. Others hear of each collection. The garbage collector is the clock. Who makes no garbage is not asked to give anything back.
'use strict';

const { globals, registryRegister } = require('../language/intrinsics');

const { FinalizationRegistry } = globals;

/** So often is the whole heap collected from one time to the next. */
const COLLECTIONS = 4;

/** @type {(() => void)[]} */
const tables = [];

/** @type {(() => void)[]} */
const listeners = [];

let collections = 0;

/** Hears of each hand that nobody holds any more. */
const clock = new FinalizationRegistry(tick);

/**
 * A new hand is held here while several others are collected. It is old then to the collector, which looks at what is young
 * much more often.
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

/** The first hand goes. */
function begin() {
  if (tables.length + listeners.length === 0) tick();
}

/** @param {() => void} giveBack forgets what has not been used since it was called before */
function onAge(giveBack) {
  begin();
  tables[tables.length] = giveBack;
}

/** @param {() => void} listener hears of it whenever the whole heap has been collected */
function onCollection(listener) {
  begin();
  listeners[listeners.length] = listener;
}

module.exports = { onAge, onCollection };
