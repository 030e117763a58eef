//! The wire: raw lines to the built binary, as a client sends them that is broken, hurried or gone.

use super::command_line;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

const VERSION: &str = "2026-07-28";

const PARSE: i64 = -32700;
const REQUEST: i64 = -32600;
const METHOD: i64 = -32601;
const PARAMS: i64 = -32602;
const SUPPORTED: i64 = -32022;

/// No answer takes longer, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// A request of the newest revision.
fn request(id: impl Into<Value>, method: &str, mut params: Value) -> Value {
    params["_meta"] = meta(VERSION);
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

fn call(id: impl Into<Value>, tool: &str, arguments: Value) -> Value {
    request(id, "tools/call", json!({ "name": tool, "arguments": arguments }))
}

fn cancel(id: impl Into<Value>) -> Value {
    let params = json!({ "requestId": id.into(), "reason": "a test" });
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })
}

fn initialize(id: u64) -> Value {
    let client = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": id, "method": "initialize", "params": params })
}

fn line(message: &Value) -> Vec<u8> {
    format!("{message}\n").into_bytes()
}

/// The code of an error, or 0 of a result.
fn code(answer: &Value) -> i64 {
    assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
    let object = answer.as_object().unwrap();
    assert!(object.contains_key("result") != object.contains_key("error"), "{answer}");
    answer.get("error").map_or(0, |error| {
        assert!(error["message"].is_string(), "{answer}");
        error["code"].as_i64().unwrap()
    })
}

/// The beginning of an answer, for whoever reads why a test failed.
fn begin(answer: &Value) -> String {
    answer.to_string().chars().take(300).collect()
}

/// A server, and what it says.
struct Wire {
    child: Child,
    stdin: Option<ChildStdin>,
    heard: Receiver<String>,
    probes: u64,
}

/// Starts a server whose stdout nobody reads yet.
fn mute(mut command: Command) -> (Child, ChildStdin, ChildStdout) {
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let stdout = child.stdout.take().unwrap();
    (child, stdin, stdout)
}

fn demo() -> Command {
    command_line::command(Path::new("/"), &["serve", "--demo"])
}

impl Wire {
    fn start(command: Command) -> Self {
        let (child, stdin, stdout) = mute(command);
        Self::over(child, stdin, stdout)
    }

    fn over(child: Child, stdin: ChildStdin, stdout: ChildStdout) -> Self {
        let (says, heard) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if says.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, stdin: Some(stdin), heard, probes: 0 }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn say(&mut self, message: &Value) {
        self.send(&line(message));
    }

    /// The next line of stdout, which is JSON whatever it is.
    fn hear(&self) -> Value {
        let line = self.heard.recv_timeout(PATIENCE).unwrap_or_else(|why| panic!("no answer: {why}"));
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn ask(&mut self, message: &Value) -> Value {
        self.say(message);
        let answer = self.hear();
        assert_eq!(answer["id"], message["id"], "{answer}");
        answer
    }

    /// Whether it still serves, and has nothing else to say.
    fn serves(&mut self) {
        self.probes += 1;
        let id = format!("probe {}", self.probes);
        let answer = self.ask(&request(id, "server/discover", json!({})));
        assert_eq!(answer["result"]["supportedVersions"][2], VERSION, "{answer}");
    }

    /// Hangs up and gives back what is still said, once the process has ended well and in time.
    fn end_within(mut self, limit: Duration) -> Vec<Value> {
        drop(self.stdin.take());
        let begin = Instant::now();
        let mut rest = vec![];
        loop {
            match self.heard.recv_timeout(PATIENCE) {
                Ok(line) => rest.push(serde_json::from_str(&line).unwrap()),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
            }
        }
        assert!(self.child.wait().unwrap().success());
        assert!(begin.elapsed() < limit, "it took {:?} to end", begin.elapsed());
        rest
    }

    fn end(self) {
        assert_eq!(self.end_within(Duration::from_millis(800)), Vec::<Value>::new());
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a process has ended, and well.
fn ends_within(mut child: Child, limit: Duration) {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return;
        }
        if begin.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it has not ended after {limit:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// A field of what the system says about the memory of a process, in MiB, where it says so.
fn memory(child: &Child, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().unwrap() / 1024)
}

/// A checkout that is read quickly.
fn small() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("veps/sig-compute/7-clock");
    fs::create_dir_all(&home).unwrap();
    fs::write(home.join("vep.md"), "# VEP #7: Clock\n").unwrap();
    folder
}

/// What a line leads to: an answer with this id (null: without any) and this code, or none.
type Expected = Option<(Value, i64)>;

fn refused(code: i64) -> Expected {
    Some((Value::Null, code))
}

/// Every kind of line, named.
fn every_line() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let text = |text: &str| format!("{text}\n").into_bytes();
    let of = |id: &str, code: i64| Some((json!(id), code));
    let params = |id: &str, method: &str, params: Value| {
        line(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    };
    let with = |id: &str, method: &str, params: Value| line(&request(id, method, params));
    vec![
        // Nothing at all.
        ("a blank line", text(""), None),
        ("spaces and a carriage return", text("  \t\r"), None),
        ("only a byte order mark", text("\u{feff}"), None),
        // No JSON.
        ("words", text("hello"), refused(PARSE)),
        ("half a message", text(r#"{"jsonrpc": "2.0", "id": 1, "meth"#), refused(PARSE)),
        ("two messages in a line", text("{} {}"), refused(PARSE)),
        ("invalid UTF-8", b"\xff\xfe\n".to_vec(), refused(PARSE)),
        (
            "invalid UTF-8 in a string",
            b"{\"jsonrpc\":\"2.0\",\"id\":\"a\xff\",\"method\":\"server/discover\"}\n".to_vec(),
            refused(PARSE),
        ),
        ("a lone high surrogate", text(r#"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#), refused(PARSE)),
        ("a lone low surrogate", text(r#"{"jsonrpc":"2.0","id":"\udc00","method":"x"}"#), refused(PARSE)),
        ("a NUL", b"\0\n".to_vec(), refused(PARSE)),
        (
            "a NUL in a string",
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\0\"}\n".to_vec(),
            refused(PARSE),
        ),
        ("200,000 opening brackets", text(&"[".repeat(200_000)), refused(PARSE)),
        (
            "a list 5,000 deep",
            text(&format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{"a":{}{}}}}}"#,
                "[".repeat(5_000),
                "]".repeat(5_000)
            )),
            refused(PARSE),
        ),
        (
            "two hundred thousand values",
            text(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":[{}0]}}"#, "0,".repeat(200_000))),
            refused(PARSE),
        ),
        ("a number out of range", text(r#"{"jsonrpc":"2.0","id":1e999,"method":"x"}"#), refused(PARSE)),
        // JSON, but no request.
        ("an empty batch", text("[]"), refused(REQUEST)),
        ("a batch", text(&format!("[{}]", request("b", "server/discover", json!({})))), refused(REQUEST)),
        ("a number", text("5"), refused(REQUEST)),
        ("null", text("null"), refused(REQUEST)),
        ("an empty object", text("{}"), refused(REQUEST)),
        ("no version", text(r#"{"id":"v","method":"server/discover"}"#), of("v", REQUEST)),
        (
            "another version",
            text(r#"{"jsonrpc":"1.0","id":"v","method":"server/discover"}"#),
            of("v", REQUEST),
        ),
        (
            "a version that is a number",
            text(r#"{"jsonrpc":2.0,"id":"v","method":"server/discover"}"#),
            of("v", REQUEST),
        ),
        ("no method", text(r#"{"jsonrpc":"2.0","id":"m"}"#), of("m", REQUEST)),
        ("a method that is a number", text(r#"{"jsonrpc":"2.0","id":"m","method":5}"#), of("m", REQUEST)),
        ("a method that is null", text(r#"{"jsonrpc":"2.0","method":null}"#), refused(REQUEST)),
        (
            "a request with a result",
            text(r#"{"jsonrpc":"2.0","id":"m","method":"tools/list","result":{}}"#),
            of("m", REQUEST),
        ),
        ("an id that is null", text(r#"{"jsonrpc":"2.0","id":null,"method":"x"}"#), refused(REQUEST)),
        ("an id with a fraction", text(r#"{"jsonrpc":"2.0","id":1.5,"method":"x"}"#), refused(REQUEST)),
        (
            "an id of 65 bits",
            text(r#"{"jsonrpc":"2.0","id":18446744073709551616,"method":"x"}"#),
            refused(REQUEST),
        ),
        ("an id that is an object", text(r#"{"jsonrpc":"2.0","id":{},"method":"x"}"#), refused(REQUEST)),
        ("an id that is a list", text(r#"{"jsonrpc":"2.0","id":[1],"method":"x"}"#), refused(REQUEST)),
        ("an id that is true", text(r#"{"jsonrpc":"2.0","id":true,"method":"x"}"#), refused(REQUEST)),
        // Requests of what there is not.
        ("an unknown method", with("u", "veps/approve", json!({})), of("u", METHOD)),
        ("an empty method", with("u", "", json!({})), of("u", METHOD)),
        (
            "what the protocol has given up",
            with("u", "logging/setLevel", json!({ "level": "info" })),
            of("u", METHOD),
        ),
        // Parameters of the wrong shape.
        ("a list of parameters", params("p", "tools/list", json!([1, 2])), of("p", PARAMS)),
        ("parameters that are a number", params("p", "tools/call", json!(5)), of("p", PARAMS)),
        ("parameters that are a string", params("p", "server/discover", json!("x")), of("p", PARAMS)),
        ("`_meta` that is a list", params("p", "tools/list", json!({ "_meta": [] })), of("p", PARAMS)),
        ("`_meta` without its keys", params("p", "server/discover", json!({ "_meta": {} })), of("p", PARAMS)),
        ("no name", with("p", "tools/call", json!({})), of("p", PARAMS)),
        ("a name that is a number", with("p", "tools/call", json!({ "name": 5 })), of("p", PARAMS)),
        ("a name that is null", with("p", "tools/call", json!({ "name": null })), of("p", PARAMS)),
        (
            "arguments that are a string",
            with("p", "tools/call", json!({ "name": "query_veps", "arguments": "x" })),
            of("p", PARAMS),
        ),
        (
            "arguments that are a list",
            with("p", "tools/call", json!({ "name": "query_veps", "arguments": [] })),
            of("p", PARAMS),
        ),
        ("a cursor that is a number", with("p", "tools/list", json!({ "cursor": 5 })), of("p", PARAMS)),
        ("an unknown cursor", with("p", "tools/list", json!({ "cursor": "x" })), of("p", PARAMS)),
        ("a prompt's name that is a list", with("p", "prompts/get", json!({ "name": [] })), of("p", PARAMS)),
        ("no prompt's name", with("p", "prompts/get", json!({})), of("p", PARAMS)),
        ("nothing to complete", with("p", "completion/complete", json!({})), of("p", PARAMS)),
        (
            "a filter that is a number",
            with("p", "subscriptions/listen", json!({ "notifications": 5 })),
            of("p", PARAMS),
        ),
        ("an address that is a number", with("p", "resources/read", json!({ "uri": 5 })), of("p", PARAMS)),
        ("a first hello without words", with("p", "initialize", json!({})), of("p", PARAMS)),
        ("an unknown tool", line(&call("p", "approve_vep", json!({}))), of("p", PARAMS)),
        (
            "an unknown version of the protocol",
            params("s", "tools/list", json!({ "_meta": meta("2031-01-01") })),
            of("s", SUPPORTED),
        ),
        // What is served.
        ("discovery", with("g", "server/discover", json!({})), of("g", 0)),
        ("an empty id", with("", "server/discover", json!({})), of("", 0)),
        ("the tools", with("g", "tools/list", json!({})), of("g", 0)),
        ("the tools, from a null cursor", with("g", "tools/list", json!({ "cursor": null })), of("g", 0)),
        ("a call without arguments", with("g", "tools/call", json!({ "name": "query_veps" })), of("g", 0)),
        (
            "a call with arguments that do not fit is the tool's to answer",
            line(&call("g", "query_veps", json!({ "limit": [] }))),
            of("g", 0),
        ),
        (
            "an escaped NUL in an argument",
            line(&call("g", "query_veps", json!({ "text": "a\0b" }))),
            of("g", 0),
        ),
        (
            "members that nobody knows",
            line(&json!({
                "jsonrpc": "2.0", "id": "g", "method": "tools/list", "more": 1,
                "params": { "_meta": meta(VERSION), "and": { "more": [] } },
            })),
            of("g", 0),
        ),
        (
            "a carriage return at the end",
            text(&format!("{}\r", request("g", "tools/list", json!({})))),
            of("g", 0),
        ),
        (
            "a byte order mark at the beginning",
            text(&format!("\u{feff}{}", request("g", "tools/list", json!({})))),
            of("g", 0),
        ),
        // Notifications, good or bad, are not answered.
        ("initialized", text(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#), None),
        ("the end of what never began", line(&cancel("never")), None),
        ("the end of nothing", text(r#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#), None),
        (
            "the end of something odd",
            text(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}"#),
            None,
        ),
        (
            "an unknown notification",
            text(r#"{"jsonrpc":"2.0","method":"notifications/x","params":[1]}"#),
            None,
        ),
        ("a request's method as a notification", text(r#"{"jsonrpc":"2.0","method":"tools/list"}"#), None),
        (
            "a call as a notification",
            text(r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":5}}"#),
            None,
        ),
        // Nor are answers, to what was never asked.
        ("a result", text(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), None),
        ("an error", text(r#"{"jsonrpc":"2.0","id":"x","error":{"code":-1,"message":"x"}}"#), None),
        (
            "an error without an id, as this server sends them",
            text(r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}"#),
            None,
        ),
    ]
}

fn check(wire: &mut Wire, name: &str, line: &[u8], expected: &Expected) {
    wire.send(line);
    if let Some((id, expected)) = expected {
        let answer = wire.hear();
        assert_eq!(code(&answer), *expected, "{name}: {}", begin(&answer));
        // An id that could not be read is left out and never null.
        assert_eq!(answer.get("id"), Some(id).filter(|id| !id.is_null()), "{name}: {}", begin(&answer));
    }
    wire.serves();
}

#[test]
fn every_line_gets_exactly_one_answer_or_none_if_it_asks_nothing() {
    let mut wire = Wire::start(demo());
    wire.ask(&request("open", "tools/list", json!({})));
    assert_eq!(code(&wire.ask(&request("given up", "ping", json!({})))), METHOD);
    for (name, line, expected) in every_line() {
        check(&mut wire, name, &line, &expected);
    }
    wire.end();
}

#[test]
fn every_line_gets_its_answer_before_anything_else_was_said() {
    for (name, line, expected) in every_line() {
        let mut wire = Wire::start(demo());
        check(&mut wire, name, &line, &expected);
        wire.end();
    }
}

#[test]
fn every_line_gets_its_answer_after_the_older_hello() {
    let mut wire = Wire::start(demo());
    assert_eq!(wire.ask(&initialize(1))["result"]["protocolVersion"], "2025-11-25");
    wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    for (name, line, expected) in every_line() {
        check(&mut wire, name, &line, &expected);
    }
    assert_eq!(code(&wire.ask(&json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" }))), 0);
    assert_eq!(code(&wire.ask(&json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/list" }))), 0);
    wire.end();
}

#[test]
fn what_comes_before_the_first_request_does_not_end_the_server() {
    let mut wire = Wire::start(demo());
    for _ in 0..3 {
        wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        wire.say(&cancel(1));
        wire.say(&json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    }
    wire.serves();
    wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    assert_eq!(wire.ask(&initialize(1))["result"]["serverInfo"]["name"], "vep-mcp");
    assert_eq!(code(&wire.ask(&json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }))), 0);
    wire.end();
}

#[test]
fn calls_before_the_older_hello_are_told_what_they_lack_and_the_hello_still_counts() {
    let mut wire = Wire::start(demo());
    for (id, method) in [(1, "tools/list"), (2, "tools/call"), (3, "prompts/list"), (4, "veps/approve")] {
        let params = json!({ "name": "query_veps" });
        let answer = wire.ask(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        assert_eq!(code(&answer), PARAMS, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("protocolVersion"), "{answer}");
    }
    assert_eq!(code(&wire.ask(&json!({ "jsonrpc": "2.0", "id": 5, "method": "ping" }))), 0);
    assert_eq!(code(&wire.ask(&initialize(6))), 0);
    let call =
        json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": { "name": "query_veps" } });
    assert_eq!(code(&wire.ask(&call)), 0);
    wire.end();
}

#[test]
fn an_unknown_version_is_refused_with_those_that_are_spoken_whenever_it_comes() {
    let mut wire = Wire::start(demo());
    let refused = |wire: &mut Wire| {
        for method in ["server/discover", "tools/list", "tools/call"] {
            let params = json!({ "_meta": meta("2031-01-01"), "name": "query_veps" });
            let answer = wire.ask(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }));
            assert_eq!(code(&answer), SUPPORTED, "{method}: {answer}");
            let supported = json!(["2025-06-18", "2025-11-25", VERSION]);
            assert_eq!(answer["error"]["data"]["supported"], supported, "{method}");
        }
    };
    refused(&mut wire);
    wire.ask(&request(2, "tools/list", json!({})));
    refused(&mut wire);
    wire.end();
}

#[test]
fn half_a_request_at_the_end_is_no_request() {
    let whole = line(&call(1, "query_veps", json!({})));
    for cut in [1, 20, whole.len() - 1] {
        let mut wire = Wire::start(demo());
        wire.send(&whole[..cut]);
        wire.end();
    }
    let mut wire = Wire::start(demo());
    wire.send(&whole);
    wire.send(&whole[..50]);
    let rest = wire.end_within(Duration::from_secs(1));
    assert_eq!(rest.iter().map(|answer| (&answer["id"], code(answer))).collect::<Vec<_>>(), [(&json!(1), 0)]);
}

#[test]
fn a_request_in_pieces_is_one_request() {
    let mut wire = Wire::start(demo());
    for byte in line(&request("slow", "tools/list", json!({}))) {
        wire.send(&[byte]);
    }
    assert_eq!(wire.hear()["id"], "slow");
    wire.serves();
    wire.end();
}

#[test]
fn a_line_of_100_mb_is_answered_once_and_not_kept() {
    let mut wire = Wire::start(demo());
    wire.serves();
    let before = memory(&wire.child, "VmRSS:");
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..2 {
        wire.send(br#"{"jsonrpc":"2.0","id":1,"method":""#);
        (0..100).for_each(|_| wire.send(&chunk));
        wire.send(b"\"}\n");
        let answer = wire.hear();
        assert_eq!((code(&answer), answer.get("id")), (PARSE, None), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("67108864 bytes"), "{answer}");
        wire.serves();
    }
    // Nor is one whose values would take a hundred times its length.
    wire.send(br#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":["#);
    wire.send("0,".repeat(20_000_000).as_bytes());
    wire.send(b"0]}}\n");
    assert_eq!(code(&wire.hear()), PARSE);
    wire.serves();
    // One that never ends is answered while it is still being sent.
    (0..100).for_each(|_| wire.send(&chunk));
    assert_eq!(code(&wire.hear()), PARSE);
    if let (Some(before), Some(now), Some(most)) =
        (before, memory(&wire.child, "VmRSS:"), memory(&wire.child, "VmHWM:"))
    {
        println!("100 MB lines: {before} MiB before, {now} MiB after, at most {most} MiB");
        assert!(now < before + 16, "{before} MiB have become {now} MiB");
        assert!(most < before + 64 + 32, "{most} MiB at most");
    }
    wire.send(b"\n");
    wire.serves();
    wire.end();
}

#[test]
fn a_thousand_calls_at_once_are_each_answered_once() {
    let folder = small();
    let mut wire = Wire::start(command_line::command(folder.path(), &["serve"]));
    let lines: Vec<u8> =
        (0..1000).flat_map(|id| line(&call(id, "query_veps", json!({ "limit": 1 })))).collect();
    let begin = Instant::now();
    wire.send(&lines);
    let mut ids: Vec<u64> = (0..1000)
        .map(|_| {
            let answer = wire.hear();
            assert_eq!(answer["result"]["structuredContent"]["total"], 1, "{answer}");
            answer["id"].as_u64().unwrap()
        })
        .collect();
    println!("a thousand calls took {:?}", begin.elapsed());
    ids.sort_unstable();
    assert_eq!(ids, (0..1000).collect::<Vec<_>>());
    wire.serves();
    wire.end();
}

#[test]
fn a_tool_is_called_by_its_name_with_its_arguments_and_nothing_else() {
    let mut wire = Wire::start(demo());
    let unknown = wire.ask(&call(1, "../query_veps", json!({})));
    assert!(unknown["error"]["message"].as_str().unwrap().contains("there are: query_veps"), "{unknown}");
    let long = wire.ask(&call(2, &"x".repeat(1 << 20), json!({})));
    assert!(code(&long) == PARAMS && long.to_string().len() < 4096, "{}", long.to_string().len());
    let many: Value =
        (0..50_000).map(|it| (format!("k{it}"), json!(it))).collect::<serde_json::Map<_, _>>().into();
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    for (name, arguments) in [
        ("an unknown argument", json!({ "aproved": true })),
        ("fifty thousand of them", many),
        ("a long name", json!({ "x".repeat(1 << 20): 1 })),
        ("a long value", json!({ "status": "x".repeat(1 << 20) })),
        ("a deep value", json!({ "text": deep })),
        ("a value with a million commas", json!({ "status": ",[{\"\\".repeat(1 << 20) })),
    ] {
        let answer = wire.ask(&call(3, "query_veps", arguments));
        assert_eq!(answer["result"]["isError"], true, "{name}");
        assert!(
            answer.to_string().len() < 8192,
            "{name} is answered with {} bytes",
            answer.to_string().len()
        );
    }
    wire.serves();
    wire.end();
}

/// What the allocator keeps for the next time is bounded, and a second load finds it there.
#[test]
fn memory_comes_back_after_a_load() {
    let folder = small();
    let mut wire = Wire::start(command_line::command(folder.path(), &["serve"]));
    wire.serves();
    let mut after = vec![memory(&wire.child, "VmRSS:")];
    let path = "veps/sig-compute/8-glass/vep.md";
    for _ in 0..2 {
        for draft in ["x".repeat(30 << 20), "\n".repeat(5 << 20)] {
            let answer = wire.ask(&call(1, "validate_vep", json!({ "draft": draft, "path": path })));
            let text = answer["result"]["content"][0]["text"].as_str().unwrap();
            assert!(text.contains("more than 2097152 bytes"), "{text}");
        }
        let lines: Vec<u8> =
            (0..100).flat_map(|id| line(&call(id, "get_vep", json!({ "vep": 7 })))).collect();
        wire.send(&lines);
        (0..100).for_each(|_| assert_eq!(code(&wire.hear()), 0));
        after.push(memory(&wire.child, "VmRSS:"));
    }
    println!("MiB at first and after each load: {after:?}; at most {:?}", memory(&wire.child, "VmHWM:"));
    if let [Some(before), Some(first), .., Some(last)] = after[..] {
        assert!(last < before + 128, "{before} MiB have become {last} MiB");
        assert!(last < first + 32, "each load leaves something: {after:?}");
    }
    wire.end();
}

/// The server is as busy as it can be and no more; the client waits until it reads.
#[test]
fn ten_thousand_requests_of_a_client_that_does_not_read_do_not_make_it_grow() {
    // An answer repeats the id, so that they come to 30 MB together.
    let long = |id: usize| format!("{id} {}", "x".repeat(3_000));
    let (child, mut stdin, stdout) = mute(demo());
    let writing = thread::spawn(move || {
        for id in 0..10_000 {
            stdin.write_all(&line(&call(long(id), "approve_vep", json!({})))).unwrap();
        }
    });
    thread::sleep(Duration::from_millis(1500));
    assert!(!writing.is_finished(), "nobody told the client to wait");
    if let Some(now) = memory(&child, "VmRSS:") {
        println!("unread: {now} MiB");
        assert!(now < 45, "{now} MiB");
    }
    // Whoever reads at last has missed nothing.
    let mut answered = vec![false; 10_000];
    for line in BufReader::new(stdout).lines() {
        let line = line.unwrap();
        let (_, id) = line.split_once(r#""id":""#).unwrap();
        let id: usize = id.split(' ').next().unwrap().parse().unwrap();
        assert!(!std::mem::replace(&mut answered[id], true), "{id} is answered twice");
    }
    assert!(answered.into_iter().all(|answered| answered));
    writing.join().unwrap();
    ends_within(child, PATIENCE);
}

#[test]
fn refusals_that_nobody_reads_do_not_make_it_grow() {
    let (child, mut stdin, stdout) = mute(demo());
    let writing = thread::spawn(move || {
        // Until the pipe breaks.
        while stdin.write_all(&b"no message\n".repeat(1000)).is_ok() {}
    });
    thread::sleep(Duration::from_millis(700));
    assert!(!writing.is_finished());
    if let Some(now) = memory(&child, "VmRSS:") {
        assert!(now < 64, "{now} MiB");
    }
    drop(stdout);
    ends_within(child, Duration::from_secs(1));
    writing.join().unwrap();
}

#[test]
fn hanging_up_ends_it_even_if_nobody_reads_what_it_says() {
    let (child, mut stdin, stdout) = mute(demo());
    for id in 0..400 {
        stdin.write_all(&line(&request(id, "tools/list", json!({})))).unwrap();
    }
    drop(stdin);
    ends_within(child, Duration::from_secs(4));
    drop(stdout);
}

#[test]
fn a_script_that_pipes_its_questions_in_gets_every_answer() {
    let mut wire = Wire::start(demo());
    let lines: Vec<u8> = (0..1500).flat_map(|id| line(&call(id, "approve_vep", json!({})))).collect();
    wire.send(&lines);
    let rest = wire.end_within(PATIENCE);
    assert_eq!(rest.len(), 1500);
}

/// Whoever was killed closes everything at once: stdin, stdout, and what the log goes to.
#[test]
fn a_client_that_was_killed_leaves_no_server_and_no_panic() {
    for calls in [0, 1, 200] {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = demo();
        command.env("VEP_LOG", "debug").stderr(log.reopen().unwrap());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for id in 0..calls {
            stdin.write_all(&line(&call(id, "query_veps", json!({})))).unwrap();
        }
        drop((stdin, child.stdout.take()));
        ends_within(child, Duration::from_secs(2));
        let log = fs::read_to_string(log.path()).unwrap();
        assert!(!log.contains("panicked"), "{log}");
    }
    let mut command = demo();
    command.env("VEP_LOG", "trace");
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    child.stdin.as_mut().unwrap().write_all(&line(&call(1, "approve_vep", json!({})))).unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("unknown tool"), "{line}");
    drop(child.stdin.take());
    ends_within(child, Duration::from_secs(1));
}

#[test]
fn a_client_that_closes_only_stdout_is_gone() {
    let (child, mut stdin, stdout) = mute(demo());
    drop(stdout);
    stdin.write_all(&line(&request(1, "tools/list", json!({})))).unwrap();
    ends_within(child, Duration::from_secs(1));
}

#[test]
fn an_id_is_used_once_at_a_time() {
    let slow = Slow::new();
    let mut wire = slow.start();
    wire.say(&slow.call(1));
    slow.reached();
    let answer = wire.ask(&request(1, "tools/list", json!({})));
    assert_eq!(code(&answer), REQUEST);
    assert!(answer["error"]["message"].as_str().unwrap().contains("no answer yet"), "{answer}");
    assert_eq!(code(&wire.ask(&request("1", "tools/list", json!({})))), 0, "a string is another id");
    slow.release();
    assert_eq!((code(&wire.hear()), wire.serves()), (0, ()));
    assert_eq!(code(&wire.ask(&request(1, "tools/list", json!({})))), 0, "an answered id is free");
    wire.end();
}

#[test]
fn a_call_that_was_cancelled_is_not_answered_and_gives_way_to_the_next() {
    let slow = Slow::new();
    let mut wire = slow.start();
    // As many as are worked on at once, and more.
    (0..20).for_each(|id| wire.say(&slow.call(id)));
    slow.reached();
    // It fits no tool, so it waits for nothing but its turn.
    wire.say(&call("next", "query_veps", json!({ "unknown": 1 })));
    wire.say(&cancel("never"));
    wire.say(&cancel(1000));
    wire.serves();
    let before = Instant::now();
    (0..20).for_each(|id| wire.say(&cancel(id)));
    assert_eq!(wire.hear()["id"], "next");
    assert!(before.elapsed() < Duration::from_secs(2), "it took {:?}", before.elapsed());
    // Their work is done some time; nobody hears of it.
    slow.release();
    thread::sleep(Duration::from_millis(300));
    wire.serves();
    assert_eq!(code(&wire.ask(&call(0, "query_veps", json!({})))), 0, "a cancelled id is free");
    wire.end();
}

#[test]
fn hanging_up_ends_a_call_that_is_at_work() {
    let slow = Slow::new();
    let mut wire = slow.start();
    wire.say(&slow.call(1));
    slow.reached();
    assert!(wire.end_within(Duration::from_millis(1800)).is_empty());
}

#[test]
fn a_call_that_is_done_soon_after_the_hang_up_is_answered() {
    let slow = Slow::new();
    let mut wire = slow.start();
    wire.say(&slow.call(1));
    slow.reached();
    let releasing = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(300));
            slow.release();
        });
        wire.end_within(Duration::from_millis(1500))
    });
    assert_eq!(releasing.len(), 1);
    assert_eq!(releasing[0]["id"], 1);
}

/// A checkout whose git takes its time.
struct Slow {
    folder: tempfile::TempDir,
}

impl Slow {
    fn new() -> Self {
        let folder = small();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("wait"), "").unwrap();
        let git = bin.join("git");
        let text =
            "#!/bin/sh\n: > \"$0.reached\"\nwhile [ -e \"${0%git}wait\" ]; do sleep 0.02; done\nexit 1\n";
        fs::write(&git, text).unwrap();
        let made = Command::new("chmod").arg("+x").arg(&git).status().unwrap();
        assert!(made.success());
        Self { folder }
    }

    fn start(&self) -> Wire {
        let mut command = command_line::command(self.folder.path(), &["serve"]);
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.folder.path().join("bin").display()));
        Wire::start(command)
    }

    /// A call that asks git something.
    fn call(&self, id: u64) -> Value {
        call(id, "review_changes", json!({}))
    }

    /// Waits until a call is at work.
    fn reached(&self) {
        let begin = Instant::now();
        while !self.folder.path().join("bin/git.reached").exists() {
            assert!(begin.elapsed() < PATIENCE, "no call asked git");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn release(&self) {
        fs::remove_file(self.folder.path().join("bin/wait")).unwrap();
    }
}

/// Whether the server says that it has subscriptions to offer.
fn offers_subscriptions(wire: &mut Wire) -> bool {
    let answer = wire.ask(&request("capabilities", "server/discover", json!({})));
    answer["result"]["capabilities"]["resources"]["subscribe"] == true
}

fn listen(id: impl Into<Value>) -> Value {
    request(id, "subscriptions/listen", json!({ "notifications": { "resourceSubscriptions": ["vep://7"] } }))
}

#[test]
fn listening_is_acknowledged_bounded_and_ends_with_the_client() {
    let mut wire = Wire::start(demo());
    if !offers_subscriptions(&mut wire) {
        assert_eq!(code(&wire.ask(&listen(1))), METHOD);
        return wire.end();
    }
    // Each is acknowledged and not answered, however many; those that are too many are answered.
    let most = 64;
    for id in 0..most {
        wire.say(&listen(id));
        let heard = wire.hear();
        assert_eq!(heard["method"], "notifications/subscriptions/acknowledged", "{heard}");
        assert_eq!(heard["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], id, "{heard}");
    }
    assert_eq!(code(&wire.ask(&listen("one more"))), -32603);
    assert_eq!(code(&wire.ask(&request("others", "tools/list", json!({})))), 0);
    wire.say(&cancel(0));
    wire.say(&listen("instead"));
    assert_eq!(wire.hear()["method"], "notifications/subscriptions/acknowledged");
    wire.end();
}
