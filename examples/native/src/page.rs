//! The program in docs/native.md, word for word.

use ferroport::Port;
use napi_derive::napi;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

#[derive(Deserialize)]
#[serde(tag = "op")]
pub enum Job {
    Hash { id: u32, data: ByteBuf },
    Stop,
}

#[derive(Serialize)]
pub struct Done {
    id: u32,
    hash: String,
}

#[napi]
pub fn start_hashing(port: Port<Job, Done>) {
    // The port is here now, as if transferred.
    std::thread::spawn(move || {
        for job in port.iter() {
            match job {
                Ok(Job::Hash { id, data }) => {
                    if port.send(&Done { id, hash: hash(&data) }).is_err() {
                        break; // JavaScript has closed its end.
                    }
                }
                Ok(Job::Stop) => break,
                Err(error) => eprintln!("{error}"), // at .id: invalid type: string "x", expected u32
            }
        }
        // Dropped: JavaScript hears 'close'.
    });
}

fn hash(bytes: &[u8]) -> String {
    crate::hex(&sha2::Sha256::digest(bytes))
}

use sha2::Digest;
