'use strict';

// Posts random graphs through two implementations in this thread and tells where what arrives, or is refused, differs.

const v8 = require('node:v8');
const { inspect } = require('node:util');
const { describe, thrown } = require('../support/describe');
const { randomOf } = require('../support/random');
const { graph } = require('./graphs');

/** The bytes V8 writes for `value`, views on their buffers: equal bytes mean equal graphs. */
function bytes(value) {
  const serializer = new v8.Serializer();
  serializer._setTreatArrayBufferViewsAsHostObjects(false);
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** Node 20 writes an error whose cause leads back to it, and then cannot read it: no behaviour to be held to. */
const UNREADABLE = 'Unable to deserialize cloned data.';

/** One end of a channel to post at and one to take from; replaced by the caller only when it broke. */
function pipe({ MessageChannel, receiveMessageOnPort }) {
  const { port1, port2 } = new MessageChannel();
  return {
    /** What arrives of the graph of `seed`, what was refused, and what the post left of its buffers. */
    post(seed, part) {
      const made = graph(seed, part);
      const left = () => ({
        left: made.buffers.map((buffer) => buffer.byteLength),
        listed: made.transferList.length,
      });
      try {
        port1.postMessage(made.value, made.transferList);
      } catch (error) {
        return { refused: thrown(error), ...left() };
      } finally {
        made.done();
      }
      try {
        const taken = receiveMessageOnPort(port2);
        return taken ? { arrived: taken.message, hosted: made.hosted, ...left() } : { lost: true, ...left() };
      } catch (error) {
        return { unreadable: thrown(error), ...left() };
      }
    },
    close: () => port1.close(),
  };
}

/**
 * Whether two outcomes are one: whether their descriptions are, prototypes and flags included, which V8's bytes do not
 * hold. The bytes tell more only of how a value is stored, so where they alone differ it is counted and no more. That
 * is so in two cases. A string whose units all fit one byte, cut from one in which they do not, keeps two bytes a unit
 * through the built-in and arrives with one each here: half the memory. And an array that has names and no elements
 * arrives here as `[]` does, through the built-in as one that may have holes.
 */
function equal(expected, actual) {
  if ('arrived' in expected !== 'arrived' in actual) return false;
  if (!('arrived' in expected)) return JSON.stringify(expected) === JSON.stringify(actual);
  const told = [expected, actual].map(({ arrived, left }) => JSON.stringify([describe(arrived), left]));
  return told[0] === told[1];
}

/** Runs the graph of `seed` through both pipes: undefined when they agree, else the two outcomes. */
function compare(oracle, subject, seed, part) {
  const expected = oracle.post(seed, part);
  const actual = subject.post(seed, part);
  if (expected.unreadable?.message === UNREADABLE && process.version.startsWith('v20.')) return { skipped: true };
  const same = equal(expected, actual);
  // V8 writes neither shared memory nor what is the host's without help.
  const stored =
    same && 'arrived' in expected && !expected.hosted && !bytes(expected.arrived).equals(bytes(actual.arrived));
  return { same, stored, expected, actual };
}

const show = (value) => inspect(value, { depth: 12, breakLength: 120, maxStringLength: 200, showHidden: false });

/** The smallest part of the graph of `seed` on which the two still differ; undefined where only the whole does. */
function minimise(oracle, subject, seed) {
  const parts = Array.from({ length: graph(seed).parts }, (_, part) => ({
    part,
    size: show(graph(seed, part).value).length,
  }));
  parts.sort((one, other) => one.size - other.size);
  return parts.find(({ part }) => compare(oracle, subject, seed, part).same === false)?.part;
}

/** A report on a graph that differs: how to replay it, its smallest differing part, and both outcomes for that part. */
function report(oracle, subject, seed) {
  const part = minimise(oracle, subject, seed);
  const { expected, actual } = compare(oracle, subject, seed, part);
  return [
    `graph ${seed} differs; replay it alone with PARITY_GRAPH=${seed}`,
    `${part === undefined ? 'the whole' : `its smallest differing part, ${part}`}: ${show(graph(seed, part).value)}`,
    `built-in: ${show(expected)}`,
    `subject: ${show(actual)}`,
  ].join('\n');
}

/**
 * Runs `count` graphs of the run `seed`, or the one graph `only`.
 * @returns {{ compared: number, refused: number, transferred: number, stored: number, skipped: number, failures: string[] }}
 */
function differ(oracleApi, subjectApi, { count, seed, only }) {
  const [oracle, subject] = [pipe(oracleApi), pipe(subjectApi)];
  const { below } = randomOf(seed);
  const result = { compared: 0, refused: 0, transferred: 0, stored: 0, skipped: 0, failures: [] };
  for (let index = 0; index < (only === undefined ? count : 1) && result.failures.length < 5; index++) {
    const own = only ?? below(2 ** 32);
    const outcome = compare(oracle, subject, own);
    if (outcome.skipped) {
      result.skipped++;
      continue;
    }
    result.compared++;
    if (outcome.expected.refused) result.refused++;
    if (outcome.expected.listed > 0) result.transferred++;
    if (outcome.stored) result.stored++;
    if (!outcome.same) result.failures.push(report(oracle, subject, own));
  }
  oracle.close();
  subject.close();
  return result;
}

module.exports = { differ };
