//! Place: where the files of a VEP lie.
//!
//! Absent on purpose: what pictures and data beside a document show.

use super::plan::says_targets;
use crate::document::{Document, Home, Seat, TEMPLATE_FOLDER};
use crate::law::{Law, cite, vep282};
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, Was};
use crate::text::{Span, code};
use crate::world::{Base, World};

pub(super) const RULES: &[Rule] = &[PATH_CONVENTIONAL, COMPANIONS_APPENDICES, DOCUMENT_KEPT];

const PATH_CONVENTIONAL: Rule = Rule {
    id: "path-conventional",
    says: "every file of a VEP lies in `veps/<folder>/<number>-<name>/`, and the document is `vep.md` there",
    why: "Tools and people find a VEP by its folder; OWNERS apply by it.",
    fix: "Move it to `veps/<folder>/<number>-<name>/vep.md`: digits, then lower-case segments with hyphens.",
    cites: &[cite(Law::Naming, "path rules", "")],
    judge: Judge::Both(path_conventional, files_conventional),
};

/// The folders that the naming workflow looks at.
const FOLDERS: [&str; 6] =
    ["sig-compute", "sig-network", "sig-storage", "sig-observability", "sig-release", "meta-VEPs"];

fn path_conventional(case: &Case<'_>) -> Judged {
    if matches!(case.was, Was::Known(was) if was.path() == case.now.path()) {
        return Err(NotYet::because("the file was there before"));
    }
    let top = case.now.first_line();
    let path = case.now.path();
    let Home::Proposal { folder, name, seat } = &case.now.home else {
        if !path.contains('/') {
            return Err(NotYet::because("no path was given"));
        }
        let what = format!("{} is not a `veps/<folder>/<number>-<name>/vep.md`", code(path));
        return Ok(vec![Finding::migrate(top, what)]);
    };
    let mut findings = Vec::new();
    match seat {
        Seat::Proper => {}
        Seat::Nested => {
            let what = match case.world.head.proposals().iter().find(|it| holds(it.path(), path)) {
                Some(other) => {
                    format!("{} lies in the folder of another VEP, {}", code(path), code(other.path()))
                }
                None => format!("{} lies deeper than a VEP's folder does", code(path)),
            };
            let fix = format!("Move it to `veps/{folder}/{name}/vep.md`, unless it is meant to lie there.");
            findings.push(Finding::may(top, what).fix(fix));
        }
        Seat::Astray => {
            let what = format!(
                "{} says that it is a VEP; its place is not `veps/<folder>/<number>-<name>/vep.md`",
                code(path)
            );
            return Ok(vec![Finding::migrate(top, what)]);
        }
    }
    if !is_conventional(name) {
        let what = format!("{} is not digits and then lower-case segments with hyphens", code(name));
        findings.push(Finding::migrate(top, what));
    }
    if !FOLDERS.contains(&folder.as_str()) {
        let what = format!("{} is none of the folders that the naming check looks at", code(folder));
        findings.push(Finding::should(top, what).fix(format!("Use one of {}.", FOLDERS.join(", "))));
    }
    Ok(findings)
}

/// Whether a file lies below the folder of another main document.
fn holds(main: &str, path: &str) -> bool {
    let folder = main.strip_suffix("vep.md").unwrap_or(main);
    main != path && path.starts_with(folder)
}

/// The other files that a change brings: each lies in the folder of a proposal that has its `vep.md`. What
/// belongs to the folder of a SIG itself, and the template, is left alone.
fn files_conventional(world: &World, base: &Base) -> Judged {
    let findings = base.added(&world.head).filter_map(|path| {
        let parts: Vec<&str> = path.split('/').collect();
        let wrong = |what: String| Some(Finding::migrate(Span::default(), what).about(path));
        match parts.as_slice() {
            ["veps", TEMPLATE_FOLDER, ..] | ["veps", _] | ["veps", _, "OWNERS" | "README.md"] => None,
            // What is a proposal is judged as one, its place included; one that was not read is told as that.
            ["veps", _, _, "vep.md"] => None,
            _ if world.head.proposal_at(path).is_some() => None,
            ["veps", folder, file] => {
                wrong(format!("{} lies beside the proposals of {}", code(file), code(folder)))
            }
            ["veps", folder, name, ..] => {
                let main = format!("veps/{folder}/{name}/vep.md");
                if !is_conventional(name) {
                    return wrong(format!(
                        "{} is not digits and then lower-case segments with hyphens",
                        code(name)
                    ));
                }
                if world.head.at(&main).is_none() {
                    return wrong(format!("{} has no main document `vep.md`", code(name)));
                }
                None
            }
            _ => None,
        }
    });
    Ok(findings.collect())
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
    let (span, has) = match (companion.heading(), says_targets(companion)) {
        _ if !companion.is_legacy() => (companion.first_line(), "front matter"),
        (_, Some(target)) => (target, "target releases"),
        (Some(heading), None) => (heading.span, "a VEP heading"),
        (None, None) => return None,
    };
    Some(Finding::should(span, format!("this companion has {has} of its own")).within(companion))
}

const DOCUMENT_KEPT: Rule = Rule {
    id: "document-kept",
    says: "no VEP document is deleted; a rename keeps it",
    why: "What was proposed and why it came to nothing is worth as much as what was built.",
    fix: "Keep the document: withdraw it, or let another VEP replace it.",
    cites: &[vep282("Proposal Governance States", "A VEP document can be in exactly one of seven states")],
    judge: Judge::Change(document_kept),
};

fn document_kept(world: &World, base: &Base) -> Judged {
    // A document that is still there and was not read is told by `front-matter-parses`.
    let is_unread = |path: &str| {
        let mut unread = world.head.notices().iter().filter(|notice| notice.why_unread().is_some());
        unread.any(|notice| path == notice.path || path.starts_with(&format!("{}/", notice.path)))
    };
    let findings = base.removed(&world.head).filter(|was| !is_unread(was.path())).map(|was| {
        let number =
            was.facts().number.as_ref().map_or(String::new(), |number| format!("VEP-{} ", number.value));
        Finding::must(Span::default(), format!("{number}{} is deleted", code(was.path()))).about(was.path())
    });
    Ok(findings.collect())
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
