//! Identity: which VEP it is, and which SIG owns it.
//!
//! Absent on purpose: whether the number is that of an open issue, or of this proposal's. Offline nobody can say; only
//! that it is a pull request's is known, from what the base branch has merged.

use super::shape::is_placeholder;
use crate::document::Front;
use crate::edit::Change;
use crate::law::{Law, cite, vep282};
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, optional, value};
use crate::text::{Span, Spanned, code, code_named, is_slip, nearest, one_line};
use crate::vep::{CANONICAL_SIGS, META_FOLDER, Status, is_unset};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;

pub(super) const RULES: &[Rule] = &[
    STATUS_KNOWN,
    TITLE_AGREES,
    NUMBER_AGREES,
    NUMBER_UNIQUE,
    NUMBER_IS_ISSUE,
    CREATION_DATE_REAL,
    SIG_KNOWN,
    SIG_AGREES,
];

const STATUS_KNOWN: Rule = Rule {
    id: "status-known",
    says: "the status is one of the seven states, in lower case",
    why: "Every other question about a VEP begins with its state.",
    fix: "Write one of provisional, implementable, implemented, deferred, rejected, withdrawn, replaced.",
    cites: &[vep282("Proposal Governance States", "exactly one of seven states at any time")],
    judge: Judge::Proposal(status_known),
};

fn status_known(case: &Case<'_>) -> Judged {
    let read = value(&case.matter()?.status, "status")?;
    if Status::read(&read.value).is_some() {
        return Ok(vec![]);
    }
    let finding =
        Finding::must(read.span, format!("{} is none of the seven states", code_named(&read.value)));
    Ok(vec![match nearest(&read.value, Status::ALL.map(Status::as_str)) {
        Some(state) if is_slip(&read.value, state) => {
            finding.fix(format!("Write `{state}`.")).mend(Change::Set("status", state.into()))
        }
        Some(state) => finding.fix(format!("Did you mean `{state}`?")),
        None => finding,
    }])
}

const TITLE_AGREES: Rule = Rule {
    id: "title-agrees",
    says: "the heading says the title",
    why: "A VEP that has two titles is found under neither.",
    fix: "Make the heading and `title` the same.",
    cites: &[
        vep282("VEP Front Matter", "title: Short descriptive title"),
        cite(Law::Template, "title", "Your short, descriptive title"),
    ],
    judge: Judge::Proposal(title_agrees),
};

fn title_agrees(case: &Case<'_>) -> Judged {
    let title = value(&case.matter()?.title, "title")?;
    let Some(heading) = case.now.heading() else {
        return Err(NotYet::see("no heading names the VEP", "number-agrees"));
    };
    let Some(said) = &heading.title else {
        let what = format!("the heading has no title; `title` is {}", code(&title.value));
        return Ok(vec![Finding::should(heading.span, what)]);
    };
    if is_placeholder(&title.value) || is_placeholder(&said.value) {
        return Err(NotYet::see("a title is a placeholder", "placeholders-filled"));
    }
    // What Markdown makes of the heading, or what was written there: `Support <Foo> kind`.
    let written = case.now.source.slice(heading.span).nfc().collect::<String>();
    let is_written = written.trim_end().ends_with(&title.value.trim().nfc().collect::<String>());
    if is_written || plain(&title.value) == plain(&said.value) {
        return Ok(vec![]);
    }
    let what =
        format!("the heading says {}, `title` says {}", code_named(&said.value), code_named(&title.value));
    Ok(vec![Finding::should(said.span, what)])
}

/// A title without the marks that a heading may have and a YAML text may not; letters with accents are the same
/// however they are put together.
fn plain(title: &str) -> String {
    let composed: String = title.nfc().filter(|c| !matches!(c, '`' | '*')).collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

const NUMBER_AGREES: Rule = Rule {
    id: "number-agrees",
    says: "folder, front matter and heading carry one number, without leading zeros",
    why: "The number is the tracking issue's; everything that refers to a VEP does so by it.",
    fix: "Use the number of the tracking issue in all three places.",
    cites: &[
        vep282("VEP Front Matter", "equals the tracking issue number; set on issue creation"),
        cite(Law::Readme, "Process", "The Issue's ID is used to for the VEP ID"),
    ],
    judge: Judge::Proposal(number_agrees),
};

/// A place that carries the number: what it is called, the digits, and where they stand.
type Witness<'a> = (&'static str, &'a str, Span);

fn number_agrees(case: &Case<'_>) -> Judged {
    if case.now.heading().is_none() && matches!(case.now.front, Front::Unreadable { .. }) {
        return Err(NotYet::see("the front matter may have swallowed the heading", "front-matter-parses"));
    }
    let top = case.now.first_line();
    let folder = case.now.home.digits().map(|digits| ("the folder", digits, top));
    let matter = case
        .now
        .matter()
        .and_then(|matter| matter.vep_number.read())
        .map(|read| ("`vep-number`", read.value.as_str(), read.span));
    let heading = case
        .now
        .heading()
        .as_ref()
        .and_then(|heading| heading.number.as_ref())
        .map(|read| ("the heading", read.value.as_str(), read.span));
    let witnesses: Vec<Witness<'_>> = [folder, matter, heading]
        .into_iter()
        .flatten()
        .filter(|(_, digits, _)| !is_placeholder(digits))
        .collect();
    let mut findings: Vec<Finding> = odd_ones(&witnesses);
    findings.extend(witnesses.iter().filter(|(_, digits, _)| digits.starts_with('0')).map(
        |(name, digits, span)| {
            let what =
                format!("{name} writes the number with leading zeros: {}", code(&one_line(digits, 12)));
            let finding = Finding::must(*span, what);
            match bare(digits) {
                "" => finding.fix("Use the number of the tracking issue."),
                number => finding.fix(format!("Write {}.", one_line(number, 12))),
            }
        },
    ));
    if heading.is_none() {
        let place = case.now.heading().map_or(top, |heading| heading.span);
        let number = witnesses.first().map_or("<number>", |(_, digits, _)| bare(digits));
        let what = match case.now.heading() {
            Some(_) => "the heading carries no number",
            None => "no heading of the first rank names the VEP",
        };
        let fix = format!("Write `# VEP #{}: <title>`.", one_line(number, 12));
        findings.push(Finding::must(place, what).fix(fix));
    }
    Ok(findings)
}

/// A number without its leading zeros.
fn bare(digits: &str) -> &str {
    digits.trim_start_matches('0')
}

/// The witnesses that contradict the one that most agree with; where none agree, the first, which is
/// the folder.
fn odd_ones(witnesses: &[Witness<'_>]) -> Vec<Finding> {
    let votes =
        |witness: &Witness<'_>| witnesses.iter().filter(|other| bare(other.1) == bare(witness.1)).count();
    let Some(believed) = witnesses.iter().rev().max_by_key(|witness| votes(witness)) else { return vec![] };
    let said = |witness: &Witness<'_>| format!("{} says {}", witness.0, one_line(witness.1, 12));
    witnesses
        .iter()
        .filter(|witness| bare(witness.1) != bare(believed.1))
        .map(|witness| Finding::must(witness.2, format!("{}, {}", said(witness), said(believed))))
        .collect()
}

const NUMBER_UNIQUE: Rule = Rule {
    id: "number-unique",
    says: "no other VEP has that number",
    why: "Two VEPs with one number cannot both be that of the tracking issue.",
    fix: "Take the number of this proposal's own tracking issue.",
    cites: &[cite(Law::Readme, "Process", "The Issue's ID is used to for the VEP ID")],
    judge: Judge::Proposal(number_unique),
};

fn number_unique(case: &Case<'_>) -> Judged {
    let Some(number) = &case.now.facts().number else {
        return Err(NotYet::see("it has no number", "number-agrees"));
    };
    let others: Vec<_> =
        case.world.head.numbered(number.value).filter(|other| other.path() != case.now.path()).collect();
    let Some(first) = others.first() else { return Ok(vec![]) };
    let more = match others.len() - 1 {
        0 => String::new(),
        more => format!(" and of {more} more"),
    };
    let place = number.span.unwrap_or_else(|| case.now.first_line());
    let what = format!("{} is also the number of {}{more}", number.value, code(first.path()));
    Ok(vec![Finding::must(place, what)])
}

const NUMBER_IS_ISSUE: Rule = Rule {
    id: "number-is-issue",
    says: "the number is that of an issue, not of a pull request that the base branch has merged",
    why: "The number leads to the tracking issue; a pull request's leads to a change that is over.",
    fix: "Use the number of the tracking issue.",
    cites: &[
        vep282("VEP Front Matter", "equals the tracking issue number; set on issue creation"),
        cite(Law::Readme, "Process", "The Issue's ID is used to for the VEP ID"),
        cite(Law::DraftCi, "validator: vep-number", ""),
    ],
    judge: Judge::Proposal(number_is_issue),
};

fn number_is_issue(case: &Case<'_>) -> Judged {
    let Some(number) = &case.now.facts().number else {
        return Err(NotYet::see("it has no number", "number-agrees"));
    };
    let Some(merged) = &case.world.merged else {
        return Err(NotYet::because("the history of the base branch is not known"));
    };
    if let Some(subject) = merged.subject(number.value) {
        let place = number.span.unwrap_or_else(|| case.now.first_line());
        let what = format!("{} is a merged pull request, {}, and not an issue", number.value, code(subject));
        return Ok(vec![Finding::migrate(place, what)]);
    }
    if merged.is_cut {
        return Err(NotYet::because("the clone is shallow, and older pull requests are not known"));
    }
    if merged.is_empty() {
        return Err(NotYet::because("the history of the base branch names no pull request"));
    }
    Ok(vec![])
}

const CREATION_DATE_REAL: Rule = Rule {
    id: "creation-date-real",
    says: "the creation date is a real date, not after today",
    why: "Automation that reads only the document orders VEPs by it.",
    fix: "Write the day the proposal was first opened as \"YYYY-MM-DD\".",
    cites: &[vep282("VEP Front Matter", "creation-date: \"YYYY-MM-DD\"")],
    judge: Judge::Proposal(creation_date_real),
};

fn creation_date_real(case: &Case<'_>) -> Judged {
    let read = value(&case.matter()?.creation_date, "creation-date")?;
    if is_placeholder(&read.value) {
        return Err(NotYet::see("the date is a placeholder", "placeholders-filled"));
    }
    let finding = match read_date(&read.value) {
        None => {
            Finding::must(read.span, format!("{} is no date of the form YYYY-MM-DD", code_named(&read.value)))
        }
        Some(date) if date > case.world.today => {
            Finding::must(read.span, format!("{date} is after today, {}", case.world.today))
        }
        Some(_) => return Ok(vec![]),
    };
    Ok(vec![finding])
}

/// A date in the one form that the schema has; jiff refuses days that no month has.
fn read_date(text: &str) -> Option<Date> {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let shaped = text.len() == 10 && digits(0..4) && digits(5..7) && digits(8..10);
    shaped.then(|| Date::strptime("%Y-%m-%d", text).ok()).flatten()
}

const SIG_KNOWN: Rule = Rule {
    id: "sig-known",
    says: "the owning SIG and the participating SIGs are SIGs",
    why: "The owning SIG decides; a SIG that does not exist cannot.",
    fix: "Write the SIG as its folder under `veps/` is called.",
    cites: &[
        vep282("VEP Front Matter", "sig-compute | sig-network | sig-storage"),
        cite(Law::Readme, "SIG Review and Collaboration", "it needs to have a single owning SIG"),
    ],
    judge: Judge::Proposal(sig_known),
};

fn sig_known(case: &Case<'_>) -> Judged {
    let matter = case.matter()?;
    let world = case.world;
    let owner = optional(&matter.owning_sig, "owning-sig")?;
    let others = optional(&matter.participating_sigs, "participating-sigs")?;
    let stranger = |name: &str, span: Span, mend: &dyn Fn(&str) -> Change| {
        let finding = Finding::must(span, format!("{} is no SIG that is known here", code_named(name)));
        match world.nearest_sig(name) {
            Some(sig) => {
                let finding = finding.fix(format!("Did you mean {}?", code(sig)));
                let is_meant = is_slip(name, sig) || sig == format!("sig-{}", name.to_lowercase());
                if is_meant { finding.mend(mend(sig)) } else { finding }
            }
            None => finding,
        }
    };
    // With blanks around it, a SIG is none to any other reader.
    let unknown = participants(others).filter(|(_, sig)| !world.knows_sig(&sig.value));
    let mut findings: Vec<Finding> = unknown
        .map(|(index, sig)| {
            let instead = |known: &str| Change::Item("participating-sigs", index, known.to_owned());
            stranger(&sig.value, sig.span, &instead)
        })
        .collect();
    let Some(owner) = owner else { return Ok(findings) };
    let name = owner.value.as_str();
    if !world.knows_sig(name) {
        findings.push(stranger(name, owner.span, &|known| Change::Set("owning-sig", known.to_owned())));
    } else if !CANONICAL_SIGS.contains(&name) {
        let what = format!("{} is a SIG, but not one of the three that VEP-282 names", code(name));
        let fix = "Nothing to mend; upstream's draft check knows only compute, network and storage.";
        findings.push(Finding::may(owner.span, what).fix(fix));
    }
    Ok(findings)
}

/// The participating SIGs that are set, with their places in the list.
fn participants(
    others: Option<&Spanned<Vec<Spanned<String>>>>,
) -> impl Iterator<Item = (usize, &Spanned<String>)> {
    let all = others.into_iter().flat_map(|others| &others.value).enumerate();
    all.filter(|(_, sig)| !is_unset(&sig.value))
}

const SIG_AGREES: Rule = Rule {
    id: "sig-agrees",
    says: "the owning SIG is that of the folder, and does not also participate",
    why: "The folder decides whose OWNERS apply; the owner's word is not another SIG's.",
    fix: "Make `owning-sig` and the folder the same.",
    cites: &[
        cite(Law::Readme, "SIG Review and Collaboration", "it needs to have a single owning SIG"),
        vep282("VEP Front Matter", "other SIGs that must LGTM before merge"),
    ],
    judge: Judge::Proposal(sig_agrees),
};

fn sig_agrees(case: &Case<'_>) -> Judged {
    let matter = case.matter()?;
    let owner = value(&matter.owning_sig, "owning-sig")?;
    let name = owner.value.trim();
    if !case.world.knows_sig(name) {
        return Err(NotYet::see("the owning SIG is not known", "sig-known"));
    }
    let mut findings = Vec::new();
    // A meta-VEP lies in no SIG's folder, and a folder that is no SIG's is told by `path-conventional`.
    let folder = case.now.home.folder().filter(|folder| *folder != META_FOLDER && folder.starts_with("sig-"));
    if let Some(folder) = folder.filter(|folder| *folder != name) {
        let what = format!("`owning-sig` is {}, the folder is {}", code(name), code(folder));
        findings.push(Finding::must(owner.span, what));
    }
    let others = optional(&matter.participating_sigs, "participating-sigs")?;
    findings.extend(participants(others).filter(|(_, sig)| sig.value.trim() == name).map(|(_, sig)| {
        Finding::must(sig.span, format!("{} owns the VEP and need not participate", code(name)))
            .fix("Remove it from `participating-sigs`.")
    }));
    Ok(findings)
}
