//! x
#[allow(dead_code, unused_imports)]
mod wire;
mod abi;
