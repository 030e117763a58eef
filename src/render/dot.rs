//! Which VEP takes the place of which, for Graphviz.
//!
//! A title is a quoted string that it cannot leave: quotation marks and backslashes are escaped, for DOT knows
//! escapes of its own.

use super::mermaid::doubts;
use crate::season::{Node, Succession};
use std::fmt::Write as _;

/// The successions as a graph.
pub fn succession_dot(succession: &Succession) -> String {
    let mut out = String::from("digraph succession {\n    rankdir=LR;\n    node [shape=box];\n");
    for node in &succession.veps {
        let style = if node.missing { ", style=dashed" } else { "" };
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "    v{} [label=\"{}\"{style}];", node.number, escaped(&label(node)));
    }
    for link in &succession.links {
        let style = if link.only.is_some() { ", style=dashed" } else { "" };
        let told = doubts(link);
        let _ = writeln!(out, "    v{} -> v{} [label=\"{}\"{style}];", link.old, link.new, escaped(&told));
    }
    out + "}\n"
}

fn label(node: &Node) -> String {
    let title = node.title.as_deref().map_or_else(String::new, |title| format!(": {title}"));
    let state = match node.status {
        _ if node.missing => " (not here)".to_owned(),
        Some(status) => format!(" ({status})"),
        None => String::new(),
    };
    format!("VEP {}{title}{state}", node.number)
}

/// Text inside a quoted string. Graphviz reads entities of HTML in it, so an ampersand becomes one.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_leaves_its_string() {
        assert_eq!(escaped("a\"]; b \\N &lt;"), "a\\\"]; b \\\\N &amp;lt;");
    }
}
