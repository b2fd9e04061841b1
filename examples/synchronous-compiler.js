// A compiler in a worker, called synchronously: it asks the thread that waits for it for the files that it needs.
'use strict';

const { Worker, isMainThread, parentPort } = require('ferroport');
const { connect } = require('ferroport/call');

if (isMainThread) {
  const files = { main: 'import greeting; print greeting', greeting: 'import name; hello name', name: 'world' };
  let reads = 0;
  // This thread is blocked by callSync, and serves these meanwhile.
  const api = {
    readFile(name) {
      reads++;
      if (!(name in files)) throw Object.assign(new Error(`there is no file ${name}`), { code: 'ENOENT' });
      return files[name];
    },
  };
  const compiler = connect(new Worker(__filename), { api });

  console.log(compiler.callSync('compile', ['main'])); // Prints: print hello world
  console.log(`${reads} files were read`); // Prints: 3 files were read

  files.main = 'import nothing; print';
  try {
    compiler.callSync('compile', ['main']);
  } catch (error) {
    console.log(error.message, '-', error.cause.code); // Prints: main cannot be compiled - ENOENT
  }
  compiler.close(); // and the worker ends, since nothing else is left to do there
} else {
  const load = (name) =>
    host.callSync('readFile', [name]).replace(/import (\w+); (.*)/, (_, imported, rest) => {
      const text = load(imported);
      return rest.includes(imported) ? rest.replace(imported, text) : `${rest} ${text}`;
    });
  const api = {
    compile(name) {
      try {
        return load(name);
      } catch (cause) {
        throw new Error(`${name} cannot be compiled`, { cause });
      }
    },
  };
  const host = connect(parentPort, { api });
}
