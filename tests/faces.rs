//! The two faces as others meet them: the built binary on a command line, and over MCP.

pub mod command_line;
mod prompts;
mod resources;
mod sdk;
pub mod stdio;
mod wire;

pub use stdio::{call, connect, text};
