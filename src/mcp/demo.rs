//! The demo: a real MCP client and the server in one process, over the built-in example.

use super::Server;
use crate::outside::{EXAMPLE, Outside};
use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, ContentBlock, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io;

/// Where the draft of the demo would lie.
const DRAFT_PATH: &str = "veps/sig-compute/413-usb-redirection-limits/vep.md";

/// Plays a session and gives back what was said.
pub fn demo(outside: Outside) -> io::Result<String> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(session(outside))
}

async fn session(outside: Outside) -> io::Result<String> {
    let (near, far) = tokio::io::duplex(1 << 16);
    let server = Server::new(outside);
    let serving = tokio::spawn(async move {
        if let Ok(running) = server.serve(far).await {
            let _ = running.waiting().await;
        }
    });
    let mode = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let client = ().serve_with_lifecycle(near, mode).await.map_err(io::Error::other)?;
    let mut play = Play { client, said: String::new() };
    play.intro().await?;
    play.ask("Which proposals of sig-network are there?", "query_veps", json!({ "sig": "sig-network" }))
        .await?;
    play.ask("Show me one of them.", "get_vep", json!({ "vep": "405" })).await?;
    let gate = json!({ "vep": "402", "to": "implementable" });
    play.ask("May VEP 402 become implementable?", "propose_transition", gate).await?;
    let given = json!({ "vep": "402", "to": "implementable", "set": ["reviewers=@rei-okafor", "approvers=@jo-lindqvist"] });
    play.ask("Both have agreed. Prepare the pull request.", "prepare_status_bump", given).await?;
    let skipped = json!({ "vep": "402", "to": "implemented" });
    play.ask("Could it go straight to implemented?", "prepare_status_bump", skipped).await?;
    play.ask("Until when?", "check_freeze", json!({ "vep": "402" })).await?;
    let flawed = json!({ "draft": draft("flawed.md")?, "path": DRAFT_PATH });
    play.ask("Is this draft of a new VEP valid?", "validate_vep", flawed).await?;
    let mended = json!({ "draft": draft("mended.md")?, "path": DRAFT_PATH });
    play.ask("And now, mended as the fixes say?", "validate_vep", mended).await?;
    let Play { client, said } = play;
    client.cancel().await.map_err(io::Error::other)?;
    let _ = serving.await;
    Ok(said)
}

fn draft(name: &str) -> io::Result<&'static str> {
    let file = EXAMPLE.get_file(format!("drafts/{name}"));
    file.and_then(|file| file.contents_utf8()).ok_or_else(|| io::Error::other(format!("no draft {name}")))
}

/// A session and its transcript.
struct Play {
    client: RunningService<RoleClient, ()>,
    said: String,
}

impl Play {
    async fn intro(&mut self) -> io::Result<()> {
        let tools = self.client.list_all_tools().await.map_err(io::Error::other)?;
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        self.say(&format!(
            "An MCP client talks to vep-mcp {} over a small invented universe of VEPs.\nTools: {}.",
            env!("CARGO_PKG_VERSION"),
            names.join(", ")
        ));
        Ok(())
    }

    async fn ask(&mut self, question: &str, tool: &'static str, arguments: Value) -> io::Result<()> {
        self.say(&format!("\n{}\n> {question}\n> {tool} {}\n", "=".repeat(78), shortened(&arguments)));
        let Value::Object(arguments) = arguments else { return Ok(()) };
        let request = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = self.client.call_tool(request).await.map_err(io::Error::other)?;
        for block in &result.content {
            if let ContentBlock::Text(text) = block {
                self.say(&text.text);
            }
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.said, "{text}");
    }
}

/// The arguments as the transcript shows them: long texts by their length.
fn shortened(arguments: &Value) -> String {
    let mut shown = arguments.clone();
    for value in shown.as_object_mut().into_iter().flat_map(|object| object.values_mut()) {
        if let Some(text) = value.as_str().filter(|text| text.len() > 80) {
            *value = json!(format!("… {} lines …", text.lines().count()));
        }
    }
    shown.to_string()
}
