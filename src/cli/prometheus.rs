//! The one place that opens a socket: range queries over HTTP, for `simulate --prometheus` and nothing else.
//!
//! TLS by rustls with graviola: Rust and assembler, so that no C compiler is needed for a build.

use std::env;
use std::error::Error as _;
use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::Value;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use ureq::http::{Response, StatusCode, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Timeout};

use crate::quantity::Seconds;
use crate::simulate::world::recorded::inquiry::last_point;
use crate::time::{Instant, Window};

/// Holds a bearer token. It is sent, and never printed.
pub(super) const TOKEN: &str = "SEASONSCALE_PROMETHEUS_TOKEN";

/// Who does not listen does not answer later either.
const CONNECT: Duration = Duration::from_secs(10);

/// 10,000 points are less than a megabyte.
const LONGEST_ANSWER: u64 = 64 << 20;

/// A Prometheus, or what answers in its place.
pub(super) struct Prometheus {
    agent: Agent,
    address: String,
    token: Option<String>,
    timeout: Seconds,
}

impl Prometheus {
    /// `address` as its pages have it, `http://prometheus:9090` or `https://example.com/prometheus`.
    pub(super) fn at(address: &str, timeout: Seconds) -> anyhow::Result<Self> {
        // What stands before an @ is a password, which is not to be printed.
        let shown = if address.contains('@') { "the address" } else { address };
        let uri: Uri = address.parse().ok().filter(has_host).with_context(|| {
            format!(
                "`{shown}` is not the address of a Prometheus: write it as http://HOST:9090 or https://HOST"
            )
        })?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        ensure!(
            !authority.contains('@'),
            "leave user and password out of the address of Prometheus; a token is read from {TOKEN}"
        );
        ensure!(
            uri.query().is_none() && !address.contains('#'),
            "`{address}` is the address of a page: leave out what follows the path"
        );
        let is_safe = uri.scheme_str() == Some("https") || is_here(&uri);
        let token = token()?;
        ensure!(
            token.is_none() || is_safe,
            "{TOKEN} would go over the network for anybody to read: use https, or unset it"
        );
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT.min(lasting(timeout))))
            .timeout_global(Some(lasting(timeout)))
            .user_agent(concat!("seasonscale/", env!("CARGO_PKG_VERSION")))
            .accept("application/json");
        if is_here(&uri) {
            config = config.proxy(None);
        }
        if uri.scheme_str() == Some("https") {
            config = config.tls_config(tls()?);
        }
        let agent = config.build().new_agent();
        Ok(Self { agent, address: address.trim_end_matches('/').to_owned(), token, timeout })
    }

    /// The answer to a query at every step of a stretch, as it came; it is JSON.
    pub(super) fn range(&self, query: &str, piece: Window<Instant>, step: Seconds) -> anyhow::Result<String> {
        let mut request = self
            .agent
            .get(format!("{}/api/v1/query_range", self.address))
            .query("query", query)
            .query("start", piece.from.0.to_string())
            .query("end", last_point(piece, step).0.to_string())
            .query("step", step.0.to_string());
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answered = request.call().map_err(|error| self.unheard(&error)).and_then(|mut response| {
            let text = self.body(&mut response)?;
            self.judged(&response, text)
        });
        // A page of somebody's own may say back what it was sent.
        answered.map_err(|error| match &self.token {
            Some(token) => anyhow!("{}", format!("{error:#}").replace(token.as_str(), "(the token)")),
            None => error,
        })
    }

    fn body(&self, response: &mut Response<Body>) -> anyhow::Result<String> {
        let read = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string();
        read.map_err(|error| {
            if matches!(error, ureq::Error::BodyExceedsLimit(_)) {
                return anyhow!(
                    "its answer is longer than {} MiB: a larger --step makes it shorter",
                    LONGEST_ANSWER >> 20
                );
            }
            self.unheard(&error)
        })
    }

    /// The text of an answer that is one.
    fn judged(&self, response: &Response<Body>, text: String) -> anyhow::Result<String> {
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        if status.is_redirection() {
            let to = header(LOCATION).split(['?', '#']).next().unwrap_or_default();
            bail!(
                "it sends the question on to `{to}`: where that is a login page, set {TOKEN}; else give the address there"
            );
        }
        if !status.is_success() {
            let own = own_words(&text);
            let said = if own.is_empty() { String::new() } else { format!(": {own}") };
            bail!("it answers {status}{said}: {}", self.advice(status, &own));
        }
        if !text.trim_start().starts_with('{') {
            bail!(
                "its answer is not JSON, but {}, and begins with `{}`: it is a login page, or another program's",
                or(header(CONTENT_TYPE), "of no type"),
                or(&beginning(&text), "nothing")
            );
        }
        Ok(text)
    }

    fn advice(&self, status: StatusCode, own: &str) -> String {
        let too_many = ["maximum resolution", "too many", "limit", "too long"];
        let is_too_much = too_many.iter().any(|words| own.contains(words));
        match status.as_u16() {
            401 | 403 if self.token.is_some() => format!("it does not take the token in {TOKEN}"),
            401 | 403 => format!("it wants to know who asks: set {TOKEN}"),
            404 => "there is no API of Prometheus: does the address need a path, https://HOST/prometheus?"
                .to_owned(),
            429 => "it is asked too often: ask again later".to_owned(),
            400..=499 if is_too_much => "a larger --step asks for less".to_owned(),
            400..=499 => "does it read the query of the ScaledObject?".to_owned(),
            _ => "it cannot answer now: its own log says why".to_owned(),
        }
    }

    /// What kept a question from being answered at all.
    fn unheard(&self, error: &ureq::Error) -> anyhow::Error {
        if matches!(error, ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve)) {
            return anyhow!("no connection within {} s: is it reached from here?", CONNECT.as_secs());
        }
        if matches!(error, ureq::Error::Timeout(_)) {
            return anyhow!(
                "no whole answer within {}: a larger --step asks for less, --timeout waits longer",
                self.timeout
            );
        }
        let advice = match reason(error) {
            Some(io::ErrorKind::ConnectionRefused) => "is Prometheus running there, and on that port?",
            Some(
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe,
            ) => "the connection broke off before the answer was whole: ask again",
            _ => told(&full(error)),
        };
        anyhow!("{}: {advice}", full(error))
    }
}

fn lasting(time: Seconds) -> Duration {
    Duration::from_secs(u64::from(time.0))
}

fn has_host(uri: &Uri) -> bool {
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
}

/// Whether what is sent there does not leave this machine.
fn is_here(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let is_address =
        |host: &str| host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    host == "localhost" || host == "[::1]" || is_address(host)
}

fn token() -> anyhow::Result<Option<String>> {
    let Some(token) = env::var_os(TOKEN) else { return Ok(None) };
    let token = token.to_str().map(str::trim).map(str::to_owned);
    let token = token.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
    let token = token.with_context(|| format!("{TOKEN} has a character in it that no token can have"))?;
    Ok(Some(token).filter(|token| !token.is_empty()))
}

/// The certificate authorities of this machine, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
fn tls() -> anyhow::Result<TlsConfig> {
    ensure!(can_encrypt(), "https is not to be had on so old a processor: forward a port, and use http");
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map_or_else(String::new, |error| format!(" ({error})"));
        bail!("no certificate authority is known here{why}: install ca-certificates, or set SSL_CERT_FILE");
    }
    let roots: Vec<Certificate> =
        found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls_graviola::default_provider()))
        .build())
}

/// What graviola wants of a processor (`low/x86_64/cpu.rs`, `low/aarch64/cpu.rs`); without it, it panics.
#[cfg(target_arch = "x86_64")]
fn can_encrypt() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("aes") && has!("pclmulqdq") && has!("bmi1") && has!("adx") && has!("avx") && has!("avx2")
}

/// What graviola wants of a processor (`low/x86_64/cpu.rs`, `low/aarch64/cpu.rs`); without it, it panics.
#[cfg(target_arch = "aarch64")]
fn can_encrypt() -> bool {
    use std::arch::is_aarch64_feature_detected as has;
    has!("neon") && has!("aes") && has!("pmull") && has!("sha2")
}

/// Why the network failed.
fn reason(error: &ureq::Error) -> Option<io::ErrorKind> {
    if let ureq::Error::Io(error) = error { Some(error.kind()) } else { None }
}

/// An error with all that lies behind it, each thing once.
fn full(error: &ureq::Error) -> String {
    let mut said = error.to_string().trim_start_matches("io: ").to_owned();
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = error.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        behind = error.source();
    }
    said
}

/// What to do about a failure of the network or of TLS, by the words that name it.
fn told(error: &str) -> &'static str {
    let known = [
        (
            "UnknownIssuer",
            "its certificate is signed by nobody known here: SSL_CERT_FILE can name a file with who signed it",
        ),
        (
            "CaUsedAsEndEntity",
            "its certificate is that of an authority: it needs one of its own, signed by it",
        ),
        ("lookup address", "no host of that name is known here"),
        ("host not found", "no host of that name is known here"),
        ("not valid for name", "its certificate is for another name: use the address that it is for"),
        ("expired", "its certificate is out of date"),
        ("InvalidContentType", "it does not speak TLS on that port: is its address http://?"),
        ("fatal alert", "it speaks TLS in another way, or wants a certificate of who asks"),
        ("certificate", "its certificate is not to be trusted"),
    ];
    let found = known.into_iter().find(|(sign, _)| error.contains(sign));
    found.map_or("is it a Prometheus, and reached from here?", |(_, advice)| advice)
}

/// What Prometheus says of its own error, else the beginning of what is there.
fn own_words(text: &str) -> String {
    let document: Option<Value> = serde_json::from_str(text).ok();
    let word = |key: &str| document.as_ref().and_then(|document| document[key].as_str());
    match (word("errorType"), word("error")) {
        (Some(kind), Some(error)) => format!("{kind}: {error}"),
        (None, Some(error)) => error.to_owned(),
        _ => beginning(text),
    }
}

fn beginning(text: &str) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let clean = line.chars().filter(|character| !character.is_control());
    clean.take(60).collect()
}

fn or<'t>(text: &'t str, none: &'t str) -> impl Display + 't {
    if text.is_empty() { none } else { text }
}
