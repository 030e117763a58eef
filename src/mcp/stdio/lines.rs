//! Lines of a stream, none of them longer than is good.

use std::future::Future;
use std::pin::pin;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::sync::CancellationToken;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// How far is read ahead while the lines before are not done with.
const AHEAD: usize = 1 << 20;

/// Stands for a line that was longer than is read.
#[derive(Debug, PartialEq)]
pub struct TooLong;

/// A stream as lines. Nothing is lost when it is interrupted in a read.
pub struct Lines<R> {
    reader: R,
    longest: usize,
    /// Cancelled as soon as there is nothing more to read.
    end: CancellationToken,
    buffer: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Up to where no line end was found.
    searched: usize,
    /// What comes before the next line end belongs to a line that was too long.
    skipping: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub fn new(reader: R, longest: usize, end: CancellationToken) -> Self {
        Self { reader, longest, end, buffer: vec![], start: 0, searched: 0, skipping: false }
    }

    /// The next line without its end. What stands behind the last line end is no line: its writer went
    /// away before it was done.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, TooLong>> {
        loop {
            if let Some(line) = self.taken() {
                if std::mem::take(&mut self.skipping) {
                    continue;
                }
                return Some(if line.len() > self.longest { Err(TooLong) } else { Ok(line) });
            }
            if self.skipping {
                self.forget();
            } else if self.buffer.len() - self.start > self.longest {
                self.forget();
                self.skipping = true;
                return Some(Err(TooLong));
            }
            if self.end.is_cancelled() {
                return None;
            }
            self.fill().await;
        }
    }

    /// Waits for something else and reads on meanwhile, so that the end is seen by who is busy, too.
    pub async fn meanwhile<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        while !self.end.is_cancelled() && self.buffer.len() - self.start < AHEAD {
            tokio::select! {
                biased;
                done = &mut other => return done,
                () = self.fill() => {}
            }
        }
        other.await
    }

    /// Takes a line out of what was read.
    fn taken(&mut self) -> Option<Vec<u8>> {
        let rest = self.buffer.get(self.searched..)?;
        let Some(at) = rest.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.buffer.len();
            return None;
        };
        let end = self.searched + at;
        let line = if self.start == 0 && end + 1 == self.buffer.len() {
            // A long line is not copied, and its memory goes with it.
            let mut line = std::mem::take(&mut self.buffer);
            line.truncate(end);
            self.searched = 0;
            return Some(line);
        } else {
            self.buffer.get(self.start..end)?.to_vec()
        };
        self.start = end + 1;
        self.searched = self.start;
        Some(line)
    }

    fn forget(&mut self) {
        self.buffer = vec![];
        self.start = 0;
        self.searched = 0;
    }

    async fn fill(&mut self) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
            if self.buffer.len() < AHEAD {
                self.buffer.shrink_to(2 * AHEAD);
            }
        }
        self.buffer.reserve(CHUNK);
        // A stream that cannot be read has ended.
        if matches!(self.reader.read_buf(&mut self.buffer).await, Ok(0) | Err(_)) {
            self.end.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(text: &[u8]) -> Vec<Result<String, TooLong>> {
        let mut lines = Lines::new(text, 8, CancellationToken::new());
        let mut all = vec![];
        while let Some(line) = lines.next().await {
            all.push(line.map(|line| String::from_utf8(line).unwrap()));
        }
        all
    }

    #[tokio::test]
    async fn lines_end_at_their_ends_and_those_that_are_too_long_are_told_once() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(lines(b"").await, []);
        assert_eq!(lines(b"a\n\nb\nhalf").await, [ok("a"), ok(""), ok("b")]);
        assert_eq!(lines(b"12345678\n123456789\nc\n").await, [ok("12345678"), Err(TooLong), ok("c")]);
        let long = [vec![b'x'; 300_000], b"\nafter\n".to_vec()].concat();
        assert_eq!(lines(&long).await, [Err(TooLong), ok("after")]);
        assert_eq!(lines(&long[..200_000]).await, [Err(TooLong)]);
    }

    #[tokio::test]
    async fn the_end_is_seen_by_who_waits_for_something_else() {
        let end = CancellationToken::new();
        let mut lines = Lines::new(&b"a\nb\n"[..], 8, end.clone());
        lines.meanwhile(end.cancelled()).await;
        assert_eq!(lines.next().await, Some(Ok(b"a".to_vec())));
        assert_eq!(lines.next().await, Some(Ok(b"b".to_vec())));
        assert_eq!(lines.next().await, None);
    }
}
