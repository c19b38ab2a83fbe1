//! A small HTTP server that answers as a test says, and keeps what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::policies::root;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub parameters: BTreeMap<String, String>,
    /// Their names in small letters.
    pub headers: BTreeMap<String, String>,
}

impl Request {
    pub fn number(&self, name: &str) -> i64 {
        self.parameters[name].parse().unwrap()
    }

    fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).ok().filter(|length| *length > 0)?;
            if line.trim_end().is_empty() {
                break;
            }
            lines.push(line.trim_end().to_owned());
        }
        let target = lines.first()?.split(' ').nth(1)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let parameters = query.split('&').filter_map(|pair| pair.split_once('='));
        let headers = lines[1..].iter().filter_map(|line| line.split_once(": "));
        Some(Self {
            path: path.to_owned(),
            parameters: parameters.map(|(key, value)| (key.to_owned(), decoded(value))).collect(),
            headers: headers.map(|(key, value)| (key.to_lowercase(), value.to_owned())).collect(),
        })
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// How a server speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    Plain,
    /// With the certificate in `tests/prometheus/tls`, which is for `localhost`.
    Tls,
}

/// A server that lives as long as the tests do.
pub struct Server {
    pub port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// What `answer` returns is sent as it is, and the connection is closed.
    pub fn answering(speech: Speech, answer: impl Fn(&Request) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            let tls = (speech == Speech::Tls).then(tls);
            for stream in listener.incoming().flatten() {
                match &tls {
                    None => serve(stream, &answer, &log),
                    Some(config) => {
                        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                        serve(StreamOwned::new(connection, stream), &answer, &log);
                    }
                }
            }
        });
        Self { port, asked }
    }

    /// All that was asked so far.
    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: impl Read + Write, answer: &impl Fn(&Request) -> Vec<u8>, log: &Mutex<Vec<Request>>) {
    let mut stream = BufReader::new(stream);
    // Of a client that trusts no certificate nothing comes; of one that speaks TLS to who does not, no request.
    let Some(request) = Request::read(&mut stream) else {
        let _ = stream.get_mut().write_all(&http("400 Bad Request", "", ""));
        return;
    };
    log.lock().unwrap().push(request.clone());
    let _ = stream.get_mut().write_all(&answer(&request)).and_then(|()| stream.get_mut().flush());
}

fn tls() -> Arc<ServerConfig> {
    let folder = root().join("tests/prometheus/tls");
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate], key).unwrap())
}

/// An answer with its head.
pub fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
        .into_bytes()
}
