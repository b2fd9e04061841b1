'use strict';

// Runs a plan in a program of its own, and says what was seen there. A program that crashes or hangs is a fault, too.

const { spawn } = require('node:child_process');
const path = require('node:path');
const { LIMIT, PATIENCE } = require('../support/limits');
const { nothing } = require('./report');

const PROGRAM = path.join(__dirname, 'main.js');

/** How long a program may take to end when it has done what it should, in milliseconds. */
const LINGER = 10_000 * PATIENCE;

/**
 * @param {import('./plans').Plan} plan
 * @param {{ node?: string, execArgv?: string[], env?: Record<string, string>, limit?: number }} [options]
 * @returns {Promise<import('./report').Result>}
 */
function drive(plan, { node = process.execPath, execArgv = [], env = {}, limit = LIMIT } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...execArgv, PROGRAM, JSON.stringify(plan)], {
      // The fast lane from the first message on, unless it is chosen otherwise.
      env: { FERROPORT_FAST_LANE: '1', ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stdout += text;
      // It has said all: what keeps it from ending is left over.
      setTimeout(() => child.kill('SIGKILL'), LINGER).unref();
    });
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const lines = stdout.split('\n').filter(Boolean);
      const result = lines.length > 0 ? JSON.parse(lines[lines.length - 1]) : nothing();
      if (code !== 0 || lines.length === 0) {
        const what =
          lines.length === 0 ? 'has not come to its end' : signal ? 'has not ended by itself' : 'has not ended well';
        result.faults.push({
          operation: `the program of ${[...execArgv, JSON.stringify(plan)].join(' ')}`,
          driver: plan.driver,
          what: `${what}: code ${code}, signal ${signal}`,
          count: 1,
          first: stderr.slice(0, 4000),
        });
      }
      resolve(result);
    });
  });
}

module.exports = { drive };
