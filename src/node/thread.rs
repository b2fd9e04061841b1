//! What one JavaScript thread (strictly: one Node-API environment) has of ferroport.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::ffi::c_void;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use napi::sys;

use super::block::{Block, Cell64, Control};
use super::copies::Copies;
use super::doorbell::{self, Hearing, Hears};
use super::draft::Draft;
use super::external_string::Freed;
use super::held_signals::Signals;
use super::hooks::Hooks;
use super::nesting::{Drains, Nesting};
use super::outside;
use super::panics::{guarded, swallowed};
use super::patience::Patience;
use super::stack::Stack;
use crate::channel::{Endpoint, Key, Mailbox, Message, Table, registry};
use crate::js::{Code, Env, Failure, Held, Known, Result, Value};
use crate::memory::Bytes;
use crate::wire::{Learned, Writer};

/// A writer's memory of up to so many bytes is kept for the next message.
const SPARE_BYTES: usize = 2 * 1024 * 1024;

/// What one copy of the JavaScript of ferroport has in one thread. Everything in it is touched by that thread alone; others reach
/// the mailbox in `table` only.
///
/// Nothing may be borrowed from a `RefCell` here while JavaScript runs: it may call any function again.
///
/// ```text
///   JavaScript:  native object ──► its functions ──► (data) ┐
///                     ▲  └──► hooks                         ▼
///                     └─ ─ ─ ─ ─ ─ ─ known, not held ─ ─ Thread ──► table, mailbox, doorbell
///                        held only while a port is held
/// ```
///
/// So a copy that nobody uses any more, and none of whose ports is listened to, is collected with all that it has: then
/// everything in here closes. The memory is freed by the last of those who may come back to it: the doorbell, the hook at the end of
/// the environment, the finalizer of the native object, a handle that is closing.
pub struct Thread {
    /// This, for who is to be another owner.
    this: Weak<Thread>,
    /// Whether the environment has ended.
    ended: Cell<bool>,
    /// Among the copies of this thread.
    number: Cell<u64>,
    /// The object that has the functions. As long as it lives, so do the hooks.
    native: OnceCell<Known>,
    /// The attached endpoints, and members of broadcast groups; gone once the environment is being torn down.
    table: RefCell<Option<Table>>,
    hearing: Cell<Option<Hearing>>,
    hooks: OnceCell<Hooks>,
    block: Cell<Option<Block>>,
    /// Its ArrayBuffer.
    buffer: Cell<Option<Held>>,
    /// What has been flushed of the message in the block, or of one that was begun and not ended.
    draft: Cell<Option<Draft>>,
    /// The message being read, if it is not one of several in the block.
    current: RefCell<Option<Message>>,
    /// Its bytes, once a string shares them.
    shared: RefCell<Option<Arc<Bytes>>>,
    /// The message that was read last of those that several endpoints get.
    last_shared: RefCell<Option<Bytes>>,
    /// What goes with each message that is sent by a call of `post.rs`, see [`Message::in_context`].
    context: RefCell<Option<Box<[u16]>>>,
    /// How far down the stack is known to reach.
    stack: Stack,
    /// Whether to wait for answers.
    pub patience: Patience,
    /// The same for a thread that is about to be blocked.
    pub blocking_patience: Patience,
    /// Event loops that listeners run.
    nesting: Nesting,
    /// What strings that share bytes have given back.
    pub freed: Freed,
    /// The shapes that have come over links.
    pub learned: RefCell<Learned>,
    /// The signals that this thread has.
    pub signals: Signals,
    /// A writer's memory, between two messages.
    spare: Cell<Option<Writer>>,
    /// Tokens of endpoints that close with this thread if they are still parked then: nobody else can know them yet.
    parked: RefCell<HashSet<registry::Token>>,
}

thread_local! {
    static COPIES: Copies<Thread> = Copies::default();
}

fn not_connected() -> Failure {
    Failure::error(Code::NotConnected, "ferroport is not connected")
}

/// Works with the copy of that number in this thread; `None` if there is none.
pub fn with_copy<R>(number: u64, work: impl FnOnce(&Thread) -> R) -> Option<R> {
    COPIES.with(|copies| copies.get(number)).map(|copy| work(&copy))
}

/// How many ports of this thread keep its event loop alive, whichever copy has them.
pub fn refed_ports() -> usize {
    COPIES.with(Copies::all).iter().map(|copy| copy.refed()).sum()
}

impl Thread {
    /// Makes the state for the functions of `native`, an object. It lives at least as long as that.
    ///
    /// # Errors
    /// If the environment refuses a doorbell or a hook at its end.
    pub fn install(env: Env, native: Value) -> Result<Rc<Thread>> {
        let known = env.know(native)?;
        let thread = Rc::new_cyclic(|this| Thread {
            this: this.clone(),
            ended: Cell::new(false),
            number: Cell::new(0),
            native: OnceCell::from(known),
            table: RefCell::new(None),
            hearing: Cell::new(None),
            hooks: OnceCell::new(),
            block: Cell::new(None),
            buffer: Cell::new(None),
            draft: Cell::new(None),
            current: RefCell::new(None),
            shared: RefCell::new(None),
            last_shared: RefCell::new(None),
            context: RefCell::new(None),
            freed: Freed::default(),
            learned: RefCell::default(),
            signals: Signals::default(),
            stack: Stack::default(),
            patience: Patience::default(),
            blocking_patience: Patience::before_blocking(),
            nesting: Nesting::default(),
            spare: Cell::new(None),
            parked: RefCell::default(),
        });
        let (bell, hearing) = doorbell::install(env, &thread, thread.nesting.bell())?;
        thread.table.replace(Some(Table::new(Mailbox::new(Box::new(bell)))));
        thread.hearing.set(Some(hearing));
        thread.share(env, native).inspect_err(|_| thread.retire(env))?;
        thread.number.set(COPIES.with(|copies| copies.enter(&thread)));
        Ok(thread)
    }

    /// Another owner of this; `None` while it is being dropped.
    pub fn owner(&self) -> Option<Rc<Thread>> {
        self.this.upgrade()
    }

    /// Makes the end of the environment and the finalizer of the native object owners.
    fn share(self: &Rc<Self>, env: Env, native: Value) -> Result<()> {
        let owner = || Rc::into_raw(self.clone()).cast_mut().cast::<c_void>();
        // SAFETY: what `owner` gave, and nobody has taken.
        let take_back = |owner: *mut c_void| drop(unsafe { Rc::from_raw(owner.cast_const().cast::<Thread>()) });
        // Hooks run last in, first out: this one, made after the doorbell, runs before the doorbell is destroyed.
        let at_end = owner();
        // SAFETY: the environment is live; `end` takes an owner.
        let status = unsafe { sys::napi_add_env_cleanup_hook(env.raw(), Some(end), at_end) };
        if status != sys::Status::napi_ok {
            take_back(at_end);
            return Err(Failure::of_call("napi_add_env_cleanup_hook", status));
        }
        let when_collected = owner();
        // SAFETY: `collected` takes an owner.
        unsafe { env.on_collected(native, Some(collected), when_collected) }.inspect_err(|_| take_back(when_collected))
    }

    /// Closes everything while the environment goes on. What calls from now on fails.
    fn retire(&self, env: Env) {
        for buffer in self.close() {
            env.release(buffer);
        }
        self.block.set(None);
        if let Some(buffer) = self.buffer.take() {
            env.release(buffer);
        }
        if let Some(hearing) = self.hearing.take() {
            hearing.release();
        }
    }

    /// Throws the engine's RangeError unless so many bytes of the stack are left, see [`Stack::reserve`].
    ///
    /// # Errors
    /// That.
    #[inline]
    pub fn reserve_stack(&self, env: Env, bytes: usize) -> Result<()> {
        self.stack.reserve(env, || self.hooks.get(), bytes)
    }

    /// Delivers messages in event loops that listeners run, from here on.
    pub fn watch_loops(&self, env: Env) {
        if let Some(thread) = self.owner() {
            self.nesting.watch(env, &thread);
        }
    }

    /// Throws what a failure says.
    pub fn throw(&self, env: Env, failure: Failure) {
        match self.hooks.get() {
            Some(hooks) => hooks.throw(env, failure),
            None => env.throw_failure(failure),
        }
    }

    /// By which other copies of this thread reach it.
    pub fn number(&self) -> u64 {
        self.number.get()
    }

    /// Holds the copy of the JavaScript, or leaves it to whoever uses it.
    ///
    /// # Errors
    /// What Node-API says.
    pub fn hold(&self, env: Env, held: bool) -> Result<()> {
        self.native.get().map_or(Ok(()), |native| env.set_held(native, held))
    }

    /// Takes the functions of JavaScript that this side calls.
    ///
    /// # Errors
    /// If a function is missing, or this has been done.
    pub fn connect(&self, env: Env, functions: Value) -> Result<()> {
        let hooks = Hooks::of(env, functions)?;
        self.hooks.set(hooks).map_err(|_| Failure::internal("ferroport is connected already"))
    }

    /// Makes the block that both sides see; its ArrayBuffer. There is one: who asks again, because what was to be done with
    /// it was ended in the middle, gets the same.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn make_block<'s>(&self, env: Env<'s>) -> Result<Value<'s>> {
        if let Some(held) = self.buffer.take() {
            let buffer = env.held(&held);
            self.buffer.set(Some(held));
            return buffer;
        }
        let (buffer, held, block) = Block::make(env)?;
        self.buffer.set(Some(held));
        self.block.set(Some(block));
        Ok(buffer)
    }

    /// The block that both sides see.
    ///
    /// # Errors
    /// Before [`make_block`](Thread::make_block), and once the copy of the JavaScript is gone.
    #[inline]
    pub fn block(&self) -> Result<Block> {
        self.block.get().ok_or_else(not_connected)
    }

    /// The functions of JavaScript.
    ///
    /// # Errors
    /// Before [`connect`](Thread::connect).
    pub fn hooks(&self) -> Result<&Hooks> {
        self.hooks.get().ok_or_else(not_connected)
    }

    /// Puts a result where JavaScript reads it.
    pub fn set(&self, cell: Cell64, value: f64) {
        if let Some(block) = self.block.get() {
            block.set(cell, value);
        }
    }

    /// Works with the attached endpoints. `work` must not run JavaScript.
    ///
    /// A batch that was taken and not delivered to its end is put back before, because `work` may close its endpoint or give it away.
    ///
    /// # Errors
    /// Once the environment is being torn down.
    pub fn with_table<R>(&self, work: impl FnOnce(&mut Table) -> R) -> Result<R> {
        // What `work` drops does not come back here while the table is borrowed: dropping an endpoint rings bells, of other threads and
        // perhaps of this one, and ringing runs nothing on this thread.
        match self.table.borrow_mut().as_mut() {
            Some(table) => {
                self.settle(table);
                Ok(work(table))
            }
            None => Err(Failure::Pending),
        }
    }

    fn settle(&self, table: &mut Table) {
        if let Some(block) = self.block.get()
            && block.control(Control::Count) > 0
        {
            table.settle(block.control(Control::Delivered));
            block.set_control(Control::Count, 0);
        }
    }

    /// Whether anything waits to be delivered.
    pub fn has_listed(&self) -> bool {
        self.table.borrow().as_ref().is_some_and(Table::has_listed)
    }

    /// Works with an endpoint, to send from it; `None` if there is none under this key.
    ///
    /// # Errors
    /// As [`with_table`](Thread::with_table).
    #[inline]
    pub fn with_endpoint<R>(&self, key: Key, work: impl FnOnce(&Endpoint) -> R) -> Result<Option<R>> {
        match self.table.borrow().as_ref() {
            Some(table) => Ok(table.get(key).map(work)),
            None => Err(Failure::Pending),
        }
    }

    /// Attaches an endpoint; the key as JavaScript has it.
    ///
    /// # Errors
    /// If the thread has as many as it can have; the endpoint is closed.
    pub fn attach(&self, endpoint: Endpoint) -> Result<u64> {
        let key = self.with_table(|table| table.attach(endpoint))?;
        Ok(key.map(u64::from)?)
    }

    /// Works with the table to send from a member of a broadcast group. A batch that was taken stays taken: what is sent comes
    /// behind it.
    #[inline]
    pub fn with_members<R>(&self, work: impl FnOnce(&mut Table) -> R) -> Result<R> {
        self.table.borrow_mut().as_mut().map(work).ok_or(Failure::Pending)
    }

    /// Whether the mailbox keeps the event loop alive.
    pub fn keep_alive(&self, env: Env, keep: bool) {
        let hearing = self.hearing.take();
        if let Some(hearing) = &hearing {
            hearing.keep_alive(env, keep);
        }
        self.hearing.set(hearing);
    }

    /// How many ports of this copy keep the event loop alive.
    pub fn refed(&self) -> usize {
        self.block.get().map_or(0, |block| block.control(Control::Refs))
    }

    /// An empty writer; give it back with [`reuse`](Thread::reuse).
    pub fn writer(&self) -> Writer {
        self.spare.take().unwrap_or_default()
    }

    /// Keeps a writer's memory for the next message, unless it is much.
    pub fn reuse(&self, mut writer: Writer) {
        if writer.len() <= SPARE_BYTES {
            writer.clear();
            self.spare.set(Some(writer));
        }
    }

    /// Takes the draft out. The caller finds out which message it belongs to.
    pub fn take_draft(&self) -> Option<Draft> {
        self.draft.take()
    }

    /// Keeps the draft of the message that is being written.
    pub fn put_draft(&self, draft: Draft) {
        let other = self.draft.replace(Some(draft));
        debug_assert!(other.is_none(), "one message is written at a time");
    }

    /// Forgets the draft of a message that will not be sent.
    pub fn drop_draft(&self) {
        if let Some(draft) = self.draft.take() {
            self.reuse(draft.writer);
        }
    }

    /// Changes what goes with each message that is sent from here on.
    pub fn set_context(&self, context: Option<Box<[u16]>>) {
        self.context.replace(context);
    }

    /// A message with what goes with it.
    pub fn in_context(&self, message: Message) -> Message {
        match &*self.context.borrow() {
            Some(context) => message.in_context(context.clone()),
            None => message,
        }
    }

    /// Looks at the string that has come with the message that is to be read. `look` must not run JavaScript of programs.
    pub fn with_arrived_context<R>(&self, look: impl FnOnce(&[u16]) -> R) -> Option<R> {
        self.current.borrow().as_ref().and_then(Message::context).map(look)
    }

    /// Keeps the message that is to be read, if it is not one of several in the block. The message before is dropped.
    pub fn set_current(&self, message: Option<Message>) {
        self.shared.take();
        self.current.replace(message);
    }

    /// Takes the message that is to be read away from the thread.
    pub fn take_current(&self) -> Option<Message> {
        let mut message = self.current.take()?;
        if let Some(shared) = self.shared.take() {
            message.bytes = Arc::try_unwrap(shared).unwrap_or_else(|shared| Bytes::from(&shared[..]));
        }
        Some(message)
    }

    /// Looks at the bytes of the message being read. `look` must not run JavaScript.
    pub fn with_current<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        match (&*self.shared.borrow(), &*self.current.borrow()) {
            (Some(bytes), _) => look(bytes),
            (None, Some(message)) => look(&message.bytes),
            (None, None) => look(&[]),
        }
    }

    /// The bytes of the message being read, for a string to share.
    pub fn share_current(&self) -> Option<Arc<Bytes>> {
        let mut shared = self.shared.borrow_mut();
        if shared.is_none() {
            *shared = self.current.borrow_mut().as_mut().map(|message| Arc::new(std::mem::take(&mut message.bytes)));
        }
        shared.clone()
    }

    /// Whether these are the bytes that were asked about last; it remembers them.
    pub fn is_last_shared(&self, bytes: &Bytes) -> bool {
        let mut last = self.last_shared.borrow_mut();
        if last.as_ref().is_some_and(|last| last.is_same(bytes)) {
            return true;
        }
        *last = bytes.again();
        false
    }

    /// Forgets which bytes [`is_last_shared`](Thread::is_last_shared) was asked about last.
    pub fn forget_shared(&self) {
        self.last_shared.take();
    }

    /// What stands here of messages that are being written or delivered, by name.
    pub fn leftovers(&self) -> [(&'static str, usize); 2] {
        let draft = self.draft.take();
        let begun = usize::from(draft.is_some());
        self.draft.set(draft);
        let unsettled = self.block.get().map_or(0, |block| block.control(Control::Count));
        [("begun", begun), ("unsettled", unsettled)]
    }

    /// The endpoint parked under this token closes with this thread, unless it is claimed or entrusted before.
    pub fn answer_for(&self, token: registry::Token) {
        self.parked.borrow_mut().insert(token);
    }

    /// The endpoint parked under this token, if it still is, no longer closes with this thread.
    pub fn entrust(&self, token: &registry::Token) {
        self.parked.borrow_mut().remove(token);
    }

    /// Whether the environment has ended.
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// The drain is over; whether the mailbox is asleep. Does no harm to one that is over already.
    ///
    /// # Errors
    /// As [`with_table`](Thread::with_table).
    pub fn end_drain(&self) -> Result<bool> {
        self.set_current(None);
        self.forget_shared();
        self.with_table(Table::end_drain)
    }

    /// Hangs up the doorbell, closes every endpoint and forgets every signal: nobody rings this thread any more, nor writes to its memory,
    /// and all peers hear it. What it held, to be released if the environment goes on.
    fn close(&self) -> Vec<Held> {
        // Where the thread is so far gone that its list is, nobody looks.
        let _ = COPIES.try_with(|copies| copies.leave(self.number.get()));
        self.nesting.close();
        drop(self.table.take());
        self.draft.take();
        self.set_current(None);
        self.forget_shared();
        for token in self.parked.take() {
            registry::revoke(&token);
        }
        self.signals.close()
    }
}

impl Hears for Thread {
    /// The doorbell has rung: lets JavaScript deliver.
    fn answer(&self, env: Env) {
        self.nesting.begin();
        let delivered = self.hooks().and_then(|hooks| hooks.drain(env));
        if self.nesting.end() {
            let _ = self.with_table(Table::end_drain);
        }
        if delivered.is_ok() {
            return;
        }
        // The drain catches what listeners throw. Whatever still comes out of it (the stack was full when it was to begin,
        // say) may have kept it from ending: what it has not delivered waits, and the doorbell is rung for that.
        let _ = self.end_drain();
        env.raise_pending();
    }

    fn throw(&self, env: Env, failure: Failure) {
        Thread::throw(self, env, failure);
    }
}

impl Drains for Thread {
    fn nesting(&self) -> &Nesting {
        &self.nesting
    }

    fn suspend(&self) {
        let _ = self.with_table(Table::suspend);
    }

    /// The doorbell has rung in an event loop that a listener runs: lets JavaScript deliver there.
    fn answer_within(&self, env: Env) {
        if self.with_table(Table::enter).is_err() {
            return;
        }
        let delivered = guarded(|| outside::call(env, self.hooks()?.drain_within(env)?).map(drop));
        // What it has taken and not delivered comes again.
        let _ = self.end_drain();
        let _ = self.with_table(Table::leave);
        if delivered.is_err() {
            env.raise_pending();
        }
    }
}

/// The environment ends.
unsafe extern "C" fn end(thread: *mut c_void) {
    swallowed(|| {
        // SAFETY: an owner; Node calls this once, on the environment's thread, before the doorbell is destroyed.
        let thread = unsafe { Rc::from_raw(thread.cast_const().cast::<Thread>()) };
        thread.ended.set(true);
        // What a panic leaves is dropped with the thread. What is held ends with the environment.
        drop(thread.close());
    });
}

/// The native object has been collected; or the environment has ended, and everything is finalized.
unsafe extern "C" fn collected(env: sys::napi_env, thread: *mut c_void, _: *mut c_void) {
    swallowed(|| {
        // SAFETY: an owner; Node calls this once, on the environment's thread.
        let thread = unsafe { Rc::from_raw(thread.cast_const().cast::<Thread>()) };
        if !thread.has_ended() {
            // SAFETY: the environment goes on.
            thread.retire(unsafe { Env::from_raw(env) });
        }
    });
}
