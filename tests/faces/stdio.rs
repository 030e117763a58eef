//! The server as a client meets it: the built binary over stdin and stdout.

use super::command_line::{self, BINARY};
use crate::golden;
use crate::verbs::assert_fits;
use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, CallToolResult, ContentBlock, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService};
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

const PATH: &str = "veps/sig-compute/413-usb-redirection-limits/vep.md";

type Client = RunningService<RoleClient, ()>;

fn command(folder: &Path, args: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(BINARY);
    command.args(args).current_dir(folder).env_remove("VEP_REPO");
    command
}

pub async fn connect(folder: &Path, args: &[&str]) -> Client {
    connect_with(folder, args, &[]).await
}

/// A client of a server with some variables of its own.
pub async fn connect_with(folder: &Path, args: &[&str], variables: &[(&str, &Path)]) -> Client {
    let mode = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let mut command = command(folder, args);
    command.envs(variables.iter().copied());
    let child = TokioChildProcess::new(command).unwrap();
    ().serve_with_lifecycle(child, mode).await.unwrap()
}

pub async fn call(client: &Client, tool: &'static str, arguments: Value) -> CallToolResult {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap()
}

pub fn text(result: &CallToolResult) -> &str {
    match result.content.as_slice() {
        [ContentBlock::Text(text), ..] => &text.text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_client_lists_the_tools_and_asks_each_a_good_and_a_bad_question() {
    let client = connect(Path::new("/"), &["serve", "--demo"]).await;
    let tools = client.list_all_tools().await.unwrap();
    golden::check("tests/faces/tools.json", &format!("{:#}\n", serde_json::to_value(&tools).unwrap()));
    for tool in &tools {
        let hints = tool.annotations.clone().unwrap();
        assert_eq!(
            (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint),
            (Some(true), Some(false), Some(true), Some(false)),
            "{}",
            tool.name
        );
        for schema in [&tool.input_schema, tool.output_schema.as_ref().unwrap()] {
            assert_eq!(schema["type"], "object", "{}", tool.name);
            assert!(["anyOf", "oneOf", "allOf"].iter().all(|word| !schema.contains_key(*word)));
            let text = serde_json::to_string(schema).unwrap();
            assert!(
                !text.contains("\"null\"") && !text.contains("$ref") && !text.contains("\"format\""),
                "{text}"
            );
        }
    }
    for (tool, good, bad, says) in [
        (
            "query_veps",
            json!({ "sig": "network" }),
            json!({ "sig": "netwrk" }),
            "Did you mean `sig-network`?",
        ),
        ("query_veps", json!({}), json!({ "stats": "legacy" }), "unknown field `stats`"),
        ("query_veps", json!({ "limit": 100 }), json!({ "limit": 101 }), "1 to 100"),
        ("query_veps", json!({ "limit": 1 }), json!({ "limit": -1 }), "arguments of query_veps do not fit"),
        (
            "prepare_status_bump",
            json!({ "vep": 402, "to": "withdrawn" }),
            json!({ "vep": 402 }),
            "no step was named",
        ),
        ("explain", json!({ "topic": "milestone" }), json!({ "topic": "banan" }), "no page is called"),
        ("get_vep", json!({ "vep": "405" }), json!({ "vep": "450" }), "Did you mean VEP-405"),
        ("get_vep", json!({ "vep": 405 }), json!({}), "missing field `vep`"),
        (
            "get_vep",
            json!({ "vep": "405", "section": "Goals" }),
            json!({ "vep": "405", "section": "Gaols" }),
            "Did you mean `Goals`?",
        ),
        (
            "validate_vep",
            json!({ "veps": ["405", "#411"] }),
            json!({ "veps": ["../../etc/passwd"] }),
            "no VEP answers to",
        ),
        (
            "validate_vep",
            json!({}),
            json!({ "draft": "x", "path": "/etc/passwd" }),
            "is not a path within the repository",
        ),
    ] {
        let result = call(&client, tool, good).await;
        assert_ne!(result.is_error, Some(true), "{}", text(&result));
        assert_fits(tool, result.structured_content.as_ref().unwrap(), tool);
        assert!(text(&result).len() > 60);
        let result = call(&client, tool, bad).await;
        assert_eq!(result.is_error, Some(true));
        assert!(text(&result).contains(says), "{}", text(&result));
    }
    let unknown = client.call_tool(CallToolRequestParams::new("approve_vep")).await.unwrap_err();
    assert!(unknown.to_string().contains("unknown tool `approve_vep`; there are: query_veps"), "{unknown}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn each_revision_of_the_protocol_is_spoken() {
    for version in ["2025-06-18", "2025-11-25", "2026-07-28", "2024-11-05"] {
        let mut session = Session::start(Path::new("/"), &["serve", "--demo"]);
        let result = if version == "2026-07-28" {
            session.ask("server/discover", json!({}), Some(version))
        } else {
            let client = json!({ "name": "test", "version": "1" });
            let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client });
            session.ask("initialize", params, None)
        };
        let result = &result["result"];
        let agreed = match version {
            "2026-07-28" => {
                assert_eq!(result["supportedVersions"], json!(["2025-06-18", "2025-11-25", "2026-07-28"]));
                assert!(result["ttlMs"].as_u64().unwrap() > 0);
                version
            }
            // One that is not spoken is answered with the newest that begins with `initialize`.
            "2024-11-05" => "2025-11-25",
            _ => version,
        };
        if version != "2026-07-28" {
            assert_eq!(result["protocolVersion"], agreed);
            assert_eq!(result["serverInfo"]["name"], "vep-mcp");
            session.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        }
        let instructions = result["instructions"].as_str().unwrap();
        assert!(instructions.len() < 1500, "{}", instructions.len());
        let own = (version == "2026-07-28").then_some(version);
        let listed = session.ask("tools/list", json!({}), own);
        assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 12);
        assert_eq!(
            listed["result"]["ttlMs"].as_u64().is_some_and(|ttl| ttl > 0),
            own.is_some() || listed["result"]["ttlMs"].is_u64()
        );
        let called =
            session.ask("tools/call", json!({ "name": "get_vep", "arguments": { "vep": "405" } }), own);
        assert_eq!(called["result"]["structuredContent"]["number"], 405, "{version}: {called}");
        assert_eq!(called["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "vep-mcp");
        session.end_within(Duration::from_secs(1));
    }
}

/// Whatever it is fed, the server answers within a second and goes on.
#[tokio::test]
async fn bad_drafts_are_each_answered_and_the_server_lives_on() {
    let client = connect(Path::new("/"), &["serve", "--demo"]).await;
    let draft = |front: &str| format!("---\n{front}---\n\n# VEP #413: USB\n");
    let bomb = || {
        let level = |it: u32| {
            format!("k{it}: &k{it} [*k{0}, *k{0}, *k{0}, *k{0}, *k{0}, *k{0}, *k{0}, *k{0}, *k{0}]\n", it - 1)
        };
        "k0: &k0 [x, x]\n".to_owned() + &(1..10).map(level).collect::<String>()
    };
    for (name, text_of_draft, says) in [
        ("10 MB", "x".repeat(10 << 20), "more than 2097152 bytes"),
        (
            "unclosed block",
            "---\ntitle: USB\n\n# VEP #413: USB\n".into(),
            "not closed. Put a line `---` before line 4",
        ),
        ("duplicate keys", draft("title: USB\ntitle: USB\n"), "the key `title` is there twice"),
        ("unquoted handle", draft("authors:\n  - @juno\n"), "Write `\"@juno\"` with quotes"),
        ("alpha: 1.10", draft("milestone:\n  alpha: 1.10\n"), "Write \"v1.10\""),
        ("YAML bomb", draft(&format!("{}authors: *k9\n", bomb())), "`authors` is an alias"),
        (
            "100,000 opening brackets",
            draft(&format!("a: {}\n", "[".repeat(100_000))),
            "at most 65536 are read",
        ),
        ("60,000 opening brackets", draft(&format!("a: {}\n", "[".repeat(60_000))), "more than 16 deep"),
        ("replacement characters", draft("title: caf\u{fffd}\n"), "keys-present"),
        ("nothing", String::new(), "there is no front matter block"),
        ("NUL and direction marks", draft("title: \"a\u{202e}b\u{0}\"\n"), "front-matter"),
    ] {
        let begin = Instant::now();
        let result = call(&client, "validate_vep", json!({ "draft": text_of_draft, "path": PATH })).await;
        assert!(text(&result).contains(says), "{name}: {}", text(&result));
        assert!(begin.elapsed() < Duration::from_secs(1), "{name} took {:?}", begin.elapsed());
        let all = format!("{}{:?}", text(&result), result.structured_content);
        assert!(!all.contains(['\u{202e}', '\u{0}']), "{name}");
    }
    assert_ne!(call(&client, "query_veps", json!({})).await.is_error, Some(true));
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn without_a_checkout_the_server_lives_and_finds_one_as_soon_as_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path(), &["serve"]).await;
    let result = call(&client, "query_veps", json!({})).await;
    assert_eq!(result.is_error, Some(true));
    for part in ["has a folder `veps/`", "--repo DIR"] {
        assert!(text(&result).contains(part), "{}", text(&result));
    }
    assert!(!text(&result).contains(folder.path().to_str().unwrap()), "no absolute paths over MCP");

    let write = |path: &str, text: &str| {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    fs::create_dir(folder.path().join("veps")).unwrap();
    assert!(text(&call(&client, "query_veps", json!({})).await).starts_with("0 of 0 VEPs match."));
    write("veps/sig-compute/7-clock/vep.md", "# VEP #7: Clock\n");
    assert!(text(&call(&client, "get_vep", json!({ "vep": 7 })).await).starts_with("# VEP-7\n\n`Clock`\n"));
    write("veps/sig-compute/7-clock/vep.md", "# VEP #7: Glass\n");
    assert!(text(&call(&client, "get_vep", json!({ "vep": 7 })).await).starts_with("# VEP-7\n\n`Glass`\n"));
    fs::remove_dir_all(folder.path().join("veps/sig-compute")).unwrap();
    assert!(text(&call(&client, "query_veps", json!({})).await).starts_with("0 of 0 VEPs match."));
    client.cancel().await.unwrap();
}

/// Where there is no checkout, what is built in answers, and says that it is that.
#[tokio::test]
async fn without_a_checkout_the_law_the_calendar_and_a_draft_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path(), &["serve", "--today", "2026-08-18"]).await;
    let draft = "---\ntitle: Clock\nstatus: implementible\n---\n\n# VEP #7: Clock\n";
    for (tool, arguments, part) in [
        ("explain", json!({ "topic": "reviewers-named" }), "Read from what is built in"),
        ("explain", json!({ "topic": "deferred to provisional" }), "Read from what is built in"),
        ("validate_vep", json!({ "draft": draft }), "Read from what is built in"),
        ("check_freeze", json!({ "release": "v1.9" }), "2026-04-30"),
        ("check_freeze", json!({}), "Today is 2026-08-18"),
    ] {
        let result = call(&client, tool, arguments.clone()).await;
        assert_ne!(result.is_error, Some(true), "{tool} {arguments}: {}", text(&result));
        assert!(text(&result).contains(part), "{tool} {arguments}: {}", text(&result));
    }
    for uri in [
        "vep://rules",
        "vep://lifecycle",
        "vep://schema/front-matter",
        "vep://guide/authoring",
        "vep://template",
        "vep://calendar",
        "vep://rules/reviewers-named",
    ] {
        let read = client.read_resource(rmcp::model::ReadResourceRequestParams::new(uri)).await;
        assert!(read.is_ok(), "{uri}: {read:?}");
    }
    let missing = client
        .read_resource(rmcp::model::ReadResourceRequestParams::new("vep://proposals/7"))
        .await
        .unwrap_err();
    assert!(missing.to_string().contains("no checkout is here"), "{missing}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_client_of_the_older_kind_is_served_by_the_same_binary() {
    let child = TokioChildProcess::new(command(Path::new("/"), &["serve", "--demo"])).unwrap();
    let client = ().serve(child).await.unwrap();
    assert_eq!(client.list_all_tools().await.unwrap().len(), 12);
    assert!(text(&call(&client, "validate_vep", json!({})).await).starts_with("**Passes**"));
    client.cancel().await.unwrap();
}

/// Counts, one page and a way on: at any size of the corpus, whatever stands in it, text and JSON together.
#[tokio::test]
async fn a_plain_query_stays_under_8_kib_at_any_size() {
    for (count, title) in [(64, "Short"), (300, "Ж😀 long "), (2_000, "A title \u{202e}\u{200b}| \" ")] {
        let folder = tempfile::tempdir().unwrap();
        for number in 1..=count {
            let place = format!("veps/sig-{}-with-a-rather-long-name-of-its-own/{number}-x", number % 50);
            fs::create_dir_all(folder.path().join(&place)).unwrap();
            let text = format!(
                "# VEP #{number}: {}\n\n- This VEP targets beta for version: v1.10\n",
                title.repeat(40)
            );
            fs::write(folder.path().join(&place).join("vep.md"), text).unwrap();
            if number < 40 {
                fs::write(folder.path().join(format!("{place}-{}.md", "y".repeat(150))), "loose").unwrap();
            }
        }
        let client = connect(folder.path(), &["serve"]).await;
        let result = call(&client, "query_veps", json!({})).await;
        let json = result.structured_content.as_ref().unwrap();
        let size = text(&result).len() + json.to_string().len();
        assert!(size <= 8192, "{count}: {size} bytes\n{}", text(&result));
        assert_eq!((json["total"].as_u64(), json["matched"].as_u64()), (Some(count), Some(count)));
        assert!(json["veps"].as_array().unwrap().len() >= 5 && json["next_offset"].is_u64());
        client.cancel().await.unwrap();
    }
}

/// A session by hand, one JSON line at a time.
pub struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    asked: u64,
}

impl Session {
    pub fn start(folder: &Path, args: &[&str]) -> Self {
        let mut child = command_line::command(folder, args).stderr(Stdio::null()).spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdin, stdout, asked: 0 }
    }

    fn send(&mut self, message: Value) {
        self.send_raw(format!("{message}\n").as_bytes());
    }

    fn send_raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    pub fn ask(&mut self, method: &str, mut params: Value, version: Option<&str>) -> Value {
        if let Some(version) = version {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        self.asked += 1;
        self.send(json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }));
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(answer["id"], self.asked, "{answer}");
        answer
    }

    /// Hangs up; nothing but JSON may still come, and the process ends at once.
    pub fn end_within(mut self, limit: Duration) {
        let begin = Instant::now();
        drop(self.stdin.take());
        for line in self.stdout.by_ref().lines() {
            let line = line.unwrap();
            serde_json::from_str::<Value>(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        }
        assert!(self.child.wait().unwrap().success());
        assert!(begin.elapsed() < limit, "took {:?}", begin.elapsed());
    }
}

use std::io::Read as _;

#[test]
fn hanging_up_ends_the_process_at_once_whenever_it_comes() {
    Session::start(Path::new("/"), &["serve", "--demo"]).end_within(Duration::from_secs(1));
    let mut session = Session::start(Path::new("/"), &["serve", "--demo"]);
    session.send_raw(b"{\"jsonrpc\": \"2.0\", \"id\": 1, \"meth");
    session.end_within(Duration::from_secs(1));
}

#[test]
fn what_is_no_message_does_not_silence_the_server() {
    let mut session = Session::start(Path::new("/"), &["serve", "--demo"]);
    session.ask("server/discover", json!({}), Some("2026-07-28"));
    for bytes in [&b"not json\n"[..], b"\xff\xfe\n", b"\n", b"{}\n", b"[[[[\n"] {
        session.send_raw(bytes);
    }
    session.send_raw(format!("{}\n", "[".repeat(200_000)).as_bytes());
    let mut asked = false;
    for _ in 0..8 {
        if !asked {
            session.send(json!({ "jsonrpc": "2.0", "id": 99, "method": "tools/list", "params": { "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            } } }));
            asked = true;
        }
        let mut line = String::new();
        session.stdout.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        if answer["id"] == 99 {
            assert_eq!(answer["result"]["tools"].as_array().unwrap().len(), 12);
            return session.end_within(Duration::from_secs(1));
        }
    }
    panic!("no answer");
}

#[test]
fn a_version_that_is_not_spoken_is_refused_with_those_that_are() {
    let mut session = Session::start(Path::new("/"), &["serve", "--demo"]);
    let answer = session.ask("server/discover", json!({}), Some("2031-01-01"));
    assert_eq!(answer["error"]["code"], -32022, "{answer}");
    assert!(answer["error"]["data"]["supported"].as_array().unwrap().contains(&json!("2026-07-28")));
    session.end_within(Duration::from_secs(1));
}

/// What a model reads of the tools: names, descriptions and input schemas.
#[test]
fn the_tools_are_cheap_to_read() {
    let mut session = Session::start(Path::new("/"), &["serve", "--demo"]);
    let listed = session.ask("tools/list", json!({}), Some("2026-07-28"));
    let read: Vec<usize> = listed["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| {
            let parts = [&tool["name"], &tool["description"], &tool["inputSchema"]];
            parts.iter().map(|part| part.to_string().len()).sum()
        })
        .collect();
    println!("a model reads {read:?} bytes; tools/list has {}", listed.to_string().len());
    for (tools, most) in [(3, 3), (5, 5), (6, 6), (read.len(), 12)] {
        assert!(read.iter().take(tools).sum::<usize>() <= most * 1024, "{tools} tools: {read:?}");
    }
    session.end_within(Duration::from_secs(1));
}
