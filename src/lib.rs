//! MessageChannel and MessagePort for Node.js, rebuilt in Rust.
//!
//! ```text
//!  lib.rs ──► node ──► clone ──► js
//!               │         └─────► wire
//!               └───► channel ──► memory
//! ```
//!
//! [`channel`], [`wire`] and [`memory`] are plain Rust and know nothing of JavaScript. The rest needs the feature
//! `node-api`: [`js`], Node-API as Rust likes it; [`clone`], structured clone over it; [`node`], the addon's functions.

pub mod channel;
pub mod memory;
// Loom has channels of its own kind, which no other library can have.
#[cfg(not(loom))]
pub mod native;
pub mod wire;

#[cfg(feature = "node-api")]
pub mod clone;
#[cfg(feature = "node-api")]
pub mod js;
#[cfg(feature = "node-api")]
pub mod node;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

/// Called when an environment loads the addon.
#[cfg(feature = "node-api")]
#[napi_derive::napi(module_exports)]
#[doc(hidden)]
pub fn load(exports: napi::bindgen_prelude::Object<'_>, env: napi::Env) -> napi::Result<()> {
    use napi::bindgen_prelude::{JsValue, retain_current_module_for_unload_safety};
    // Node unloads an addon when the last environment that loaded it ends, and runs some finalizers after that.
    // A library that stays mapped cannot be called into after it is gone.
    retain_current_module_for_unload_safety();
    // SAFETY: Node-API is loading the module: the environment and the handle are live.
    let (env, exports) = unsafe { (js::Env::from_raw(env.raw()), js::Value::from_raw(exports.raw())) };
    node::load(env, exports).map_err(|failure| napi::Error::from_reason(format!("{failure:?}")))
}

/// The version of the message format, the third byte of what `serialize` gives (docs/wire-format.md).
#[cfg(feature = "node-api")]
#[napi_derive::napi]
pub const FORMAT_VERSION: u32 = wire::tag::VERSION;
