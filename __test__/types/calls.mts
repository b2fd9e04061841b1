// ferroport/call: what a peer infers of the other end's functions.

import { MessageChannel, SharedAbortController, Worker, parentPort } from 'ferroport';
import { connect, transfer } from 'ferroport/call';
import type { CallContext, CallOptions, CallSyncOptions, Peer } from 'ferroport/call';
import { type } from './expect.mjs';

interface CompilerApi {
  add(a: number, b?: number): number;
  compile(file: string): Promise<{ code: string; lines: number }>;
  version(): string;
  sum(...all: number[]): number;
  stop(this: CallContext, after: number): void;
  readonly name: string;
}

const worker = new Worker('./compiler.js');
const compiler = connect<CompilerApi>(worker);
type<Peer<CompilerApi>>()(compiler, true);

type<Promise<number>>()(compiler.call('add', [1, 2]), true);
type<Promise<number>>()(compiler.call('add', [1]), true);
type<Promise<{ code: string; lines: number }>>()(compiler.call('compile', ['main.ts']), true);
type<{ code: string; lines: number }>()(compiler.callSync('compile', ['main.ts']), true);
type<string>()(compiler.callSync('version'), true);
type<Promise<string>>()(compiler.call('version', [], { timeout: 10 }), true);
type<Promise<void>>()(compiler.call('stop', [5]), true);
compiler.call('sum', [1, 2, 3] as readonly number[]);
type<Promise<number>>()(compiler.remote.add(1, 2), true);
type<Promise<number>>()(compiler.remote.sum(1, 2, 3), true);
type<Promise<{ code: string; lines: number }>>()(compiler.remote.compile('main.ts'), true);

// @ts-expect-error: there is no such function.
compiler.call('compiel', ['main.ts']);
// @ts-expect-error: there is no such function.
compiler.callSync('toString');
// @ts-expect-error: there is no such function.
compiler.remote.compiel('main.ts');
// @ts-expect-error: it is no function.
compiler.call('name');
// @ts-expect-error: it is no function.
compiler.remote.name();
// @ts-expect-error: an argument is missing.
compiler.call('compile');
// @ts-expect-error: an argument is missing.
compiler.call('compile', []);
// @ts-expect-error: the argument has another type.
compiler.callSync('compile', [1]);
// @ts-expect-error: there are too many arguments.
compiler.call('add', [1, 2, 3]);
// @ts-expect-error: the argument has another type.
compiler.remote.add('1');

// Options.
const { signal } = new AbortController();
const shared = new SharedAbortController().signal;
const buffer = new ArrayBuffer(8);
compiler.call('version', [], { signal, timeout: 100, transfer: [buffer] });
compiler.call('version', [], { signal: shared, transfer: new Set([buffer]) });
compiler.callSync('version', [], { signal: shared, timeout: Infinity });
const options: CallOptions = { signal };
const syncOptions: CallSyncOptions = { signal: shared };
compiler.call('version', [], options);
compiler.call('version', [], syncOptions);
// @ts-expect-error: no plain signal can be aborted while the thread is blocked.
compiler.callSync('version', [], { signal });
// @ts-expect-error: milliseconds are a number.
compiler.call('version', [], { timeout: '100' });
// @ts-expect-error: a plain value is not transferable.
compiler.call('version', [], { transfer: [1] });

// The other end.
interface HostApi {
  readFile(name: string): string;
}

const host: Peer<HostApi> = connect<HostApi, CompilerApi>(parentPort!, {
  api: {
    name: 'tsc',
    add: (a, b = 0) => a + b,
    async compile(file) {
      type<AbortSignal>()(this.signal, true);
      const code = host.callSync('readFile', [file]);
      return { code, lines: code.split('\n').length };
    },
    version: () => '1',
    sum: (...all) => all.length,
    stop(after) {
      if (this.signal.aborted) return;
      void after;
    },
  },
});
// @ts-expect-error: functions are missing.
connect<HostApi, CompilerApi>(parentPort!, { api: { version: () => '1' } });
connect<HostApi>(parentPort!, {
  api: {
    anything() {
      this.signal.throwIfAborted();
    },
  },
});

// What is not typed can be called by any name.
const { port1 } = new MessageChannel();
const loose = connect(port1);
type<Promise<any>>()(loose.call('whatever', [1, 'two']), true);
type<any>()(loose.callSync('whatever'), true);
void loose.remote['whatever']!(1);
loose.close();
loose[Symbol.dispose]();

// @ts-expect-error: not a port.
connect({});
// @ts-expect-error: the main thread has no parentPort.
connect(parentPort);
// @ts-expect-error: no such option.
connect(port1, { apis: {} });

type<{ buffer: ArrayBuffer }>()(transfer({ buffer }, [buffer]), true);
// @ts-expect-error: what is no object cannot be moved.
transfer(1, []);
// @ts-expect-error: a plain value is not transferable.
transfer({}, [1]);
