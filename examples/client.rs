//! An MCP client session with `rmcp`: start the server, list its tools, ask one question.
//!
//! `cargo run --example client` uses the built-in example; name a checkout to use that.

use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, ContentBlock};
use rmcp::transport::TokioChildProcess;
use std::io::Write as _;
use tokio::process::Command;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut server = Command::new("cargo");
    server.args(["run", "--quiet", "--", "serve"]);
    match std::env::args().nth(1) {
        Some(checkout) => server.args(["--repo", &checkout]),
        None => server.arg("--demo"),
    };
    let client = ().serve(TokioChildProcess::new(server)?).await?;
    let mut out = std::io::stdout();
    for tool in client.list_all_tools().await? {
        writeln!(out, "{}: {}", tool.name, tool.description.unwrap_or_default())?;
    }
    let answer = client.call_tool(CallToolRequestParams::new("query_veps")).await?;
    for block in answer.content {
        if let ContentBlock::Text(text) = block {
            writeln!(out, "\n{}", text.text)?;
        }
    }
    client.cancel().await?;
    Ok(())
}
