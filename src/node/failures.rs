//! What the errors of channels are in JavaScript.

use crate::channel::{NoRandomness, TableFull};
use crate::js::{Code, Failure};

impl From<TableFull> for Failure {
    fn from(error: TableFull) -> Self {
        Failure::error(Code::TooManyPorts, error.to_string())
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Failure::error(Code::NoRandomness, error.to_string())
    }
}
