// Serves the calls that come from the other end: finds the function, calls it, and sends what it returns or throws.
'use strict';

const { mapGet, mapSet, mapHas, mapDelete, mapForEach } = require('../language/intrinsics');
const { globals, statics, types, isObject } = require('../language/originals');
const { CallContext, abort, finish, isAwaited, isGivenUp } = require('./context');
const { pack, shortenPath, withoutFrames } = require('./errors');
const { takeList } = require('./moved');
const { BLOCKED, NESTED, THROWN, refusalOf, resultOf, thrownOf } = require('./records');
const { givenSignals } = require('./signals');

const { apply, getOwnPropertyDescriptor, isArray } = statics;
const { Map } = globals;

/** Functions get no more arguments than this: more would take the whole stack. */
const MOST_ARGUMENTS = 10_000;

/** @typedef {InstanceType<typeof CallContext>} Context */

class Serving {
  /** @type {any} */
  #api;
  /** @type {InstanceType<typeof import('./line').Line>} */
  #line;
  /** Calls that have been begun and not answered, by the caller's numbers. @type {Map<number, Context>} */
  #running = new Map();
  /** How many of them block their caller. */
  #awaited = 0;

  /**
   * @param {any} api undefined if nothing can be called
   * @param {InstanceType<typeof import('./line').Line>} line
   */
  constructor(api, line) {
    this.#api = api;
    this.#line = line;
  }

  /**
   * Serves a call.
   * @param {any} record
   * @param {boolean} isBlocked whether this thread is blocked in a call of its own
   */
  serve({ id, name, args, mode, given }, isBlocked) {
    // Nobody could be answered, or there would be two answers.
    if (typeof id !== 'number' || mapHas(this.#running, id)) return;
    const called = typeof name === 'string' ? this.#find(name) : undefined;
    if (called === undefined) {
      return this.#refuse(
        id,
        'ERR_FERROPORT_NO_SUCH_CALL',
        `The other end has no function ${textOf(name)} of its own to be called`,
      );
    }
    if (!isArray(args) || args.length > MOST_ARGUMENTS) {
      const message = `The arguments of a call must be an array of at most ${MOST_ARGUMENTS}`;
      return this.#refuse(id, 'ERR_INVALID_ARG_TYPE', message);
    }
    // The call that blocks this thread may wait for this one, which could only go on when the thread is not blocked any more.
    const cannotWait = isBlocked && (mode & NESTED) !== 0;
    if (cannotWait && types.isAsyncFunction(called)) return this.#refuseAsync(id, name);
    const context = new CallContext(this.#line, givenSignals(given), (mode & BLOCKED) !== 0);
    // The caller has given up before this thread has got here.
    if (isGivenUp(context)) return;
    mapSet(this.#running, id, context);
    if (isAwaited(context)) this.#awaited++;
    let result;
    let then;
    try {
      result = servedByFerroport(called, context, args);
      if (isObject(result)) ({ then } = result);
    } catch (error) {
      return this.#throw(id, context, error);
    }
    if (typeof then !== 'function') return this.#answer(id, context, result);
    if (cannotWait) {
      this.#end(id, context);
      this.#refuseAsync(id, name);
      // What becomes of the promise concerns nobody any more.
      settle(result, ignore, ignore);
      return;
    }
    settle(
      result,
      (value) => this.#answer(id, context, value),
      (error) => this.#throw(id, context, error),
    );
  }

  /**
   * The caller has given up.
   * @param {any} id
   * @param {() => any} reason
   */
  abort(id, reason) {
    const context = mapGet(this.#running, id);
    if (context === undefined) return;
    this.#forget(id, context);
    abort(/** @type {any} */ (context), reason());
    finish(/** @type {any} */ (context));
  }

  /**
   * The other end has ended.
   * @param {() => any} reason
   */
  abortAll(reason) {
    const all = /** @type {Context[]} */ ([]);
    mapForEach(this.#running, (/** @type {Context} */ context) => void (all[all.length] = context));
    this.#running = new Map();
    this.#awaited = 0;
    for (let i = 0; i < all.length; i++) {
      abort(all[i], reason());
      finish(all[i]);
    }
  }

  /** Whether a call is being served whose caller is blocked. */
  get isAwaited() {
    return this.#awaited > 0;
  }

  /** @param {any} id */
  isServing(id) {
    return mapHas(this.#running, id);
  }

  /**
   * A function that the api has itself. No accessor is called.
   * @param {string} name
   * @returns {Function | undefined}
   */
  #find(name) {
    if (this.#api === undefined) return undefined;
    const called = getOwnPropertyDescriptor(this.#api, name)?.value;
    return typeof called === 'function' ? called : undefined;
  }

  /**
   * Whether the answer is still waited for; it is about to be sent.
   * @param {number} id
   * @param {Context} context
   */
  #end(id, context) {
    finish(context);
    if (mapGet(this.#running, id) !== context) return false;
    this.#forget(id, context);
    return !isGivenUp(context);
  }

  /**
   * @param {number} id
   * @param {any} context
   */
  #forget(id, context) {
    mapDelete(this.#running, id);
    if (isAwaited(context)) this.#awaited--;
  }

  /**
   * @param {number} id
   * @param {Context} context
   * @param {any} value
   */
  #answer(id, context, value) {
    const list = takeList(value);
    if (!this.#end(id, context)) return;
    try {
      this.#line.post(resultOf(id, value), list);
    } catch (error) {
      this.#sendThrown(id, withoutFrames(shortenPath(error, '.value')));
    }
  }

  /**
   * @param {number} id
   * @param {Context} context
   * @param {any} error
   */
  #throw(id, context, error) {
    if (this.#end(id, context)) this.#sendThrown(id, error);
  }

  /**
   * @param {number} id
   * @param {any} error that a function has thrown, or because of which its result cannot be sent
   */
  #sendThrown(id, error) {
    try {
      this.#line.post(thrownOf(THROWN, id, pack(error, true)));
    } catch {
      try {
        this.#line.post(thrownOf(THROWN, id, pack(error, false)));
      } catch (refusal) {
        // No error was thrown, but a value that cannot be cloned.
        this.#line.post(thrownOf(THROWN, id, pack(withoutFrames(shortenPath(refusal, '.value')), false)));
      }
    }
  }

  /**
   * @param {number} id
   * @param {string} name
   */
  #refuseAsync(id, name) {
    this.#refuse(
      id,
      'ERR_FERROPORT_NOT_SYNC',
      `${textOf(name)} is asynchronous, and the thread that has it is blocked by a callSync: only synchronous functions can be called there`,
    );
  }

  /**
   * @param {number} id
   * @param {string} code
   * @param {string} message
   */
  #refuse(id, code, message) {
    this.#line.post(refusalOf(id, code, message));
  }
}

/**
 * Calls a function of the program's. The stack of what it throws is cut where this stands in it: what is below is ferroport.
 * @param {Function} called
 * @param {any} context
 * @param {any[]} args
 */
function servedByFerroport(called, context, args) {
  return apply(called, context, args);
}

/** @param {any} name */
const textOf = (name) => (typeof name === 'string' ? `'${name}'` : `of a name that is no string`);

const ignore = () => {};

/**
 * Waits for a promise by the language's own means, whatever programs have patched.
 * @param {any} promise or another object with `then`
 * @param {(value: any) => void} resolved
 * @param {(error: any) => void} rejected
 */
async function settle(promise, resolved, rejected) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    rejected(error);
    return;
  }
  resolved(value);
}

module.exports = { Serving };
