//! What upstream's draft checks would say, against the sentences that describe them, and why ours differ.
//!
//! Every combination of what a document says, what it was, and when and how it is changed is asked about.
//! The words that are expected are worked out from the combination alone, once more by hand. Reviewers,
//! owning SIG and successor have no part in stage, release, label or day, so they meet status, base and
//! folder in a product of their own; the label, which switches the day off, meets two of the three days.
//! What is written in odd ways comes last, case by case.

use crate::golden;
use jiff::civil::{Date, date};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::{Document, SCHEMA};
use vep_mcp::history::Merged;
use vep_mcp::law::Severity;
use vep_mcp::rule::Was;
use vep_mcp::rules;
use vep_mcp::settings::{FILE, Selection, Settings};
use vep_mcp::sheet::{Age, Sheet, judge};
use vep_mcp::text::Source;
use vep_mcp::upstream::{CHECKS, Difference, REASONS, Said, UNEXPLAINED, Word, said};
use vep_mcp::world::World;

const STATUSES: [&str; 8] = [
    "provisional",
    "implementable",
    "implemented",
    "deferred",
    "rejected",
    "withdrawn",
    "replaced",
    "implementible",
];

const STAGES: [Option<&str>; 5] = [Some("alpha"), Some("beta"), Some("ga"), None, Some("stable")];

/// What stands behind the stage in the milestone map; the freeze of v1.9 is known, those of v1.5 and v1.11
/// are not, and v1.5 is out.
const MILESTONES: [Option<&str>; 8] = [
    Some("\"v1.9\""),
    Some("\"1.9\""),
    Some("\"v1.9.0\""),
    Some("1.10"),
    Some("TBD"),
    None,
    Some("\"v1.11\""),
    Some("\"v1.5\""),
];

/// The VEP Freeze of v1.9 is the day in the middle.
const DAYS: [(&str, Date); 3] = [
    ("the day before the freeze", date(2026, 4, 29)),
    ("the day of the freeze", date(2026, 4, 30)),
    ("the day after the freeze", date(2026, 5, 1)),
];

/// A body that the template of these worlds has nothing to say against.
const BODY: &str = "\n# VEP #7: Clock\n\n## Overview\n\nThe guest's clock.\n";

/// What was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Base {
    /// The same state, with the same target or with another.
    At(usize, Target),
    New,
    Legacy(Target),
    Unreadable,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Same,
    Other,
}

fn bases() -> Vec<Base> {
    let states = (0..7).flat_map(|state| [Target::Same, Target::Other].map(|target| Base::At(state, target)));
    states
        .chain([Base::New, Base::Legacy(Target::Same), Base::Legacy(Target::Other)])
        .chain([Base::Unreadable, Base::Unknown])
        .collect()
}

/// One combination, as places in the lists above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Combination {
    status: usize,
    base: Base,
    stage: usize,
    milestone: usize,
    meta: bool,
    label: bool,
    day: usize,
    tbd: bool,
    outside: bool,
    succeeded: bool,
}

fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    let flags = [false, true];
    for status in 0..STATUSES.len() {
        for base in bases() {
            for meta in flags {
                let plain = Combination {
                    status,
                    base,
                    stage: 0,
                    milestone: 0,
                    meta,
                    label: false,
                    day: 0,
                    tbd: false,
                    outside: false,
                    succeeded: false,
                };
                for stage in 0..STAGES.len() {
                    for milestone in 0..MILESTONES.len() {
                        for (label, day) in [(false, 0), (false, 1), (false, 2), (true, 0), (true, 1)] {
                            all.push(Combination { stage, milestone, label, day, ..plain });
                        }
                    }
                }
                for people in 1..8 {
                    let [tbd, outside, succeeded] = [1, 2, 4].map(|bit| people & bit != 0);
                    all.push(Combination { tbd, outside, succeeded, ..plain });
                }
            }
        }
    }
    all
}

impl Combination {
    fn path(&self) -> &'static str {
        if self.meta { "veps/meta-VEPs/7-clock/vep.md" } else { "veps/sig-compute/7-clock/vep.md" }
    }

    /// The document, in a state and with a release behind its stage.
    fn text(&self, status: &str, milestone: Option<&str>) -> String {
        let people = if self.tbd { "TBD" } else { "\"@bo\"" };
        let sig = if self.outside { "sig-observability" } else { "sig-compute" };
        let mut text = format!(
            "---\ntitle: Clock\nvep-number: 7\ncreation-date: \"2026-03-02\"\nstatus: {status}\nauthors: [\"@ada\"]\n\
             owning-sig: {sig}\nreviewers: [{people}]\napprovers: [\"@cy\"]\n"
        );
        if !self.meta {
            text.push_str("feature-gate: Clock\n");
        }
        if let Some(stage) = STAGES[self.stage] {
            writeln!(text, "stage: {stage}").unwrap();
        }
        if let Some(milestone) = milestone {
            writeln!(text, "milestone: {{{}: {milestone}}}", STAGES[self.stage].unwrap_or("alpha")).unwrap();
        }
        writeln!(text, "superseded-by: {}", if self.succeeded { "8" } else { "\"\"" }).unwrap();
        text + "---\n" + BODY
    }

    fn now(&self) -> String {
        self.text(STATUSES[self.status], MILESTONES[self.milestone])
    }

    fn before(&self) -> Option<String> {
        let stage = STAGES[self.stage].unwrap_or("alpha");
        match self.base {
            Base::New | Base::Unknown => None,
            Base::At(state, Target::Same) => Some(self.text(STATUSES[state], MILESTONES[self.milestone])),
            Base::At(state, Target::Other) => Some(self.text(STATUSES[state], Some("\"v1.8\""))),
            Base::Legacy(target) => {
                let release = if target == Target::Same { "v1.9" } else { "v1.8" };
                Some(format!("{BODY}\n- This VEP targets {stage} for version: {release}\n"))
            }
            Base::Unreadable => Some(format!("---\ntitle: [\n---\n{BODY}")),
        }
    }

    /// What the sentences that describe the drafts make of it.
    fn expected(&self) -> Vec<(&'static str, Word)> {
        use Word::{Fail, Pass, Unknown, Warn};
        let fails = |fails: bool| if fails { Fail } else { Pass };
        let status = STATUSES[self.status];
        let (stage, milestone) = (STAGES[self.stage], MILESTONES[self.milestone]);
        let mut words = vec![
            ("block-present", Pass),
            ("block-yaml", Pass),
            ("required-keys", Pass),
            ("status-known", fails(status == "implementible")),
            ("owning-sig-known", fails(self.outside)),
            ("number-positive", Pass),
            ("number-is-issue", Unknown),
            ("gate-present", Pass),
            ("stage-present", fails(!self.meta && status == "implementable" && stage.is_none())),
            ("milestone-of-stage", fails(!self.meta && stage.is_some() && milestone.is_none())),
            ("people-named", fails(status == "implementable" && self.tbd)),
            ("successor-named", fails(status == "replaced" && !self.succeeded)),
        ];
        if status != "implementible" {
            words.push((
                "transition",
                match self.base {
                    Base::Unknown => Unknown,
                    Base::New | Base::Legacy(_) | Base::Unreadable => Pass,
                    Base::At(from, _) => {
                        let from = STATUSES[from];
                        fails(from != status && !ARROWS.contains(&format!("{from} {status}").as_str()))
                    }
                },
            ));
        }
        let looked_up = status == "implementable" && stage.is_some() && !self.label;
        words.push((
            "freeze",
            match milestone.map(|it| it.trim_matches('"')) {
                Some(_) if !looked_up => Pass,
                None => Pass,
                Some("v1.9" | "1.9") => fails(self.day > 0),
                Some(_) => Warn,
            },
        ));
        words
    }

    /// How far it is from the plainest one: a document in a state that it was in before.
    fn oddness(&self) -> usize {
        let base = match self.base {
            Base::At(state, target) => {
                usize::from(state != self.status) + usize::from(target == Target::Other)
            }
            _ => 1,
        };
        let flags = [self.meta, self.label, self.tbd, self.outside, self.succeeded];
        let rest = [self.stage, self.milestone, self.day].map(|it| it > 0);
        base + flags.iter().chain(&rest).filter(|it| **it).count()
    }

    /// What is not plain about it.
    fn tell(&self) -> String {
        let mut parts = vec![STATUSES[self.status].to_owned()];
        let same_state = |state| state == self.status;
        parts.extend(match self.base {
            Base::At(state, Target::Same) if same_state(state) => None,
            Base::At(state, Target::Other) if same_state(state) => Some("retargeted".into()),
            Base::At(state, Target::Same) => Some(format!("was {}", STATUSES[state])),
            Base::At(state, Target::Other) => Some(format!("was {} with another target", STATUSES[state])),
            Base::New => Some("new file".into()),
            Base::Legacy(Target::Same) => Some("was prose with the same target".into()),
            Base::Legacy(Target::Other) => Some("was prose with another target".into()),
            Base::Unreadable => Some("its front matter could not be read before".into()),
            Base::Unknown => Some("no base known".into()),
        });
        let said = |value: Option<&str>, name: &str| match value {
            Some(value) => format!("{name} {}", value.trim_matches('"')),
            None => format!("no {name}"),
        };
        if self.stage > 0 {
            parts.push(said(STAGES[self.stage], "stage"));
        }
        if self.milestone > 0 {
            let quotes = if MILESTONES[self.milestone] == Some("1.10") { " unquoted" } else { "" };
            parts.push(said(MILESTONES[self.milestone], "milestone") + quotes);
        }
        let flags = [
            (self.meta, "meta-VEP"),
            (self.label, "labelled `freeze-exception`"),
            (self.tbd, "a reviewer TBD"),
            (self.outside, "owned by sig-observability"),
            (self.succeeded, "successor named"),
        ];
        parts.extend(flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()));
        if self.day > 0 {
            parts.push(format!("on {}", DAYS[self.day].0));
        }
        parts.join(", ")
    }
}

/// The steps that the validator allows.
const ARROWS: [&str; 11] = [
    "provisional implementable",
    "provisional deferred",
    "provisional rejected",
    "provisional withdrawn",
    "provisional replaced",
    "implementable implemented",
    "implementable deferred",
    "implementable rejected",
    "implementable withdrawn",
    "implementable replaced",
    "implemented replaced",
];

fn parse(path: &str, text: &str) -> Document {
    Document::parse(Source::new(path, text))
}

fn world(today: Date, label: bool) -> World {
    let template = parse("veps/NNNN-vep-template/vep.md", "# VEP #NNNN: Title\n\n## Overview\n");
    let head = Corpus::new(vec![Arc::new(template)], vec![]);
    let mut world = World::unchanged(head, Calendar::snapshot(), today);
    Arc::make_mut(&mut world.pull).labels =
        Some(if label { vec!["freeze-exception".into()] } else { vec![] });
    world
}

/// A kind of difference: the check's place, upstream's word, ours, and the reason's place.
type Kind = (usize, Word, &'static str, usize);

/// How often a kind was met, and the plainest combination that shows it: how odd it is, its place in the
/// list, and its words.
#[derive(Clone)]
struct Met {
    count: usize,
    plainest: (usize, Option<Combination>, String),
}

/// What was met on the way through all combinations.
#[derive(Default)]
struct Survey {
    /// How many combinations there were.
    asked: usize,
    /// How many of them both let pass, upstream alone fails, ours alone fails, and both fail.
    outcomes: [usize; 4],
    met: BTreeMap<Kind, Met>,
}

impl Survey {
    fn take(&mut self, said: &Said, sheet: Option<&Sheet>, plainest: (usize, Option<Combination>, String)) {
        self.asked += 1;
        let fails = sheet.is_some_and(|sheet| sheet.counts().errors > 0);
        self.outcomes[usize::from(said.word() == Word::Fail) + 2 * usize::from(fails)] += 1;
        for difference in &said.differences {
            let met = Met { count: 1, plainest: plainest.clone() };
            self.meet(kind(difference), met);
        }
    }

    fn meet(&mut self, kind: Kind, met: Met) {
        match self.met.entry(kind) {
            Entry::Vacant(free) => {
                free.insert(met);
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.count += met.count;
                if met.plainest < known.plainest {
                    known.plainest = met.plainest;
                }
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.asked += other.asked;
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(own, others)| *own += others);
        other.met.into_iter().for_each(|(kind, met)| self.meet(kind, met));
    }
}

fn kind(difference: &Difference) -> Kind {
    let check = CHECKS.iter().position(|check| check.id == difference.check).unwrap();
    let reason = REASONS.iter().position(|reason| reason.says == difference.reason).unwrap();
    (check, difference.upstream, difference.ours, reason)
}

/// What has to hold between the two verdicts, whatever the document is.
fn assert_explained(said: &Said, sheet: &Sheet, name: &dyn Fn() -> String) {
    let new_errors: BTreeSet<&str> = sheet
        .flaws()
        .into_iter()
        .filter(|(_, flaw)| flaw.age == Age::New && flaw.severity == Severity::Error)
        .map(|(rule, _)| rule.id)
        .collect();
    let difference = |check: &str| said.differences.iter().find(|it| it.check == check);
    for it in &said.differences {
        assert_ne!(it.reason, UNEXPLAINED, "{}: {it:?}", name());
        assert!(it.ours != "error" || it.rules.iter().any(|rule| new_errors.contains(rule)), "{}", name());
    }
    for remark in &said.remarks {
        match remark.word {
            // Whoever is failed by upstream alone is told so.
            Word::Fail if new_errors.is_empty() => assert!(difference(remark.check).is_some(), "{}", name()),
            Word::Unknown => assert!(difference(remark.check).is_none(), "{}", name()),
            _ => {}
        }
    }
    // Whoever is failed by ours alone, where upstream asks about the same, is told so, too.
    for rule in new_errors {
        let asking: Vec<_> = CHECKS.iter().filter(|check| check.rules.contains(&rule)).collect();
        let told = asking.iter().any(|check| {
            let remark = said.remarks.iter().find(|remark| remark.check == check.id);
            difference(check.id).is_some_and(|it| it.rules.contains(&rule))
                || remark.is_none_or(|remark| [Word::Fail, Word::Unknown].contains(&remark.word))
        });
        assert!(asking.is_empty() || told, "{}: {rule}", name());
    }
}

/// Asks about every combination.
fn survey() -> Survey {
    let all = combinations();
    let mut survey = Survey::default();
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(4));
        let handles: Vec<_> = parts.map(|part| scope.spawn(|| survey_part(part))).collect();
        handles.into_iter().for_each(|handle| survey.join(handle.join().unwrap()));
    });
    survey
}

fn survey_part(part: &[Combination]) -> Survey {
    let worlds = DAYS.map(|(_, day)| [false, true].map(|label| world(day, label)));
    let mut documents: BTreeMap<(bool, String), Document> = BTreeMap::new();
    for it in part {
        for text in [Some(it.now()), it.before()].into_iter().flatten() {
            documents.entry((it.meta, text)).or_insert_with_key(|(_, text)| parse(it.path(), text));
        }
    }
    let mut survey = Survey::default();
    for it in part {
        let world = &worlds[it.day][usize::from(it.label)];
        let now = &documents[&(it.meta, it.now())];
        let was = match it.base {
            Base::Unknown => Was::Unknown,
            Base::New => Was::Nothing,
            _ => Was::Known(&documents[&(it.meta, it.before().unwrap())]),
        };
        let sheet = judge(world, now, was);
        let said = said(world, now, was, Some(&sheet));
        let words: Vec<_> = said.remarks.iter().map(|remark| (remark.check, remark.word)).collect();
        assert_eq!(words, it.expected(), "{}", it.tell());
        assert_explained(&said, &sheet, &|| it.tell());
        survey.take(&said, Some(&sheet), (it.oddness(), Some(*it), it.tell()));
    }
    survey
}

/// What an odd document was.
#[derive(Clone, Copy)]
enum Past {
    Unknown,
    New,
    /// A governed document: implementable, alpha in v1.9.
    Plain,
    /// Prose alone.
    Prose,
    /// Front matter that is not closed.
    Open,
    /// What it is now.
    Same,
}

/// A document that is written in an odd way: what about it, its text, what it was, and some of the words
/// that are expected, by hand. None stands for a check that is not asked.
struct Odd {
    what: &'static str,
    path: &'static str,
    text: String,
    past: Past,
    expected: &'static [(&'static str, Option<Word>)],
}

const CLOCK: &str = "veps/sig-compute/7-clock/vep.md";

fn plain() -> Combination {
    Combination {
        status: 1,
        base: Base::New,
        stage: 0,
        milestone: 0,
        meta: false,
        label: false,
        day: 0,
        tbd: false,
        outside: false,
        succeeded: false,
    }
}

/// The plain document with something else in the place of something.
fn with(from: &str, to: &str) -> String {
    let text = plain().now();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn odd_ones() -> Vec<Odd> {
    use Past::{New, Open, Plain, Prose, Same, Unknown as Nobody};
    use Word::{Fail, Pass, Unknown, Warn};
    type Words = &'static [(&'static str, Option<Word>)];
    let one = |what, past, text: String, expected: Words| Odd { what, path: CLOCK, text, past, expected };
    let other =
        |what, path, past, text: &str, expected: Words| Odd { what, path, text: text.into(), past, expected };
    const UNBLOCKED: Words =
        &[("block-present", Some(Unknown)), ("block-yaml", None), ("required-keys", None)];
    const STOPPED: Words = &[("block-present", Some(Fail)), ("block-yaml", None), ("freeze", None)];
    const UNCLOSED: Words =
        &[("block-present", None), ("block-yaml", Some(Unknown)), ("required-keys", None)];
    const NO_YAML: Words = &[("block-yaml", Some(Fail)), ("required-keys", None), ("freeze", None)];
    const TBD: Words = &[("people-named", Some(Fail)), ("required-keys", Some(Pass))];
    const NEARLY_TBD: Words = &[("people-named", Some(Unknown))];
    const GATED: Words = &[("gate-present", Some(Pass))];
    const EMPTY: Words = &[("required-keys", Some(Fail))];
    vec![
        // The block.
        one("a new file without front matter", New, BODY.into(), STOPPED),
        one(
            "prose that is edited and stays prose",
            Prose,
            BODY.into(),
            &[("block-present", Some(Warn)), ("freeze", None)],
        ),
        one("front matter removed", Plain, BODY.into(), STOPPED),
        one("prose, and no base known", Nobody, BODY.into(), UNBLOCKED),
        one("front matter that was not closed is removed", Open, BODY.into(), UNBLOCKED),
        one(
            "a line --- inside the block",
            New,
            with("stage: alpha", "---\nstage: alpha"),
            &[("block-yaml", Some(Pass)), ("stage-present", Some(Fail))],
        ),
        one("a reviewer called none", New, with("\"@bo\"", "none"), &[("people-named", Some(Pass))]),
        one("a blank line before the block", Plain, format!("\n{}", plain().now()), UNBLOCKED),
        one("a byte order mark", Plain, format!("\u{feff}{}", plain().now()), UNBLOCKED),
        one("line ends of Windows", Plain, plain().now().replace('\n', "\r\n"), UNBLOCKED),
        one("blanks behind the closing line", Plain, with("---\n\n#", "---  \n\n#"), UNBLOCKED),
        one("a new file whose block is not closed", New, with("---\n\n#", "\n#"), NO_YAML),
        one("a block that is no longer closed", Plain, with("---\n\n#", "\n#"), NO_YAML),
        one("prose becomes a block that is not closed", Prose, with("---\n\n#", "\n#"), UNCLOSED),
        one("a bracket that is not closed", Prose, with("[\"@ada\"]", "[\"@ada\""), NO_YAML),
        one("a bracket that was not closed before either", Same, with("[\"@ada\"]", "[\"@ada\""), NO_YAML),
        one("a list instead of keys", Prose, format!("---\n- a\n---\n{BODY}"), NO_YAML),
        one("an empty block in a new file", New, format!("---\n---\n{BODY}"), NO_YAML),
        one(
            "prose becomes an empty block",
            Prose,
            format!("---\n---\n{BODY}"),
            &[("block-yaml", Some(Unknown)), ("required-keys", None)],
        ),
        one(
            "a block that is too large",
            Plain,
            with("title: Clock", &format!("title: {}", "[".repeat(40))),
            &[("block-yaml", Some(Unknown)), ("required-keys", None)],
        ),
        one(
            "a key that is there twice",
            Plain,
            with("title: Clock", "title: Clock\nstatus: deferred"),
            &[
                ("block-yaml", Some(Unknown)),
                ("required-keys", Some(Unknown)),
                ("status-known", Some(Unknown)),
                ("transition", Some(Unknown)),
                ("freeze", Some(Unknown)),
            ],
        ),
        // The required keys.
        one("title left out", Plain, with("title: Clock\n", ""), EMPTY),
        one("authors empty", Plain, with("[\"@ada\"]", "[]"), EMPTY),
        one("authors an empty text", Plain, with("[\"@ada\"]", "\"\""), EMPTY),
        one("reviewers an empty text", Plain, with("[\"@bo\"]", "\"\""), EMPTY),
        one(
            "status an empty list",
            Plain,
            with("status: implementable", "status: []"),
            &[("required-keys", Some(Fail)), ("status-known", None), ("transition", None)],
        ),
        one(
            "title of blanks",
            Plain,
            with("title: Clock", "title: \"  \""),
            &[("required-keys", Some(Unknown))],
        ),
        one(
            "title an alias",
            Plain,
            with("title: Clock", "name: &clock Clock\ntitle: *clock"),
            &[("required-keys", Some(Unknown))],
        ),
        one("authors a text", Plain, with("[\"@ada\"]", "\"@ada\""), &[("required-keys", Some(Pass))]),
        one(
            "title the template's",
            Plain,
            with("title: Clock", "title: Short descriptive title"),
            &[("required-keys", Some(Pass))],
        ),
        one(
            "status left out",
            Plain,
            with("status: implementable\n", ""),
            &[("required-keys", Some(Fail)), ("status-known", None), ("freeze", Some(Pass))],
        ),
        one(
            "status a list",
            Plain,
            with("status: implementable", "status: [implementable]"),
            &[("status-known", Some(Fail)), ("required-keys", Some(Pass)), ("transition", None)],
        ),
        // The owning SIG.
        one(
            "owning SIG without `sig-`",
            Plain,
            with("sig-compute", "compute"),
            &[("owning-sig-known", Some(Unknown))],
        ),
        one(
            "two owning SIGs",
            Plain,
            with("sig-compute", "[sig-compute, sig-network]"),
            &[("owning-sig-known", Some(Fail))],
        ),
        one("no such SIG", Plain, with("sig-compute", "sig-clocks"), &[("owning-sig-known", Some(Fail))]),
        // The number.
        one(
            "number NNNN",
            New,
            with("vep-number: 7", "vep-number: NNNN"),
            &[
                ("number-positive", Some(Pass)),
                ("number-is-issue", Some(Pass)),
                ("required-keys", Some(Pass)),
            ],
        ),
        one(
            "number nnnn",
            New,
            with("vep-number: 7", "vep-number: nnnn"),
            &[("number-positive", Some(Unknown))],
        ),
        one(
            "number in quotes",
            Plain,
            with("vep-number: 7", "vep-number: \"7\""),
            &[("number-positive", Some(Unknown)), ("number-is-issue", Some(Unknown))],
        ),
        one(
            "number zero",
            Plain,
            with("vep-number: 7", "vep-number: 0"),
            &[("number-positive", Some(Fail)), ("number-is-issue", None), ("required-keys", Some(Pass))],
        ),
        one(
            "number seven",
            Plain,
            with("vep-number: 7", "vep-number: seven"),
            &[("number-positive", Some(Fail))],
        ),
        one(
            "number with a point",
            Plain,
            with("vep-number: 7", "vep-number: 7.5"),
            &[("number-positive", Some(Unknown))],
        ),
        one(
            "number beyond all issues",
            Plain,
            with("vep-number: 7", "vep-number: 70000000000"),
            &[("number-positive", Some(Pass))],
        ),
        // The gate.
        one(
            "no gate, and the text says why",
            New,
            with("feature-gate: Clock\n", "")
                + "\nThere is no feature gate, because nothing can be switched.\n",
            &[("gate-present", Some(Fail))],
        ),
        one(
            "there was no gate before, and the text says why",
            Same,
            with("feature-gate: Clock\n", "")
                + "\nThere is no feature gate, because nothing can be switched.\n",
            &[("gate-present", Some(Fail))],
        ),
        one(
            "no gate, and the text does not say why",
            New,
            with("feature-gate: Clock\n", ""),
            &[("gate-present", Some(Fail))],
        ),
        one("gate TBD", Plain, with("feature-gate: Clock", "feature-gate: TBD"), GATED),
        one("gate none", Plain, with("feature-gate: Clock", "feature-gate: none"), GATED),
        one("gate a map", Plain, with("feature-gate: Clock", "feature-gate: {a: b}"), GATED),
        one("two gates", Plain, with("feature-gate: Clock", "feature-gate: [Clock, Watch]"), GATED),
        // Stage and milestone.
        one(
            "stage and its milestone TBD",
            New,
            with("stage: alpha\nmilestone: {alpha", "stage: TBD\nmilestone: {TBD"),
            &[("stage-present", Some(Pass)), ("milestone-of-stage", Some(Pass)), ("freeze", Some(Pass))],
        ),
        one(
            "stage a list",
            Plain,
            with("stage: alpha", "stage: [alpha]"),
            &[
                ("stage-present", Some(Pass)),
                ("milestone-of-stage", Some(Unknown)),
                ("freeze", Some(Unknown)),
            ],
        ),
        one(
            "milestone a text",
            Plain,
            with("{alpha: \"v1.9\"}", "v1.9"),
            &[("milestone-of-stage", Some(Fail)), ("freeze", Some(Pass))],
        ),
        one(
            "milestone of another stage alone",
            Plain,
            with("{alpha", "{beta"),
            &[("milestone-of-stage", Some(Fail)), ("freeze", Some(Pass))],
        ),
        one(
            "milestone the template's",
            Plain,
            with("\"v1.9\"", "v1.x"),
            &[("milestone-of-stage", Some(Pass)), ("freeze", Some(Warn))],
        ),
        one(
            "milestone 2.0 unquoted",
            Plain,
            with("\"v1.9\"", "2.0"),
            &[("milestone-of-stage", Some(Pass)), ("freeze", Some(Unknown))],
        ),
        one(
            "milestone with a dot behind it",
            Plain,
            with("\"v1.9\"", "v1.9."),
            &[("milestone-of-stage", Some(Pass)), ("freeze", Some(Warn))],
        ),
        one("milestone a capital V", Plain, with("\"v1.9\"", "V1.9"), &[("freeze", Some(Warn))]),
        one(
            "milestone there twice",
            Plain,
            with("{alpha: \"v1.9\"}", "{alpha: v1.9, alpha: v1.10}"),
            &[("milestone-of-stage", Some(Unknown)), ("freeze", Some(Unknown))],
        ),
        // People.
        one("a reviewer tbd in lower case", Prose, with("\"@bo\"", "tbd"), TBD),
        one("an approver Tbd", Prose, with("\"@cy\"", "\"@cy\", Tbd"), TBD),
        one("reviewers TBD without a list", Prose, with("[\"@bo\"]", "TBD"), NEARLY_TBD),
        one("a reviewer @tbd", Prose, with("\"@bo\"", "\"@tbd\""), NEARLY_TBD),
        one("a reviewer TBD beside a number", Prose, with("\"@bo\"", "TBD, 5"), TBD),
        one(
            "a reviewer the template's",
            Prose,
            with("\"@bo\"", "\"@github-handle\""),
            &[("people-named", Some(Pass))],
        ),
        // The successor.
        one(
            "replaced by TBD",
            Plain,
            with("status: implementable", "status: replaced")
                .replace("superseded-by: \"\"", "superseded-by: TBD"),
            &[("successor-named", Some(Pass)), ("transition", Some(Pass))],
        ),
        one(
            "replaced by four",
            Plain,
            with("status: implementable", "status: replaced")
                .replace("superseded-by: \"\"", "superseded-by: four"),
            &[("successor-named", Some(Pass))],
        ),
        // Files that are no proposals.
        other(
            "a new appendix without front matter",
            "veps/sig-compute/7-clock/api.md",
            New,
            "# API\n",
            STOPPED,
        ),
        other(
            "an old appendix without front matter",
            "veps/sig-compute/7-clock/api.md",
            Same,
            "# API\n",
            &[("block-present", Some(Warn)), ("block-yaml", None)],
        ),
        other(
            "an appendix of a meta-VEP",
            "veps/meta-VEPs/7-clock/api.md",
            New,
            "---\ntitle: API\n---\n",
            &[
                ("block-present", Some(Pass)),
                ("required-keys", Some(Fail)),
                ("gate-present", Some(Pass)),
                ("stage-present", Some(Pass)),
            ],
        ),
        other("a file beside the folders", "veps/sig-compute/notes.md", New, "# Notes\n", STOPPED),
        other(
            "the template",
            "veps/NNNN-vep-template/vep.md",
            Same,
            "---\ntitle: Short descriptive title\nvep-number: NNNN\n---\n\n# VEP #NNNN: Title\n",
            &[
                ("required-keys", Some(Fail)),
                ("number-positive", Some(Pass)),
                ("number-is-issue", Some(Pass)),
                ("gate-present", Some(Fail)),
            ],
        ),
    ]
}

fn ask_odd(odd: &Odd) -> (Said, Option<Sheet>) {
    let world = world(DAYS[0].1, false);
    let now = parse(odd.path, &odd.text);
    let before = match odd.past {
        Past::Unknown | Past::New => None,
        Past::Plain => Some(parse(odd.path, &plain().now())),
        Past::Prose => {
            Some(parse(odd.path, &format!("{BODY}\n- This VEP targets alpha for version: v1.9\n")))
        }
        Past::Open => Some(parse(odd.path, "---\ntitle: Clock\n\n# VEP #7: Clock\n")),
        Past::Same => Some(now.clone()),
    };
    let was = match (&before, odd.past) {
        (Some(before), _) => Was::Known(before),
        (None, Past::New) => Was::Nothing,
        (None, _) => Was::Unknown,
    };
    let sheet = now.home.is_proposal().then(|| judge(&world, &now, was));
    (said(&world, &now, was, sheet.as_ref()), sheet)
}

#[test]
fn odd_documents_are_told_as_far_as_the_description_goes() {
    for odd in odd_ones() {
        let (said, sheet) = ask_odd(&odd);
        for (check, word) in odd.expected {
            let told = said.remarks.iter().find(|remark| remark.check == *check);
            assert_eq!(told.map(|remark| remark.word), *word, "{}: {check}: {told:?}", odd.what);
        }
        match sheet {
            Some(sheet) => assert_explained(&said, &sheet, &|| odd.what.into()),
            // Whatever is not judged differs wherever upstream does more than pass.
            None => {
                let loud = said.remarks.iter().filter(|it| [Word::Fail, Word::Warn].contains(&it.word));
                assert_eq!(said.differences.len(), loud.count(), "{}", odd.what);
                assert!(said.differences.iter().all(|it| it.ours == "not judged" && it.rules.is_empty()));
            }
        }
    }
}

/// Whatever odd document becomes whatever other one, on any of the days: each difference has its reason.
#[test]
fn no_odd_change_is_left_unexplained() {
    let documents: Vec<Document> = odd_ones().iter().map(|odd| parse(CLOCK, &odd.text)).collect();
    let world = world(DAYS[1].1, false);
    for now in &documents {
        for was in documents.iter().map(Was::Known).chain([Was::Nothing, Was::Unknown]) {
            let sheet = judge(&world, now, was);
            let said = said(&world, now, was, Some(&sheet));
            let before = match was {
                Was::Known(was) => was.source.text(),
                _ => "nothing known",
            };
            assert_explained(&said, &sheet, &|| format!("{before}\nbecomes\n{}", now.source.text()));
        }
    }
}

/// Values of every shape, one for each key in turn.
const SHAPES: [&str; 22] = [
    "",
    "\"\"",
    "\"  \"",
    "~",
    "TBD",
    "N/A",
    "NNNN",
    "\"7\"",
    "text",
    "two words",
    "7",
    "0",
    "-7",
    "1.10",
    "2.0",
    "true",
    "[]",
    "[TBD]",
    "[null, \"\"]",
    "[\"@ada\", 5]",
    "{}",
    "{alpha: 1.9, beta: [x], ga: TBD}",
];

#[test]
fn no_value_of_another_shape_is_left_unexplained() {
    let worlds = DAYS.map(|(_, day)| world(day, false));
    let prose = parse(CLOCK, BODY);
    let mut asked = 0;
    for status in ["provisional", "implementable", "implemented", "replaced"] {
        let text = with("status: implementable", &format!("status: {status}"));
        let before = parse(CLOCK, &text);
        // No draft check looks at the other two.
        let keys = SCHEMA.iter().map(|key| key.name);
        for key in keys.filter(|key| !["participating-sigs", "replaces"].contains(key)) {
            let rest: String = text
                .split_inclusive('\n')
                .skip(1)
                .filter(|line| !line.starts_with(&format!("{key}:")))
                .collect();
            for value in SHAPES {
                let now = parse(CLOCK, &format!("---\n{key}: {value}\n{rest}"));
                let pasts =
                    [Was::Unknown, Was::Nothing, Was::Known(&prose), Was::Known(&before), Was::Known(&now)];
                for (was, world) in
                    pasts.iter().flat_map(|was| worlds.iter().take(2).map(move |world| (*was, world)))
                {
                    let sheet = judge(world, &now, was);
                    let said = said(world, &now, was, Some(&sheet));
                    assert_explained(&said, &sheet, &|| now.source.text().into());
                    asked += 1;
                }
            }
        }
    }
    println!("{asked} values of another shape");
}

/// Rules that are switched off, softened, hardened or not asked: each difference has its reason still.
#[test]
fn neither_settings_nor_a_selection_leave_a_difference_unexplained() {
    let rules: BTreeSet<&'static str> = CHECKS.iter().flat_map(|check| check.rules).copied().collect();
    let calm = world(DAYS[1].1, false);
    let plain = parse(CLOCK, &plain().now());
    let documents: Vec<Document> = odd_ones().iter().map(|odd| parse(CLOCK, &odd.text)).collect();
    for rule in rules {
        let mut worlds = ["off: {R: a trial}", "severities: {R: advice}", "severities: {R: error}"]
            .map(|settings| settings.replace('R', rule))
            .map(|yaml| World { settings: Settings::read(Source::new(FILE, yaml)).into(), ..calm.clone() })
            .to_vec();
        assert!(worlds.iter().all(|world| world.settings.faults.is_empty()));
        let skip = BTreeSet::from([rule]);
        worlds.push(World { selection: Selection { skip, ..Selection::default() }.into(), ..calm.clone() });
        for (world, now) in worlds.iter().flat_map(|world| documents.iter().map(move |now| (world, now))) {
            for was in [Was::Nothing, Was::Known(&plain)] {
                let sheet = judge(world, now, was);
                let said = said(world, now, was, Some(&sheet));
                let unexplained = said.differences.iter().find(|it| it.reason == UNEXPLAINED);
                assert_eq!(unexplained, None, "{rule}: {:?}\n{}", world.settings, now.source.text());
            }
        }
    }
}

/// What no draft check asks about is no difference, although a rule that speaks of many keys is broken.
#[test]
fn what_upstream_does_not_ask_about_is_no_difference() {
    let text = with("reviewers", "participating-sigs: [sig-clocks]\nreviewers");
    let odd = Odd { what: "no such SIG takes part", path: CLOCK, text, past: Past::Plain, expected: &[] };
    let (said, sheet) = ask_odd(&odd);
    assert_eq!(sheet.unwrap().counts().errors, 1);
    assert_eq!((said.word(), said.differences), (Word::Unknown, vec![]), "only the issue is not known");
}

#[test]
fn checks_name_rules_and_reasons_are_sentences() {
    for check in CHECKS {
        assert!(!check.asks.ends_with('.'), "{}", check.id);
        for rule in check.rules {
            assert!(rules::all().any(|known| known.id == *rule), "{}: {rule}", check.id);
        }
    }
    let says: BTreeSet<&str> = REASONS.iter().map(|reason| reason.says).collect();
    assert_eq!(says.len(), REASONS.len(), "a reason is there twice");
    assert!(says.iter().all(|it| it.ends_with('.')));
}

/// Worlds in which a rule that a reviewer TBD breaks says nothing.
fn quiet_worlds() -> [(&'static str, World); 2] {
    let calm = world(DAYS[0].1, false);
    let settings = Settings::read(Source::new(FILE, "off: {reviewers-named: a trial}"));
    let selection = Selection { skip: BTreeSet::from(["reviewers-named"]), ..Selection::default() };
    [
        (
            "a reviewer TBD, and settings switch `reviewers-named` off",
            World { settings: settings.into(), ..calm.clone() },
        ),
        ("a reviewer TBD, and `reviewers-named` is not asked", World { selection: selection.into(), ..calm }),
    ]
}

/// Every combination agrees with what is expected, every difference has a reason, every reason is met, and
/// `docs/upstream.md` tells of all of them.
#[test]
fn every_difference_from_upstream_has_its_reason() {
    let mut survey = survey();
    for odd in odd_ones() {
        let (said, sheet) = ask_odd(&odd);
        survey.take(&said, sheet.as_ref(), (99, None, odd.what.into()));
    }
    let tbd = parse(CLOCK, &with("\"@bo\"", "TBD"));
    for (what, world) in quiet_worlds() {
        let sheet = judge(&world, &tbd, Was::Nothing);
        let said = said(&world, &tbd, Was::Nothing, Some(&sheet));
        assert_eq!(said.differences.len(), 1, "{what}: {:?}", said.differences);
        survey.take(&said, Some(&sheet), (99, None, what.into()));
    }
    let legacy = parse(CLOCK, "# VEP #7: Guest Clock\n");
    let what = "the number of a merged pull request, and the file had no block before";
    let merged = Merged::read(["Guest clock (#7)"], false);
    let world = world(DAYS[0].1, false).with_merged(Some(Arc::new(merged)));
    for (was, differences) in [(Was::Known(&legacy), 1), (Was::Nothing, 0)] {
        let now = parse(CLOCK, &plain().now());
        let sheet = judge(&world, &now, was);
        let said = said(&world, &now, was, Some(&sheet));
        let check = said.remarks.iter().find(|it| it.check == "number-is-issue").unwrap();
        assert_eq!((check.word, said.differences.len()), (Word::Fail, differences), "{:?}", said.differences);
        survey.take(&said, Some(&sheet), (99, None, what.into()));
    }
    for (at, reason) in REASONS.iter().enumerate() {
        assert!(survey.met.keys().any(|(.., reason)| *reason == at), "never met: {}", reason.says);
    }
    println!("{} combinations, {} kinds of difference", survey.asked, survey.met.len());
    golden::check("docs/upstream.md", &page(&survey));
}

const INTRODUCTION: &str = "# What upstream's draft checks would say

Made from `src/upstream.rs` by `UPDATE=1 cargo test`; do not edit.

VEP-282 announces a validator and a freeze enforcer. Drafts of both exist (September 2026, not merged). This
page says what they do, as far as they are described, and where our verdict is another, and why.

## What the drafts do

They look at every changed Markdown file under `veps/`.

";

fn page(survey: &Survey) -> String {
    let mut page = String::from(INTRODUCTION);
    for check in CHECKS {
        writeln!(page, "- **{}**: {}.", check.id, check.asks).unwrap();
    }
    let [neither, upstream, ours, both] = survey.outcomes;
    write!(
        page,
        "\n## How the two compare\n\n{} combinations were asked about: of status, stage, milestone and folder; what \
         the file was before; the day and the\n`freeze-exception` label; people, owning SIG and successor; and \
         {} documents that are written or asked about in odd ways.\n\n| | ours lets pass | ours fails |\n|---|---|---|\n\
         | upstream lets pass | {neither} | {ours} |\n| upstream fails | {upstream} | {both} |\n\n",
        survey.asked,
        odd_ones().len() + quiet_worlds().len() + 2,
    )
    .unwrap();
    page.push_str(
        "Below, each kind of difference is shown by the plainest combination that has it. Where it does not say \
         otherwise, the\nfile was in that state before, too; its stage is alpha and its milestone v1.9; it is no \
         meta-VEP and has no label; its\npeople are named; SIG compute owns it; no successor is named; it is the \
         day before the freeze. “There before” means\nthat ours reports it and does not hold the change responsible.\n",
    );
    for (at, check) in CHECKS.iter().enumerate() {
        let kinds: Vec<_> = survey.met.iter().filter(|((it, ..), _)| *it == at).collect();
        write!(page, "\n### {}\n\n", check.id).unwrap();
        if !check.rules.is_empty() {
            let rules: Vec<String> = check.rules.iter().map(|rule| format!("`{rule}`")).collect();
            writeln!(page, "Our rules: {}.\n", rules.join(", ")).unwrap();
        }
        if kinds.is_empty() {
            page.push_str("No difference.\n");
            continue;
        }
        page.push_str("| upstream | ours | for example | combinations | why |\n|---|---|---|---|---|\n");
        for ((_, word, ours, reason), Met { count, plainest }) in kinds {
            let (word, why) = (word.as_str(), REASONS[*reason].says);
            writeln!(page, "| {word} | {ours} | {} | {count} | {why} |", plainest.2).unwrap();
        }
    }
    page
}
