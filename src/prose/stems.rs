//! A quick look at a text before its words are taken apart: most passages say nothing of what a reader looks for, and
//! one pass over their bytes tells.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use std::sync::OnceLock;

/// The beginnings of words without which a reader finds nothing, in any case. Each is ASCII.
pub(super) struct Stems {
    of: &'static [&'static str],
    machine: OnceLock<Option<AhoCorasick>>,
}

impl Stems {
    pub(super) const fn new(of: &'static [&'static str]) -> Self {
        Self { of, machine: OnceLock::new() }
    }

    /// Whether one of them stands anywhere in a text.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let build = || AhoCorasickBuilder::new().ascii_case_insensitive(true).build(self.of).ok();
        // A machine that cannot be built looks at nothing, and the words are taken apart.
        self.machine.get_or_init(build).as_ref().is_none_or(|machine| machine.is_match(text))
    }
}
