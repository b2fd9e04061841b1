//! Members of one name: who receives what, and in which order.
#![cfg(not(loom))]

mod channel_support;

