// The ways between two processes: each side starts a child process that counts what comes, and says so at the end of a round.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { fork, spawn } = require('node:child_process');
const { once } = require('node:events');

const CHILD = path.join(__dirname, 'child.js');

/** @typedef {{ wall: number, cpu: number }} Answer milliseconds of CPU time that the child has used in the round */

/**
 * @typedef {object} Opened
 * @property {(count: number, make: (index: number) => any) => Promise<void>} send
 * @property {() => Promise<any>} answer what the child says when it has everything
 * @property {() => void} close
 */

/** @type {{ name: string, open: () => Promise<Opened> }[]} */
const SIDES = [
  {
    name: 'link, Unix socket',
    async open() {
      const { link } = require('ferroport/link');
      const { socket, child } = await connected('link');
      const { port } = link(socket);
      return {
        async send(count, make) {
          for (let i = 0; i < count;) {
            if (port.tryPostMessage(make(i))) i++;
            else await port.ready;
          }
        },
        answer: async () => (await once(port, 'message'))[0],
        close() {
          port.close();
          child.kill();
        },
      };
    },
  },
  {
    name: 'child_process, advanced serialization',
    async open() {
      const child = fork(CHILD, ['ipc'], { serialization: 'advanced' });
      await once(child, 'message');
      return {
        send(count, make) {
          let i = 0;
          return new Promise((resolve) => {
            // It says when too much waits, and calls back for each message that has gone.
            const some = () => {
              while (i < count) {
                const isLast = i === count - 1;
                if (!child.send(make(i++), isLast ? () => resolve() : undefined)) {
                  if (i < count) child.send(/** @type {any} */ (null), some);
                  return;
                }
              }
            };
            some();
          });
        },
        answer: async () => (await once(child, 'message'))[0],
        close: () => void child.kill(),
      };
    },
  },
  {
    name: 'lines of JSON, Unix socket',
    async open() {
      const { socket, child } = await connected('json');
      let rest = '';
      /** @type {(answer: any) => void} */
      let hear = () => {};
      socket.setEncoding('utf8');
      socket.on('data', (/** @type {string} */ text) => {
        rest += text;
        if (!rest.endsWith('\n')) return;
        hear(JSON.parse(rest));
        rest = '';
      });
      return {
        async send(count, make) {
          for (let i = 0; i < count; i++) {
            const value = make(i);
            const bytes = value.bytes && Buffer.from(value.bytes.buffer).toString('base64');
            if (!socket.write(`${JSON.stringify(bytes ? { ...value, bytes } : value)}\n`)) await once(socket, 'drain');
          }
        },
        answer: () => new Promise((resolve) => (hear = resolve)),
        close: () => void child.kill(),
      };
    },
  },
];

let made = 0;

/** @param {string} role */
async function connected(role) {
  const at = path.join(os.tmpdir(), `ferroport-bench-${process.pid}-${made++}.sock`);
  const server = net.createServer();
  server.listen(at);
  await once(server, 'listening');
  const child = spawn(process.execPath, [CHILD, role, at], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [socket] = await once(server, 'connection');
  server.close();
  fs.rmSync(at, { force: true });
  return { child, socket };
}

module.exports = { SIDES };
