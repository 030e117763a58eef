//! The cases of the rules, as the tests have them: an example that breaks a rule, and a near miss.
//!
//! They are the fixtures themselves, built in: what is shown is what is tested.

use include_dir::{Dir, include_dir};

static CASES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/rules");

/// A change to the tests' small world, and what the rule says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it is called, in words: `one of two in lower case`.
    pub name: String,
    /// The change, as a unified diff.
    pub diff: &'static str,
    /// What the rule finds, with its mend; none where it holds.
    pub finds: Option<String>,
}

/// The shortest case that breaks a rule as gravely as any, and the shortest that holds.
pub fn examples(rule: &str) -> (Option<Example>, Option<Example>) {
    let Some(folder) = CASES.get_dir(rule) else { return (None, None) };
    let mut cases: Vec<Example> = folder.dirs().filter_map(|case| example(case, rule)).collect();
    cases.sort_by_key(|case| (case.diff.lines().count(), case.diff.len()));
    let is = |case: &&Example, severity: &str| {
        case.finds
            .as_ref()
            .is_some_and(|finds| finds.starts_with(severity) && !finds.contains("read from prose"))
    };
    let gravest = ["error", "warning", "advice"].iter().find_map(|it| cases.iter().find(|case| is(case, it)));
    (gravest.cloned(), cases.iter().find(|case| case.finds.is_none()).cloned())
}

fn example(case: &Dir<'static>, rule: &str) -> Option<Example> {
    let text = |name: &str| case.get_file(case.path().join(name))?.contents_utf8();
    let (diff, report) = (text("change.diff")?, text("report.txt")?);
    let name = case.path().file_name()?.to_string_lossy().replace('-', " ");
    Some(Example { name, diff, finds: finds(report, rule) })
}

/// What a report says of a rule that is broken: `error <rule> <place>`, the words, the mend.
fn finds(report: &str, rule: &str) -> Option<String> {
    let mut lines = report.lines();
    let head = lines.by_ref().find(|line| {
        let mut words = line.split(' ');
        matches!(words.next(), Some("error" | "warning" | "advice")) && words.next() == Some(rule)
    })?;
    let severity = head.split(' ').next()?;
    let (what, fix) = (lines.next()?.trim(), lines.next()?.trim().trim_start_matches("fix: "));
    Some(format!("{severity}: {}. {fix}", what.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_both() {
        for rule in crate::rules::all() {
            let (breaks, holds) = examples(rule.id);
            assert!(breaks.is_some() && holds.is_some(), "{}", rule.id);
        }
    }
}
