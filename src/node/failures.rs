//! What the errors of channels are in JavaScript.

use crate::channel::{NoRandomness, TableFull};
use crate::js::{Code, Failure};

impl From<TableFull> for Failure {
    fn from(error: TableFull) -> Self {
        Failure::Error(Code::TooManyPorts, error.to_string().into())
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Failure::Error(Code::NoRandomness, error.to_string().into())
    }
}
