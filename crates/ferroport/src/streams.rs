//! Ports for tasks: a stream and a sink.

use crate::error::{RecvError, SendError};
use crate::port::Port;
use futures_core::Stream;
use futures_sink::Sink;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The half of a port that sends: a `Sink`. It is ready while there is room at the other end. See [`Port::split`].
///
/// ```
/// use futures::SinkExt;
///
/// async fn greet(mut sender: ferroport::Sender<(), String>) -> Result<(), ferroport::SendError> {
///     sender.send("hello".to_owned()).await
/// }
/// ```
pub struct Sender<In, Out>(Arc<Port<In, Out>>);

/// The half of a port that receives: a `Stream`, which ends when the other end is closed. See [`Port::split`].
///
/// ```
/// use futures::StreamExt;
///
/// async fn print(mut receiver: ferroport::Receiver<String, ()>) {
///     while let Some(text) = receiver.next().await {
///         println!("{text:?}");
///     }
/// }
/// ```
pub struct Receiver<In, Out>(Arc<Port<In, Out>>);

impl<In, Out> Port<In, Out> {
    /// Both halves, for any executor. The port closes when both are dropped.
    ///
    /// ```
    /// use futures::{SinkExt, StreamExt};
    ///
    /// async fn double(port: ferroport::Port<f64, f64>) -> Result<(), Box<dyn std::error::Error>> {
    ///     let (mut sender, mut receiver) = port.split();
    ///     while let Some(number) = receiver.next().await {
    ///         sender.send(2.0 * number?).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn split(self) -> (Sender<In, Out>, Receiver<In, Out>) {
        let port = Arc::new(self);
        (Sender(port.clone()), Receiver(port))
    }
}

impl<In: DeserializeOwned, Out> Stream for Receiver<In, Out> {
    type Item = Result<In, crate::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.poll_message(context.waker()) {
            None => Poll::Pending,
            Some(Ok(message)) => Poll::Ready(Some(Ok(message))),
            Some(Err(RecvError::Invalid(error))) => Poll::Ready(Some(Err(error))),
            Some(Err(RecvError::Closed)) => Poll::Ready(None),
        }
    }
}

impl<In, Out: Serialize> Sink<Out> for Sender<In, Out> {
    type Error = SendError;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        match self.0.raw.poll_room(context.waker()) {
            None => Poll::Pending,
            Some(room) => Poll::Ready(room.map_err(Into::into)),
        }
    }

    fn start_send(self: Pin<&mut Self>, value: Out) -> Result<(), SendError> {
        self.0.put(&value)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Poll::Ready(Ok(()))
    }
}

impl<In, Out> fmt::Debug for Sender<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<In, Out> fmt::Debug for Receiver<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
