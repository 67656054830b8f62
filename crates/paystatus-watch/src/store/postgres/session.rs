//! Connections: made when they are needed, used by one at a time, replaced when they break.

use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Semaphore, time::timeout};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, Row, Socket, Statement,
    config::{Host, SslMode},
    error::SqlState,
    types::ToSql,
};

use super::{
    schema,
    tls::{Stream, Tls},
};
use crate::{Error, ErrorKind};

/// How long anything may take; the server gives up earlier.
const PATIENCE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
/// So many connections one program has at most, beside the one that listens.
const MOST_CONNECTIONS: usize = 8;
/// Something that another transaction was in the way of is tried so often.
const TRIES: u32 = 4;

/// What each connection is set to, whatever the server's and the role's own settings are.
///
/// Without statistics the planner believes that compiling pays, and it costs more than any statement here. A fence that
/// a crash takes back is none, so a commit is on the disk when it returns.
const SETTINGS: &str = "SET jit = off; SET plan_cache_mode = force_custom_plan; SET search_path = pg_catalog;
    SET default_transaction_isolation = 'read committed'; SET lock_timeout = '10s'; SET statement_timeout = '25s';
    SET idle_in_transaction_session_timeout = '10s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';";

/// Whether a schema that is not there may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum If {
    NotThereMakeIt,
    NotThereFail,
}

/// The server, and connections to it that nobody uses at the moment.
pub(super) struct Server {
    config: Config,
    tls: Tls,
    /// For people: never the URL, which may have a password.
    pub(super) place: String,
    idle: Mutex<Vec<Session>>,
    room: Semaphore,
}

/// A connection, and what was prepared on it.
pub(super) struct Session {
    pub(super) client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Session {
    /// Prepares a statement once.
    pub(super) async fn prepare(&mut self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(prepared) = self.prepared.get(sql) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(sql).await?;
        self.prepared.insert(sql, prepared.clone());
        Ok(prepared)
    }

    async fn query(
        &mut self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let prepared = self.prepare(sql).await?;
        self.client.query(&prepared, values).await
    }
}

impl Server {
    /// Reads the URL of a store; nothing of it is ever told.
    pub(super) fn new(url: &str) -> Result<Self, Error> {
        let unreadable = || {
            Error::refused(
                "the store's URL can't be read: write `postgres://USER:PASSWORD@HOST:5432/DATABASE`, with special \
                 characters percent-encoded (`@` is `%40`), and no options but those of tokio-postgres",
            )
        };
        let url = url.strip_prefix("postgres:").filter(|rest| !rest.starts_with("//")).unwrap_or(url);
        // Our certificates are always checked in full, so that the stricter words of other programs mean the same.
        let url = url
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        let is_plain = |host: &str| host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:".contains(c));
        let mut config = Config::from_str(&url).map_err(|_| unreadable())?;
        let mut hosts = Vec::new();
        let mut is_near = true;
        for host in config.get_hosts() {
            match host {
                Host::Tcp(name) if is_plain(name) => {
                    is_near &= ["localhost", "127.0.0.1", "::1"].contains(&&**name);
                    hosts.push(name.clone());
                }
                Host::Tcp(_) => return Err(unreadable()),
                #[cfg(unix)]
                Host::Unix(folder) => hosts.push(folder.display().to_string()),
            }
        }
        if hosts.is_empty() || (url.contains("://") && url.matches('@').count() > 1) {
            return Err(unreadable());
        }
        let database = config.get_dbname().or(config.get_user()).unwrap_or("of the user's own name");
        let place = format!("PostgreSQL {database} on {}", hosts.join(", "));
        let wants_tls = match config.get_ssl_mode() {
            SslMode::Disable => false,
            SslMode::Prefer => !is_near,
            _ => true,
        };
        // "If there is TLS" would send a password to whoever says that there is none.
        config.ssl_mode(if wants_tls { SslMode::Require } else { SslMode::Disable });
        let tls = if wants_tls { Tls::new() } else { Ok(Tls::none()) };
        let tls = tls.map_err(|error| {
            let why =
                format!("the store {place} can't be reached: the certificates of this machine: {error}");
            Error::new(ErrorKind::Unavailable, why)
        })?;
        if config.get_application_name().is_none() {
            config.application_name("paystatus");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        // A machine that is gone says nothing.
        config.keepalives_idle(PATIENCE);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(PATIENCE);
        }
        Ok(Self { config, tls, place, idle: Mutex::default(), room: Semaphore::new(MOST_CONNECTIONS) })
    }

    /// Does something with a connection. What broke on one that was there before, or was in the way of another
    /// transaction, is done again: whatever is done here may be.
    pub(super) async fn with<T, Done>(&self, work: impl Fn(Session) -> Done + Send + Sync) -> Result<T, Error>
    where
        Done: Future<Output = (Session, Result<T, tokio_postgres::Error>)> + Send,
    {
        let _room = self.room.acquire().await.map_err(|_| self.unavailable("is closed"))?;
        let mut tries = 0;
        loop {
            tries += 1;
            let (session, is_new) = match self.taken() {
                Some(session) => (session, false),
                None => (self.session(If::NotThereFail).await?, true),
            };
            // What does not answer in time is dropped with its connection: nobody knows what became of it.
            let Ok((session, result)) = timeout(PATIENCE, work(session)).await else {
                return Err(self.unavailable("does not answer"));
            };
            let is_broken = session.client.is_closed();
            if !is_broken && !result.as_ref().is_err_and(is_stale) {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
            }
            match result {
                Ok(done) => return Ok(done),
                Err(error) if tries < TRIES && (is_in_the_way(&error) || is_stale(&error)) => {}
                Err(error) if tries < TRIES && !is_new && (is_broken || is_the_end(&error)) => {}
                Err(error) => return Err(self.failed(&error)),
            }
        }
    }

    /// One statement.
    pub(super) async fn query(
        &self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        self.with(|mut session| async move {
            let rows = session.query(sql, values).await;
            (session, rows)
        })
        .await
    }

    fn taken(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find(|session| !session.client.is_closed())
    }

    /// A new connection to a store of ours.
    pub(super) async fn session(&self, missing: If) -> Result<Session, Error> {
        let (mut client, mut connection) = self.connect().await?;
        tokio::spawn(async move { while let Some(Ok(_)) = next_message(&mut connection).await {} });
        let prepare = async {
            client.batch_execute(SETTINGS).await.map_err(|error| self.failed(&error))?;
            schema::prepare(self, &mut client, missing).await
        };
        timeout(PATIENCE, prepare).await.map_err(|_| self.unavailable("does not answer"))??;
        Ok(Session { client, prepared: HashMap::new() })
    }

    pub(super) async fn connect(&self) -> Result<(Client, Connection<Socket, Stream<Socket>>), Error> {
        let connecting = self.config.connect(self.tls.clone());
        // The whole of it, with the server's answer and the password.
        let connected = timeout(2 * CONNECT, connecting).await;
        connected.map_err(|_| self.unavailable("does not answer"))?.map_err(|error| self.failed(&error))
    }

    pub(super) fn unavailable(&self, why: &str) -> Error {
        Error::new(ErrorKind::Unavailable, format!("the store {} {why}", self.place))
    }

    pub(super) fn unusable(&self, why: &str) -> Error {
        Error::new(ErrorKind::Unusable, format!("the store {} {why}", self.place))
    }

    /// What went wrong, and what to do.
    pub(super) fn failed(&self, error: &tokio_postgres::Error) -> Error {
        let Some(told) = error.as_db_error() else {
            return self
                .unavailable(&format!("can't be reached: {}: is it up, and the URL right?", shown(error)));
        };
        let why = match told.code() {
            &SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                return self.unavailable(&format!(
                    "refuses the login: {}: are the user, the password, `sslmode` and its pg_hba.conf right?",
                    told.message()
                ));
            }
            &SqlState::INVALID_CATALOG_NAME => "is not there: make the database, or name another",
            &SqlState::TOO_MANY_CONNECTIONS => {
                "has no connection left: raise its max_connections, or close some"
            }
            &SqlState::DISK_FULL => "can't be written: the disk is full",
            &SqlState::READ_ONLY_SQL_TRANSACTION => {
                "can't be written: it is read-only: name the primary server, not a copy"
            }
            &SqlState::INSUFFICIENT_PRIVILEGE => {
                return self.unavailable(&format!(
                    "can't be used: {}: have the schema's owner grant it, or let this role own the schema `paystatus`",
                    told.message()
                ));
            }
            &SqlState::LOCK_NOT_AVAILABLE => {
                "is kept busy by another transaction: is somebody working in it with one open?"
            }
            &SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_FUNCTION | &SqlState::INVALID_SCHEMA_NAME => {
                "has lost its schema `paystatus`: put a copy in its place"
            }
            _ => return self.unavailable(&format!("can't be used: {}", told.message())),
        };
        self.unavailable(why)
    }
}

/// What the network says, without what went before.
fn shown(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// Another transaction was in the way, and this one was undone as a whole.
fn is_in_the_way(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE))
}

/// What was prepared on the connection does not fit any more.
fn is_stale(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::INVALID_SQL_STATEMENT_NAME))
}

/// The server ends the connection.
fn is_the_end(error: &tokio_postgres::Error) -> bool {
    let ends = [&SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::CANNOT_CONNECT_NOW];
    error.is_closed() || error.code().is_some_and(|code| ends.contains(&code))
}

/// What the server says without being asked; nothing when it is gone.
pub(super) async fn next_message(
    connection: &mut Connection<Socket, Stream<Socket>>,
) -> Option<Result<AsyncMessage, tokio_postgres::Error>> {
    std::future::poll_fn(|context| connection.poll_message(context)).await
}
