//! The site on its listener: connections are taken, limited, and ended in good order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tower::Service as _;

use crate::app::App;
use crate::fresh::router;
use crate::operations::metrics;
use crate::operations::metrics::MetricsListener;

/// How the site is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// First say that it is not ready, so that a load balancer turns elsewhere; then take no more connections.
    Drain,
    /// Take no more connections from now on.
    Now,
}

/// How much the site takes on, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long `/readyz` says no before no more connections are taken.
    pub drain: Duration,
    /// How long the requests under way may then take.
    pub finish: Duration,
    /// Connections at a time; more wait their turn.
    pub connections: usize,
    /// How long a caller may take to send a request's headers, and a connection be idle.
    pub headers: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            drain: Duration::from_secs(2),
            finish: Duration::from_secs(20),
            connections: 4096,
            headers: Duration::from_secs(15),
        }
    }
}

/// How the site ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Connections that were cut because their requests took longer than the limit.
    pub cut: usize,
}

/// Serves the site until `stop` completes (`hurry` then cuts the wait of [`Stop::Drain`] short), and then until the requests under way are answered or the limit is reached.
///
/// # Errors
/// None today: what fails on one connection ends that connection.
pub async fn run(
    listener: TcpListener,
    app: App,
    limits: Limits,
    figures: Option<MetricsListener>,
    stop: impl Future<Output = Stop> + Send,
    hurry: impl Future<Output = ()> + Send,
) -> io::Result<Ended> {
    let figures = figures.map(|MetricsListener { listener, token }| {
        let router = metrics::router(app.clone(), token);
        tokio::spawn(async move { axum::serve(listener, router).await })
    });
    let router = router(app.clone());
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let drained = async {
        let stop = stop.await;
        app.operations.stop();
        tracing::info!(drain = stop == Stop::Drain, "stopping");
        if stop == Stop::Drain {
            tokio::select! { () = sleep(limits.drain) => {}, () = hurry => {} }
        }
    };
    let mut drained = pin!(drained);
    loop {
        let (stream, peer, place) = tokio::select! {
            biased;
            () = &mut drained => break,
            taken = next(&listener, &places) => taken,
        };
        let caller = Caller { stream, peer, place };
        caller.talk(&app, &router, &limits, &open);
    }
    drop(listener);
    let left = open.count();
    tracing::info!(connections = left, "no more connections are taken");
    // What is left when the time is up is dropped with the runtime.
    let counted = app.operations.metrics.connections.clone();
    let cut = match timeout(limits.finish, open.shutdown()).await {
        Ok(()) => 0,
        Err(_) => usize::try_from(counted.get()).unwrap_or_default(),
    };
    if cut > 0 {
        tracing::warn!(connections = cut, "requests took too long to end, and were cut off");
    }
    if let Some(figures) = figures {
        figures.abort();
    }
    tracing::info!("stopped");
    Ok(Ended { cut })
}

/// The next connection, once there is room for it.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so a place is always given in the end.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) if of_the_caller(&error) => {}
            Err(error) => {
                // Out of files, most likely: those that end make room.
                tracing::error!(%error, "no connection can be taken");
                sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn of_the_caller(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}

/// One connection, and its place among those that may be open.
struct Caller {
    stream: TcpStream,
    peer: SocketAddr,
    place: Option<OwnedSemaphorePermit>,
}

impl Caller {
    /// Answers until the caller goes away, is idle too long, or the site stops.
    fn talk(self, app: &App, router: &Router, limits: &Limits, open: &GracefulShutdown) {
        let (router, peer) = (router.clone(), self.peer);
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request.map(Body::new))
        });
        // Without it small answers wait for the caller's acknowledgement; where it cannot be set they are only slower.
        let _ = self.stream.set_nodelay(true);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.headers);
        let talk = open.watch(http.serve_connection(TokioIo::new(self.stream), answer));
        let counted = Counted::begin(app);
        let place = self.place;
        tokio::spawn(async move {
            // A caller that breaks off or sends what is no HTTP is no matter of ours.
            let _ = talk.await;
            drop((counted, place));
        });
    }
}

/// A connection in the figures.
struct Counted(App);

impl Counted {
    fn begin(app: &App) -> Self {
        app.operations.metrics.connections.inc();
        Self(app.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.operations.metrics.connections.dec();
    }
}
