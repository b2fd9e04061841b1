//! Functions that only the tests use.

use ferroport::{AnyPort, Port, RecvError, SendError, TryRecvError, Value};
use futures::{SinkExt, StreamExt};
use napi_derive::napi;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
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

/// Sends so many numbered messages, and receives what comes meanwhile, which must be numbered, too. After the last of those it says `received`.
#[napi]
pub fn both_ways(port: Port<Numbered, Numbered>, most: u32) {
    let port = Arc::new(port);
    let other = port.clone();
    thread::spawn(move || (0..most).try_for_each(|n| other.send(&Numbered { n, text: (n % 1000).to_string() })));
    thread::spawn(move || {
        for expected in 0..most {
            match port.recv() {
                Ok(Numbered { n, text }) if n == expected && text == (n % 1000).to_string() => {}
                Ok(Numbered { n, text }) => {
                    return port.send(&Numbered { n, text: format!("{n}, {text} instead of {expected}") });
                }
                Err(error) => return port.send(&Numbered { n: expected, text: error.to_string() }),
            }
        }
        port.send(&Numbered { n: most, text: "received".into() })
    });
}

/// How many threads and tasks [`storm`] has ever started, and how many of them have heard that the other end is closed.
static STARTED: AtomicU32 = AtomicU32::new(0);
static HEARD: AtomicU32 = AtomicU32::new(0);

type Storm = Port<Value, Numbered>;

/// Does something again and again, on a thread of its own, until it is `false`: the other end is closed.
fn until_closed(port: &Arc<Storm>, mut work: impl FnMut(&Storm, u32) -> bool + Send + 'static) {
    let port = port.clone();
    STARTED.fetch_add(1, Ordering::SeqCst);
    thread::spawn(move || {
        (0..).take_while(|&n| work(&port, n)).for_each(drop);
        HEARD.fetch_add(1, Ordering::SeqCst);
    });
}

/// Sends and receives at the same time, on six threads, in each of the ways that there are.
#[napi]
pub fn storm(port: Port<Value, Numbered>) {
    let port = Arc::new(port);
    let numbered = |n| Numbered { n, text: "storm".into() };
    let little = Duration::from_millis(1);
    until_closed(&port, move |port, n| port.send(&numbered(n)) != Err(SendError::Closed));
    until_closed(&port, move |port, n| port.send_timeout(&numbered(n), little) != Err(SendError::Closed));
    until_closed(&port, move |port, n| {
        thread::yield_now();
        port.try_send(&numbered(n)) != Err(SendError::Closed.into())
    });
    until_closed(&port, |port, _| !matches!(port.recv(), Err(RecvError::Closed)));
    until_closed(&port, move |port, _| {
        !matches!(port.recv_timeout(little), Err(TryRecvError::Failed(RecvError::Closed)))
    });
    until_closed(&port, |port, _| {
        thread::yield_now();
        !matches!(port.try_recv(), Err(TryRecvError::Failed(RecvError::Closed)))
    });
}

/// The same as a task: to receive what comes, and to send it back. It may also end because its runtime does.
#[napi]
pub async fn storm_task(port: Port<Value, Value>) {
    struct Ends;
    impl Drop for Ends {
        fn drop(&mut self) {
            HEARD.fetch_add(1, Ordering::SeqCst);
        }
    }
    STARTED.fetch_add(1, Ordering::SeqCst);
    let _ends = Ends;
    let (mut sender, mut receiver) = port.split();
    while let Some(message) = receiver.next().await {
        if let Ok(message) = message {
            // That it is closed is said by the receiver, too.
            let _ = sender.send(message).await;
        }
    }
}

/// How many threads and tasks were started, and how many have ended.
#[napi]
pub fn storms() -> Vec<u32> {
    vec![STARTED.load(Ordering::SeqCst), HEARD.load(Ordering::SeqCst)]
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
