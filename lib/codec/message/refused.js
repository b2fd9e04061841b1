// The result of writing a message in which something is refused.
'use strict';

/**
 * The error is handed on as a value, because a throw costs as much as writing a small message, and the program needs only one.
 */
class Refused {
  /**
   * @param {unknown} error to be thrown: the running Node's, or a getter's
   * @param {import('./session') | null} session the session that the message shared with the
   *   complete codec
   */
  constructor(error, session) {
    this.error = error;
    this.session = session;
  }

  /**
   * @param {Refused | import('./session')} outcome of writing a message
   * @returns {outcome is Refused}
   */
  static is = (outcome) => outcome.isRefused;

  get isRefused() {
    return true;
  }
}

module.exports = Refused;
