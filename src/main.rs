//! The door: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    vep_mcp::cli::run(std::env::args_os())
}
