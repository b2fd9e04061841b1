// Streams whose bytes threads of Rust move: between a file descriptor and a port (src/native/pump.rs).
'use strict';

const native = require('../native/native');
const { make } = require('../post/message-port');

/**
 * Lets threads of Rust serve a descriptor. What is read comes to the port as messages that are Uint8Arrays, of 64 KiB at most, and as long as
 * less waits than the port's high-water mark says (1 MiB at first); what is posted, bytes of any kind, is written. The port closes at the end of the
 * stream, for the reason 'peer closed'; if the descriptor fails, 'lost'; if something else than bytes is posted, 'refused'. If it is closed
 * here, what was posted is written, for 5 seconds at most where the other side takes nothing, and the descriptor is closed.
 *
 * Two other messages may be posted. `[milliseconds, Uint8Array]` is a keep-alive: its bytes are written whenever nothing was for so long, between
 * two messages, whether this thread is busy or not; the last one posted holds. `null` comes back once everything posted before it is written.
 * @param {number} descriptor that `duplicate` has made, in whatever thread. It is the pump's from here on, also if this throws
 * @returns {ReturnType<typeof make>}
 * @throws {Error} ERR_FERROPORT_DESCRIPTOR
 */
const pump = (descriptor) => make(native.pump(descriptor));

/**
 * Another descriptor of the same file: a number that may go to another thread. Whoever has the number must give it to `pump`, or close it. Once
 * it is pumped, nobody else may read or write the file: the file's descriptors become blocking, those of Node's streams, too.
 * @param {number} descriptor
 * @returns {number}
 * @throws {Error} ERR_FERROPORT_DESCRIPTOR
 */
const duplicate = (descriptor) => native.duplicateDescriptor(descriptor);

/**
 * Closes a descriptor that was not pumped.
 * @param {number} descriptor that `duplicate` has made
 * @throws {Error} ERR_FERROPORT_DESCRIPTOR
 */
const close = (descriptor) => native.closeDescriptor(descriptor);

/**
 * The descriptor under a stream of Node's.
 * @param {any} stream
 * @returns {number | undefined} undefined if there is none, or none that can be pumped: of a stream in JavaScript, of TLS, on Windows
 */
function descriptorOf(stream) {
  const handle = stream?._handle;
  const fd = process.platform === 'win32' || stream?.encrypted ? undefined : handle?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

module.exports = { close, descriptorOf, duplicate, pump };
