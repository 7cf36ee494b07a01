//! The proxy does to a connection what its name for it says.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use crate::harness::proxy::{Line, Proxy};

/// A server that answers each byte with itself, and a client behind a proxy.
fn echo() -> (Proxy, std::net::TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap()).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut byte = [0];
                while stream.read_exact(&mut byte).is_ok() && stream.write_all(&byte).is_ok() {}
            });
        }
    });
    let client = std::net::TcpStream::connect(proxy.address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    (proxy, client)
}

fn ask(mut client: &std::net::TcpStream) -> io::Result<u8> {
    client.write_all(b"?")?;
    let mut byte = [0];
    client.read_exact(&mut byte).map(|()| byte[0])
}

#[test]
fn a_line_passes_delays_stalls_and_goes_on() {
    let (proxy, client) = echo();
    assert_eq!(ask(&client).unwrap(), b'?');
    proxy.set(Line::Delay(Duration::from_millis(60)));
    let began = tokio::time::Instant::now();
    assert_eq!(ask(&client).unwrap(), b'?');
    assert!(began.elapsed() >= Duration::from_millis(120), "each way: {:?}", began.elapsed());
    proxy.set(Line::Stall);
    client.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let stalled = ask(&client).unwrap_err().kind();
    assert!([ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&stalled), "{stalled}");
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    proxy.set(Line::Pass);
    let mut byte = [0];
    (&client).read_exact(&mut byte).unwrap();
    assert_eq!(ask(&client).unwrap(), b'?', "what was held back came once");
}

#[test]
fn a_cut_resets_and_new_connections_pass_or_are_refused() {
    let (proxy, client) = echo();
    assert_eq!(ask(&client).unwrap(), b'?');
    proxy.set(Line::Refuse);
    proxy.cut();
    let mut byte = [0];
    assert_eq!((&client).read(&mut byte).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let refused = std::net::TcpStream::connect(proxy.address).unwrap();
    assert_eq!((&refused).read(&mut byte).unwrap_err().kind(), ErrorKind::ConnectionReset);
    proxy.set(Line::Pass);
    let again = std::net::TcpStream::connect(proxy.address).unwrap();
    assert_eq!(ask(&again).unwrap(), b'?');
}
