//! Ownership: OWNERS files that a change touches.
//!
//! Absent on purpose: files that the change leaves alone. What they lack is no fault of its author.

use crate::law::{Law, cite, vep282};
use crate::owners::{OWNERS, Owners};
use crate::rule::{Finding, Judge, Judged, NotYet, Rule};
use crate::text::{Source, Span, code};
use crate::world::{Base, World};
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[OWNERS_PARSE, OWNERS_SUGGEST_ONLY, SIG_HAS_REVIEWERS];

/// The paths of the files that the change adds, changes or deletes.
fn touched<'w>(world: &'w World, base: &'w Base) -> Result<Vec<&'w str>, NotYet> {
    let (now, before) = (world.owners.texts(), base.world.owners.texts());
    let paths = now.keys().chain(before.keys()).collect::<BTreeSet<_>>();
    let touched: Vec<&str> =
        paths.into_iter().filter(|path| now.get(*path) != before.get(*path)).map(String::as_str).collect();
    if touched.is_empty() { Err(NotYet::because("the change touches no OWNERS file")) } else { Ok(touched) }
}

const OWNERS_PARSE: Rule = Rule {
    id: "owners-parse",
    says: "OWNERS and OWNERS_ALIASES are valid as Prow reads them",
    why: "From a file that Prow cannot read nobody is asked for a review.",
    fix: "Write lists of logins: `reviewers:` and, one to a line, `- login`.",
    cites: &[cite(Law::Prow, "OWNERS", "")],
    judge: Judge::Change(owners_parse),
};

fn owners_parse(world: &World, base: &Base) -> Judged {
    let touched = touched(world, base)?;
    let faults = world.owners.faults().iter().filter(|fault| touched.contains(&fault.path.as_str()));
    let findings = faults.map(|fault| {
        let text = world.owners.texts().get(&fault.path).map_or("", String::as_str);
        let source = Source::new(fault.path.as_str(), text);
        let line = source.line_span(fault.line).unwrap_or_default();
        let was_there = base.world.owners.faults().iter().any(|before| before.path == fault.path);
        let finding = Finding::must(line, format!("Prow cannot read it: {}", fault.what)).at(&source);
        Finding { was_there, ..finding }
    });
    Ok(findings.collect())
}

/// The OWNERS files below `veps/` that the change touches: path and folder.
fn below_veps<'w>(world: &'w World, base: &'w Base) -> Result<Vec<(&'w str, &'w str)>, NotYet> {
    let folders: Vec<(&str, &str)> = touched(world, base)?
        .into_iter()
        .filter_map(|path| Some((path, path.strip_suffix(OWNERS)?.trim_end_matches('/'))))
        .filter(|(_, folder)| folder.starts_with("veps/"))
        .collect();
    if folders.is_empty() {
        Err(NotYet::because("the change touches no SIG's OWNERS file"))
    } else {
        Ok(folders)
    }
}

const OWNERS_SUGGEST_ONLY: Rule = Rule {
    id: "owners-suggest-only",
    says: "OWNERS of a SIG's folder name no approvers",
    why: "They suggest reviewers; the authority to merge stays with the root's approvers.",
    fix: "Remove `approvers:`; name these people as reviewers.",
    cites: &[vep282("SIG OWNERS Files", "Each carries only a `reviewers:` block — no `approvers:` block.")],
    judge: Judge::Change(owners_suggest_only),
};

fn owners_suggest_only(world: &World, base: &Base) -> Judged {
    let approvers = |owners: &Owners, folder: &str| {
        owners.said_in(folder).map(|(approvers, _)| approvers).unwrap_or_default()
    };
    let findings = below_veps(world, base)?.into_iter().filter_map(|(path, folder)| {
        let named = approvers(&world.owners, folder);
        let names: Vec<String> = named.iter().take(5).map(|login| code(login)).collect();
        let was_there = named.is_subset(&approvers(&base.world.owners, folder));
        let finding =
            Finding::must(Span::default(), format!("it names approvers: {}", names.join(", "))).about(path);
        (!named.is_empty()).then_some(Finding { was_there, ..finding })
    });
    Ok(findings.collect())
}

const SIG_HAS_REVIEWERS: Rule = Rule {
    id: "sig-has-reviewers",
    says: "OWNERS of a SIG's folder name reviewers",
    why: "Prow asks whom it finds there; where it finds nobody it asks the root's reviewers.",
    fix: "Add `reviewers:` with the logins of those who review for the SIG.",
    cites: &[vep282("SIG OWNERS Files", "Blunderbuss is already active at the org level")],
    judge: Judge::Change(sig_has_reviewers),
};

fn sig_has_reviewers(world: &World, base: &Base) -> Judged {
    let has_none = |owners: &Owners, folder: &str| {
        owners.said_in(folder).is_none_or(|(_, reviewers)| reviewers.is_empty())
    };
    // What Prow cannot read is told by `owners-parse`.
    let unread = |path: &str| world.owners.faults().iter().any(|fault| fault.path == path);
    let findings = below_veps(world, base)?
        .into_iter()
        .filter(|(path, folder)| folder.matches('/').count() == 1 && !unread(path))
        .filter(|(_, folder)| has_none(&world.owners, folder))
        .map(|(path, folder)| {
            let was_there = has_none(&base.world.owners, folder);
            Finding { was_there, ..Finding::should(Span::default(), "no reviewers are named").about(path) }
        });
    Ok(findings.collect())
}
