//! A database for each test, on one server for all tests of this program.

use std::{
    path::PathBuf,
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio_postgres::{Client, NoTls};

use super::server::{Server, programs};

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
        let folder = server()?.folder().to_owned();
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

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(Server::start).as_ref()
}
