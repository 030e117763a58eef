//! Ownership: OWNERS files that a change touches.
//!
//! Absent on purpose: files that the change leaves alone. What they lack is no fault of its author.

use crate::law::{Law, cite, vep282};
use crate::owners::{ALIASES, OWNERS};
use crate::rule::{Finding, Judge, Judged, NotYet, Rule};
use crate::text::{Place, Span, code};
use crate::world::{Base, World};

pub(super) const RULES: &[Rule] = &[OWNERS_PARSE, OWNERS_SUGGEST_ONLY, SIG_HAS_REVIEWERS];

/// The paths of the files that the change touches; deleted ones are not there any more.
fn touched<'w>(world: &'w World, base: &Base) -> Result<Vec<&'w str>, NotYet> {
    let before = base.world.owners.texts();
    let now = world.owners.texts().iter();
    let touched: Vec<&str> =
        now.filter(|(path, text)| before.get(*path) != Some(text)).map(|(path, _)| path.as_str()).collect();
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
        let finding = Finding::must(Span::default(), format!("Prow cannot read it: {}", fault.what));
        Finding { elsewhere: Some((fault.path.clone(), Place { line: fault.line, column: 1 })), ..finding }
    });
    Ok(findings.collect())
}

/// The folders of SIGs whose OWNERS file the change touches.
fn sig_folders<'w>(world: &'w World, base: &Base) -> Result<Vec<(&'w str, &'w str)>, NotYet> {
    let folders: Vec<(&str, &str)> = touched(world, base)?
        .into_iter()
        .filter(|path| *path != ALIASES)
        .filter_map(|path| Some((path, path.strip_suffix(OWNERS)?.trim_end_matches('/'))))
        .filter(|(_, folder)| folder.starts_with("veps/") && folder.matches('/').count() == 1)
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
    let findings = sig_folders(world, base)?.into_iter().filter_map(|(path, folder)| {
        let (approvers, _) = world.owners.said_in(folder)?;
        let first = approvers.first()?;
        let what = format!("{} approvers are named, {} first", approvers.len(), code(first));
        Some(Finding::must(Span::default(), what).about(path))
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
    let findings = sig_folders(world, base)?.into_iter().filter_map(|(path, folder)| {
        let (_, reviewers) = world.owners.said_in(folder)?;
        reviewers.is_empty().then(|| Finding::should(Span::default(), "no reviewers are named").about(path))
    });
    Ok(findings.collect())
}
