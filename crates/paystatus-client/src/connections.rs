use std::{convert::Infallible, thread};

use paystatus_core::{Error, ErrorKind};
use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
    task::JoinSet,
};
use tracing::Instrument;

/// The thread that a transport's connections live on, and nothing else does.
///
/// A peer can send so much that a connection is busy for a second before it lets anything else run.
/// On the caller's thread, that would keep the caller from its deadlines and from Ctrl-C.
/// And a connection that is kept for the next request would stand still, or end, with the runtime of the caller
/// that happened to open it, although another caller shares the transport.
pub(crate) struct Connections {
    runtime: Handle,
    /// The thread ends when this is dropped.
    _alive: oneshot::Sender<Infallible>,
}

impl Connections {
    pub(crate) fn new() -> Result<Self, Error> {
        let refuse = |error| {
            Error::new(ErrorKind::Config, "the system does not let a thread start for the connections")
                .with_source(error)
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(refuse)?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel();
        let thread = thread::Builder::new().name("paystatus".to_owned());
        thread.spawn(move || runtime.block_on(ended)).map_err(refuse)?;
        Ok(Self { runtime: handle, _alive: alive })
    }

    /// Runs a future on the thread; it is cancelled if what is returned is dropped.
    ///
    /// # Errors
    /// If it panics, which is a defect.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        let mut only = JoinSet::new();
        only.spawn_on(future.in_current_span(), &self.runtime);
        let ended = only.join_next().await.and_then(Result::ok);
        ended.ok_or_else(|| {
            Error::new(ErrorKind::Transport, "the connection ended by a defect of this program")
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_busy_does_not_keep_its_caller() {
        let connections = Connections::new().unwrap();
        let (release, released) = mpsc::channel::<()>();
        // It blocks its thread, as a connection does that reads what never ends.
        let busy = connections.run(async move { released.recv_timeout(Duration::from_secs(10)) });
        let cut = tokio::time::timeout(Duration::from_secs(2), busy).await;
        assert!(cut.is_err(), "the deadline holds while the connection is busy");
        drop(release);
        assert_eq!(connections.run(async { 7 }).await.unwrap(), 7, "the thread goes on for others");
    }

    #[tokio::test]
    async fn what_is_dropped_is_cancelled() {
        let connections = Connections::new().unwrap();
        let (started, start) = oneshot::channel();
        let (held, ended) = oneshot::channel::<Infallible>();
        let mut running = Box::pin(connections.run(async move {
            let _held = held;
            let _ = started.send(());
            std::future::pending::<()>().await;
        }));
        tokio::select! {
            _ = &mut running => panic!("it never ends"),
            start = start => start.unwrap(),
        }
        drop(running);
        assert!(ended.await.is_err(), "what it held is dropped");
    }

    #[tokio::test]
    async fn the_thread_ends_with_the_last_that_uses_it() {
        let connections = Connections::new().unwrap();
        let (held, ended) = oneshot::channel::<Infallible>();
        connections.runtime.spawn(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        drop(connections);
        assert!(ended.await.is_err(), "its runtime is gone with all its tasks");
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_not_a_panic_of_the_caller() {
        let connections = Connections::new().unwrap();
        let error = connections.run(async { assert_eq!(1, 2) }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
    }
}
