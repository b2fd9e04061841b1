//! The process-wide registry: endpoints parked under a token until another thread claims them.

use super::endpoint::Endpoint;
use super::errors::{InvalidToken, NoRandomness};
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// The right to claim one parked endpoint: 128 bits from the operating system's random source.
///
/// Whoever knows a token has the endpoint, so it must not be guessable from other tokens. As text, 32 hexadecimal
/// digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(u128);

static PARKED: LazyLock<Mutex<HashMap<Token, Endpoint>>> = LazyLock::new(Mutex::default);

fn parked() -> MutexGuard<'static, HashMap<Token, Endpoint>> {
    PARKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Parks an endpoint, with its queue, until it is claimed or revoked. It goes on receiving; nobody is woken for it.
///
/// # Errors
/// [`NoRandomness`]; the endpoint is closed then.
pub fn park(endpoint: Endpoint) -> Result<Token, NoRandomness> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| NoRandomness)?;
    let token = Token(u128::from_ne_bytes(random));
    endpoint.enter_registry();
    let replaced = parked().insert(token, endpoint);
    drop(replaced);
    Ok(token)
}

/// Takes a parked endpoint. `None` if it was claimed or revoked before, or never parked.
pub fn claim(token: &Token) -> Option<Endpoint> {
    let endpoint = parked().remove(token)?;
    endpoint.hold();
    Some(endpoint)
}

/// Closes an endpoint that is still parked. False if it is not.
pub fn revoke(token: &Token) -> bool {
    let endpoint = parked().remove(token);
    endpoint.is_some()
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !well_formed {
            return Err(InvalidToken);
        }
        u128::from_str_radix(text, 16).map(Token).map_err(|_| InvalidToken)
    }
}

impl fmt::Debug for Token {
    /// Says nothing: a token in a log is an endpoint given away.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}
