//! A database session that stays open, so that a test can hold a transaction while another one runs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::thread;
use std::time::Duration;

use super::server::Database;

/// psql, fed line by line.
pub struct Session {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Database {
    /// An open session of a role and a territory.
    pub fn speak(&self, role: &str, territory: &str) -> Session {
        let mut session = Session::of(self.session());
        session.say(&format!("set role freshplan_scaling_{role};"));
        if !territory.is_empty() {
            session.say(&format!("set app.territory = '{territory}';"));
        }
        session
    }

    /// An open session of a login that is no superuser.
    pub fn speak_as(&self, login: &str) -> Session {
        Session::of(self.session_of(login))
    }

    /// Returns when a session of this database is kept waiting by another.
    pub fn until_somebody_waits_for_a_lock(&self) {
        let waiting = "select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        self.until("t", || self.sql(waiting).unwrap());
    }

    /// Returns when `answer` gives `wanted`.
    pub fn until(&self, wanted: &str, answer: impl Fn() -> String) {
        for _ in 0..200 {
            if answer() == wanted {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{wanted:?} did not come: {:?}", answer());
    }
}

impl Session {
    fn of(mut process: Child) -> Self {
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, input, output }
    }

    /// Runs statements and waits for their end.
    pub fn say(&mut self, statements: &str) {
        self.ask(statements);
    }

    /// Begins statements, and does not wait for their end.
    pub fn begin(&mut self, statements: &str) {
        writeln!(self.input.as_mut().unwrap(), "{statements}").unwrap();
    }

    /// What statements print.
    pub fn ask(&mut self, statements: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{statements}\n\\echo -- done").unwrap();
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "psql ended after {statements:?}");
            match line.trim_end() {
                "-- done" => return lines.join("\n"),
                other => lines.push(other.to_owned()),
            }
        }
    }

    /// Ends the process as a crash would.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}
