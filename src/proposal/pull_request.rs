//! The pull request around a step: branch, commit message, title, body, commands, and the texts for the issue.
//!
//! All of it is text for people to use. The sign-off is left to them, and no text of the VEP goes into anything
//! that a shell or Prow reads.
//!
//! Absent on purpose: asking anybody. Pools are shown with the rule by which Prow draws from them.

use super::{Inputs, Proposal, Readiness};
use crate::document::Document;
use crate::lifecycle::Standing;
use crate::text::{code, is_plain, one_line, visible};
use crate::vep::{Handle, Status};
use crate::world::{Asker, World};
use std::collections::BTreeSet;

/// Where the tracking issues are.
const ISSUES: &str = "https://github.com/kubevirt/enhancements/issues";

/// A pull request as it is prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The branch's name.
    pub branch: String,
    /// The title, and the subject of the commit.
    pub title: String,
    /// The commit's message: subject, body, and where an assistant asks a trailer that says who helped.
    pub message: String,
    /// The body, in the repository's own form.
    pub body: String,
    /// Commands for Prow that really exist, each for a comment of its own line.
    pub commands: Vec<String>,
    /// What to set in the tracking issue, once it is merged.
    pub issue: String,
    /// What to post there.
    pub reminder: String,
    /// The shell commands that apply, commit and push it.
    pub shell: Vec<String>,
}

/// The pull request for a proposal.
pub fn prepare(world: &World, document: &Document, proposal: &Proposal, inputs: &Inputs) -> Prepared {
    let number = document.number().map_or("NNNN".into(), |number| number.to_string());
    let then = proposal.then.as_ref().unwrap_or(document);
    let (words, slug) = words(world, document, then, proposal);
    let title = format!("VEP-{number}: {words}");
    let branch = format!("vep-{number}-{slug}");
    let what = what(document, then, proposal);
    let message = with_trailer(world, &format!("{title}\n\n{}", what.join("\n")));
    Prepared {
        body: body(world, then, &number, &what, &notes(world, proposal, inputs)),
        commands: commands(then, proposal),
        issue: issue(world, then, proposal.step.to),
        reminder: reminder(world, then, proposal),
        shell: shell(world, proposal, &branch, &title, &what),
        branch,
        title,
        message,
    }
}

/// The trailer that says who helped; none where a person did it on the command line.
fn trailer(world: &World) -> Option<String> {
    let helped = || format!("Assisted-by: vep-mcp {}", env!("CARGO_PKG_VERSION"));
    (world.asker == Asker::Assistant).then(helped)
}

/// A commit's message with its trailer.
pub fn with_trailer(world: &World, message: &str) -> String {
    let trailer = trailer(world).map_or(String::new(), |trailer| format!("\n\n{trailer}"));
    format!("{}{trailer}\n", message.trim_end())
}

/// What is done, as a subject says it, and as a branch does.
fn words(world: &World, before: &Document, then: &Document, proposal: &Proposal) -> (String, String) {
    let to = proposal.step.to;
    let target = world.target(then);
    let for_release =
        target.map_or(String::new(), |(stage, release)| format!(" for {stage} in {}", release.value));
    if proposal.step.ground.standing == Standing::Same {
        return match target.filter(|(stage, release)| {
            before.facts().targets.get(stage).map(|it| it.value) != Some(release.value)
                || before.facts().stage.as_ref().map(|it| it.value) != Some(*stage)
        }) {
            Some((stage, release)) => {
                (format!("Target {stage} for {}", release.value), format!("{stage}-{}", release.value))
            }
            None => ("Update front matter".into(), "front-matter".into()),
        };
    }
    let words = match to {
        Status::Implementable => format!("Move to implementable{for_release}"),
        Status::Deferred => "Defer".into(),
        Status::Rejected => "Reject".into(),
        Status::Withdrawn => "Withdraw".into(),
        Status::Replaced => match &then.facts().superseded_by {
            Some(by) => format!("Replace by VEP-{}", by.value),
            None => "Replace".into(),
        },
        Status::Provisional | Status::Implemented => format!("Move to {to}"),
    };
    (words, to.as_str().into())
}

/// What changes, line by line: keys and their values, never the VEP's prose.
fn what(before: &Document, then: &Document, proposal: &Proposal) -> Vec<String> {
    let mut lines = Vec::new();
    let status =
        |document: &Document| document.facts().status.as_ref().map_or("none", |it| it.value.as_str());
    if status(before) != status(then) {
        lines.push(format!("- status: {} -> {}", status(before), status(then)));
    }
    let stage = |document: &Document| document.facts().stage.as_ref().map_or("none", |it| it.value.as_str());
    if stage(before) != stage(then) {
        lines.push(format!("- stage: {} -> {}", stage(before), stage(then)));
    }
    for stage in crate::vep::Stage::ALL {
        let of = |document: &Document| {
            document.facts().targets.get(&stage).map_or("not set".to_owned(), |it| it.value.to_string())
        };
        if of(before) != of(then) {
            lines.push(format!("- milestone.{stage}: {} -> {}", of(before), of(then)));
        }
    }
    for key in ["reviewers", "approvers"] {
        let written = |document: &Document| people_of(document, key);
        if written(before) != written(then) {
            lines.push(format!("- {key}: {}", written(then)));
        }
    }
    let gates = |document: &Document| -> Vec<String> {
        document.facts().gates.iter().map(|gate| one_line(&gate.value, 80)).collect()
    };
    if gates(before) != gates(then) {
        lines.push(format!("- feature-gate: {}", gates(then).join(", ")));
    }
    let successor = |document: &Document| document.facts().superseded_by.as_ref().map(|by| by.value);
    if let Some(by) = successor(then).filter(|by| Some(*by) != successor(before)) {
        lines.push(format!("- superseded-by: VEP-{by}, which names this one in `replaces`"));
    }
    if proposal.outcome == Readiness::Undecided && proposal.step.ground.standing == Standing::Unsettled {
        lines.push("- the law leaves this step open; the SIG decides".into());
    }
    lines
}

/// Who a document names, `TBD` where that is nobody yet.
fn people_of(document: &Document, key: &str) -> String {
    let people = match key {
        "reviewers" => &document.facts().reviewers,
        _ => &document.facts().approvers,
    };
    match people.is_empty() {
        true => "TBD".to_owned(),
        false => logins(people.iter().map(|it| &it.value)),
    }
}

/// Logins as plain words: a mention in a commit would call people on every push.
fn logins<'a>(people: impl Iterator<Item = &'a Handle>) -> String {
    people.map(|it| one_line(it.login(), 40)).collect::<Vec<_>>().join(", ")
}

/// What a reviewer has to know beyond the change.
fn notes(world: &World, proposal: &Proposal, inputs: &Inputs) -> Vec<String> {
    let ground = proposal.step.ground;
    let mut notes = Vec::new();
    if ground.standing == Standing::Unsettled {
        notes.push(format!("The law leaves this step open: {}", ground.why));
        notes.extend(ground.evidence.iter().map(|it| format!("{it}.")));
    }
    notes.extend(inputs.declared.iter().map(|(_, by)| {
        format!(
            "Declared as {}: {}. That makes nothing lawful; a person must decide.",
            by.kind,
            code(&by.reason)
        )
    }));
    let told =
        ["freeze-known", "before-freeze", "implemented-at-ga", "target-not-past", "succession-resolves"];
    let told = proposal.warnings.iter().filter(|it| told.contains(&it.rule));
    notes.extend(told.map(|it| format!("{}.", it.what.trim_end_matches('.'))));
    notes.push(format!(
        "Prepared for {}; dates from {}.",
        world.today,
        world.calendar.sources().first().map_or("nowhere", |it| &it.name)
    ));
    notes
}

/// The body in the repository's own form, where the checkout has one.
fn body(world: &World, then: &Document, number: &str, what: &[String], notes: &[String]) -> String {
    let sig = sig(then).map_or("/sig <name>".into(), |sig| format!("/sig {sig}"));
    let issue = format!("{ISSUES}/{number}");
    let notes = notes.iter().map(|note| format!("- {note}")).collect::<Vec<_>>().join("\n");
    let parts: [(&str, String); 4] = [
        ("**Tracking issue**:", issue),
        ("**SIG label**:", sig),
        ("### What this PR does", what.join("\n")),
        ("### Special notes for your reviewer", notes),
    ];
    let form =
        world.pull_template.as_deref().filter(|form| parts.iter().all(|(name, _)| form.contains(name)));
    let mut out = String::new();
    let mut comment = false;
    for line in form.unwrap_or(FORM).lines() {
        // The form's comments are instructions that have been followed.
        let opens = line.contains("<!--");
        comment |= opens;
        let part = parts.iter().find(|(name, _)| line.trim_start().starts_with(name));
        match part {
            Some((name, text)) if name.starts_with('#') => out.push_str(&format!("{name}\n\n{text}\n")),
            Some((name, text)) => out.push_str(&format!("{name} {text}\n")),
            None if comment => {}
            None => out.push_str(&format!("{line}\n")),
        }
        comment &= !line.contains("-->");
    }
    visible(out.trim_end()) + "\n"
}

/// The form of kubevirt/enhancements, for a checkout that has none.
const FORM: &str = "### VEP Metadata\n\n**Tracking issue**:\n**SIG label**:\n\n### What this PR does\n\n### Special notes for your reviewer\n";

fn sig(document: &Document) -> Option<String> {
    let sig = document.facts().sig.as_ref()?.value.trim().strip_prefix("sig-")?.to_owned();
    sig.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-').then_some(sig)
}

fn commands(then: &Document, proposal: &Proposal) -> Vec<String> {
    let mut commands: Vec<String> = sig(then).map(|sig| format!("/sig {sig}")).into_iter().collect();
    commands.push("/kind vep".into());
    let named: BTreeSet<String> = then
        .facts()
        .reviewers
        .iter()
        .filter(|it| it.value.could_be_login() && !it.value.is_tbd())
        .map(|it| format!("@{}", it.value.login()))
        .collect();
    if !named.is_empty() {
        commands.push(format!("/cc {}", named.into_iter().collect::<Vec<_>>().join(" ")));
    }
    if proposal.outcome == Readiness::Undecided {
        commands.push("/hold".into());
    }
    commands
}

fn issue(world: &World, then: &Document, to: Status) -> String {
    format!(
        "Proposal status: {to}\nTarget release: {}\nReviewers: {}\nApprovers: {}\n",
        target_release(world, then, to),
        people_of(then, "reviewers"),
        people_of(then, "approvers")
    )
}

/// The release that is worked towards, and the stage; none where nothing is any more.
fn target_release(world: &World, then: &Document, to: Status) -> String {
    let target = world.target(then).filter(|_| to.is_live() || to == Status::Implemented);
    target.map_or("none".into(), |(stage, release)| format!("{} ({stage})", release.value))
}

fn reminder(world: &World, then: &Document, proposal: &Proposal) -> String {
    let to = proposal.step.to;
    if proposal.step.ground.standing == Standing::Same {
        let target = target_release(world, then, to);
        return format!(
            "The front matter targets {target} now. Please set “Target release” in this issue to the same.\n"
        );
    }
    format!(
        "The front matter says `status: {to}` now. Please set “Proposal status” in this issue to the same.\n"
    )
}

/// A word as a shell takes it. What cannot be seen is written out, as bash and zsh read it.
fn quoted(word: &str) -> String {
    if is_plain(word) {
        return format!("'{}'", word.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            c if is_plain(&c.to_string()) => out.push(c),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out + "'"
}

fn shell(world: &World, proposal: &Proposal, branch: &str, title: &str, what: &[String]) -> Vec<String> {
    let paths: Vec<String> = proposal.patches.iter().map(|patch| quoted(&patch.path)).collect();
    let trailer = trailer(world).map_or(String::new(), |trailer| format!(" -m {}", quoted(&trailer)));
    vec![
        format!("git switch -c {}", quoted(branch)),
        "git apply bump.patch   # the diff, saved under this name".into(),
        format!("git add {}", paths.join(" ")),
        format!("git commit -s -m {} -m {}{trailer}", quoted(title), quoted(&what.join("\n"))),
        format!("git push -u origin {}", quoted(branch)),
    ]
}
