//! Succession: which VEP takes the place of which.
//!
//! Absent on purpose: whether the successor is a good one.

use crate::law::{Law, cite, vep282};
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, optional};
use crate::text::{Span, Spanned};
use crate::vep::{Number, Status};
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[SUPERSEDED_BY_SET, SUCCESSION_RESOLVES, SUCCESSION_ANSWERS];

const SUPERSEDED_BY_SET: Rule = Rule {
    id: "superseded-by-set",
    says: "a replaced VEP names its successor",
    why: "Whoever finds the old one must find the new one.",
    fix: "Set `superseded-by` to the number of the VEP that takes its place.",
    cites: &[vep282("CI Enforcement", "If `status: replaced`: `superseded-by` is non-empty")],
    judge: Judge::Proposal(superseded_by_set),
};

fn superseded_by_set(case: &Case<'_>) -> Judged {
    let status = case.status_among(&[Status::Replaced])?;
    Ok(match optional(&case.matter()?.superseded_by, "superseded-by")? {
        Some(_) => vec![],
        None => {
            let place = case.matter()?.key_span("superseded-by").unwrap_or(status.span);
            vec![Finding::must(place, "the VEP is replaced and names no successor")]
        }
    })
}

const SUCCESSION_RESOLVES: Rule = Rule {
    id: "succession-resolves",
    says: "the VEPs named in replaces and superseded-by exist, are others, and form no circle",
    why: "A reference into nothing leads nobody anywhere.",
    fix: "Name the number of an existing VEP, or remove the reference.",
    cites: &[
        vep282("VEP Front Matter", "VEP number this supersedes, if any"),
        vep282("VEP Front Matter", "VEP number that supersedes this, if any"),
    ],
    judge: Judge::Proposal(succession_resolves),
};

/// The two references, where they are set.
fn references<'w>(case: &Case<'w>) -> Result<Vec<(&'static str, &'w Spanned<Number>)>, NotYet> {
    let matter = case.matter()?;
    let replaces = optional(&matter.replaces, "replaces")?.map(|read| ("replaces", read));
    let superseded_by = optional(&matter.superseded_by, "superseded-by")?.map(|read| ("superseded-by", read));
    let both: Vec<_> = replaces.into_iter().chain(superseded_by).collect();
    if both.is_empty() { Err(NotYet::because("it names no other VEP")) } else { Ok(both) }
}

fn succession_resolves(case: &Case<'_>) -> Judged {
    let own = case.now.number();
    let findings = references(case)?.into_iter().filter_map(|(key, named)| {
        let wrong = |what: String| Some(Finding::must(named.span, what));
        if Some(named.value) == own {
            return wrong(format!("`{key}` names the VEP itself"));
        }
        if case.world.head.numbered(named.value).next().is_none() {
            return wrong(format!("`{key}` names VEP {}, which does not exist here", named.value));
        }
        // A circle is told once, by the end that looks forward.
        let circle = key == "superseded-by" && own.is_some_and(|own| leads_back(case, named.value, own));
        circle.then(|| {
            Finding::must(named.span, format!("VEP {} is in the end superseded by this one", named.value))
        })
    });
    Ok(findings.collect())
}

/// Whether following `superseded-by` from one VEP ends at another.
fn leads_back(case: &Case<'_>, from: Number, to: Number) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = from;
    while seen.insert(at) {
        let next = case.world.head.numbered(at).find_map(|vep| vep.facts().superseded_by.as_ref());
        match next {
            Some(next) if next.value == to => return true,
            Some(next) => at = next.value,
            None => return false,
        }
    }
    false
}

const SUCCESSION_ANSWERS: Rule = Rule {
    id: "succession-answers",
    says: "two VEPs of which one replaces the other name each other",
    why: "A reader comes from either end.",
    fix: "Set the other end's reference, too; one pull request may change both.",
    cites: &[
        vep282("Proposal Governance States", "At replacement VEP merge"),
        cite(Law::Ours, "replaced is a step of two documents", ""),
    ],
    judge: Judge::Proposal(succession_answers),
};

fn succession_answers(case: &Case<'_>) -> Judged {
    let Some(own) = case.now.number() else {
        return Err(NotYet::see("it has no number", "number-agrees"));
    };
    // A reference that leads nowhere has no other end to ask.
    let lost: Vec<Span> = succession_resolves(case)?.iter().map(|finding| finding.span).collect();
    let found = references(case)?.into_iter().filter(|(_, named)| !lost.contains(&named.span));
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Err(NotYet::see("no reference leads to another VEP", "succession-resolves"));
    }
    let findings = found.into_iter().filter_map(|(key, named)| {
        let other = case.world.head.numbered(named.value).next()?;
        let (back, answer) = match key {
            "replaces" => ("superseded-by", &other.facts().superseded_by),
            _ => ("replaces", &other.facts().replaces),
        };
        let says = match answer {
            Some(fact) if fact.value == own => return None,
            Some(fact) => format!("says {}", fact.value),
            None => "is not set".into(),
        };
        Some(mismatch(named.span, key, named.value, back, &says))
    });
    Ok(findings.collect())
}

fn mismatch(span: Span, key: &str, number: Number, back: &str, says: &str) -> Finding {
    Finding::should(span, format!("`{key}` names VEP {number}, whose `{back}` {says}"))
}
