//! What upstream's draft checks would say, beside our own verdict, as values and as Markdown.

use crate::text::{code, one_line, sentence};
use crate::upstream::{Said, Word};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// What upstream's draft checks would say of one file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Upstream {
    /// The file
    pub path: String,
    /// `pass`, `warn` or `fail`; `unknown` where nothing fails and something is not known offline
    pub word: &'static str,
    /// The checks that would not pass, and those whose word is not known
    pub remarks: Vec<Remark>,
    /// How many checks would pass
    pub pass: usize,
    /// Where our verdict is another
    pub differences: Vec<Difference>,
}

/// What one draft check would say.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Remark {
    check: &'static str,
    word: &'static str,
    why: String,
}

/// Where the draft's word and our verdict differ.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Difference {
    check: &'static str,
    /// The draft's word
    upstream: &'static str,
    /// Our verdict on the same
    ours: &'static str,
    /// Our rules that ask about the same
    rules: Vec<&'static str>,
    reason: &'static str,
}

/// What is said, as it is told.
pub fn upstream(said: &Said) -> Upstream {
    let passes = |it: &&crate::upstream::Remark| it.word == Word::Pass;
    let remark = |it: &crate::upstream::Remark| Remark {
        check: it.check,
        word: it.word.as_str(),
        why: sentence(&it.why, 300),
    };
    let difference = |it: &crate::upstream::Difference| Difference {
        check: it.check,
        upstream: it.upstream.as_str(),
        ours: it.ours,
        rules: it.rules.clone(),
        reason: it.reason,
    };
    Upstream {
        path: one_line(&said.path, 200),
        word: said.word().as_str(),
        remarks: said.remarks.iter().filter(|it| !passes(it)).map(remark).collect(),
        pass: said.remarks.iter().filter(passes).count(),
        differences: said.differences.iter().map(difference).collect(),
    }
}

impl Upstream {
    /// What is not a pass, and what differs from ours, a line each.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let remarks =
            self.remarks.iter().map(|Remark { check, word, why }| format!("{word} `{check}`: {why}"));
        let differences =
            self.differences.iter().map(|Difference { check, upstream, ours, rules, reason }| {
                let rules: Vec<String> = rules.iter().map(|rule| code(rule)).collect();
                let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
                format!("differs at `{check}`: upstream {upstream}, ours {ours}{rules}. {reason}")
            });
        remarks.chain(differences)
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nUpstream's draft checks on {}: {} ({} pass)", code(&self.path), self.word, self.pass)?;
        self.lines().try_for_each(|line| writeln!(f, "- {line}"))
    }
}
