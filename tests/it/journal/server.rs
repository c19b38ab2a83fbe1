//! A PostgreSQL of the tests' own: in a temporary folder, on a socket, as a user that is not root, gone when the tests are.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile::compile;
use seasonscale::emit::Templates;

use crate::policies;

/// A PostgreSQL that runs for as long as this is kept.
pub struct Server {
    folder: PathBuf,
    /// The server's keeper stops it when this pipe closes, however the tests end.
    _keeper: ChildStdin,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database of its own, empty.
pub struct Database {
    name: String,
}

/// Debian's newest PostgreSQL.
pub(super) fn binaries() -> PathBuf {
    let versions =
        fs::read_dir("/usr/lib/postgresql").map(|list| list.map(|entry| entry.unwrap().path()).collect());
    let versions: Vec<PathBuf> = versions.unwrap_or_default();
    let found = versions
        .into_iter()
        .map(|version| version.join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max();
    found.expect(
        "PostgreSQL is not installed: `apt-get install postgresql`, or `bash tests/run.sh`, which does it",
    )
}

/// PostgreSQL refuses to run as root: then as the user that Debian's package makes.
pub(super) fn as_postgres(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

impl Server {
    /// psql as the superuser, in the database that every server has.
    pub fn psql(&self) -> Command {
        psql(&self.folder, "postgres", "postgres")
    }
}

/// Starts one.
#[expect(
    clippy::zombie_processes,
    reason = "the keeper outlives the tests on purpose, and ends when its pipe closes"
)]
pub fn start() -> Server {
    let bin = binaries();
    let made = as_postgres(Path::new("mktemp")).args(["-d", "/tmp/seasonscale-pg.XXXXXX"]).output().unwrap();
    let folder = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim());
    let data = folder.join("data");
    // Another version than Debian's is tried by naming its folder; psql stays Debian's.
    let bin = std::env::var_os("POSTGRES_BIN").map_or(bin, PathBuf::from);
    let init = as_postgres(&bin.join("initdb"))
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N", "-D"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
    let script = "\"$0\" -D \"$1/data\" -k \"$1\" -c listen_addresses= -c fsync=off -c max_connections=60 -c lock_timeout=20s >\"$1/log\" 2>&1 & \
        server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf \"$1\"";
    let mut keeper: Child = as_postgres(Path::new("sh"))
        .args(["-c", script])
        .arg(bin.join("postgres"))
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server { folder, _keeper: keeper.stdin.take().unwrap() };
    for _ in 0..200 {
        if psql(&server.folder, "postgres", "postgres")
            .arg("-c")
            .arg("select 1")
            .output()
            .unwrap()
            .status
            .success()
        {
            return server;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("PostgreSQL did not start: {}", fs::read_to_string(server.folder.join("log")).unwrap_or_default());
}

pub(super) fn psql(folder: &Path, database: &str, user: &str) -> Command {
    let mut command = Command::new(binaries().join("psql"));
    command
        .env_clear()
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", user, "-d", database, "-h"])
        .arg(folder);
    command
}

impl Database {
    /// A new database.
    pub fn empty() -> Self {
        let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let server = SERVER.get_or_init(start);
        let made = psql(&server.folder, "postgres", "postgres")
            .arg("-c")
            .arg(format!("create database {name}"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { name }
    }

    /// One that a command has made.
    pub fn called(name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    /// With the journal of the reference case.
    pub fn with_journal() -> Self {
        let database = Self::empty();
        database.apply(&script(ArtifactKind::Journal), "postgres").unwrap();
        database
    }

    /// Runs a script in one transaction, as Flyway does.
    pub fn apply(&self, script: &str, user: &str) -> Result<String, String> {
        self.run(psql(&SERVER.get().unwrap().folder, &self.name, user).arg("-1"), script)
    }

    /// Runs statements, each in its own transaction unless they say otherwise.
    pub fn sql(&self, statements: &str) -> Result<String, String> {
        self.run(&mut psql(&SERVER.get().unwrap().folder, &self.name, "postgres"), statements)
    }

    /// Runs a script as a hurried person does: no transaction around it, and on after an error. What it complained of.
    pub fn by_hand(&self, script: &str, user: &str) -> String {
        let mut command = psql(&SERVER.get().unwrap().folder, &self.name, user);
        command.args(["-v", "ON_ERROR_STOP=0"]).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap()
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A service of libpq's by which `login` reaches it.
    pub fn service(&self, service: &str, login: &str) -> String {
        let folder = SERVER.get().unwrap().folder.display();
        format!("[{service}]\nhost={folder}\ndbname={}\nuser={login}\n", self.name)
    }

    /// What a consumer or publisher of `territory` gets.
    pub fn as_role(&self, role: &str, territory: &str, statements: &str) -> Result<String, String> {
        let settings = if territory.is_empty() {
            String::new()
        } else {
            format!("set app.territory = '{territory}';\n")
        };
        self.sql(&format!("set role freshplan_scaling_{role};\n{settings}{statements}"))
    }

    /// What somebody gets who logs in as `login`.
    pub fn as_login(&self, login: &str, statements: &str) -> Result<String, String> {
        self.run(&mut psql(&SERVER.get().unwrap().folder, &self.name, login), statements)
    }

    /// What `pg_dump` of the journal's schema writes with these options, or why it does not.
    pub fn dump(&self, options: &[&str]) -> Result<String, String> {
        let mut command = Command::new(binaries().join("pg_dump"));
        command.env_clear().args(["-U", "postgres", "-n", "scaling", "-d", &self.name]).args(options);
        self.run(command.arg("-h").arg(&SERVER.get().unwrap().folder), "")
    }

    /// Runs a line of a document in a shell, in that folder, as a superuser where it names no login.
    pub fn line(&self, folder: &Path, line: &str) -> Result<String, String> {
        let path = format!("{}:/usr/bin:/bin", binaries().display());
        let mut shell = Command::new("sh");
        shell.env_clear().current_dir(folder).env("PATH", path).env("PGUSER", "postgres");
        shell.env("PGHOST", &SERVER.get().unwrap().folder).args(["-c", line]);
        self.run(&mut shell, "")
    }

    /// All that stands in the journal's schema, as `pg_dump` writes it, line by line: columns in no order, for a later
    /// version adds its own at the end. What is kept for taking versions back is left out.
    pub fn catalog(&self) -> Vec<String> {
        let text = self.dump(&["--schema-only", "-T", "scaling.journal_undo"]).unwrap();
        let lines = text.lines().map(|line| line.trim().trim_end_matches(',').to_owned());
        let mut lines: Vec<String> =
            lines.filter(|line| !line.is_empty() && !line.starts_with(['-', '\\'])).collect();
        lines.sort();
        lines
    }

    /// A session that stays open, fed through its standard input.
    pub fn session(&self) -> Child {
        self.session_of("postgres")
    }

    /// The same of another login.
    pub fn session_of(&self, login: &str) -> Child {
        let mut command = psql(&SERVER.get().unwrap().folder, &self.name, login);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Lets the queue look as full as `usage` to the journal.
    pub fn queue_usage(&self, usage: f64) {
        let body = format!(
            "create or replace function scaling.notify_queue_usage() returns double precision language sql volatile set search_path = pg_catalog, pg_temp as 'select {usage}::double precision';"
        );
        self.sql(&body).unwrap();
    }

    fn run(&self, command: &mut Command, input: &str) -> Result<String, String> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let feeder = thread::spawn(move || {
            // psql may stop reading at an error: what it says of it is in its output.
            let _ = stdin.write_all(input.as_bytes());
        });
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        if status.success() { Ok(text(stdout)) } else { Err(text(stderr)) }
    }
}

/// A made file of the reference case.
pub fn script(kind: ArtifactKind) -> String {
    static MADE: OnceLock<Vec<seasonscale::artifact::Artifact>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let compiled = compile(&policies::reference(), &Templates::embedded());
        compiled.unwrap_or_else(|found| panic!("{found:#?}")).artifacts
    });
    made.iter().find(|artifact| artifact.kind == kind).unwrap().text.clone()
}
