//! Place: where the files of a VEP lie.
//!
//! Absent on purpose, until whole changes are compared: deleted documents, and every other file that a
//! change adds.

use super::plan::says_targets;
use crate::document::Document;
use crate::law::{Law, cite};
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, Was};
use crate::text::code;

pub(super) const RULES: &[Rule] = &[PATH_CONVENTIONAL, COMPANIONS_APPENDICES];

const PATH_CONVENTIONAL: Rule = Rule {
    id: "path-conventional",
    says: "the document is `veps/<folder>/<number>-<name>/vep.md`",
    why: "Tools and people find a VEP by its folder; OWNERS apply by it.",
    fix: "Move it to veps/<folder>/<number>-<name>/vep.md: digits, then lower-case segments with hyphens.",
    cites: &[cite(Law::Naming, "path rules", "")],
    judge: Judge::Proposal(path_conventional),
};

/// The folders that the naming workflow looks at.
const FOLDERS: [&str; 6] =
    ["sig-compute", "sig-network", "sig-storage", "sig-observability", "sig-release", "meta-VEPs"];

fn path_conventional(case: &Case<'_>) -> Judged {
    if matches!(case.was, Was::Known(was) if was.path() == case.now.path()) {
        return Err(NotYet::because("the file was there before"));
    }
    let top = case.now.first_line();
    let parts: Vec<&str> = case.now.path().split('/').collect();
    let ["veps", folder, name, "vep.md"] = parts.as_slice() else {
        if parts.len() == 1 {
            return Err(NotYet::because("no path was given"));
        }
        let what = format!("{} is no `veps/<folder>/<number>-<name>/vep.md`", code(case.now.path()));
        return Ok(vec![Finding::migrate(top, what)]);
    };
    let mut findings = Vec::new();
    if !is_conventional(name) {
        let what = format!("{} is not digits and then lower-case segments with hyphens", code(name));
        findings.push(Finding::migrate(top, what));
    }
    if !FOLDERS.contains(folder) {
        let what = format!("{} is none of the folders that the naming check looks at", code(folder));
        findings.push(Finding::should(top, what).fix(format!("Use one of {}.", FOLDERS.join(", "))));
    }
    Ok(findings)
}

/// `413-usb-limits`: digits, then at least one segment of lower-case letters and digits.
fn is_conventional(name: &str) -> bool {
    let mut segments = name.split('-');
    let digits =
        segments.next().is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()));
    let words: Vec<&str> = segments.collect();
    let lower = |word: &&str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    digits && !words.is_empty() && words.iter().all(lower)
}

const COMPANIONS_APPENDICES: Rule = Rule {
    id: "companions-appendices",
    says: "a second Markdown file has no front matter, targets or VEP heading of its own",
    why: "A VEP with two plans has none that a tool could read.",
    fix: "Move front matter and targets into vep.md and give the file a heading of its own kind.",
    cites: &[cite(Law::Guide, "one document", ""), cite(Law::Naming, "path rules", "")],
    judge: Judge::Proposal(companions_appendices),
};

fn companions_appendices(case: &Case<'_>) -> Judged {
    let companions: Vec<_> = case.world.head.companions(case.now.path()).collect();
    if companions.is_empty() {
        return Err(NotYet::because("there is no second Markdown file"));
    }
    Ok(companions.into_iter().filter_map(|companion| presumes(companion)).collect())
}

/// What a companion has that only the main document should have; one finding for each file.
fn presumes(companion: &Document) -> Option<Finding> {
    let (span, has) = match (&companion.heading, says_targets(companion)) {
        _ if !companion.is_legacy() => (companion.first_line(), "front matter"),
        (_, Some(target)) => (target, "target releases"),
        (Some(heading), None) => (heading.span, "a VEP heading"),
        (None, None) => return None,
    };
    Some(Finding::should(span, format!("this companion has {has} of its own")).within(companion))
}

#[cfg(test)]
mod tests {
    use super::is_conventional;

    #[test]
    fn a_folder_is_digits_and_lower_case_segments() {
        for good in ["7-clock", "413-usb-limits", "10-v2-x86"] {
            assert!(is_conventional(good), "{good}");
        }
        for bad in ["clock", "7", "7-", "7-Clock", "7_clock", "7-a--b", "-7-a", "7-a b", "7-ä", "x7-a"] {
            assert!(!is_conventional(bad), "{bad}");
        }
    }
}
