//! Shape: the front matter is there, is YAML, and has the keys and the kinds of value of the schema.
//!
//! Absent on purpose: what the values mean. `values-typed` judges the YAML shape only; the chapters
//! behind this one judge what was read.

use crate::document::{Front, FrontMatter, Key, SCHEMA, Shape, nearest_key};
use crate::edit::Change;
use crate::law::{Law, cite, vep282};
use crate::patch::Edit;
use crate::rule::{Case, Finding, Judge, Judged, NotYet, Rule, Was};
use crate::text::{Span, code, code_named, is_slip, oddity, one_line};
use crate::vep::Status;

pub(super) const RULES: &[Rule] =
    &[FRONT_MATTER_PRESENT, FRONT_MATTER_PARSES, KEYS_PRESENT, KEYS_KNOWN, VALUES_TYPED, PLACEHOLDERS_FILLED];

const FRONT_MATTER_PRESENT: Rule = Rule {
    id: "front-matter-present",
    says: "the document begins with a front matter block",
    why: "The block is the single source of truth; board, tracking issue and CI derive their view from it.",
    fix: "Begin the file with a `---` line, the keys of the schema, and another `---` line.",
    cites: &[
        vep282("CI Enforcement", "Front matter is present and valid YAML"),
        vep282("Update/Rollback Compatibility", "the validator initially warns on existing VEPs"),
    ],
    judge: Judge::Proposal(front_matter_present),
};

fn front_matter_present(case: &Case<'_>) -> Judged {
    Ok(match case.now.front {
        Front::Read { .. } | Front::Unreadable { .. } => vec![],
        Front::Absent { near: Some(near) } => vec![not_at_the_top(near, case.now.source.slice(near))],
        // A block that was there and is gone is told by `front-matter-kept`.
        Front::Absent { near: None } if matches!(case.was, Was::Known(was) if !was.is_legacy()) => {
            return Err(NotYet::see("the block was dropped", "front-matter-kept"));
        }
        Front::Absent { near: None } => vec![missing_block(case)],
    })
}

/// A document without a block. One that is new follows the template of the base: while that has no block, it is told
/// so, and its prose is judged.
fn missing_block(case: &Case<'_>) -> Finding {
    let top = case.now.first_line();
    let template = case.world.before().head.template();
    let follows = template.is_some_and(|template| template.is_legacy()) && matches!(case.was, Was::Nothing);
    if follows && !case.world.in_force().front_matter_required {
        let what =
            "there is no front matter block; the template of the base has none yet, so this does not fail";
        return Finding::should(top, what);
    }
    Finding::migrate(top, "there is no front matter block")
}

/// What keeps a block from being one, by the line that should have opened it.
fn not_at_the_top(near: Span, line: &str) -> Finding {
    if line.starts_with("<<<<<<<") {
        let what = format!("a merge conflict is not resolved: {} stands before the block", code(line));
        let fix = "Keep one side, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`.";
        return Finding::must(near, what).fix(fix);
    }
    let what = "the front matter block does not open with a line `---` at the top of the file";
    let odd = oddity(line).map_or(String::new(), |name| format!("; {name} stands on it"));
    Finding::must(near, format!("{what}{odd}"))
        .fix("Make `---`, and nothing else, the first line of the file.")
}

const FRONT_MATTER_PARSES: Rule = Rule {
    id: "front-matter-parses",
    says: "the block is closed and is a YAML map, within limits and without duplicate keys",
    why: "What one reader guesses and another refuses is no source of truth.",
    fix: "Correct the YAML at the place named.",
    cites: &[vep282("CI Enforcement", "Front matter is present and valid YAML")],
    judge: Judge::Around(front_matter_parses, super::unread::unread),
};

fn front_matter_parses(case: &Case<'_>) -> Judged {
    let broken = |fault: &crate::yaml::Fault| {
        let finding = Finding::must(fault.span, fault.what.clone()).fix(fault.fix.clone());
        match unquoted(case.now.source.text(), fault.span.start) {
            Some(edit) => finding.mend(Change::Raw(edit)),
            None => finding,
        }
    };
    let garbled = case
        .now
        .source
        .not_utf8()
        .map(|at| Finding::must(Span::new(at, at), super::unread::NOT_UTF8).fix("Save it as UTF-8."));
    let faults = match &case.now.front {
        Front::Absent { .. } if garbled.is_none() => return Err(NotYet::because("no front matter")),
        Front::Absent { .. } => vec![],
        Front::Unreadable { fault, .. } => vec![broken(fault)],
        Front::Read { faults, .. } => faults.iter().map(broken).collect(),
    };
    Ok(garbled.into_iter().chain(faults).collect())
}

/// The quotes that a handle lacks: `@login` at a place where YAML takes no `@`.
fn unquoted(text: &str, at: usize) -> Option<Edit> {
    let rest = text.get(at..)?.strip_prefix('@')?;
    let login = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next()?;
    // Only a whole value is quoted: the end of the line, a comment, or the next item may follow.
    let behind = rest.get(login.len()..)?;
    let is_whole =
        behind.trim_start_matches([' ', '\r']).starts_with(['\n', '#', ',', ']']) || behind.is_empty();
    let span = Span::new(at, at + 1 + login.len());
    (!login.is_empty() && is_whole).then(|| Edit::replace(span, format!("\"@{login}\"")))
}

const KEYS_PRESENT: Rule = Rule {
    id: "keys-present",
    says: "title, vep-number, creation-date, status, authors, owning-sig, reviewers and approvers are there",
    why: "These are the keys that every tool reads, whatever the status.",
    fix: "Add the key.",
    cites: &[
        vep282("CI Enforcement", "All required fields exist and have valid values"),
        cite(Law::DraftCi, "validator, required fields", ""),
    ],
    judge: Judge::Proposal(keys_present),
};

fn keys_present(case: &Case<'_>) -> Judged {
    let matter = case.matter()?;
    let findings = SCHEMA.iter().filter(|key| key.required).filter_map(|key| {
        let name = key.name;
        if matter.is_empty(name) {
            let fix = format!("Give it a value: {}.", key.about);
            return Some(Finding::must(case.key_or_top(name), format!("`{name}` has no value")).fix(fix));
        }
        if matter.key_span(name).is_some() {
            return None;
        }
        Some(match meant(matter, name) {
            Some((written, span)) => {
                let what = format!("`{name}` is missing; {} is not a key", code_named(written));
                renamed(Finding::must(span, what).fix(format!("Write `{name}`.")), written, name)
            }
            None => {
                let finding = Finding::must(case.now.first_line(), format!("`{name}` is missing"))
                    .fix(format!("Add `{name}:` ({}).", key.about));
                match known(case, name) {
                    Some(change) => finding.mend(change),
                    None => finding,
                }
            }
        })
    });
    Ok(findings.collect())
}

/// The value of a missing key, where the document says it elsewhere or where nobody yet is an honest answer.
fn known(case: &Case<'_>, name: &'static str) -> Option<Change> {
    let heading = case.now.heading();
    match name {
        "reviewers" | "approvers" if case.status_among(&[Status::Implementable]).is_err() => {
            Some(Change::List(name, vec!["TBD".into()]))
        }
        "vep-number" => case.now.home.number().map(|number| Change::SetNumber(name, number)),
        "owning-sig" => {
            let folder = case.now.home.folder().filter(|folder| folder.starts_with("sig-"))?;
            Some(Change::Set(name, folder.to_owned()))
        }
        "title" => {
            let title = heading?.title.as_ref().filter(|title| !is_placeholder(&title.value))?;
            Some(Change::Set(name, title.value.clone()))
        }
        _ => None,
    }
}

/// The unknown key that was most probably meant to be `name`, where that is missing.
pub(super) fn meant<'a>(matter: &'a FrontMatter, name: &str) -> Option<(&'a str, Span)> {
    if matter.key_span(name).is_some() {
        return None;
    }
    let key = matter.unknown.iter().find(|key| nearest_key(&key.value) == Some(name))?;
    Some((&key.value, key.span))
}

/// A finding about a misspelt key, with the mend where the key has no more than a slip.
pub(super) fn renamed(finding: Finding, written: &str, name: &'static str) -> Finding {
    if is_renamed(written, name) { finding.mend(Change::Rename(written.to_owned(), name)) } else { finding }
}

/// Whether a key can mean nothing but this one: a slip, or the singular of a list (the plural of what may be one).
fn is_renamed(written: &str, name: &'static str) -> bool {
    let shape = SCHEMA.iter().find(|key| key.name == name).map(|key| key.shape);
    let written = written.trim();
    let is_number = match shape {
        Some(Shape::List) => name.strip_suffix('s') == Some(written),
        Some(Shape::TextOrList | Shape::Releases) => written.strip_suffix('s') == Some(name),
        _ => false,
    };
    is_number || is_slip(written, name)
}

const KEYS_KNOWN: Rule = Rule {
    id: "keys-known",
    says: "every key is in the schema",
    why: "A misspelt key is a value that nobody reads.",
    fix: "Remove the key, or move its text into the body.",
    cites: &[vep282("VEP Front Matter", "Proposed schema:")],
    judge: Judge::Proposal(keys_known),
};

fn keys_known(case: &Case<'_>) -> Judged {
    let matter = case.matter()?;
    // A misspelt key that the document cannot do without is missing; the rule that misses it says so.
    let missed: Vec<Span> = SCHEMA
        .iter()
        .filter(|key| is_needed(case, key))
        .filter_map(|key| meant(matter, key.name))
        .map(|(_, span)| span)
        .collect();
    let findings = matter.unknown.iter().filter(|key| !missed.contains(&key.span)).map(|key| {
        let what = format!("{} is not a key of the schema", code_named(&key.value));
        let finding = Finding::should(key.span, what);
        match nearest_key(&key.value) {
            Some(name) if matter.key_span(name).is_none() => {
                renamed(finding.fix(format!("Did you mean `{name}`?")), &key.value, name)
            }
            Some(name) => finding.fix(format!("Did you mean `{name}`?")),
            None => finding,
        }
    });
    Ok(findings.collect())
}

/// Whether a rule reports the lack of this key.
fn is_needed(case: &Case<'_>, key: &Key) -> bool {
    let tracked = case.status_among(&[Status::Implementable]).is_ok();
    let staged = tracked || case.status_among(&[Status::Implemented]).is_ok();
    match key.name {
        "feature-gate" => case.not_meta().is_ok(),
        "stage" => staged && case.not_meta().is_ok(),
        "milestone" => tracked,
        _ => key.required,
    }
}

const VALUES_TYPED: Rule = Rule {
    id: "values-typed",
    says: "every value has the type of its key",
    why: "A list where a text belongs is read by no tool, or by each in its own way.",
    fix: "Write the value in the form that the schema shows.",
    cites: &[vep282("CI Enforcement", "All required fields exist and have valid values")],
    judge: Judge::Proposal(values_typed),
};

fn values_typed(case: &Case<'_>) -> Judged {
    let matter = case.matter()?;
    let findings = matter.misshapen.iter().map(|wrong| {
        let written = case.now.source.slice(wrong.span);
        let odd = oddity(written).map_or(String::new(), |name| format!(" with {name}"));
        let what = format!("{} is {}{odd}; expected {}", code(&wrong.key), wrong.found, wrong.expected);
        let finding = Finding::must(wrong.span, what);
        let finding = match fix(wrong.found, wrong.expected, written) {
            Some(fix) => finding.fix(fix),
            None => finding,
        };
        match reshaped(&wrong.key, written) {
            Some(change) => finding.mend(change),
            None => finding,
        }
    });
    Ok(findings.collect())
}

/// The same value in the shape of its key, where that is only a matter of quotes and brackets.
fn reshaped(key: &str, written: &str) -> Option<Change> {
    let known = SCHEMA.iter().find(|known| known.name == key)?;
    let quoted = ['"', '\''].iter().find_map(|mark| written.strip_prefix(*mark)?.strip_suffix(*mark))?;
    match known.shape {
        // One word: several would be several people.
        Shape::List
            if !quoted.is_empty() && !quoted.contains([' ', '\t', '"', '\'', ',', ';', '\\', '/']) =>
        {
            Some(Change::List(known.name, vec![quoted.to_owned()]))
        }
        Shape::Number if !quoted.starts_with('0') => {
            let number =
                quoted.parse::<u32>().ok().filter(|number| *number > 0 && number.to_string() == quoted)?;
            Some(Change::SetNumber(known.name, number))
        }
        _ => None,
    }
}

/// The mends in words; none for a value that is too long to be shown.
fn fix(found: &str, expected: &str, written: &str) -> Option<String> {
    if found == "an alias" {
        return Some("Write the value out; aliases are not followed.".into());
    }
    let shown = one_line(written, 60);
    let bare = shown.trim_matches(['"', '\'']);
    match (found, expected) {
        _ if shown != written => None,
        ("text", "a list of texts") => {
            Some(format!("Write a list: {} on a line of its own.", code(&format!("- {shown}"))))
        }
        ("text", number) if number.contains("number") && bare.parse::<u32>().is_ok() => {
            Some(format!("Write {bare} without quotes."))
        }
        ("a whole number" | "a number" | "a truth value", "text") => Some(format!("Quote it: \"{bare}\".")),
        _ => None,
    }
}

const PLACEHOLDERS_FILLED: Rule = Rule {
    id: "placeholders-filled",
    says: "no value or heading is still the template's",
    why: "A placeholder looks like an answer and is none.",
    fix: "Put the real value in its place.",
    cites: &[
        cite(Law::Template, "title", "Your short, descriptive title"),
        vep282("VEP Front Matter", "vep-number: NNNN"),
    ],
    judge: Judge::Proposal(placeholders_filled),
};

/// What stands in the template where an author's value belongs.
const PLACEHOLDERS: &[&str] = &[
    "nnnn",
    "short descriptive title",
    "your short, descriptive title",
    "yyyy-mm-dd",
    "@github-handle",
    "github-handle",
    "@your-handle",
    "your-handle",
    "@your-github-handle",
    "featurename",
    "myfeaturegate",
    "v1.x",
];

/// Whether a value is still the template's.
pub(super) fn is_placeholder(text: &str) -> bool {
    PLACEHOLDERS.contains(&text.trim().to_lowercase().as_str())
}

fn placeholders_filled(case: &Case<'_>) -> Judged {
    let mut values: Vec<(&str, &str, Span)> = Vec::new();
    if let Some(matter) = case.now.matter() {
        let texts = [
            ("title", &matter.title),
            ("vep-number", &matter.vep_number),
            ("creation-date", &matter.creation_date),
        ];
        values.extend(
            texts
                .into_iter()
                .filter_map(|(key, field)| field.read().map(|read| (key, read.value.as_str(), read.span))),
        );
        let lists = [
            ("authors", &matter.authors),
            ("reviewers", &matter.reviewers),
            ("approvers", &matter.approvers),
            ("feature-gate", &matter.feature_gate),
        ];
        for (key, field) in lists {
            values.extend(
                field.value().into_iter().flatten().map(|item| (key, item.value.as_str(), item.span)),
            );
        }
        let targets = matter.milestone.value().into_iter().flatten();
        values
            .extend(targets.map(|target| ("milestone", target.release.value.as_str(), target.release.span)));
    }
    if let Some(heading) = case.now.heading() {
        let parts = [&heading.number, &heading.title];
        values
            .extend(parts.into_iter().flatten().map(|part| ("the heading", part.value.as_str(), part.span)));
    }
    let findings =
        values.into_iter().filter(|(_, value, _)| is_placeholder(value)).map(|(key, value, span)| {
            Finding::must(span, format!("{key} still has the placeholder {}", code(value)))
        });
    Ok(findings.collect())
}
