//! The same work over a threadsafe function, to measure it against.

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeCallContext, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use std::sync::mpsc;
use std::sync::{LazyLock, Mutex};
use std::thread;

/// What JavaScript asks for: a number, and a text.
#[napi(object)]
pub struct Question {
    pub n: u32,
    pub text: String,
}

static QUESTIONS: LazyLock<Mutex<Option<mpsc::Sender<Question>>>> = LazyLock::new(Mutex::default);

/// Starts a thread that answers by calling back.
#[napi]
pub fn start_callback(callback: Function<'_, Question, ()>) -> napi::Result<()> {
    let callback = callback
        .build_threadsafe_function()
        .weak::<true>()
        .build_callback(|context: ThreadsafeCallContext<Question>| Ok(context.value))?;
    let (sender, receiver) = mpsc::channel::<Question>();
    *QUESTIONS.lock().unwrap() = Some(sender);
    thread::spawn(move || {
        for question in receiver {
            callback.call(question, ThreadsafeFunctionCallMode::NonBlocking);
        }
    });
    Ok(())
}

/// Asks the thread.
#[napi]
pub fn ask(question: Question) {
    if let Some(sender) = &*QUESTIONS.lock().unwrap() {
        let _ = sender.send(question);
    }
}

/// Ends the thread.
#[napi]
pub fn stop_callback() {
    QUESTIONS.lock().unwrap().take();
}
