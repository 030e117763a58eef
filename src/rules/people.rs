//! People: who has promised to read it, and who may say yes.
//!
//! Absent on purpose: whether the person agreed. That is a social act (VEP-282, Non Goals).

use super::shape::is_placeholder;
use crate::document::{Field, FrontMatter};
use crate::edit::Change;
use crate::law::{Law, cite, vep282};
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, value};
use crate::text::{Spanned, code, code_named, is_odd_blank};
use crate::vep::{Handle, Status};
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] =
    &[AUTHORS_NAMED, REVIEWERS_NAMED, APPROVERS_NAMED, HANDLES_WELLFORMED, REVIEWERS_INDEPENDENT];

const AUTHORS_NAMED: Rule = Rule {
    id: "authors-named",
    says: "the authors are named",
    why: "A proposal without an author has nobody to ask.",
    fix: "Replace `TBD` with the author's handle.",
    cites: &[vep282("VEP Front Matter", "\"@github-handle\"")],
    judge: Judge::Proposal(authors_named),
};

fn authors_named(case: &Case<'_>) -> Judged {
    Ok(tbd(&value(&case.matter()?.authors, "authors")?.value, "an author"))
}

const REVIEWERS_NAMED: Rule = Rule {
    id: "reviewers-named",
    says: "an implementable VEP names its reviewers",
    why: "A name is the signal that someone has the time; without it a VEP is accepted and then stalls.",
    fix: "Replace `TBD` with the handle of someone who agreed to review.",
    cites: &[
        vep282("VEP Front Matter", "no TBD allowed when transitioning to implementable"),
        vep282("Proposal Governance States", "Named reviewers and approvers are listed in the front matter"),
    ],
    judge: Judge::Proposal(reviewers_named),
};

fn reviewers_named(case: &Case<'_>) -> Judged {
    case.status_among(&[Status::Implementable])?;
    Ok(tbd(&value(&case.matter()?.reviewers, "reviewers")?.value, "a reviewer"))
}

const APPROVERS_NAMED: Rule = Rule {
    id: "approvers-named",
    says: "an implementable VEP names its approvers",
    why: "Approvers are the chairs or leads who committed to the design; nobody else can say yes to it.",
    fix: "Replace `TBD` with the handle of a SIG chair or lead who agreed to approve the design.",
    cites: &[
        vep282("VEP Front Matter", "SIG chairs/leads who commit to approving the design;"),
        vep282("Proposal Governance States", "Named reviewers and approvers are listed in the front matter"),
    ],
    judge: Judge::Proposal(approvers_named),
};

fn approvers_named(case: &Case<'_>) -> Judged {
    case.status_among(&[Status::Implementable])?;
    Ok(tbd(&value(&case.matter()?.approvers, "approvers")?.value, "an approver"))
}

fn tbd(people: &[Spanned<String>], whom: &str) -> Vec<Finding> {
    people
        .iter()
        .filter(|person| Handle::new(&person.value).is_tbd())
        .map(|person| Finding::must(person.span, format!("{whom} is still {}", code(&person.value))))
        .collect()
}

const HANDLES_WELLFORMED: Rule = Rule {
    id: "handles-wellformed",
    says: "every handle could be a GitHub login",
    why: "Prow and GitHub know people by login; a name or an address reaches nobody.",
    fix: "Write the person's GitHub login as \"@login\".",
    cites: &[
        vep282("VEP Front Matter", "\"@github-handle\""),
        vep282("VEP Front Matter", "replaced by real handles after SIG triage;"),
    ],
    judge: Judge::Proposal(handles_wellformed),
};

/// The three lists of people.
fn lists(matter: &FrontMatter) -> [(&'static str, &Field<Vec<Spanned<String>>>); 3] {
    [("authors", &matter.authors), ("reviewers", &matter.reviewers), ("approvers", &matter.approvers)]
}

fn handles_wellformed(case: &Case<'_>) -> Judged {
    let lists = lists(case.matter()?);
    if lists.iter().all(|(_, field)| field.read().is_none()) {
        return Err(NotYet::because("nobody is named in a form that can be read"));
    }
    let people = lists.into_iter().flat_map(|(key, field)| {
        let all = field.value().map(Vec::as_slice).unwrap_or_default();
        all.iter().enumerate().map(move |(index, person)| (key, index, person))
    });
    let mut seen = BTreeSet::new();
    let findings = people.filter_map(|(key, index, person)| {
        let handle = Handle::new(&person.value);
        // Several keys may mean one list, by an alias; what is wrong with it is said once.
        let is_bare = person.value.trim() == person.value;
        let is_login = handle.could_be_login() && is_bare;
        let is_well = is_login && handle.has_at() || handle.is_tbd() && is_bare;
        if is_well || is_placeholder(&person.value) || !seen.insert(person.span) {
            return None;
        }
        if handle.is_tbd() {
            let what = format!("blanks stand around {}", code(&person.value));
            return Some(
                Finding::must(person.span, what).fix("Write `TBD`, or a handle, without blanks around it."),
            );
        }
        if !is_login {
            let what = format!("{} cannot be a GitHub login", code_named(&person.value));
            let finding = Finding::must(person.span, what);
            return Some(match bare_login(&person.value) {
                Some(login) => finding
                    .fix(format!("Write {}.", code(&format!("\"@{login}\""))))
                    .mend(Change::Item(key, index, format!("@{login}"))),
                None => finding,
            });
        }
        Some({
            let finding =
                Finding::may(person.span, format!("{} is written without its `@`", code(&person.value)))
                    .fix(format!("Write {}.", code(&format!("\"@{}\"", handle.login()))));
            // A word that names nobody, or a SIG, would become a stranger's login.
            let names_nobody = ["na", "unknown", "anyone", "someone", "everyone"];
            let login = handle.login().to_lowercase();
            if names_nobody.contains(&login.as_str()) || login.starts_with("sig-") {
                return Some(finding);
            }
            finding.mend(Change::Item(key, index, format!("@{}", handle.login())))
        })
    });
    Ok(findings.collect())
}

/// The login of a handle that has its `@` and is only wrapped in blanks and quotes, or has something in it that cannot
/// be seen.
fn bare_login(written: &str) -> Option<String> {
    let seen: String = written.chars().filter(|c| !is_odd_blank(*c)).collect();
    let is_wrapping = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{2018}'..='\u{201f}');
    let login = seen.trim_matches(is_wrapping).strip_prefix('@')?;
    Handle::new(login).could_be_login().then(|| login.to_owned())
}

const REVIEWERS_INDEPENDENT: Rule = Rule {
    id: "reviewers-independent",
    says: "an author is not the only reviewer or the only approver",
    why: "A review by the author alone is none.",
    fix: "Find one more person who agrees to do it.",
    cites: &[cite(Law::Ours, "no source speaks of it", "")],
    judge: Judge::Proposal(reviewers_independent),
};

fn reviewers_independent(case: &Case<'_>) -> Judged {
    let matter = case.matter()?;
    let authors = value(&matter.authors, "authors")?.value.iter().map(|it| Handle::new(&it.value));
    let authors: BTreeSet<String> = authors.map(|author| author.login().to_ascii_lowercase()).collect();
    let mut findings = Vec::new();
    for (key, field) in lists(matter).into_iter().skip(1) {
        let Some(people) = field.read() else { continue };
        let named: Vec<Handle> =
            people.value.iter().map(|it| Handle::new(&it.value)).filter(|handle| !handle.is_tbd()).collect();
        let all_authors = named.iter().all(|person| authors.contains(&person.login().to_ascii_lowercase()));
        if !named.is_empty() && all_authors {
            let what = format!("{key} names nobody but authors");
            findings.push(Finding::should(people.span, what));
        }
    }
    Ok(findings)
}
