//! The admin port: `/metrics`, `/livez`, `/readyz`, and an index at `/`.
//!
//! It takes no input: request bodies are never read, heads are limited in size and number of
//! headers, each connection serves one request within a time limit, and so many at once. A probe or
//! a scrape that is slow or greedy is cut off and costs the worker nothing.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Watch;
use super::health::Answer;

/// Bytes of a request's head. A scrape sends some 300.
const HEAD_BYTES: usize = 16 << 10;
/// Headers of a request.
const HEADERS: usize = 64;
/// After an `accept` that failed (no file descriptor is free): how long until the next.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Limits of the admin port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the connection to the last byte of the answer.
    pub request_timeout: Duration,
    /// Connections served at once; more wait in the listener's queue.
    pub connections: usize,
}

impl From<&crate::settings::Admin> for Limits {
    fn from(admin: &crate::settings::Admin) -> Self {
        Self { request_timeout: admin.request_timeout, connections: admin.connections }
    }
}

/// Serves `watch` on `listener` until `stop` comes to its end; then no connection is taken any more,
/// and those at work may end within their time limit.
pub async fn serve(listener: TcpListener, watch: Arc<Watch>, limits: Limits, stop: impl Future<Output = ()>) {
    let router = router(watch);
    let free = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        // What has ended is taken out as new ones come, so that the set stays small.
        while connections.try_join_next().is_some() {}
        let taken = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = &mut stop => break,
            taken = taken => taken,
        };
        // The semaphore is never closed.
        let Ok(permit) = permit else { break };
        match accepted {
            Ok((stream, peer)) => {
                let connection = answer(stream, peer, router.clone(), limits.request_timeout);
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(error = %error, "admin port cannot accept a connection");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Answers the one request of a connection.
async fn answer(stream: TcpStream, peer: SocketAddr, router: Router, limit: Duration) {
    let served = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    match tokio::time::timeout(limit, served).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%peer, error = %error, "admin request failed"),
        Err(_) => tracing::debug!(%peer, limit_ms = limit.as_millis(), "admin request took too long"),
    }
}

fn router(watch: Arc<Watch>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/metrics", get(metrics))
        .route("/livez", get(async |State(watch): State<Arc<Watch>>| probe(&watch.health.live())))
        .route("/readyz", get(async |State(watch): State<Arc<Watch>>| probe(&watch.health.ready())))
        .with_state(watch)
}

async fn index() -> Response {
    const INDEX: &str = concat!(
        "copydesk ",
        env!("CARGO_PKG_VERSION"),
        "\n\n/metrics  OpenMetrics, for Prometheus\n/livez    200 while it works, else 503 and why\n",
        "/readyz   200 while it has partitions and the broker answers, else 503 and why\n"
    );
    with_type(StatusCode::OK, "text/plain; charset=utf-8", INDEX.to_owned())
}

async fn metrics(State(watch): State<Arc<Watch>>) -> Response {
    match watch.metrics.exposition() {
        Ok(text) => {
            with_type(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", text)
        }
        Err(error) => {
            with_type(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", error.to_string())
        }
    }
}

fn probe(answer: &Answer) -> Response {
    let status = if answer.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    match serde_json::to_string(answer) {
        Ok(json) => with_type(status, "application/json", json + "\n"),
        Err(error) => {
            with_type(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", error.to_string())
        }
    }
}

fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use tokio::sync::oneshot;

    use super::*;
    use crate::observe::{Health, Metrics};
    use crate::pipeline::observer::Observer as _;

    /// Generous: it only bounds a test that fails.
    const DEADLINE: Duration = Duration::from_secs(30);

    struct Served {
        address: SocketAddr,
        watch: Arc<Watch>,
        stop: oneshot::Sender<()>,
        task: tokio::task::JoinHandle<()>,
    }

    async fn served(request_timeout: Duration, connections: usize) -> Served {
        let clock: crate::observe::Clock = Arc::new(|| Duration::ZERO);
        let watch = Arc::new(Watch {
            metrics: Metrics::new(1, Arc::clone(&clock)),
            health: Health::new(Duration::from_secs(60), clock),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let limits = Limits { request_timeout, connections };
        let shown = Arc::clone(&watch);
        let task = tokio::spawn(async move {
            serve(listener, shown, limits, async {
                stopped.await.unwrap();
            })
            .await;
        });
        Served { address, watch, stop, task }
    }

    /// A client, on a thread of its own; a server that has enough may close before all is written or
    /// read.
    async fn exchange(address: SocketAddr, request: &[u8]) -> String {
        let request = request.to_owned();
        let client = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            let mut answer = Vec::new();
            _ = stream.write_all(&request).and_then(|()| stream.read_to_end(&mut answer).map(|_| ()));
            String::from_utf8(answer).unwrap()
        });
        client.await.unwrap()
    }

    async fn get_path(address: SocketAddr, path: &str) -> String {
        exchange(address, format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await
    }

    #[tokio::test]
    async fn every_path_answers_and_the_end_is_clean() {
        let served = served(DEADLINE, 4).await;
        let address = served.address;
        let metrics = get_path(address, "/metrics").await;
        assert!(metrics.starts_with("HTTP/1.1 200 OK\r\n"), "{metrics}");
        assert!(metrics.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"));
        assert!(metrics.contains("copydesk_build_info{") && metrics.ends_with("# EOF\n"), "{metrics}");
        assert!(get_path(address, "/livez").await.ends_with("{\"ok\":true,\"reasons\":[]}\n"));
        let unready = get_path(address, "/readyz").await;
        assert!(unready.starts_with("HTTP/1.1 503 "), "{unready}");
        assert!(unready.contains("\"check\":\"assignment\""), "{unready}");
        served.watch.rebalanced("assign");
        served.watch.broker_state("consumer", Ok(()));
        served.watch.broker_state("producer", Ok(()));
        assert!(get_path(address, "/readyz").await.starts_with("HTTP/1.1 200 "));
        assert!(get_path(address, "/").await.contains("/metrics"));
        assert!(get_path(address, "/nothing").await.starts_with("HTTP/1.1 404 "));
        let posted =
            exchange(address, b"POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc").await;
        assert!(posted.starts_with("HTTP/1.1 405 "), "{posted}");

        served.stop.send(()).unwrap();
        tokio::time::timeout(DEADLINE, served.task).await.expect("an end").unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let served = served(DEADLINE, 4).await;
        let head = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(HEAD_BYTES * 2));
        let answer = exchange(served.address, head.as_bytes()).await;
        assert!(!answer.contains(" 200 "), "{answer}");
        let many: String = (0..HEADERS * 2).map(|i| format!("x{i}: 1\r\n")).collect();
        let answer =
            exchange(served.address, format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_cut_off_and_makes_room() {
        let served = served(Duration::from_millis(50), 1).await;
        let silent = tokio::spawn(exchange(served.address, b""));
        let second = tokio::spawn(exchange(served.address, b""));
        for client in [silent, second] {
            let answer = tokio::time::timeout(DEADLINE, client).await.expect("cut off").unwrap();
            assert_eq!(answer, "");
        }
    }
}
