use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{Failure, Options, Print, case};

/// A neutral HTTP/1.1 server on this machine, in a thread of its own: it keeps connections open, reads requests
/// just so far as to know where they end, and answers all of them with the same bytes.
///
/// It lives as long as the process.
pub(crate) struct Server {
    address: SocketAddr,
    answered: Arc<AtomicU64>,
}

/// The name of each server's thread.
const NAME: &str = "bench-server";

/// The processor time of all servers so far.
pub(crate) fn processor_time() -> Result<Duration, Failure> {
    let mut sum = Duration::ZERO;
    for task in std::fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if std::fs::read_to_string(task.join("comm"))?.trim_end() == NAME {
            let spent = std::fs::read_to_string(task.join("schedstat"))?;
            let nanoseconds = spent.split(' ').next().ok_or("there is no processor time of a thread")?;
            sum += Duration::from_nanos(nanoseconds.parse()?);
        }
    }
    Ok(sum)
}

/// What is answered.
#[derive(Clone)]
struct Answer {
    bytes: Vec<u8>,
    /// Where the id of the request goes; it is the segment after this path, and as long as the one that it replaces.
    echo: Option<(&'static [u8], Vec<usize>, usize)>,
}

impl Server {
    /// Answers everything with this JSON.
    pub(crate) fn start(json: &str) -> Result<Self, Failure> {
        Self::with(Answer { bytes: reply(json), echo: None })
    }

    /// Answers with this JSON, in which this id gives way, wherever it is, to the one in the request's path after
    /// this prefix.
    pub(crate) fn echoing(json: &str, id: &str, prefix: &'static str) -> Result<Self, Failure> {
        let bytes = reply(json);
        let is_id = |&at: &usize| bytes[at..].starts_with(id.as_bytes());
        let at: Vec<_> = (0..bytes.len()).filter(is_id).collect();
        if at.is_empty() {
            return Err("the reply does not contain the id".into());
        }
        Self::with(Answer { bytes, echo: Some((prefix.as_bytes(), at, id.len())) })
    }

    fn with(answer: Answer) -> Result<Self, Failure> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let (address, answered) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
        let counter = Arc::clone(&answered);
        let runtime = crate::runtime()?;
        thread::Builder::new().name(NAME.to_owned()).spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                while let Ok((connection, _)) = listener.accept().await {
                    // A client that goes away ends its connection and nothing else.
                    tokio::spawn(converse(connection, answer.clone(), Arc::clone(&counter)));
                }
            });
        })?;
        Ok(Self { address, answered })
    }

    /// Where it is: `http://127.0.0.1:port`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests were answered.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

fn reply(json: &str) -> Vec<u8> {
    let length = json.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}")
        .into_bytes()
}

async fn converse(
    mut connection: TcpStream,
    mut answer: Answer,
    counter: Arc<AtomicU64>,
) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut received = Vec::with_capacity(4096);
    loop {
        while let Some(end) = end_of_request(&received) {
            answer.take_id_from(&received[..end]);
            connection.write_all(&answer.bytes).await?;
            counter.fetch_add(1, Ordering::Relaxed);
            received.drain(..end);
        }
        if connection.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

impl Answer {
    fn take_id_from(&mut self, request: &[u8]) {
        let Some((prefix, at, length)) = &self.echo else { return };
        // The request begins with its method and a space.
        let path = request.iter().position(|&byte| byte == b' ').map(|space| &request[space + 1..]);
        if let Some(id) =
            path.and_then(|path| path.strip_prefix(*prefix)).and_then(|rest| rest.get(..*length))
        {
            at.iter().for_each(|&at| self.bytes[at..at + length].copy_from_slice(id));
        }
    }
}

/// Where the first request ends, if it is whole.
fn end_of_request(received: &[u8]) -> Option<usize> {
    let end_of_head = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    if received.starts_with(b"GET") {
        return Some(end_of_head);
    }
    let head = std::str::from_utf8(&received[..end_of_head]).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let end = end_of_head + length.unwrap_or(0);
    (received.len() >= end).then_some(end)
}

/// Serves one provider's reply until interrupted, for `wrk`.
pub(crate) fn serve(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    let provider = options.provider.unwrap_or(case::Provider::Bearer);
    let server = Server::start(provider.body())?;
    print(server.url());
    loop {
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_where_its_body_does() {
        for (received, end) in [
            (&b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"[..], Some(27)),
            (b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET", Some(27)),
            (b"GET / HTTP/1.1\r\nhost: x\r\n", None),
            (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{", None),
            (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", Some(40)),
        ] {
            assert_eq!(end_of_request(received), end);
        }
    }

    #[test]
    fn an_id_is_echoed() {
        let bytes = b"{\"id\":\"pay_1\",\"reference\":\"o-pay_1\"}".to_vec();
        let mut answer = Answer { bytes, echo: Some((b"/payments/", vec![7, 29], 5)) };
        answer.take_id_from(b"GET /payments/pay_2/status HTTP/1.1\r\n\r\n");
        assert_eq!(answer.bytes, b"{\"id\":\"pay_2\",\"reference\":\"o-pay_2\"}");
    }
}
