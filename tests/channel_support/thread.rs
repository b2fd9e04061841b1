//! A thread in a history: a table, and a bell that notices when it is rung too often or too late.
#![allow(dead_code, reason = "not every history knows its endpoints by numbers")]

use ferroport::channel::{Doorbell, Mailbox, Table};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Bell {
    pub rung: AtomicBool,
    pub gone: AtomicBool,
}

#[derive(Clone)]
struct Ring(Arc<Bell>);

impl Doorbell for Ring {
    fn ring(&self) {
        assert!(!self.0.gone.load(Ordering::Relaxed), "rung after the thread ended");
        assert!(!self.0.rung.swap(true, Ordering::Relaxed), "rung twice for one drain");
    }
}

pub struct Thread {
    pub table: Table,
    pub bell: Arc<Bell>,
    /// Whose keys these are.
    pub ids: BTreeMap<u64, usize>,
}

impl Thread {
    pub fn new() -> Self {
        let bell = Arc::new(Bell { rung: AtomicBool::new(false), gone: AtomicBool::new(false) });
        Thread { table: Table::new(Mailbox::new(Box::new(Ring(bell.clone())))), bell, ids: BTreeMap::new() }
    }
}
