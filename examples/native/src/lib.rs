//! An addon that hashes files on threads of its own. JavaScript gives it one end of a channel:
//!
//! ```js
//! const { port1, port2 } = new MessageChannel({ highWaterMark: 256 });
//! addon.start(port2);                       // gone here, as if transferred
//! port1.on('message', (said) => …);         // { progress: { id, bytes } }, { done: { id, hash } }, { failed: { id, reason } }
//! await port1.post({ op: 'File', id: 1, path: 'a.iso', signal });
//! ```

mod measured;
mod page;
mod page_without;
mod tests;

use ferroport::{AbortSignal, Port};
use napi_derive::napi;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::thread;

/// What JavaScript asks for.
#[derive(Deserialize)]
#[serde(tag = "op")]
pub enum Job {
    /// Hash a file. Who aborts the signal wants no answer any more but that it failed.
    File { id: u32, path: String, signal: Option<AbortSignal> },
    /// Hash bytes.
    Bytes { id: u32, data: ByteBuf },
}

/// What it is told.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    Progress { id: u32, bytes: u64 },
    Done { id: u32, hash: String },
    Failed { id: Option<u32>, reason: String },
}

const THREADS: usize = 4;
const PIECE: usize = 1 << 16;

/// Hashes what comes, on four threads, until the other end is closed.
#[napi]
pub fn start(port: Port<Job, Said>) {
    // How much may wait here is what the MessageChannel was made with.
    let port = Arc::new(port);
    for _ in 0..THREADS {
        let port = port.clone();
        thread::spawn(move || {
            for job in port.iter() {
                let said = match job {
                    Ok(job) => answer(&port, job),
                    // No job: the error says where, and the next one comes.
                    Err(error) => Said::Failed { id: None, reason: error.to_string() },
                };
                if port.send(&said).is_err() {
                    return;
                }
            }
        });
    }
}

fn answer(port: &Port<Job, Said>, job: Job) -> Said {
    match job {
        Job::Bytes { id, data } => Said::Done { id, hash: hex(&Sha256::digest(&data)) },
        Job::File { id, path, signal } => match hash_file(port, id, &path, signal.as_ref()) {
            Ok(hash) => Said::Done { id, hash },
            Err(reason) => Said::Failed { id: Some(id), reason },
        },
    }
}

fn hash_file(port: &Port<Job, Said>, id: u32, path: &str, signal: Option<&AbortSignal>) -> Result<String, String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        if signal.is_some_and(AbortSignal::is_aborted) {
            return Err("aborted".into());
        }
        let length = file.read(&mut piece).map_err(|error| error.to_string())?;
        if length == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&piece[..length]);
        bytes += length as u64;
        if bytes % (16 * PIECE as u64) == 0 {
            // Of progress, nobody misses one: if there is no room, it is left out.
            let _ = port.try_send(&Said::Progress { id, bytes });
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
