//! A TCP proxy on loopback that can be slow, silent or rude: what a network does to a client.
//!
//! It holds at most one chunk for each direction of a connection; what does not fit waits in the
//! sockets, so that whoever sends feels it.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What is in flight on one direction of a connection, at most.
const CHUNK: usize = 256 * 1024;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Pass,
    /// Each chunk waits so long, each way. The next one waits behind it: a slow line is a thin one, too.
    Delay(Duration),
    /// No byte passes, connections stay open, new ones are taken.
    Stall,
    /// New connections are cut at once.
    Refuse,
}

#[derive(Debug, Clone, Copy)]
struct State {
    line: Line,
    /// Connections of an earlier generation are cut.
    generation: u64,
    over: bool,
}

/// A running proxy. Dropped, it cuts its connections and ends.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    state: watch::Sender<State>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy on a free port of loopback that leads to `target`.
    ///
    /// # Errors
    /// When there is no port or no thread.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (state, watched) = watch::channel(State { line: Line::Pass, generation: 0, over: false });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let serve = move || {
            runtime.block_on(async move {
                match TcpListener::from_std(listener) {
                    Ok(listener) => accept(&listener, target, watched).await,
                    Err(error) => panic!("the proxy cannot listen: {error}"),
                }
            });
        };
        let thread = std::thread::Builder::new().name("proxy".to_owned()).spawn(serve)?;
        Ok(Self { address, state, thread: Some(thread) })
    }

    /// From now on the line is so.
    pub fn set(&self, line: Line) {
        self.state.send_modify(|state| state.line = line);
    }

    /// Cuts every connection with a reset.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.generation += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.send_modify(|state| state.over = true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn accept(listener: &TcpListener, target: SocketAddr, state: watch::Receiver<State>) {
    let mut over = state.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                tokio::spawn(connection(client, target, state.clone()));
            }
            ended = over.wait_for(|state| state.over) => {
                drop(ended);
                return;
            }
        }
    }
}

async fn connection(client: TcpStream, target: SocketAddr, mut state: watch::Receiver<State>) {
    let begun = *state.borrow_and_update();
    let reset = |stream: &TcpStream| drop(stream.set_zero_linger());
    if begun.line == Line::Refuse {
        return reset(&client);
    }
    let Ok(server) = TcpStream::connect(target).await else { return reset(&client) };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (lines, back) = (state.clone(), state.clone());
    tokio::select! {
        // One way's end is the end of both: Kafka's clients never close half a connection.
        _ = pump(&client, &server, lines) => {}
        _ = pump(&server, &client, back) => {}
        ended = state.wait_for(|state| state.over || state.generation != begun.generation) => {
            drop(ended);
            reset(&client);
            reset(&server);
        }
    }
}

/// Passes bytes on, as the line allows, until one side has ended.
async fn pump(from: &TcpStream, to: &TcpStream, mut state: watch::Receiver<State>) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        from.readable().await?;
        let read = match from.try_read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        let line = state.borrow_and_update().line;
        if let Line::Delay(pause) = line {
            tokio::time::sleep(pause).await;
        }
        if state.wait_for(|state| state.line != Line::Stall).await.is_err() {
            return Ok(());
        }
        let mut rest = buffer.get(..read).unwrap_or_default();
        while !rest.is_empty() {
            to.writable().await?;
            match to.try_write(rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}
