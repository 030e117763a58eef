//! `bump`: the pull request that moves a VEP, ready to be opened.
//!
//! Around a step's patch ([`crate::proposal`]) everything that the pull request needs: branch, messages, commands,
//! pools of reviewers, what people owe, the tracking issue, and the commands that apply it. `due` looks for
//! every VEP whose bump is due.
//!
//! Absent on purpose: opening it. A person signs off, pushes and posts.

use super::transition::{self, Lack, Question};
use super::{
    Card, Commit, Commits, Leaves, Name, Needs, Trouble, Verb, Want, Writes, inputs, label, one, one_or_many,
    owed,
};
use crate::document::Document;
use crate::lifecycle::{Standing, step, who};
use crate::owners::blunderbuss;
use crate::patch::Patch;
use crate::proposal::{Inputs, Prepared, Proposal, Readiness, prepare, propose};
use crate::render::{FilePatch, file_patches};
use crate::text::{code, fenced, one_line};
use crate::vep::{Stage, Status};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Most due bumps that are worked out for a batch.
const MOST_LOOKED_AT: usize = 200;
/// Most bumps of a batch that are told, unless all are wanted with their pull requests.
const MOST_BUMPS: usize = 8;
/// Most bumps beyond these that are named.
const MOST_NAMED: usize = 20;

/// Prepares status-bump pull requests.
#[derive(Debug)]
pub struct Bump;

/// Which VEP and which step, or all that are due.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// Number (307), path or folder name
    #[arg(required_unless_present = "due")]
    vep: Option<Name>,
    /// The state it should get; none: its state stays, for a retarget or a graduation
    #[arg(long)]
    to: Option<Status>,
    /// What the step needs, as key=value: stage, milestone.<stage>, creation-date, authors, reviewers, approvers, feature-gate, superseded-by
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(deserialize_with = "one_or_many")]
    set: Vec<String>,
    /// Why a refused step is meant: correction, retroactive, backfill or exception, as kind=reason
    #[arg(long, value_name = "KIND=REASON")]
    #[serde(deserialize_with = "one_or_many")]
    declare: Vec<String>,
    /// Every VEP whose bump is due
    #[arg(long, conflicts_with_all = ["vep", "to", "set", "declare"])]
    due: bool,
    /// With due: each with its whole pull request
    #[arg(long, requires = "due")]
    full: bool,
}

/// The pull requests.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    /// Where the dates come from, and how old that is
    calendar: String,
    bumps: Vec<Told>,
    /// Due as well, told by name and outcome; ask for single VEPs
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_due: Vec<String>,
    /// VEPs that may be due and were not looked at
    #[serde(skip_serializing_if = "crate::render::is_zero")]
    left_out: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip)]
    patches: Vec<Patch>,
    /// The commits: each a branch of its own.
    #[serde(skip)]
    commits: Vec<Commit>,
    /// Whether they are those of a batch, which leaves the checkout on the branch it was on.
    #[serde(skip)]
    is_batch: bool,
}

/// One bump.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    vep: String,
    path: String,
    from: &'static str,
    to: &'static str,
    /// Why it is due
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// `ready`, `a person must decide`, `lacks something` or `refused`
    outcome: &'static str,
    /// `lawful`, `same`, `unsettled` or `unlawful`
    standing: &'static str,
    why: &'static str,
    /// What speaks for and against an unsettled step
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<String>,
    /// The nearest lawful way
    #[serde(skip_serializing_if = "str::is_empty")]
    way: &'static str,
    /// What a person may decide, where the answer is a question
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ways: Vec<String>,
    /// Who decides
    who: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacks: Vec<Lack>,
    /// What only a person can give
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asks: Vec<Question>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Lack>,
    /// The freeze of the release it targets, with the last safe day
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze: Option<String>,
    /// The pull request; none unless it may be proposed
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_request: Option<Pull>,
}

/// A pull request, ready to be opened.
#[derive(Debug, Serialize, JsonSchema)]
struct Pull {
    branch: String,
    title: String,
    /// The commit's message; the sign-off is the human's
    message: String,
    body: String,
    /// Commands for Prow, for comments; a /cc in the body would switch its own choice of reviewers off
    commands: Vec<String>,
    /// Whom Prow asks, and by which rule
    reviewers: Pools,
    /// What people owe before the merge
    owed: Vec<String>,
    /// What to set in the tracking issue after the merge
    issue: String,
    /// What to post there
    reminder: String,
    /// The files that change
    patches: Vec<FilePatch>,
    /// Apply, commit and push
    shell: Vec<String>,
}

/// The pools that Prow's blunderbuss draws from.
#[derive(Debug, Serialize, JsonSchema)]
struct Pools {
    /// From the nearest OWNERS that name reviewers
    leaf: Vec<String>,
    /// All layers, the nearest first: folder, then logins
    layers: Vec<String>,
    /// Who can merge
    approvers: Vec<String>,
    /// Which state of OWNERS was read
    of: String,
    rule: &'static str,
}

impl Verb for Bump {
    const CARD: Card = Card {
        writes: Writes::Commits,
        ..Card::new(
            "bump",
            "prepare_status_bump",
            "Prepare a status bump",
            "Prepares the pull request that moves, retargets or graduates a VEP: patch, branch, messages, commands, reviewers, issue text; or all that are due.",
            "What it asks for only a person can give. Show the diff; a person signs off and opens it.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    // The base is for the OWNERS that Prow would read: a change cannot choose who reviews it. A legacy VEP's step includes
    // its migration, whose day of creation the history knows.
    fn needs(_ask: &Ask) -> Needs {
        Needs { base: Want::IfThere, history: true, ..Needs::verdicts() }
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        let single = answer.bumps.iter().filter(|bump| bump.due.is_none());
        let asks = single.clone().flat_map(|bump| &bump.asks);
        Leaves {
            fails: single.clone().any(|bump| bump.pull_request.is_none()),
            patches: &answer.patches,
            commits: Commits::of(&answer.commits, answer.is_batch),
            questions: asks.map(|ask| (ask.set.clone(), ask.question)).collect(),
            ..Leaves::default()
        }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let mut answer = Answer {
            today: world.today.to_string(),
            calendar: world.calendar.told(world.today),
            bumps: vec![],
            also_due: vec![],
            left_out: 0,
            notes: vec![],
            patches: vec![],
            commits: vec![],
            is_batch: ask.due,
        };
        if ask.due {
            due(world, ask.full, &mut answer);
            return Ok(answer);
        }
        let Some(name) = &ask.vep else {
            return Err(Trouble::new("no VEP was named", "Name one, or ask for all that are due."));
        };
        let document = one(&world.head, &name.0)?;
        let start = transition::start(document)?;
        let given = inputs(&ask.set, &ask.declare)?;
        let same = document.facts().status.as_ref().map(|status| status.value);
        let Some(to) = ask.to.or(same.filter(|_| !ask.set.is_empty())) else {
            return Err(Trouble::new(
                "no step was named",
                "Give the state as `to`, or with `set` what changes while it stays; propose_transition shows all steps.",
            ));
        };
        let proposal = propose(world, document, step(start, to), &given);
        if proposal.outcome.is_open() && proposal.patches.is_empty() {
            if let Some(empty) = ask.set.iter().find(|set| set.trim_end().ends_with('=')) {
                let what = format!("{} gives no value", code(empty));
                return Err(Trouble::new(what, "Give it as key=value, such as milestone.beta=v1.11."));
            }
            answer.notes.push(format!("{} is so already, so nothing changes.", label(document)));
            return Ok(answer);
        }
        let pull = prepared(world, document, &proposal, &given);
        answer.commits.extend(pull.as_ref().map(|pull| commit(pull, &proposal)));
        answer.bumps.push(told(world, document, &proposal, pull, None));
        answer.patches = proposal.patches;
        Ok(answer)
    }
}

/// The commit of a pull request.
fn commit(pull: &Prepared, proposal: &Proposal) -> Commit {
    Commit { branch: pull.branch.clone(), message: pull.message.clone(), patches: proposal.patches.clone() }
}

fn prepared(world: &World, document: &Document, proposal: &Proposal, given: &Inputs) -> Option<Prepared> {
    (!proposal.patches.is_empty()).then(|| prepare(world, document, proposal, given))
}

fn told(
    world: &World,
    document: &Arc<Document>,
    proposal: &Proposal,
    pull: Option<Prepared>,
    due: Option<String>,
) -> Told {
    let step = proposal.step;
    let then = proposal.then.as_ref().unwrap_or(document);
    // What a refused step would lack besides is beside the point.
    let refused = proposal.outcome == Readiness::Refused;
    Told {
        vep: label(document),
        path: one_line(document.path(), 200),
        from: step.start.as_str(),
        to: step.to.as_str(),
        due,
        outcome: proposal.outcome.as_str(),
        standing: step.ground.standing.as_str(),
        why: step.ground.why,
        evidence: step.ground.evidence.iter().map(ToString::to_string).collect(),
        way: step.ground.way,
        ways: vec![],
        who: who(step.to),
        lacks: if refused { vec![] } else { transition::lacks(&proposal.lacks) },
        asks: if refused { vec![] } else { transition::questions(proposal) },
        warnings: transition::lacks(&proposal.warnings),
        freeze: transition::freeze(world, then).filter(|_| step.to.is_live()),
        pull_request: pull.map(|pull| pull_request(world, document, proposal, pull)),
    }
}

fn pull_request(world: &World, document: &Arc<Document>, proposal: &Proposal, pull: Prepared) -> Pull {
    let Prepared { branch, title, message, body, commands, issue, reminder, shell } = pull;
    Pull {
        branch,
        title,
        message,
        body,
        commands,
        reviewers: pools(world, document.path()),
        owed: owed(&[document], None),
        issue,
        reminder,
        patches: file_patches(&proposal.patches),
        shell,
    }
}

fn pools(world: &World, path: &str) -> Pools {
    let (owners, of) = world.owners_in_force();
    let shown = |logins: std::collections::BTreeSet<String>| -> Vec<String> {
        logins.into_iter().map(|login| one_line(&login, 40)).collect()
    };
    let layers = owners.layers(path).into_iter().filter(|layer| !layer.reviewers.is_empty());
    Pools {
        leaf: shown(owners.leaf_reviewers(path)),
        layers: layers
            .map(|layer| {
                let folder = if layer.folder.is_empty() { "the root".into() } else { code(&layer.folder) };
                format!("{folder}: {}", joined(&shown(layer.reviewers)))
            })
            .collect(),
        approvers: shown(owners.approvers(path)),
        of,
        rule: blunderbuss::RULE,
    }
}

/// Every VEP whose bump is due, the ready ones first.
fn due(world: &World, full: bool, answer: &mut Answer) {
    let candidates: Vec<_> = world
        .head
        .proposals()
        .iter()
        .filter_map(|document| Some((document, document.start()?, is_due(world, document)?)))
        .collect();
    let beyond = candidates.len().saturating_sub(MOST_LOOKED_AT);
    world.work.expect(candidates.len().min(MOST_LOOKED_AT));
    let mut bumps: Vec<(Readiness, Told)> = Vec::new();
    for (document, start, due) in candidates.into_iter().take(MOST_LOOKED_AT) {
        let nothing = Inputs::default();
        let proposal = propose(world, document, step(start, due.to), &nothing);
        // A gate is due when it is complete, and not before.
        if due.ways.is_empty() && !proposal.outcome.is_open() {
            continue;
        }
        // Nothing that a person has to decide is chosen for them.
        if !due.ways.is_empty() {
            let asked =
                Proposal { outcome: Readiness::Undecided, patches: vec![], lacks: vec![], ..proposal };
            let told =
                Told { asks: vec![], ways: due.ways, ..told(world, document, &asked, None, Some(due.why)) };
            bumps.push((Readiness::Undecided, if full { told } else { brief(told) }));
            continue;
        }
        let pull = prepared(world, document, &proposal, &nothing);
        if proposal.outcome == Readiness::Ready {
            answer.commits.extend(pull.as_ref().map(|pull| commit(pull, &proposal)));
            answer.patches.extend(proposal.patches.iter().cloned());
        }
        let told = told(world, document, &proposal, pull.filter(|_| full), Some(due.why));
        bumps.push((proposal.outcome, if full { told } else { brief(told) }));
    }
    bumps.sort_by_key(|(outcome, _)| *outcome as usize);
    let mut bumps: Vec<Told> = bumps.into_iter().map(|(_, told)| told).collect();
    let rest = if full { vec![] } else { bumps.split_off(MOST_BUMPS.min(bumps.len())) };
    let named = rest.iter().take(MOST_NAMED);
    answer.also_due = named.map(|told| format!("{} to {}: {}", told.vep, told.to, told.outcome)).collect();
    let unnamed = rest.len().saturating_sub(MOST_NAMED);
    if unnamed > 0 {
        answer
            .notes
            .push(format!("{unnamed} more are due; `bump --due --full` on the command line tells all."));
    }
    answer.left_out = beyond;
    answer.bumps = bumps;
    if !full && !answer.bumps.is_empty() {
        answer.notes.push("Ask for one VEP to get its pull request, or with full for all of them.".into());
    }
    let unread = world.head.proposals().iter().filter(|document| document.start().is_none());
    for document in unread.take(MOST_BUMPS) {
        answer.notes.push(format!(
            "Not looked at, for its state cannot be read: {}. Validate it.",
            code(document.path())
        ));
    }
    let legacy = world.head.proposals().iter().filter(|document| document.is_legacy()).count();
    if legacy > 0 {
        answer.notes.push(format!("Not looked at, for want of front matter: {legacy}. Migrate them first."));
    }
}

/// As one of many: what is due and what it lacks. The rest is told when it is asked for.
fn brief(told: Told) -> Told {
    Told { warnings: vec![], evidence: vec![], freeze: None, ..told }
}

/// What is due for a document.
struct Due {
    /// The step; where a person has to decide which, the likeliest.
    to: Status,
    why: String,
    /// What a person may decide; none where the step is the only one.
    ways: Vec<String>,
}

/// What is due for a document. That a release is out says nothing of what shipped in it, so it is a question.
fn is_due(world: &World, document: &Arc<Document>) -> Option<Due> {
    let status = document.facts().status.as_ref()?.value;
    let (stage, release) = world.target(document).map(|(stage, release)| (stage, release.value))?;
    let is_out = world.calendar.is_out(release, world.today) == Some(true);
    let passed = format!("{stage} was targeted for {release}, whose planned GA date has passed");
    let retarget = format!("It is still worked on: set `milestone.{stage}` to a later release.");
    let defer = "It is not worked on: defer it (`to` deferred).".to_owned();
    let shipped = match Stage::ALL.iter().find(|next| **next > stage) {
        None => "It shipped: bump it to implemented (`to` implemented).".to_owned(),
        Some(next) => format!("It shipped: graduate it (set `stage` to {next}, and `milestone.{next}`)."),
    };
    match status {
        Status::Implementable if is_out => Some(Due {
            to: if stage == Stage::Ga { Status::Implemented } else { status },
            why: format!("{passed}. Nothing here confirms that it shipped"),
            ways: vec![shipped, retarget, defer],
        }),
        Status::Provisional if is_out => Some(Due {
            to: status,
            why: format!("{passed}, and the VEP never became implementable"),
            ways: vec![retarget, defer],
        }),
        // What the gate asks for first; the book is asked about the rest.
        Status::Provisional
            if document.facts().reviewers.is_empty() || document.facts().approvers.is_empty() =>
        {
            None
        }
        Status::Provisional => Some(Due {
            to: Status::Implementable,
            why: format!("the gate is complete: people are named and {stage} is targeted for {release}"),
            ways: vec![],
        }),
        _ => None,
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Today is {}. Dates: {}.", self.today, self.calendar)?;
        if self.bumps.is_empty() && self.is_batch {
            writeln!(f, "No bump is due.")?;
        }
        self.bumps.iter().try_for_each(|bump| bump.fmt(f))?;
        if !self.also_due.is_empty() {
            writeln!(f, "\nDue as well; ask for single VEPs:")?;
            self.also_due.iter().try_for_each(|due| writeln!(f, "- {due}"))?;
        }
        if self.left_out > 0 {
            writeln!(f, "\n{} more may be due and were not looked at.", self.left_out)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gone =
            if self.from == self.to { self.to.to_owned() } else { format!("{} to {}", self.from, self.to) };
        writeln!(f, "\n{}: {gone}: **{}** ({})", self.vep, self.outcome, code(&self.path))?;
        self.due.iter().try_for_each(|due| writeln!(f, "- due: {due}"))?;
        let unsettled = self.standing == Standing::Unsettled.as_str();
        writeln!(f, "- {}: {} Who decides: {}.", self.standing, self.why, self.who)?;
        self.evidence.iter().try_for_each(|it| writeln!(f, "- {it}"))?;
        if !self.way.is_empty() && (unsettled || self.pull_request.is_none()) {
            writeln!(f, "- the lawful way: {}", self.way)?;
        }
        self.ways.iter().try_for_each(|way| writeln!(f, "- {way}"))?;
        self.lacks.iter().try_for_each(|lack| writeln!(f, "- lacks {lack}"))?;
        self.asks.iter().try_for_each(|ask| writeln!(f, "- {ask}"))?;
        self.warnings.iter().try_for_each(|warning| writeln!(f, "- warning {warning}"))?;
        self.freeze.iter().try_for_each(|freeze| writeln!(f, "- freeze: {freeze}"))?;
        self.pull_request.iter().try_for_each(|pull| pull.fmt(f))
    }
}

impl fmt::Display for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for patch in &self.patches {
            write!(f, "\n{patch}")?;
        }
        writeln!(f, "\nTitle: {}\nBranch: {}\n", self.title, self.branch)?;
        writeln!(
            f,
            "Commit message (the sign-off is yours: `git commit -s`):\n\n{}\n",
            fenced(&self.message, "text")
        )?;
        writeln!(f, "Body:\n\n{}\n", fenced(&self.body, "markdown"))?;
        writeln!(f, "Comment, after it is opened: {}.", joined(&self.commands))?;
        writeln!(
            f,
            "`freeze-exception` and `target/*` are no registered labels; a maintainer sets them by hand."
        )?;
        let Pools { leaf, layers, approvers, of, rule } = &self.reviewers;
        let listed = |logins: &[String]| if logins.is_empty() { "nobody".into() } else { joined(logins) };
        writeln!(f, "Reviewers by OWNERS ({of}): leaf: {}. {rule}", listed(leaf))?;
        layers.iter().try_for_each(|layer| writeln!(f, "- {layer}"))?;
        writeln!(f, "Who can merge: {}.", listed(approvers))?;
        writeln!(f, "Owed by people:")?;
        self.owed.iter().try_for_each(|it| writeln!(f, "- {it}"))?;
        writeln!(f, "In the tracking issue, after the merge:\n\n{}\n", fenced(&self.issue, "text"))?;
        writeln!(f, "Reminder to post there: {}", self.reminder.trim_end())?;
        writeln!(f, "\nCommands:\n\n{}", fenced(&self.shell.join("\n"), "sh"))
    }
}

fn joined(words: &[String]) -> String {
    words.iter().map(|word| code(word)).collect::<Vec<_>>().join(", ")
}
