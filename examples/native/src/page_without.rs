//! The second program in docs/native.md, word for word: the first one without a channel.

use napi::bindgen_prelude::{Function, Uint8Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

#[napi(object)]
pub struct Hashed {
    pub id: u32,
    pub hash: String,
}

#[napi]
pub struct Hasher {
    jobs: Option<SyncSender<(u32, Vec<u8>)>>,
}

#[napi]
impl Hasher {
    #[napi(constructor)]
    pub fn new(done: Function<Hashed, ()>) -> napi::Result<Hasher> {
        // Weak, or the process never ends; and nobody can wait for it any more.
        let done = done.build_threadsafe_function().weak::<true>().build()?;
        let (jobs, receiver) = sync_channel(256);
        std::thread::spawn(move || work(receiver, done));
        Ok(Hasher { jobs: Some(jobs) })
    }

    /// False if the queue is full: try again later, whenever that is.
    #[napi]
    pub fn hash(&self, id: u32, data: Uint8Array) -> napi::Result<bool> {
        let Some(jobs) = &self.jobs else { return Err(napi::Error::from_reason("stopped")) };
        match jobs.try_send((id, data.to_vec())) {
            Ok(()) => Ok(true),
            Err(TrySendError::Full(_)) => Ok(false),
            Err(TrySendError::Disconnected(_)) => Err(napi::Error::from_reason("the thread has ended")),
        }
    }

    #[napi]
    pub fn stop(&mut self) {
        self.jobs = None;
    }
}

type Done = ThreadsafeFunction<Hashed, (), Hashed, napi::Status, false, true>;

fn work(jobs: Receiver<(u32, Vec<u8>)>, done: Done) {
    for (id, data) in jobs {
        let hashed = Hashed { id, hash: hash(&data) };
        // Its queue has no bound that anybody could wait at. If the callback throws, that is an uncaught exception.
        if done.call(hashed, ThreadsafeFunctionCallMode::NonBlocking) != napi::Status::Ok {
            return; // The environment has ended.
        }
    }
    // That the thread is done needs another callback.
}

fn hash(bytes: &[u8]) -> String {
    crate::hex(&sha2::Sha256::digest(bytes))
}

use sha2::Digest;
