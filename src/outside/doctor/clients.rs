//! The MCP clients that are known, and whether they are told to start this program. Their files are only read.

use super::{Check, ok, shown, warn};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Most bytes of a client's configuration that are read.
const MOST_BYTES: u64 = 8 << 20;
/// The name of this program.
const PROGRAM: &str = "vep-mcp";

/// Where a client keeps its configuration.
#[derive(Clone, Copy)]
enum Below {
    /// The user's home.
    Home,
    /// Where the system keeps the configuration of programs.
    Settings,
    /// `~/.config`, on whatever system.
    Dotted,
    /// The checkout.
    Checkout,
}

/// Client, and its file. All but Codex write JSON, with comments or without.
const CLIENTS: &[(&str, Below, &str)] = &[
    ("Claude Code", Below::Home, ".claude.json"),
    ("Claude Code, in the checkout", Below::Checkout, ".mcp.json"),
    ("Claude Desktop", Below::Settings, "Claude/claude_desktop_config.json"),
    ("Cursor", Below::Home, ".cursor/mcp.json"),
    ("Cursor, in the checkout", Below::Checkout, ".cursor/mcp.json"),
    ("VS Code", Below::Settings, "Code/User/mcp.json"),
    ("VS Code, in the checkout", Below::Checkout, ".vscode/mcp.json"),
    ("Windsurf", Below::Home, ".codeium/windsurf/mcp_config.json"),
    ("Gemini CLI", Below::Home, ".gemini/settings.json"),
    ("Zed", Below::Dotted, "zed/settings.json"),
    ("Goose", Below::Dotted, "goose/config.yaml"),
    ("Codex", Below::Home, ".codex/config.toml"),
];

/// How the clients on this machine start this program.
pub fn checks(checkout: Option<&Path>) -> Vec<Check> {
    const NAME: &str = "client";
    let here = std::env::current_exe().ok().and_then(|path| path.canonicalize().ok());
    let found: Vec<(&str, PathBuf)> = CLIENTS
        .iter()
        .filter_map(|(client, below, file)| {
            let base = match below {
                Below::Home => home(),
                Below::Settings => settings(),
                Below::Dotted => dotted(),
                Below::Checkout => checkout.map(Path::to_owned),
            };
            Some((*client, base?.join(file)))
        })
        .filter(|(_, file)| file.is_file())
        .collect();
    let (mut told, mut silent) = (Vec::new(), Vec::new());
    for (client, file) in found {
        match told_to_start(&file) {
            Ok(commands) if commands.is_empty() => silent.push(client),
            Ok(commands) => {
                told.extend(commands.iter().map(|command| judged(client, command, here.as_deref())));
            }
            Err(why) => {
                told.push(warn(NAME, format!("{client}: {} {why}", shown(&file)), "look at that file"));
            }
        }
    }
    let configure = || {
        let program = here.as_deref().map_or(PROGRAM.into(), |path| path.display().to_string());
        let server =
            serde_json::json!({ "mcpServers": { PROGRAM: { "command": program, "args": ["serve"] } } });
        format!("{server} in its configuration, with --repo after serve where it starts elsewhere")
    };
    match (told.is_empty(), silent.is_empty()) {
        (false, _) => {}
        (true, true) => told.push(ok(NAME, "no known MCP client has a configuration here")),
        (true, false) => {
            told.push(warn(NAME, format!("{}: not told of vep-mcp", silent.join(", ")), configure()));
        }
    }
    told
}

fn home() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    named("HOME").or_else(|| named("USERPROFILE"))
}

fn settings() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "macos") {
        return home().map(|home| home.join("Library/Application Support"));
    }
    if cfg!(windows) {
        return named("APPDATA");
    }
    dotted()
}

fn dotted() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| home().map(|home| home.join(".config")))
}

/// The commands by which a client starts this program; or why its file does not say.
fn told_to_start(file: &Path) -> Result<Vec<String>, String> {
    if std::fs::metadata(file).is_ok_and(|it| it.len() > MOST_BYTES) {
        return Err(format!("has more than {MOST_BYTES} bytes and is not read"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot be read: {error}"))?;
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => {
            let mut commands = Vec::new();
            collect(&value, &mut commands);
            Ok(commands)
        }
        // With comments, or no JSON at all: what follows the word `command` is looked at.
        Err(_) => Ok(text.lines().filter_map(command_in).collect()),
    }
}

/// The commands in a configuration, wherever they stand, that start this program.
fn collect(value: &Value, commands: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            let command = entries.get("command");
            let command = command.and_then(|it| it.as_str().or_else(|| it.get("path")?.as_str()));
            let args = entries.get("args").and_then(Value::as_array).into_iter().flatten();
            // A container or a launcher is given the program's name.
            let said = command.into_iter().chain(args.filter_map(Value::as_str));
            commands.extend(said.filter(|said| is_this_program(said)).map(str::to_owned).take(1));
            entries.values().for_each(|value| collect(value, commands));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, commands)),
        _ => {}
    }
}

/// `command = "…"` or `"command": "…"` in a line.
fn command_in(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches('"');
    // Goose says `cmd`.
    let behind = line.strip_prefix("command").or_else(|| line.strip_prefix("cmd"))?;
    let value = behind.trim_start_matches(['"', ' ', ':', '=']).split('"').next()?.trim();
    is_this_program(value).then(|| value.to_owned())
}

fn is_this_program(command: &str) -> bool {
    let name = command.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name) == PROGRAM
}

/// Whether a command starts this very program.
fn judged(client: &str, command: &str, here: Option<&Path>) -> Check {
    const NAME: &str = "client";
    let path = match command.contains(['/', '\\']) {
        true => Some(PathBuf::from(command)).filter(|path| path.is_file()),
        false => std::env::var_os("PATH").and_then(|path| {
            let mut folders = std::env::split_paths(&path).map(|folder| folder.join(command));
            folders.find(|path| path.is_file())
        }),
    };
    let Some(path) = path else {
        let way = "install it there, or name where it is (the whole path: clients often have another PATH)";
        return warn(
            NAME,
            format!("{client} starts {}, which is not there", crate::text::code(command)),
            way,
        );
    };
    let is_here = path.canonicalize().ok().as_deref() == here;
    match is_here {
        true => ok(NAME, format!("{client} starts this program")),
        false => {
            let says = format!("{client} starts {}, another copy than this one", shown(&path));
            warn(NAME, says, "fine if it is meant; else name this one")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_every_kind_of_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let commands = |text: &str| {
            let file = folder.path().join("config");
            std::fs::write(&file, text).unwrap();
            told_to_start(&file).unwrap()
        };
        for (text, expected) in [
            (r#"{"mcpServers":{"veps":{"command":"/opt/vep-mcp","args":["serve"]}}}"#, &["/opt/vep-mcp"][..]),
            (r#"{"projects":{"/x":{"mcpServers":{"v":{"command":"vep-mcp"}}}}}"#, &["vep-mcp"]),
            (r#"{"context_servers":{"v":{"command":{"path":"vep-mcp","args":[]}}}}"#, &["vep-mcp"]),
            (
                "{ // mine\n  \"servers\": {\n    \"v\": {\n      \"command\": \"C:\\x\\vep-mcp.exe\",\n }}}",
                &["C:\\x\\vep-mcp.exe"],
            ),
            ("[mcp_servers.veps]\ncommand = \"vep-mcp\"\nargs = [\"serve\"]\n", &["vep-mcp"]),
            (
                r#"{"mcpServers":{"v":{"command":"docker","args":["run","-i","vep-mcp","serve"]}}}"#,
                &["vep-mcp"],
            ),
            ("extensions:\n  vep:\n    cmd: vep-mcp\n    args: [serve]\n", &["vep-mcp"]),
            (r#"{"mcpServers":{"other":{"command":"npx"}}}"#, &[]),
            (r#"{"mcpServers":{"vep-mcp-like":{"command":"vep-mcp2"}}}"#, &[]),
            ("", &[]),
        ] {
            assert_eq!(commands(text), expected, "{text}");
        }
    }
}
