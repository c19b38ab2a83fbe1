//! What PostgreSQL sees of a migration and of the script that takes it back: the catalogue, and a session with everybody who
//! uses the journal. The transcript is compared with that of the shipped templates, so nothing of it is kept.

use std::io::{Read, Write, pipe};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::journal::server::{self, Server};

const BASE: &str = include_str!("postgres/base.sql");
const SESSION: &str = include_str!("postgres/session.sql");
const CATALOGUE: &str = include_str!("postgres/catalogue.sql");
const BEHAVIOUR: &str = include_str!("postgres/behaviour.sql");
const CARE: &str = include_str!("postgres/care.sql");

/// Where the part of a migration ends that looks at roles.
const HEAD_ENDS: &str = "$roles$;\n";

/// The two scripts of a journal.
#[derive(Clone, Copy)]
pub(super) struct Scripts<'t> {
    pub(super) migration: &'t str,
    pub(super) undo: &'t str,
}

/// Servers that nobody uses now. Roles belong to a whole server, so each session has one to itself.
static IDLE: Mutex<Vec<Server>> = Mutex::new(Vec::new());

/// Everything that one session is told.
pub(super) fn transcript(scripts: Scripts<'_>) -> String {
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let server = idle.unwrap_or_else(|| {
        let server = server::start();
        let said = told(&server, BASE);
        assert_eq!(said, "t\n", "the database that all begin with");
        server
    });
    let head = scripts.migration.rfind(HEAD_ENDS).map_or(scripts.migration.len(), |at| at + HEAD_ENDS.len());
    let texts = [
        ("@head", &scripts.migration[..head]),
        ("@migration", scripts.migration),
        ("@undo", scripts.undo),
        ("@catalogue", CATALOGUE),
        ("@behaviour", BEHAVIOUR),
        ("@care", CARE),
    ];
    let lines = SESSION.lines().map(|line| {
        let text = texts.iter().find(|(mark, _)| *mark == line);
        text.map_or(line, |(_, text)| text)
    });
    let said = told(&server, &lines.collect::<Vec<_>>().join("\n"));
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(server);
    said
}

/// Answers and errors, in order. What a notification says of its sender differs from run to run.
fn told(server: &Server, script: &str) -> String {
    let (mut said, out) = pipe().unwrap();
    let mut psql = server.psql();
    psql.args(["-v", "ON_ERROR_STOP=0"]).stdin(Stdio::piped()).stdout(out.try_clone().unwrap()).stderr(out);
    let mut child = psql.spawn().unwrap();
    // The command holds the other end of the pipe open.
    drop(psql);
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = String::new();
    thread::scope(|scope| {
        scope.spawn(move || {
            // psql stops reading where it has no server any more: what it says of that is compared.
            let _ = stdin.write_all(script.as_bytes());
            let _ = stdin.write_all(b"\n");
        });
        said.read_to_string(&mut answers).unwrap();
    });
    child.wait().unwrap();
    let lines =
        answers.lines().map(|line| line.split(" received from server process").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
