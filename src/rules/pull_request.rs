//! Pull request: how a change is presented, where that is known.
//!
//! Absent on purpose: commands. Prow knows them; the tool prints none that does not exist.

use crate::law::{Law, cite, vep282};
use crate::rule::{Finding, Judge, Judged, NotYet, Rule};
use crate::text::{Span, code};
use crate::vep::Number;
use crate::world::{Base, World};
use std::collections::BTreeSet;

pub(super) const RULES: &[Rule] = &[PR_TITLE, PR_LABELS, PR_SIGNED_OFF];

const PR_TITLE: Rule = Rule {
    id: "pr-title",
    says: "the title begins with the number of the VEP",
    why: "Lists of pull requests and the squashed history are read by it.",
    fix: "Begin the title with `VEP-<number>: `.",
    cites: &[cite(Law::Readme, "Process", "title of the PR should start with")],
    judge: Judge::Change(pr_title),
};

fn pr_title(world: &World, base: &Base) -> Judged {
    let Some(title) = &world.pull.title else { return Err(NotYet::because("no title was given")) };
    let numbers: BTreeSet<Number> = base.touched(&world.head).filter_map(|it| it.number()).collect();
    let Some(first) = numbers.first() else { return Err(NotYet::because("the change touches no VEP")) };
    let begins = |number: &Number| {
        let rest = title.trim_start().strip_prefix(&format!("VEP-{number}"));
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    if numbers.iter().any(begins) {
        return Ok(vec![]);
    }
    let what = format!("the title is {}", code(title));
    let fix = match numbers.len() {
        1 => format!("Begin it with `VEP-{first}: `."),
        _ => "Begin it with `VEP-<number>: `, with one of the VEPs that the change touches.".into(),
    };
    Ok(vec![Finding::should(Span::default(), what).fix(fix)])
}

const PR_LABELS: Rule = Rule {
    id: "pr-labels",
    says: "the pull request has kind/vep and the label of the owning SIG",
    why: "SIGs filter by these labels; without them a proposal is not seen.",
    fix: "Comment the commands that add the labels.",
    cites: &[
        vep282("GitHub Labels", "A `kind/vep` label is introduced"),
        cite(Law::Readme, "Labels", "SIG labels - Each SIG will have a label"),
    ],
    judge: Judge::Change(pr_labels),
};

fn pr_labels(world: &World, base: &Base) -> Judged {
    if world.pull.labels.is_none() {
        return Err(NotYet::because("no labels were given"));
    }
    let sigs: BTreeSet<&str> = base
        .touched(&world.head)
        .filter_map(|it| it.facts().sig.as_ref())
        .map(|sig| sig.value.trim())
        // A SIG that nobody knows has no label; `sig-known` reports it.
        .filter(|sig| world.knows_sig(sig))
        .filter_map(|sig| sig.strip_prefix("sig-"))
        .collect();
    if sigs.is_empty() {
        return Err(NotYet::because("the change touches no VEP"));
    }
    let lacks = |label: String, command: String| {
        let missing = !world.pull.is_labelled(&label);
        missing.then(|| {
            Finding::should(Span::default(), format!("the label {} is not there", code(&label)))
                .fix(format!("Comment {}.", code(&command)))
        })
    };
    let kind = lacks("kind/vep".into(), "/kind vep".into());
    let own = sigs.iter().filter_map(|sig| lacks(format!("sig/{sig}"), format!("/sig {sig}")));
    Ok(kind.into_iter().chain(own).collect())
}

const PR_SIGNED_OFF: Rule = Rule {
    id: "pr-signed-off",
    says: "every commit is signed off, and neither title nor commits close an issue",
    why: "Prow merges no commit without a sign-off, and none that closes an issue by keyword.",
    fix: "Sign off with `git commit -s`; write the issue's number without a closing keyword.",
    cites: &[cite(Law::Prow, "dco, invalid commit message", "")],
    judge: Judge::Change(pr_signed_off),
};

fn pr_signed_off(world: &World, _: &Base) -> Judged {
    let commits = &world.pull.commits;
    if commits.is_empty() && world.pull.title.is_none() {
        return Err(NotYet::because("neither a title nor commits are known"));
    }
    let mut findings = Vec::new();
    for commit in commits {
        let subject = commit.message.lines().next().unwrap_or_default();
        let named = format!("commit {} ({})", commit.id, code(subject));
        if commit.parents < 2 && !commit.message.lines().any(signs_off) {
            findings.push(
                Finding::must(Span::default(), format!("{named} has no sign-off"))
                    .fix("The author signs it: `git commit --amend -s`, or `git rebase --signoff`."),
            );
        }
        if let Some(words) = closes(&commit.message) {
            findings.push(closing(&format!("{named} says {}", code(&words))));
        }
    }
    if let Some(words) = world.pull.title.as_deref().and_then(closes) {
        findings.push(closing(&format!("the title says {}", code(&words))));
    }
    Ok(findings)
}

fn closing(what: &str) -> Finding {
    Finding::must(Span::default(), format!("{what}, which would close an issue"))
        .fix("Write the number without the keyword, or the whole address in the body.")
}

/// `Signed-off-by: …`, in any case, as Prow looks for it.
fn signs_off(line: &str) -> bool {
    const KEY: &str = "signed-off-by:";
    let head = line.get(..KEY.len()).is_some_and(|head| head.eq_ignore_ascii_case(KEY));
    head && line.get(KEY.len()..).is_some_and(|rest| !rest.trim().is_empty())
}

/// A keyword with which an issue is closed, and what it would close: `fixes #12`. Prow looks for it anywhere, also
/// inside words: `(clos(e[sd]?)|fix(es|ed)?|resolv(e[sd]?))[\s:]+(\w+/\w+)?#\d+`.
fn closes(text: &str) -> Option<String> {
    // The longer forms first: `fix` is the beginning of all three.
    const WORDS: [&str; 9] =
        ["closes", "closed", "close", "fixes", "fixed", "fix", "resolves", "resolved", "resolve"];
    let lower = text.to_lowercase();
    let found = WORDS.iter().flat_map(|word| lower.match_indices(word));
    found
        .filter_map(|(at, word)| {
            let behind = lower.get(at + word.len()..)?;
            let issue = behind.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
            if issue.len() == behind.len() {
                return None;
            }
            let (repository, number) = issue.split_once('#')?;
            let is_word =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
            let is_named = repository.is_empty()
                || repository.split_once('/').is_some_and(|(owner, name)| is_word(owner) && is_word(name));
            let digits = number.chars().take_while(char::is_ascii_digit).count();
            (is_named && digits > 0)
                .then(|| format!("{word} {repository}#{}", number.get(..digits).unwrap_or_default()))
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::{closes, signs_off};

    #[test]
    fn closing_keywords_are_told_from_mentions() {
        for yes in [
            "fixes #12",
            "This Closes: kubevirt/enhancements#3",
            "resolve #7.",
            "VEP-7: fixes:#12",
            "prefix #12",
        ] {
            assert!(closes(yes).is_some(), "{yes}");
        }
        for no in ["VEP-12: fix a typo", "see #12", "fixes #", "fixes#12", "fixes the #12"] {
            assert_eq!(closes(no), None, "{no}");
        }
    }

    #[test]
    fn a_sign_off_is_what_prow_takes_for_one() {
        assert!(signs_off("Signed-off-by: A B <a@b.c>"));
        assert!(signs_off("signed-off-by: A B"));
        assert!(!signs_off("Signed-off-by: "));
        assert!(!signs_off("  Signed-off-by: A B <a@b.c>"));
        assert!(!signs_off("Co-authored-by: A B <a@b.c>"));
    }
}
