//! Functions that only the tests use.

use ferroport::{AnyPort, Port, Value};
use futures::{SinkExt, StreamExt};
use napi_derive::napi;
use serde::{Deserialize, Serialize};
use std::thread;
use std::time::Duration;

/// Sends back what comes.
#[napi]
pub fn echo(port: Port<Value, Value>) {
    thread::spawn(move || {
        for value in port.iter() {
            let sent = match value {
                Ok(value) => port.send(&value),
                Err(error) => port.send(&Value::Object(vec![("error".into(), Value::String(error.to_string()))])),
            };
            if sent.is_err() {
                return;
            }
        }
    });
}

#[derive(Serialize, Deserialize)]
pub struct Numbered {
    n: u32,
    text: String,
}

/// Sends back typed messages.
#[napi]
pub fn echo_typed(port: Port<Numbered, Numbered>) {
    thread::spawn(move || {
        while let Ok(message) = port.recv() {
            if port.send(&message).is_err() {
                return;
            }
        }
    });
}

/// The same as a task.
#[napi]
pub async fn pipe(port: Port<Numbered, Numbered>) -> napi::Result<u32> {
    let (mut sender, mut receiver) = port.split();
    let mut count = 0;
    while let Some(message) = receiver.next().await {
        let message = message.map_err(|error| napi::Error::from_reason(error.to_string()))?;
        if sender.send(message).await.is_err() {
            break;
        }
        count += 1;
    }
    Ok(count)
}

/// Sends numbers for as long as there is anybody to read them; returns at once.
#[napi]
pub fn flood(port: Port<Value, Numbered>) {
    thread::spawn(move || {
        for n in 0.. {
            if port.send(&Numbered { n, text: "flood".into() }).is_err() {
                return;
            }
        }
    });
}

/// Sends so many numbers, and closes.
#[napi]
pub fn count(port: Port<Value, u32>, most: u32) {
    thread::spawn(move || (0..most).try_for_each(|n| port.send(&n)));
}

/// Receives numbers, which must come in order, and sends how many there were when the other end says `null`.
#[napi]
pub fn counted(port: Port<Option<u32>, String>) {
    thread::spawn(move || {
        let mut expected = 0;
        for n in port.iter() {
            match n {
                Ok(Some(n)) if n == expected => expected += 1,
                Ok(Some(n)) => return port.send(&format!("{n} instead of {expected}")),
                Ok(None) => return port.send(&format!("{expected}")),
                Err(error) => return port.send(&error.to_string()),
            }
        }
        Ok(())
    });
}

/// Receives slowly.
#[napi]
pub fn slow(port: Port<Value, u32>) {
    thread::spawn(move || {
        for (n, _) in port.iter().enumerate() {
            thread::sleep(Duration::from_millis(5));
            let _ = port.send(&(n as u32));
        }
    });
}

#[derive(Serialize, Deserialize)]
pub struct WithPort {
    port: AnyPort,
}

/// Takes the port out of each message, says something there, and sends back one end of a channel of its own, of which the other end echoes.
#[napi]
pub fn ports(port: Port<WithPort, WithPort>) {
    thread::spawn(move || {
        for message in port.iter().flatten() {
            let Some(inner) = message.port.typed::<String, str>() else { return };
            let _ = inner.send("from Rust");
            let Some((mine, theirs)) = port.channel::<Value, Value, (), ()>() else { return };
            echo(mine);
            let _ = port.send(&WithPort { port: theirs.into_any() });
        }
    });
}

/// Takes a port and keeps it until the process ends.
#[napi]
pub fn keep(port: Port<Value, Value>) {
    std::mem::forget(port);
}

/// Makes a channel of which one end echoes, and gives the other end to JavaScript.
#[napi]
pub fn open_echo(port: Port<Value, Value>) -> napi::Result<Port<Value, Value>> {
    let (mine, theirs) = port.channel().ok_or_else(|| napi::Error::from_reason("an old version"))?;
    echo(mine);
    Ok(theirs)
}

/// A port comes back as it went.
#[napi]
pub fn back(port: Port<Value, Value>) -> Port<Value, Value> {
    port
}

static STORED: std::sync::Mutex<Option<Port<Value, Value>>> = std::sync::Mutex::new(None);

/// Keeps a port for whoever asks for it, in whatever thread.
#[napi]
pub fn store(port: Port<Value, Value>) {
    STORED.lock().unwrap().replace(port);
}

/// The port that has been kept.
#[napi]
pub fn kept() -> Option<Port<Value, Value>> {
    STORED.lock().unwrap().take()
}
