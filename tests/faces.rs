//! The two faces as others meet them: the built binary on a command line, and over MCP.

mod clients;
pub mod command_line;
mod prompts;
mod resources;
pub mod stdio;
mod wire;

pub use command_line::BINARY;
pub use stdio::{Session, call, connect, connect_with, text};
