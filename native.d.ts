// Written by scripts/natives.js, from src/node/exports.rs and the functions that are listed there.

/** Sends the parcel of that number ahead. What it returns, src/node/post.rs and src/node/broadcast.rs say. */
export type SendAhead = (number: number) => any;

/** What has no room in the pool: bytes, or a list of those or undefined and of keys. */
export type Taken = ArrayBuffer | (ArrayBuffer | number | undefined)[];

/** A key, or several. */
export type Keys = number | number[];

/** What JavaScript calls of Rust. Cells are places in the block (src/node/block.rs). */
export interface Natives {
  /** Makes the block that both sides see. */
  makeBlock: () => ArrayBuffer;

  /** Takes the functions of `lib`. */
  connect: (functions: object) => void;

  /** Calls it at once, outside of every AsyncLocalStorage store. */
  outside: <T>(work: () => T) => T;

  /** Whether this copy of the JavaScript is held by its thread, because it holds a port. */
  hold: (held: boolean) => void;

  /** Whether the mailbox keeps the event loop alive. */
  keepAlive: (keep: boolean) => void;

  /** `process.getActiveResourcesInfo()` names ports that are ref'ed from here on, if it can be made to. */
  tellOfPorts: (process: unknown) => void;

  /** A channel with both ends attached here; their keys in the cells. Throws for want of stack before that. */
  createChannel: () => void;

  /** Messages are delivered from now on. */
  start: (key: number) => void;

  /** Who sends to the endpoint, in whatever thread, gets `SERVED` from now on. */
  serve: (key: number) => void;

  /** Messages queue from now on. */
  stop: (key: number) => void;

  /** Closes the endpoint, or lets the member leave its group. 0 if there is neither, 2 if its channel leaves the process, else 1. */
  close: (key: number) => number;

  /** Closes the endpoint for one of the reasons that lib/port/reasons.js has. The owner of its peer, wherever that is, hears it with the close. */
  closeWith: (key: number, reason: number) => void;

  /** Lets threads of Rust move bytes between a descriptor and a channel, whose other end is attached here: the key of that. What is read comes as messages that are Uint8Arrays; bytes that are posted are written, and a keep-alive or a question is taken. At the end of the stream the port closes, for the reason `peer closed`, or `lost` if the descriptor fails. If the port is closed, what was posted is written, and then the descriptor is closed. It is the pump's from here on, also if this throws. */
  pump: (descriptor: number) => number;

  /** Another descriptor of the same file, for `pump`, in whatever thread. Programs that this one starts do not inherit it. */
  duplicateDescriptor: (descriptor: number) => number;

  /** Closes one that `duplicateDescriptor` has made, and that no pump has. */
  closeDescriptor: (descriptor: number) => void;

  /** The messages of the endpoint are taken by `takePortable`. A drain gets `READY`, once for each `start`, and none of them. The channel is marked as one that leaves the process. */
  takeFrom: (key: number) => void;

  /** Takes the oldest message of the endpoint, in the form for links. The cell `OUTCOME` says what there was: `NOTHING`; `CLOSED`, nothing, and nothing will come; `UNREADABLE`, a message that cannot leave the process, and is gone; `MESSAGE`, a message of `LENGTH` bytes. They stand in the pool from `at` on; or, if they have no room there, in the buffer that is returned. If ports have come along, a list is returned: that buffer or undefined, then the keys of the ports, which are attached here. */
  takePortable: (key: number, pool: Uint8Array, at: number) => Taken | undefined;

  /** Sends a message that has come over a link, with the endpoints of these keys, which leave this thread. The bytes are checked as `deserialize` checks. Throws if they are no message, or have more ports than there are keys: nothing has changed then, nor if the outcome is `NOTHING` or `CLOSED`. */
  postPortable: (key: number, bytes: Uint8Array, ports: number[]) => number;

  /** How many messages wait to be read; -1 if there is no such endpoint. */
  queued: (key: number) => number;

  /** What this thread is called by others that ask where a port is; 0 at first. */
  setThread: (number: number) => void;

  /** How much may wait at the endpoint; Infinity is any number. */
  setMark: (key: number, messages: number, bytes: number) => void;

  /** What may not go over the channel, as `Endpoint::bars` says; 0 if there is no such endpoint. */
  bars: (key: number) => number;

  /** Nothing that only JavaScript can take goes over these channels from here on; if they leave the process, no signals either. Returns -1; or the place of the endpoint for which such a message waits, or that is not there: nothing has changed then. */
  becomeNative: (keys: number[], isLink: boolean) => number;

  /** Takes the endpoint out of this thread, into an object from which another library can take it. If nobody does, the endpoint closes with the object. To be called after `becomeNative`. */
  handOver: (key: number) => object | undefined;

  /** `ROOM`: the peer's queue has room; `FULL`: it has none, and a drain will get `ROOM` for the key when it has; `CLOSED`: the peer has closed, or there is no such endpoint. */
  room: (key: number) => number;

  /** How much may wait at the endpoint's peer, if that has no mark. */
  boundPeer: (key: number, messages: number, bytes: number) => void;

  /** Lets the owner of the endpoint's peer know, past the queue. A drain there gets `NOTICE`. The first notice stays, later ones are dropped. */
  leaveNotice: (key: number, bytes: Uint8Array) => void;

  /** What the owner of the endpoint's peer has let know so. */
  notice: (key: number) => ArrayBuffer | undefined;

  /** Of the endpoint, in messages and bytes by turns: what was sent, what was received, what waits to be read, what the peer has not read yet, and the mark, of which Infinity is any number. Empty if there is no such endpoint. */
  counts: (key: number) => number[];

  /** The keys of all endpoints that are attached. */
  openKeys: () => number[];

  /** Where the endpoint's peer is, as a program reads it. */
  whereabouts: (key: number) => string;

  /** Blocks the thread until one of the endpoints has a message, or its peer's queue has room, or their peer has closed: `MESSAGE` or `ROOM`, and the endpoint's key in the cell `KEY`. `keys` is a key or an array of keys, in the order of preference. Or until so many milliseconds have passed, Infinity for any number: `TIMED_OUT`. `DEADLOCK`: nobody can end the wait. `ABORTED`: the signal of that number, of the copy of ferroport with that number, was aborted; 0 for no copy stands for no signal. `CLOSED`: there is no endpoint under one of the keys. How many milliseconds have passed is in the cell `LENGTH`. `isFed` says that something else than the peers may bring messages, so that no verdict is possible. Throws once the environment is stopping. */
  wait: (keys: Keys, isForRoom: boolean, most: number, isFed: boolean, copy: number, signal: number) => number;

  /** Lets the thread that has the endpoint's peer look up if it is blocked. */
  wakePeer: (key: number) => void;

  /** The key of the endpoint's peer, if that is attached here, too; else 0. */
  peerKey: (key: number) => number;

  /** Of the endpoint's channel, the same for both endpoints in whatever thread; 0 if there is no such endpoint. For tracing. */
  channelNumber: (key: number) => number;

  /** How often this thread has rung a doorbell, its own or another thread's. For tracing. */
  rings: () => number;

  /** Proposes a number that the endpoint and its peer, wherever that is, are to have in common. The first proposal holds for good. Returns the number that held before, 0 if there was none; to propose 0 is to ask. Returns -1, and proposes nothing, where none held and the peer has closed, or there is no such endpoint. */
  agree: (key: number, number: number) => number;

  /** Whether the endpoint's peer is attached to the copy of that number, under the key `other`. */
  isPeer: (key: number, copy: number, other: number) => boolean;

  /** A number for a parcel, larger than all before, in the whole process. */
  nextParcel: () => number;

  /** Clones `value` and sends it; without an endpoint it is cloned all the same. If something goes along with it, `sendAhead` is called before, see `ship`; else `LENGTH` is set to the bytes of the message. */
  post: (key: number, value: unknown, session: object | undefined, sendAhead: SendAhead | undefined) => number;

  /** As `post`; `sendAhead` is called in any case, for the sake of a transfer list. */
  postListed: (key: number, value: unknown, session: object, sendAhead: SendAhead) => number;

  /** Sends the message in draft and block with what goes along, see `ship`. */
  sendBeside: (key: number, sendAhead: SendAhead) => number;

  /** Sends the message in draft and block, as `send` does, with the string that `setContext` was given. */
  sendWritten: (key: number) => number;

  /** The string that goes with each message that is sent from here on, but for those that `send` sends; `undefined` for none. */
  setContext: (context: string | undefined) => void;

  /** The string that has come with the message that was taken or received last, as long as that has not been read. */
  context: () => string | undefined;

  /** Asks for stack, and what a value that is kept for a receiver in this thread needs: the number of its parcel in `OTHER_KEY`, the receiver's key in `LENGTH`, 0 if it is elsewhere, and what the channel bars in `BARS`. */
  beginKept: (key: number) => void;

  /** Sends a message that stands for the parcel of that number, which has been kept. */
  sendKept: (key: number, number: number) => number;

  /** Sends the message in draft and block with the endpoint whose key is `moved`, and nothing else. If what waits for that endpoint may not go over the channel: -1, and nothing has been done. */
  sendPort: (key: number, moved: number) => number;

  /** Sends a message that stands for a whole value. `sendAhead(number)` sends the value ahead, as the parcel of that number. */
  sendWhole: (key: number, sendAhead: SendAhead) => number;

  /** Sends a message of these bytes that is for ferroport itself at the other end. */
  sendOrder: (key: number, bytes: Uint8Array) => number;

  /** How many events to deliver before the event loop gets its turn. Throws for want of stack: the drain has not begun then. */
  beginDrain: () => number;

  /** Whether the mailbox is asleep; else the doorbell has been rung again. */
  endDrain: () => boolean;

  /** Asks for a call of the hook `finishClosing` where the event loop closes handles; false if there is no such place. */
  atClosing: () => boolean;

  /** Messages are delivered in event loops that listeners run, from here on. To be called where there is libuv. */
  watchLoops: () => void;

  /** Leaves the endpoint in the process-wide registry; the token with which any thread can claim it. If it is still there when this thread ends, it closes, unless it has been entrusted. */
  park: (key: number) => string;

  /** Attaches the endpoint that was parked; 0 if there is none. */
  claim: (token: string) => number;

  /** The endpoint that this thread parked may outlive it: somebody else knows the token now. */
  entrust: (token: string) => void;

  /** Closes the endpoint if it is still parked. */
  revoke: (token: string) => boolean;

  /** Throws the engine's RangeError unless so much of the stack is left as an operation needs between its first step that cannot be undone and its last. JavaScript overflows at a call, any call, those of a `catch` included; after this, none of the operation's own does. */
  reserveStack: () => void;

  /** The same for a step of an operation. */
  reserveStepStack: () => void;

  /** The same for an operation that is made of others. */
  reserveDeepStack: () => void;

  /** The same for `LEVELS` levels of a value. */
  reserveLevels: () => void;

  /** As if nobody had caught it. */
  raise: (error: unknown) => void;

  /** What stands in this thread of messages that are being written or delivered, by name. Between two operations that have ended nothing does; after one that was cut short, until the next one of its kind begins. For tests. */
  leftovers: () => Record<string, number>;

  /** The portable form. */
  serialize: (value: unknown, session: object) => ArrayBuffer;

  /** From the portable form in a Uint8Array. */
  deserialize: (bytes: Uint8Array) => unknown;

  /** What nobody outside of this copy of the library knows, the same in all of its threads. */
  broadcastSecret: () => string;

  /** A member of that name; in the cells its key in `KEY`, its seat in `OTHER_KEY`. */
  join: (name: string) => void;

  /** Sends the message in draft and block to everybody but the member in the cell `KEY`. */
  broadcast: () => void;

  /** Clones `value` and sends it from a member; if there is none, it is cloned all the same. If something goes along with it, `sendAhead` is called before, see `ship`. */
  broadcastValue: (key: number, value: unknown, session: object | undefined, sendAhead: SendAhead | undefined) => void;

  /** Whom a message would reach now: how many in `LENGTH`, the youngest member's seat in `OFFSET`. */
  audience: (key: number) => void;

  /** Sends the message in draft and block with what goes along, see `ship`. */
  broadcastBeside: (key: number, sendAhead: SendAhead) => void;

  /** A signal that this thread may abort: it has one use and one aborter. */
  newSignal: () => number;

  /** A signal that is aborted by itself after that time. It has one use. */
  expiringSignal: (milliseconds: number) => number;

  /** A signal that is aborted when one of the signals with these numbers is, for the same reason, and that this thread may abort, too, if there are `aborters`. It has one use. */
  followingSignal: (numbers: number[], aborters: number) => number;

  /** One use more of the signal. */
  useSignal: (number: number) => void;

  /** One use less. When there is neither use nor aborter, the number is given to another signal. */
  releaseSignal: (number: number) => void;

  /** One less in this thread who may abort the signal. When there is none in any thread, nobody can abort it. */
  releaseAborter: (number: number) => void;

  /** Whether anybody but this thread has the signal. */
  isSignalElsewhere: (number: number) => boolean;

  /** Whether the signal is aborted, or can never be. */
  isSignalSettled: (number: number) => boolean;

  /** The memory with the flags of the signals from `SIGNAL_FLAGS * chunk` on, an int32 each: 1 once the signal is aborted. */
  signalFlags: (chunk: number) => ArrayBuffer;

  /** Aborts the signal, and those that follow it. The reason is a message in `value`, and what its parcel would have in `parts`, as `serialize` gives them. Empty if the signal was aborted before. Otherwise, for each of these signals that this thread has: its number, and that under which it is listened to, or 0: nobody else tells of it. */
  abortSignal: (number: number, value: Uint8Array, parts: Uint8Array) => number[];

  /** The key of an endpoint on which this thread hears of signals: a number under which it listens when the signal is aborted, the same below zero when nobody can abort the signal any more. */
  listenToSignals: () => number;

  /** Hears of the signal from now on, as number `as`. False if it is aborted, or can never be. */
  listenToSignal: (number: number, as: number) => boolean;

  /** Hears no more of it; what is under way still comes. */
  stopListening: (number: number) => void;

  /** Whether both signals were aborted at once. */
  haveSameReason: (number: number, other: number) => boolean;

  /** What the parcel of the signal's reason has, for `reason`; null if the reason is that its time was over; undefined if it is not aborted. */
  reasonParts: (number: number) => unknown[] | null | undefined;

  /** The value for which the signal was aborted. */
  reason: (number: number, parts: unknown[]) => unknown;

  /** The signal of that number, of the copy of ferroport with that number, goes along with the message that is being sent. To be called as the last thing before `sendAhead` returns, for each signal in the message's order. */
  sendAlong: (copy: number, number: number) => void;

  /** Sends the message in draft and block, from the endpoint in the cell `KEY`. */
  send: () => void;

  /** Makes room in the block. */
  flush: () => void;

  /** Forgets what has been written. */
  discard: () => void;

  /** Writes a value with the complete codec; whether it left something to the parcel. */
  appendValue: (value: unknown, session: object | undefined) => boolean;

  /** Writes a string, head and all. */
  appendString: (string: string, isLatin1: boolean) => void;

  /** Appends what a Uint8Array shows, and pads it; its head is in the block. */
  appendBytes: (bytes: Uint8Array) => void;

  /** Puts a string's units, and a zero, into the block, from byte `TO`. There is room for them. */
  writeLatin1: (string: string) => void;

  /** As `writeLatin1`, two bytes for each unit; `TO` is a multiple of 4. */
  writeUtf16: (string: string) => void;

  /** Writes BigInts into the block from byte `TO` on, which is then where they end, until one has too many digits; how many. There is room for those that have not. */
  writeBigInts: (count: number, ...bigints: bigint[]) => number;

  /** Writes a BigInt's digits into the block from byte `TO`, and how many they are into `LENGTH`: -1 if there is no room for them. Returns whether the BigInt is below zero. */
  writeDigits: (bigint: bigint) => boolean;

  /** The process-wide number of a list of keys that has been seen so often; -1 if it gets none. */
  internShape: (keys: string[], seen: number) => number | undefined;

  /** The keys of a shape; undefined if there is none. */
  shapeKeys: (number: number) => string[] | undefined;

  /** Takes the next messages of one endpoint, or its close. The cell `OUTCOME` says which. `RECORDS`: `COUNT` messages are in the block, each after its length and a zero word. `SHARED`: the same for `TARGETS` members of a group, with the place of the sender among them, counted from 1, instead of zero. `MESSAGE`: the first `WINDOW` of the `LENGTH` bytes of one message are in the block. Throws for want of stack before anything is taken. */
  take: () => void;

  /** Takes the next message of one endpoint, or learns that its peer has closed and nothing more comes. The cell `OUTCOME` says which, as after `take`. `RECORDS` is one message here, of `LENGTH` bytes, and it has been received. Throws for want of stack before anything is taken. */
  receive: (key: number) => void;

  /** Shows what follows byte `OFFSET` of the message, a multiple of 8. */
  window: () => void;

  /** The message has been read; its memory is free. */
  release: () => void;

  /** The bytes of the order that was taken or received last. */
  order: () => ArrayBuffer;

  /** Reads the message with the complete codec, from the start. */
  read: () => unknown;

  /** Reads a message in the block, at `OFFSET`, `LENGTH` bytes, with the complete codec. */
  readRecord: () => unknown;

  /** `LENGTH` units from byte `OFFSET` of the words being read. */
  latin1: () => string;

  /** `LENGTH` units from byte `OFFSET` of the words being read. */
  utf16: () => string;

  /** The strings and BigInts that stand one after the other in the words being read, from byte `OFFSET` on and before byte `LENGTH`: a run of strings, or, as many as are whole, `most` at most. `OFFSET` is then where they end. `list(...)` makes the array, an empty one where there is none, or not all of a run. */
  many: (most: number, list: (...values: unknown[]) => unknown[]) => unknown[];

  /** `LENGTH` units from byte `OFFSET` of the message. */
  longLatin1: () => string;

  /** As `longLatin1`. */
  longUtf16: () => string;

  /** Copies `LENGTH` bytes from byte `OFFSET` of the message into a Uint8Array of that length. */
  fillBytes: (bytes: Uint8Array) => void;

  /** A copy of `LENGTH` bytes from byte `OFFSET` of the message. */
  longBytes: () => ArrayBuffer;

  /** `LENGTH` digits from byte `OFFSET` of the words being read. */
  digits: (isNegative: boolean) => bigint;
}
