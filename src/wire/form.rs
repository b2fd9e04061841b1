//! The forms of a message: portable, linked, and in-process.

/// Which form a reader accepts.
#[derive(Clone, Copy)]
pub enum Form<'a> {
    /// Complete in itself: may come from a file or another machine.
    Portable,
    /// The same, and it may have ports, which travel beside it over a link between processes.
    Linked,
    /// Written in this process: may also name shapes by their process-wide number, ports, and what is in the parcel beside it.
    Local(&'a dyn Shapes),
}

/// The shapes that the process knows by number.
pub trait Shapes {
    /// How many keys shape `number` has; `None` if there is no such shape.
    fn key_count(&self, number: u32) -> Option<u32>;
}

/// No shapes at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoShapes;

impl Shapes for NoShapes {
    fn key_count(&self, _: u32) -> Option<u32> {
        None
    }
}
