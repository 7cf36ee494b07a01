//! A proxy between clients and one broker that, on demand, spoils answers: it takes the brokers out of the
//! one to a question for metadata, as a broker says that has only just started, or loses the one to a
//! heartbeat; or it takes no connection but one client's.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::real::Failure;

/// Keys of Kafka's protocol (`Produce`, `Fetch`, `Metadata`, `ConsumerGroupHeartbeat`).
const PRODUCE: i16 = 0;
const FETCH: i16 = 1;
const METADATA: i16 = 3;
const HEARTBEAT: i16 = 68;
/// The first version of the answer to `Metadata` that is laid out as read here (KIP-482).
const COMPACT: i16 = 9;
/// A topic with a partition has at least so many bytes: its id, two lengths, a number, tags.
const PARTITION: usize = 20;
/// A frame of Kafka's protocol in these tests is shorter.
const MAX_FRAME: usize = 64 << 20;

/// Whose questions are answered so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Nobody = 0,
    /// Connections that have fetched.
    Consumers = 1,
    /// Connections that have produced.
    Producers = 2,
}

/// A running proxy. It ends with the process.
pub struct Forgetful {
    /// Where it listens.
    pub address: SocketAddr,
    side: Arc<AtomicU8>,
    /// Whose news gets lost.
    deaf: Arc<Mutex<Option<Deaf>>>,
    /// The only client that gets through, if it is not all.
    only: Arc<Mutex<Option<String>>>,
}

impl Forgetful {
    /// A proxy on a free port of loopback that leads to `target`.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(target: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let side = Arc::new(AtomicU8::new(Side::Nobody as u8));
        let deaf = Arc::new(Mutex::new(None));
        let only = Arc::new(Mutex::new(None));
        let shared = (Arc::clone(&side), Arc::clone(&deaf), Arc::clone(&only));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (side, deaf, only) = shared.clone();
                std::thread::spawn(move || drop(serve(&client, target, &side, &deaf, &only)));
            }
        });
        Ok(Self { address, side, deaf, only })
    }

    /// Loses the first answer to a heartbeat of this client that brings more than the first of all did: the
    /// one with its partitions.
    pub fn lose_news(&self, client: &str) {
        let deaf = Deaf { client: client.to_owned(), shortest: None, lost: false };
        *self.deaf.lock().unwrap_or_else(PoisonError::into_inner) = Some(deaf);
    }

    /// Whether that has happened.
    pub fn has_lost_news(&self) -> bool {
        self.deaf.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|deaf| deaf.lost)
    }

    /// From now on connections of any other client are cut as soon as they ask something.
    pub fn admit_only(&self, client: &str) {
        *self.only.lock().unwrap_or_else(PoisonError::into_inner) = Some(client.to_owned());
    }

    /// From now on every answer to these names no broker.
    pub fn forget(&self, side: Side) {
        self.side.store(side as u8, Ordering::Relaxed);
    }
}

/// A client that does not hear of its partitions.
struct Deaf {
    client: String,
    /// Bytes of its first answer, which has none.
    shortest: Option<usize>,
    lost: bool,
}

/// What both directions of a connection know.
#[derive(Default)]
struct Connection {
    /// Questions for metadata that are not answered yet: correlation id, version.
    asked: Mutex<BTreeMap<i32, i16>>,
    /// Heartbeats that are not answered yet, and of whom.
    beats: Mutex<BTreeMap<i32, String>>,
    fetches: AtomicBool,
    produces: AtomicBool,
}

fn serve(
    client: &TcpStream,
    target: SocketAddr,
    side: &AtomicU8,
    deaf: &Mutex<Option<Deaf>>,
    only: &Mutex<Option<String>>,
) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let connection = Connection::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let admitted = |frame: &[u8]| {
                let only = only.lock().unwrap_or_else(PoisonError::into_inner);
                only.as_ref().is_none_or(|only| client_id(frame) == only.as_bytes())
            };
            drop(pass(client, &server, |frame| {
                if admitted(&frame) { Ok(Some(connection.asks(frame))) } else { Err(refused()) }
            }));
            drop(client.shutdown(std::net::Shutdown::Both));
            drop(server.shutdown(std::net::Shutdown::Both));
        });
        drop(pass(&server, client, |frame| Ok(connection.answers(frame, side, deaf))));
        drop(client.shutdown(std::net::Shutdown::Both));
    });
    Ok(())
}

/// Passes frames on: four bytes of length, then so many.
fn pass(
    mut from: &TcpStream,
    mut to: &TcpStream,
    mut change: impl FnMut(Vec<u8>) -> io::Result<Option<Vec<u8>>>,
) -> io::Result<()> {
    loop {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut frame = vec![0; length];
        from.read_exact(&mut frame)?;
        let Some(frame) = change(frame)? else { continue };
        to.write_all(&u32::try_from(frame.len()).unwrap_or(u32::MAX).to_be_bytes())?;
        to.write_all(&frame)?;
    }
}

impl Connection {
    /// Of a request: its key, its version, its correlation id.
    fn asks(&self, frame: Vec<u8>) -> Vec<u8> {
        if let [k0, k1, v0, v1, c0, c1, c2, c3, ..] = frame[..] {
            match i16::from_be_bytes([k0, k1]) {
                PRODUCE => self.produces.store(true, Ordering::Relaxed),
                FETCH => self.fetches.store(true, Ordering::Relaxed),
                METADATA => {
                    let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
                    asked.insert(i32::from_be_bytes([c0, c1, c2, c3]), i16::from_be_bytes([v0, v1]));
                }
                HEARTBEAT => {
                    let client = client_id(&frame);
                    let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
                    beats.insert(
                        i32::from_be_bytes([c0, c1, c2, c3]),
                        String::from_utf8_lossy(client).into_owned(),
                    );
                }
                _ => {}
            }
        }
        frame
    }

    fn answers(&self, frame: Vec<u8>, side: &AtomicU8, deaf: &Mutex<Option<Deaf>>) -> Option<Vec<u8>> {
        let [c0, c1, c2, c3, ..] = frame[..] else { return Some(frame) };
        let correlation = i32::from_be_bytes([c0, c1, c2, c3]);
        let beat = self.beats.lock().unwrap_or_else(PoisonError::into_inner).remove(&correlation);
        if let Some(deaf) = deaf.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && beat.as_ref() == Some(&deaf.client)
            && !deaf.lost
        {
            let shortest = *deaf.shortest.get_or_insert(frame.len());
            if frame.len() >= shortest + PARTITION {
                deaf.lost = true;
                return None;
            }
        }
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&correlation);
        let meant = match side.load(Ordering::Relaxed) {
            side if side == Side::Consumers as u8 => self.fetches.load(Ordering::Relaxed),
            side if side == Side::Producers as u8 => self.produces.load(Ordering::Relaxed),
            _ => false,
        };
        if asked.is_some_and(|version| version >= COMPACT) && meant {
            return Some(without_brokers(&frame).unwrap_or(frame));
        }
        Some(frame)
    }
}

/// Of a request: who asks. A length of two bytes, and as many of its name.
fn client_id(frame: &[u8]) -> &[u8] {
    let length = frame.get(8..10).map_or(0, |length| usize::from(length[0]) << 8 | usize::from(length[1]));
    frame.get(10..10 + length).unwrap_or_default()
}

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// The answer without its list of brokers. Correlation id, tags and throttle time come before the list;
/// each broker is an id, a host, a port, a rack and tags.
fn without_brokers(frame: &[u8]) -> Option<Vec<u8>> {
    let before = 4 + 1 + 4;
    let mut at = before;
    let count = varint(frame, &mut at)?.checked_sub(1)?;
    for _ in 0..count {
        at += 4;
        at += varint(frame, &mut at)?.saturating_sub(1);
        at += 4;
        at += varint(frame, &mut at)?.saturating_sub(1);
        // No broker of today has a tag here.
        (varint(frame, &mut at)? == 0).then_some(())?;
    }
    let mut without = frame.get(..before)?.to_vec();
    without.push(1);
    without.extend_from_slice(frame.get(at..)?);
    Some(without)
}

/// An unsigned number of variable length, seven bits a byte.
fn varint(frame: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0;
    for shift in (0..28).step_by(7) {
        let byte = *frame.get(*at)?;
        *at += 1;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
