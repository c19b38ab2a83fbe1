//! The journal while sessions are killed, consumers crash and the server is ended by `kill -9`: what was acknowledged is
//! handled, once. It takes a minute, so that it stands in the test command and not among the other tests:
//!
//! ```text
//! CHAOS_SECONDS=300 cargo test --locked --test it -- --ignored --nocapture chaos
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use seasonscale::artifact::ArtifactKind;

use super::server::{as_postgres, binaries, psql, script};

const WRITERS: usize = 6;
const CONSUMERS: usize = 3;
const TERRITORIES: [&str; 3] = ["AT", "CH", "DE"];

/// A server that is there to be killed. It syncs: what it acknowledged must outlive it.
struct Victim {
    folder: PathBuf,
}

impl Victim {
    fn new() -> Self {
        let made =
            as_postgres(Path::new("mktemp")).args(["-d", "/tmp/seasonscale-chaos.XXXXXX"]).output().unwrap();
        let victim = Self { folder: PathBuf::from(String::from_utf8(made.stdout).unwrap().trim()) };
        let init = as_postgres(&binaries().join("initdb"))
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N", "-D"])
            .arg(victim.folder.join("data"))
            .output()
            .unwrap();
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        victim.start();
        victim
    }

    /// Again and again: the processes of a killed server hold its memory for a moment.
    fn start(&self) {
        let options = format!("-k {} -c listen_addresses= -c max_connections=60", self.folder.display());
        for _ in 0..120 {
            let started = as_postgres(&binaries().join("pg_ctl"))
                .args(["-w", "-s", "-t", "60", "-D"])
                .arg(self.folder.join("data"))
                .arg("-l")
                .arg(self.folder.join("log"))
                .args(["-o", &options, "start"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            if started.success() {
                return;
            }
            thread::sleep(Duration::from_millis(250));
        }
        panic!("it does not start: {}", fs::read_to_string(self.folder.join("log")).unwrap_or_default());
    }

    /// No goodbye: the process is gone before it can write anything.
    fn kill(&self) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let pid = file.lines().next().unwrap();
        assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
    }

    fn sql(&self, statement: &str) -> Option<String> {
        let mut command = psql(&self.folder, "postgres", "postgres");
        let output = command.args(["-c", statement]).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    fn certainly(&self, statement: &str) -> String {
        self.sql(statement).unwrap_or_else(|| panic!("{statement}"))
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let mut stop = as_postgres(&binaries().join("pg_ctl"));
        let _ = stop.args(["-s", "-m", "immediate", "stop", "-D"]).arg(self.folder.join("data")).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A session that may end at any time.
struct Fragile {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Fragile {
    fn new(victim: &Victim, role: &str) -> Option<Self> {
        let mut command = psql(&victim.folder, "postgres", "postgres");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let (input, output) = process.stdin.take().zip(process.stdout.take()).expect("both are piped");
        let output = BufReader::new(output);
        let mut session = Self { process, input, output };
        session.ask(&format!("set role freshplan_scaling_{role};"))?;
        Some(session)
    }

    /// What statements print; none if they failed, or nobody knows.
    fn ask(&mut self, statements: &str) -> Option<Vec<String>> {
        writeln!(self.input, "{statements}\n\\echo -- done").ok()?;
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "-- done" => return Some(lines),
                other => lines.push(other.to_owned()),
            }
        }
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the writers know of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Acknowledged,
    /// The session ended before the answer.
    InDoubt,
}

struct Chaos {
    victim: Victim,
    is_over: AtomicBool,
    fates: Mutex<BTreeMap<String, Fate>>,
    crashes: AtomicU64,
}

impl Chaos {
    fn runs(&self) -> bool {
        !self.is_over.load(Ordering::SeqCst)
    }

    fn write(&self, writer: usize) {
        let territory = TERRITORIES[writer % TERRITORIES.len()];
        let mut session = None;
        for number in 0.. {
            if !self.runs() {
                return;
            }
            if session.is_none() {
                session = Fragile::new(&self.victim, "publisher");
            }
            let Some(open) = &mut session else {
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            let key = format!("{writer}-{number}");
            let publish = format!(
                "begin; set local app.territory = '{territory}'; select scaling.publish_event('{territory}', 'orders', 'x', '{{\"key\": \"{key}\"}}'); commit;"
            );
            let fate = if open.ask(&publish).is_some() { Fate::Acknowledged } else { Fate::InDoubt };
            if fate == Fate::InDoubt {
                session = None;
            }
            self.fates.lock().unwrap().insert(key, fate);
        }
    }

    /// Handles by writing down what it was given, in the transaction of the delivery. Each 20th time it crashes instead.
    fn consume(&self, consumer: usize) {
        let mut turn = consumer;
        let mut session = None;
        while self.runs() {
            turn += 1;
            if session.is_none() {
                session = Fragile::new(&self.victim, "consumer");
            }
            let Some(open) = &mut session else {
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            if Self::deliver(open, TERRITORIES[turn % TERRITORIES.len()], turn.is_multiple_of(20)).is_none() {
                self.crashes.fetch_add(1, Ordering::Relaxed);
                session = None;
            }
        }
    }

    fn deliver(open: &mut Fragile, territory: &str, crashes: bool) -> Option<()> {
        let set = format!("begin; set local app.territory = '{territory}';");
        let begun = open.ask(&format!("{set} select scaling.begin_delivery('orders', 50); commit;"))?;
        let delivery = begun.first().map(String::as_str).unwrap_or_default();
        if delivery.is_empty() {
            thread::sleep(Duration::from_millis(10));
            return Some(());
        }
        open.ask(&format!(
            "{set} insert into public.handled select payload->>'key' from scaling.drain_events('orders', 50, {delivery});"
        ))?;
        if crashes {
            return None;
        }
        open.ask("commit;").map(drop)
    }

    /// Ends a session twice in a second, and the server four times in a minute.
    #[expect(clippy::disallowed_methods, reason = "the chaos lasts for a time on this machine")]
    fn disturb(&self, until: Instant) -> (u64, u64) {
        let (mut sessions, mut servers) = (0, 0);
        let kill = "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 1";
        while Instant::now() < until {
            thread::sleep(Duration::from_millis(500));
            sessions += u64::from(self.victim.sql(kill).as_deref() == Some("t"));
            if sessions / 25 > servers {
                self.victim.kill();
                servers += 1;
                self.victim.start();
            }
        }
        self.is_over.store(true, Ordering::SeqCst);
        (sessions, servers)
    }

    /// All that is left, handled by a consumer that nobody disturbs.
    fn drain_the_rest(&self) {
        let free = "delete from scaling.journal_delivery; update scaling.event_journal set available_at = now(), died = 0 where delivered_at is null";
        self.victim.certainly(free);
        let mut session = Fragile::new(&self.victim, "consumer").unwrap();
        for territory in TERRITORIES {
            loop {
                let drained = session
                    .ask(&format!("begin; set local app.territory = '{territory}'; with e as (insert into public.handled select payload->>'key' from scaling.drain_events('orders', 1000) returning 1) select count(*) from e; commit;"))
                    .unwrap();
                if drained.first().map(String::as_str) == Some("0") {
                    break;
                }
            }
        }
    }
}

#[test]
#[ignore = "a minute and more: tests/run.sh runs it"]
#[expect(clippy::disallowed_methods, reason = "the chaos lasts for a time on this machine")]
fn what_was_acknowledged_is_handled_once_whatever_is_killed() {
    let seconds = std::env::var("CHAOS_SECONDS").map_or(60, |seconds| seconds.parse().unwrap());
    let chaos = Chaos {
        victim: Victim::new(),
        is_over: AtomicBool::new(false),
        fates: Mutex::new(BTreeMap::new()),
        crashes: AtomicU64::new(0),
    };
    let victim = &chaos.victim;
    let file = victim.folder.join("V226.sql");
    fs::write(&file, script(ArtifactKind::Journal)).unwrap();
    let applied =
        psql(&victim.folder, "postgres", "postgres").arg("-1").arg("-f").arg(&file).status().unwrap();
    assert!(applied.success());
    // Nothing here is poison: nobody is parked for having been in the hands of somebody who was killed.
    victim
        .certainly("update scaling.journal_settings set delivery_grace = '1 second', max_attempts = 100000");
    victim.certainly("create table public.handled (key text not null)");
    victim.certainly("grant insert on public.handled to freshplan_scaling_consumer");

    let until = Instant::now() + Duration::from_secs(seconds);
    let (sessions, servers) = thread::scope(|scope| {
        for writer in 0..WRITERS {
            let chaos = &chaos;
            scope.spawn(move || chaos.write(writer));
        }
        for consumer in 0..CONSUMERS {
            let chaos = &chaos;
            scope.spawn(move || chaos.consume(consumer));
        }
        chaos.disturb(until)
    });
    chaos.drain_the_rest();

    let mut handled = BTreeMap::new();
    for key in victim.certainly("select key from public.handled").lines() {
        *handled.entry(key.to_owned()).or_insert(0_u32) += 1;
    }
    let fates = chaos.fates.lock().unwrap();
    let count = |fate| fates.values().filter(|known| **known == fate).count();
    let lost: Vec<_> = fates
        .iter()
        .filter(|(key, fate)| **fate == Fate::Acknowledged && !handled.contains_key(*key))
        .collect();
    let doubled: Vec<_> = handled.iter().filter(|(_, times)| **times > 1).collect();
    println!(
        "chaos: {seconds} s, {sessions} sessions and {servers} servers killed, {} deliveries died: acknowledged {}, in doubt {}, lost {}, doubled {}",
        chaos.crashes.load(Ordering::Relaxed),
        count(Fate::Acknowledged),
        count(Fate::InDoubt),
        lost.len(),
        doubled.len(),
    );
    assert_eq!((lost.len(), doubled.len()), (0, 0), "{lost:?} {doubled:?}");
    assert!(handled.keys().all(|key| fates.contains_key(key)), "an event that nobody published");
    assert!(count(Fate::Acknowledged) > 100 && servers > 0 && sessions > 10, "nothing was tried");
    let pending = "select coalesce(sum(pending), 0) from scaling.journal_tally";
    assert_eq!(victim.certainly(pending), "0", "the tally has kept up");
}
