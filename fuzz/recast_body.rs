//! What must hold for any bytes at all that are to leave the process, or have come from another; the fuzz target and `cargo test` both run it.

use ferroport::wire::{Form, KnownShapes, Learned, Recast, check};

/// Takes `bytes` for a message of this process, and for one that has come over a link.
///
/// # Panics
/// If what is made of them is no message, or another one.
pub fn recast_anything(bytes: &[u8]) {
    if let Ok(recast) = Recast::for_link(bytes, false) {
        let sent = recast.to_vec();
        assert_eq!(sent.len(), recast.length());
        arrives(&sent, recast.summary().objects);
    }
    let mut learned = Learned::default();
    match (check(bytes, Form::Linked), Recast::from_link(bytes, &mut learned)) {
        (Ok(summary), Ok(_)) => arrives(bytes, summary.objects),
        (Ok(summary), Err(refused)) => assert!(summary.ports > 0, "{refused}"),
        (Err(refused), read) => assert_eq!(read.map(drop), Err(refused)),
    }
}

/// However often it comes, it is a message here.
fn arrives(sent: &[u8], objects: u32) {
    let mut learned = Learned::default();
    for _ in 0..3 {
        let Ok(recast) = Recast::from_link(sent, &mut learned) else { return };
        let arrived = recast.to_vec();
        let summary = check(&arrived, Form::Local(&KnownShapes)).expect("what has come over a link is a message");
        assert_eq!(summary.objects, objects);
        let back = Recast::for_link(&arrived, false).expect("it can leave again").to_vec();
        let again = check(&back, Form::Linked).expect("it is a message for links again");
        assert_eq!((again.objects, again.depth), (summary.objects, summary.depth));
    }
}
