//! MCP over stdin and stdout.

use super::Server;
use crate::outside::Outside;
use rmcp::ServiceExt as _;
use rmcp::transport::async_rw::AsyncRwTransport;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::sync::CancellationToken;

/// Longest message that is read. A draft of the largest size that is judged fits many times over, so
/// that one that is too large still gets an answer that says so.
const MOST_LINE: usize = 64 << 20;

/// How long calls may still be answered when the client sends nothing more: a script that pipes its
/// questions in wants its answers.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until the client hangs up.
pub fn serve_stdio(outside: Outside) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let server = Server::new(outside);
        let hung_up = CancellationToken::new();
        let (reader, writer) = rmcp::transport::io::stdio_pipes();
        let reader = HangUp { reader, hung_up: hung_up.clone() };
        let transport = AsyncRwTransport::new_server(reader, writer).with_max_line_length(MOST_LINE);
        let running = match server.serve(transport).await {
            Ok(running) => running,
            // A client that went away before it said hello is no failure.
            Err(_) if hung_up.is_cancelled() => return Ok(()),
            Err(error) => return Err(io::Error::other(error.to_string())),
        };
        let gone = async {
            hung_up.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            ended = running.waiting() => ended.map(|_| ()).map_err(io::Error::other),
            () = gone => Ok(()),
        }
    });
    // A call that is still at work, or a read that never returns, must not keep the process alive.
    runtime.shutdown_background();
    served
}

/// A reader that tells when there will be nothing more to read, so that everything that waits can end
/// at once instead of after rmcp's five seconds of grace.
struct HangUp<R> {
    reader: R,
    hung_up: CancellationToken,
}

impl<R: AsyncRead + Unpin> AsyncRead for HangUp<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.reader).poll_read(cx, buf);
        let ended = match &polled {
            Poll::Ready(Ok(())) => buf.filled().len() == before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if ended {
            self.hung_up.cancel();
        }
        polled
    }
}
