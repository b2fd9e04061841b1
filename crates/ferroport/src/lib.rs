//! One end of a channel of the npm package `ferroport`, in the hands of threads in Rust.
//!
//! JavaScript makes a `MessageChannel`, and gives one of its ports to an addon. The addon may be anybody's: it has its own library, its own
//! allocator and its own build, and this crate, which needs nothing of ferroport's addon when it is built. Messages are typed by serde, what
//! may wait is bounded, and any number of threads may use a port.
//!
//! ```no_run
//! # #[cfg(feature = "serde")] {
//! use ferroport::Port;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! #[serde(tag = "op")]
//! enum Job {
//!     Add { id: u32, numbers: Vec<f64> },
//!     Stop,
//! }
//!
//! #[derive(Serialize)]
//! struct Done {
//!     id: u32,
//!     sum: f64,
//! }
//!
//! // With the feature `napi`, a function of an addon takes `Port<Job, Done>` as an argument.
//! fn start(port: Port<Job, Done>) {
//!     std::thread::spawn(move || {
//!         for job in port.iter() {
//!             match job {
//!                 Ok(Job::Add { id, numbers }) => {
//!                     if port.send(&Done { id, sum: numbers.iter().sum() }).is_err() {
//!                         break; // JavaScript has closed its end.
//!                     }
//!                 }
//!                 Ok(Job::Stop) => break,
//!                 Err(error) => eprintln!("{error}"), // "at .numbers[3]: …"
//!             }
//!         }
//!         // Dropped: JavaScript hears 'close'.
//!     });
//! }
//! # }
//! ```
//!
//! How values look in both languages is said at [`mapping`].

pub mod abi;
#[allow(dead_code)]
mod end;
mod error;
mod raw;
#[allow(dead_code, unused_imports)]
mod wire;

#[cfg(feature = "serde")]
mod any_port;
#[cfg(feature = "serde")]
mod context;
#[cfg(feature = "serde")]
mod de;
#[cfg(feature = "serde")]
mod keys;
#[cfg(feature = "serde")]
pub mod mapping;
#[cfg(all(feature = "napi", feature = "serde"))]
mod napi;
#[cfg(feature = "serde")]
mod port;
#[cfg(feature = "serde")]
mod ser;
#[cfg(feature = "serde")]
mod shapes;
#[cfg(feature = "serde")]
mod signal;
#[cfg(all(feature = "serde", feature = "futures"))]
mod streams;
#[cfg(feature = "serde")]
mod value;

#[cfg(feature = "serde")]
pub use any_port::AnyPort;
pub use error::{Error, RecvError, SendError, TryRecvError, TrySendError};
#[cfg(feature = "serde")]
pub use port::{Iter, Port, Received};
#[cfg(feature = "serde")]
pub use signal::AbortSignal;
#[cfg(all(feature = "serde", feature = "futures"))]
pub use streams::{Receiver, Sender};
#[cfg(feature = "serde")]
pub use value::{BigInt, Date, Value};
