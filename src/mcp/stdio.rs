//! MCP over stdin and stdout.
//!
//! One reader takes lines from stdin, answers those that are no message itself, and hands the others to
//! rmcp; whoever has something to say writes a whole line to stdout. This is a transport of our own and
//! not a filter before rmcp's: it has to answer what rmcp leaves unanswered (lines that are no JSON or too
//! long, parameters of a wrong shape), and it has to know which requests are not answered yet, so that a
//! client that only asks and never reads cannot make the server grow.

mod lines;
mod message;

use super::Server;
use crate::outside::Outside;
use lines::Lines;
use message::Refusal;
use rmcp::ServiceExt as _;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, ClientRequest, RequestId, ServerJsonRpcMessage};
use rmcp::service::{RoleServer, ServerInitializeError};
use rmcp::transport::{StdioReader, StdioWriter, Transport};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// Longest message that is read. A draft of the largest size that is judged fits many times over, so
/// that one that is too large still gets an answer that says so.
const MOST_LINE: usize = 64 << 20;

/// How long calls may still be answered when the client sends nothing more, counted from the last answer:
/// a script that pipes its questions in wants its answers.
const GRACE: Duration = Duration::from_secs(1);

/// What requests without an answer may hold together, in KiB. As long as there is no room, stdin is not
/// read; the pipe fills, and the client waits.
const ROOM: u32 = 128 << 10;

/// What a request holds at least: the longest answer, as text and as JSON.
const LEAST_HELD: u32 = 512;

/// How many subscriptions may be open. They hold no room: they have no answer for as long as the client
/// listens, and many of them would keep everything else out.
const MOST_LISTENS: usize = 64;

/// Serves until the client hangs up.
pub fn serve_stdio(outside: Outside) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let (stdin, stdout) = rmcp::transport::io::stdio_pipes();
        let (heard, hears) = mpsc::channel(1);
        let line =
            Line { shared: Arc::new(Shared::new(stdout)), hears: Arc::new(tokio::sync::Mutex::new(hears)) };
        let shared = Arc::clone(&line.shared);
        let lines = Lines::new(stdin, MOST_LINE, shared.hung_up.clone());
        let reading = tokio::spawn(read(lines, Arc::clone(&shared), heard));
        tokio::select! {
            served = serve(Server::new(outside), line) => served,
            () = shared.broken.cancelled() => Ok(()),
            () = shared.stalled() => Ok(()),
            () = async { let _ = reading.await; shared.answered().await } => Ok(()),
        }
    });
    // A call that is still at work, or a read that never returns, must not keep the process alive.
    runtime.shutdown_background();
    served
}

/// Serves one client, which may say something before it says hello: rmcp gives up where a notification
/// comes before the first request. What was said is gone then, and it waits for the next.
async fn serve(server: Server, line: Line) -> io::Result<()> {
    loop {
        match server.clone().serve(line.clone()).await {
            Ok(running) => return running.waiting().await.map(|_| ()).map_err(io::Error::other),
            Err(ServerInitializeError::ExpectedInitializeRequest(Some(_)))
            | Err(ServerInitializeError::InitializeFailed(_)) => {}
            Err(error) => return Err(io::Error::other(error.to_string())),
        }
    }
}

/// Reads to the end: what is a message is handed on, what is none is answered.
async fn read(mut lines: Lines<StdioReader>, shared: Arc<Shared>, heard: mpsc::Sender<ClientJsonRpcMessage>) {
    while let Some(line) = lines.next().await {
        let (size, read) = match &line {
            Ok(line) => (line.len(), message::read(line)),
            Err(lines::TooLong) => (0, Err(Refusal::too_long(MOST_LINE))),
        };
        drop(line);
        let message = match read {
            Ok(Some(message)) => message,
            Ok(None) => continue,
            Err(refusal) => {
                lines.meanwhile(shared.refuse(refusal)).await;
                continue;
            }
        };
        if let Err(refusal) = lines.meanwhile(shared.admit(&message, size)).await {
            lines.meanwhile(shared.refuse(refusal)).await;
            continue;
        }
        if lines.meanwhile(heard.send(message)).await.is_err() {
            return;
        }
    }
}

/// rmcp's end of the line. A clone is the same line.
#[derive(Clone)]
struct Line {
    shared: Arc<Shared>,
    hears: Arc<tokio::sync::Mutex<mpsc::Receiver<ClientJsonRpcMessage>>>,
}

impl Transport<RoleServer> for Line {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        let answered = match &message {
            ServerJsonRpcMessage::Response(response) => Some(&response.id),
            ServerJsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        let held = answered.and_then(|id| shared.open().remove(id));
        async move {
            let written = shared.write(&message).await;
            // Only what is written no longer holds room.
            drop(held);
            written
        }
    }

    /// The end of stdin is no end here: rmcp would drop what takes longer than its own grace, and wait
    /// for those that listen. When it is over is decided by `serve_stdio`.
    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        match self.hears.lock().await.recv().await {
            Some(message) => Some(message),
            None => std::future::pending().await,
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a request holds until its answer is written; nothing for one that listens.
type Held = Option<OwnedSemaphorePermit>;

/// What the reader and those who answer share.
struct Shared {
    stdout: tokio::sync::Mutex<StdioWriter>,
    /// The requests that have no answer yet.
    open: Mutex<HashMap<RequestId, Held>>,
    room: Arc<Semaphore>,
    /// Told after each line on stdout.
    wrote: Notify,
    /// There is nothing more to read.
    hung_up: CancellationToken,
    /// Nobody reads stdout any more.
    broken: CancellationToken,
}

impl Shared {
    fn new(stdout: StdioWriter) -> Self {
        Self {
            stdout: tokio::sync::Mutex::new(stdout),
            open: Mutex::default(),
            room: Arc::new(Semaphore::new(ROOM as usize)),
            wrote: Notify::new(),
            hung_up: CancellationToken::new(),
            broken: CancellationToken::new(),
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<RequestId, Held>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one line. Who cannot be written to is gone, and everything ends.
    async fn write(&self, message: &ServerJsonRpcMessage) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        let mut stdout = self.stdout.lock().await;
        let written = match stdout.write_all(&line).await {
            Ok(()) => stdout.flush().await,
            Err(error) => Err(error),
        };
        match &written {
            Ok(()) => self.wrote.notify_one(),
            Err(_) => self.broken.cancel(),
        }
        written
    }

    async fn refuse(&self, refusal: Refusal) {
        // A failure to write has told everybody already.
        let _ = self.write(&refusal.into()).await;
    }

    /// Keeps account of requests without an answer, and waits until there is room for this one.
    async fn admit(&self, message: &ClientJsonRpcMessage, size: usize) -> Result<(), Refusal> {
        let request = match message {
            ClientJsonRpcMessage::Request(request) => request,
            ClientJsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    // It gets no answer that could free its room.
                    self.open().remove(id);
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        let id = &request.id;
        if self.open().contains_key(id) {
            return Err(Refusal::in_use(id.clone()));
        }
        let held = if matches!(request.request, ClientRequest::SubscriptionsListenRequest(_)) {
            if self.open().values().filter(|held| held.is_none()).count() >= MOST_LISTENS {
                return Err(Refusal::too_many_listens(id.clone(), MOST_LISTENS));
            }
            None
        } else {
            let size = u32::try_from(size >> 10).unwrap_or(ROOM).clamp(LEAST_HELD, ROOM);
            // It fails only when it is closed, which nobody does.
            Arc::clone(&self.room).acquire_many_owned(size).await.ok()
        };
        self.open().insert(id.clone(), held);
        Ok(())
    }

    /// Waits until every request has its answer, and every answer is written.
    async fn answered(&self) {
        let _ = self.room.acquire_many(ROOM).await;
    }

    /// Waits until the client has hung up and no more answers come.
    async fn stalled(&self) {
        self.hung_up.cancelled().await;
        while tokio::time::timeout(GRACE, self.wrote.notified()).await.is_ok() {}
    }
}
