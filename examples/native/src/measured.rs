//! The same work over threadsafe functions, to measure it against, and what asks from Rust.

use ferroport::Port;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeCallContext, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use serde::{Deserialize, Serialize};
use std::sync::{LazyLock, Mutex, mpsc};
use std::thread;
use std::time::Instant;

/// What is asked, and answered: a number, and a text.
#[napi(object)]
#[derive(Serialize, Deserialize)]
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

/// A thread that asks JavaScript `count` times, with so many questions under way, over a port: what comes back is a number. Sends how many
/// nanoseconds that has taken, as a text.
#[napi]
pub fn ask_over_port(port: Port<Numbers, Questions>) {
    thread::spawn(move || {
        while let Ok(Numbers::Start { count, under_way }) = port.recv() {
            let began = Instant::now();
            let mut asked = 0;
            for answered in 0..count {
                while asked < count && asked < answered + under_way {
                    if port.send(&Questions::Asked(question(asked))).is_err() {
                        return;
                    }
                    asked += 1;
                }
                match port.recv() {
                    Ok(Numbers::Answer(n)) => assert_eq!(n, answered),
                    _ => return,
                }
            }
            if port.send(&Questions::Took(began.elapsed().as_nanos() as f64)).is_err() {
                return;
            }
        }
    });
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Numbers {
    Answer(u32),
    Start { count: u32, under_way: u32 },
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Questions {
    Asked(Question),
    Took(f64),
}

fn question(n: u32) -> Question {
    Question { n, text: "a question of usual length".into() }
}

/// The same by a threadsafe function whose return values come back to the thread that has called it: through a channel of one message for
/// each call. `done` is called with the nanoseconds.
#[napi]
pub fn ask_by_function(
    function: Function<'_, Question, u32>,
    count: u32,
    under_way: u32,
    done: Function<'_, f64, ()>,
) -> napi::Result<()> {
    let function = function
        .build_threadsafe_function()
        .build_callback(|context: ThreadsafeCallContext<Question>| Ok(context.value))?;
    let done =
        done.build_threadsafe_function().build_callback(|context: ThreadsafeCallContext<f64>| Ok(context.value))?;
    thread::spawn(move || {
        let began = Instant::now();
        let mut waiting = std::collections::VecDeque::new();
        let mut asked = 0;
        for answered in 0..count {
            while asked < count && asked < answered + under_way {
                let (sender, receiver) = futures::channel::oneshot::channel();
                function.call_with_return_value(
                    question(asked),
                    ThreadsafeFunctionCallMode::NonBlocking,
                    move |answer: napi::Result<u32>, _| {
                        let _ = sender.send(answer?);
                        Ok(())
                    },
                );
                waiting.push_back(receiver);
                asked += 1;
            }
            let receiver = waiting.pop_front().expect("one is under way");
            assert_eq!(futures::executor::block_on(receiver), Ok(answered));
        }
        done.call(began.elapsed().as_nanos() as f64, ThreadsafeFunctionCallMode::NonBlocking);
    });
    Ok(())
}
