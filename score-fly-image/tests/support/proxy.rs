//! Passes bytes on to a server, until it breaks the connection.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Asks `cut` after each portion, with what the client has sent on this connection so far.
pub(crate) fn start(upstream: SocketAddr, cut: impl Fn(u64) -> bool + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let cut = Arc::new(cut);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let cut = Arc::clone(&cut);
            thread::spawn(move || {
                let server = TcpStream::connect(upstream)?;
                let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
                thread::spawn(move || {
                    let mut sent = 0;
                    let mut buffer = vec![0; 64 << 10];
                    while let Ok(length @ 1..) = from.read(&mut buffer) {
                        sent += length as u64;
                        if to.write_all(&buffer[..length]).is_err() || cut(sent) {
                            break;
                        }
                    }
                    let _ = from.shutdown(Shutdown::Both);
                    let _ = to.shutdown(Shutdown::Both);
                });
                let (mut server, mut client) = (server, client);
                io::copy(&mut server, &mut client).and_then(|_| client.shutdown(Shutdown::Write))
            });
        }
    });
    address
}
