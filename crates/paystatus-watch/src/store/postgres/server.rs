//! A server of PostgreSQL for tests.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A server on a socket in a folder of its own; it ends when its standard input does, however this program ends.
pub(crate) struct Server {
    _process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Server {
    /// Starts one; nothing where there is no PostgreSQL.
    ///
    /// # Panics
    /// If there is no PostgreSQL and `CI` is set.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(env::var_os("CI").is_none(), "PostgreSQL is not installed: `apt-get install postgresql`");
            #[expect(
                clippy::print_stderr,
                reason = "whoever runs the tests has to see that these did not run"
            )]
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
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut server =
            Self { _process: process, orders, answers: BufReader::new(answers), folder: PathBuf::new() };
        server.folder = server.started();
        Some(server)
    }

    /// The folder with its socket, as it says when it has started.
    fn started(&mut self) -> PathBuf {
        let mut folder = String::new();
        self.answers.read_line(&mut folder).unwrap();
        assert!(!folder.is_empty(), "the server did not start");
        folder.trim_end().into()
    }

    /// Lets it crash, and starts it again; every connection is lost.
    pub(crate) fn crash(&mut self) {
        writeln!(self.orders).unwrap();
        self.started();
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Where the newest version's programs are.
pub(crate) fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    found.sort_by_key(|bin| {
        bin.parent().and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok()).unwrap_or(0)
    });
    let path = env::var_os("PATH").unwrap_or_default();
    found.into_iter().rev().chain(env::split_paths(&path)).find(|bin| bin.join("initdb").is_file())
}
