//! One server for all tests of this program, and a database for each of them.

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio_postgres::{Client, NoTls};

/// The process lives as long as this one: its standard input ends with us, however we end.
struct Running {
    _server: Child,
    folder: PathBuf,
}

/// A database of its own for a test, empty; nothing where there is no PostgreSQL.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Database {
    /// # Panics
    /// If there is no PostgreSQL and `CI` is set.
    pub(crate) async fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folder = running()?.folder.clone();
        let name = format!("shop_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let database = Self { name: "postgres".to_owned(), folder };
        database.run(&format!("CREATE DATABASE {name}")).await;
        Some(Self { name, ..database })
    }

    pub(crate) fn url(&self) -> String {
        self.url_as("postgres")
    }

    pub(crate) fn url_as(&self, user: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://{user}@{folder}/{}", self.name)
    }

    /// A connection of a caller's own.
    pub(crate) async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.client().await.batch_execute(sql).await.unwrap();
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.client().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Everything in it, as a backup has it.
    pub(crate) fn dump(&self) -> String {
        let dumped = Command::new(programs().unwrap().join("pg_dump")).arg(self.url()).output().unwrap();
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
        let text = String::from_utf8(dumped.stdout).unwrap();
        // Newer ones begin and end with a random word.
        text.lines().filter(|line| !line.contains("restrict ")).collect::<Vec<_>>().join("\n")
    }
}

fn running() -> Option<&'static Running> {
    static RUNNING: OnceLock<Option<Running>> = OnceLock::new();
    RUNNING.get_or_init(start).as_ref()
}

fn start() -> Option<Running> {
    let Some(programs) = programs() else {
        assert!(env::var_os("CI").is_none(), "PostgreSQL is not installed: `apt-get install postgresql`");
        #[expect(clippy::print_stderr, reason = "whoever runs the tests has to see that these did not run")]
        {
            eprintln!("skipped: PostgreSQL is not installed (`apt-get install postgresql`)");
        }
        return None;
    };
    // PostgreSQL does not run as root.
    let user = Command::new("id").arg("-u").output().unwrap().stdout;
    let mut command = if user.trim_ascii() == b"0" {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", include_str!("server.sh"), "server.sh"]).arg(programs);
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut folder = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    assert!(!folder.is_empty(), "the server did not start");
    Some(Running { _server: server, folder: folder.trim_end().into() })
}

/// Where the newest version's programs are.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    found.sort_by_key(|bin| {
        bin.parent().and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok()).unwrap_or(0)
    });
    let path = env::var_os("PATH").unwrap_or_default();
    found.into_iter().rev().chain(env::split_paths(&path)).find(|bin| bin.join("initdb").is_file())
}
