//! A table whose doorbell can be heard.

use ferroport::channel::{Doorbell, Mailbox, Table};
use std::sync::mpsc;

struct Bell(mpsc::SyncSender<()>);

impl Doorbell for Bell {
    fn ring(&self) {
        let _ = self.0.try_send(());
    }
}

/// A table, and the rings of its doorbell: of many, one is kept.
pub fn table() -> (Table, mpsc::Receiver<()>) {
    let (bell, rings) = mpsc::sync_channel(1);
    (Table::new(Mailbox::new(Box::new(Bell(bell)))), rings)
}
