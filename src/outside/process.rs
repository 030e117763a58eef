//! A program that is run for its answer: fed from a thread of its own, heard while it works, and ended where it takes
//! too long.

use super::Failure;
use std::io::{Read, Write as _};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::spawn;
use std::time::{Duration, Instant};

/// Most bytes of what a program says beside its answer that are kept.
const MOST_SAID: usize = 64 << 10;

/// What a program answered.
pub struct Answer {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// The beginning of what it said beside that.
    pub stderr: Vec<u8>,
}

enum Heard {
    Answer(Vec<u8>),
    Said(Vec<u8>),
    Silent,
}

/// Runs a command, whose three streams are pipes, with an input. What it says on the way is passed on as it comes.
pub fn fed(
    mut command: Command,
    input: &[u8],
    within: Duration,
    hear: &mut dyn FnMut(&[u8]),
) -> Result<Answer, Failure> {
    let failed = |error: std::io::Error| Failure::Git(format!("the git program cannot be run: {error}"));
    let until = Instant::now() + within;
    let mut child = command.spawn().map_err(failed)?;
    // Input is written from a thread of its own: git may answer before it has read everything. One that closed its
    // input early has said why.
    let (stdin, input) = (child.stdin.take(), input.to_vec());
    spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let (tell, heard) = channel();
    if let Some(mut stdout) = child.stdout.take() {
        let tell = tell.clone();
        spawn(move || {
            let mut bytes = Vec::new();
            let _ = stdout.read_to_end(&mut bytes);
            tell.send(Heard::Answer(bytes))
        });
    }
    if let Some(stderr) = child.stderr.take() {
        spawn(move || said(stderr, &tell));
    }
    let (mut stdout, mut stderr) = (None, Vec::new());
    let mut silent = false;
    while stdout.is_none() || !silent {
        match heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Heard::Answer(bytes)) => stdout = Some(bytes),
            Ok(Heard::Silent) => silent = true,
            Ok(Heard::Said(bytes)) => {
                hear(&bytes);
                stderr.extend(bytes.iter().take(MOST_SAID - stderr.len().min(MOST_SAID)));
            }
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::Git(format!("it took over {} s and was stopped", within.as_secs())));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(failed)?;
    Ok(Answer { status, stdout: stdout.unwrap_or_default(), stderr })
}

/// Passes on what comes, until nothing comes any more.
fn said(mut stderr: impl Read, tell: &Sender<Heard>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer) {
        if tell.send(Heard::Said(buffer.iter().take(read).copied().collect())).is_err() {
            return;
        }
    }
    let _ = tell.send(Heard::Silent);
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Stdio;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    #[test]
    fn a_program_is_heard_and_answers() {
        let mut heard = Vec::new();
        let script = "cat; echo one >&2; echo two >&2; exit 3";
        let answer =
            fed(shell(script), b"in", Duration::from_secs(20), &mut |said| heard.extend(said)).unwrap();
        assert_eq!((answer.stdout.as_slice(), answer.status.code()), (&b"in"[..], Some(3)));
        assert_eq!((heard.as_slice(), answer.stderr.as_slice()), (&b"one\ntwo\n"[..], &b"one\ntwo\n"[..]));
    }

    #[test]
    fn one_that_hangs_is_ended() {
        let begun = Instant::now();
        let answer = fed(shell("exec sleep 60"), b"", Duration::from_millis(200), &mut |_| {});
        assert!(matches!(answer, Err(Failure::Git(why)) if why.contains("was stopped")));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
