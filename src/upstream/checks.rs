//! The draft checks: what each asks, and what it would say.
//!
//! The drafts read YAML and know nothing of our types, so the values are read here as they were written.
//!
//! Absent on purpose: our verdict. Which rules ask about the same is said in the table; the rest is the
//! room's own.

use super::Word;
use crate::calendar::Freeze;
use crate::document::{Document, Front, FrontMatter};
use crate::rule::Was;
use crate::text::{code, one_line};
use crate::vep::{CANONICAL_SIGS, META_FOLDER, Release, Status, read_number};
use crate::world::World;
use crate::yaml::{self, Kind, Node, Plain};

/// A draft check.
#[derive(Debug)]
pub struct Check {
    /// Our name for it.
    pub id: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// Our rules that ask about the same.
    pub rules: &'static [&'static str],
    /// The keys that it looks at.
    pub(super) reads: &'static [&'static str],
    /// Those of them whose shape is told with this check and with no other.
    pub(super) owns: &'static [&'static str],
    /// Its answer; none where it is not asked.
    pub(super) ask: fn(&Draft<'_>) -> Option<Answer>,
}

/// Every check: the validator's in the order in which it asks, and the freeze enforcer's.
#[rustfmt::skip]
pub const CHECKS: &[Check] = &[
    Check {
        id: "block-present",
        asks: "the file has a front matter block (a new file must, a block may not be removed, a file that never had one is warned)",
        rules: &["front-matter-present", "front-matter-kept"],
        reads: &[], owns: &[], ask: block_present,
    },
    Check {
        id: "block-yaml",
        asks: "the block is YAML; where it is not, nothing else is asked",
        rules: &["front-matter-parses"],
        reads: &[], owns: &[], ask: block_yaml,
    },
    Check {
        id: "required-keys",
        asks: "title, vep-number, creation-date, status, authors, owning-sig, reviewers and approvers are there and not empty",
        rules: &["keys-present", "values-typed", "placeholders-filled"],
        reads: REQUIRED, owns: &["title", "creation-date", "authors"], ask: required_keys,
    },
    Check {
        id: "status-known",
        asks: "the status is one of the seven states",
        rules: &["status-known", "values-typed"],
        reads: &["status"], owns: &["status"], ask: status_known,
    },
    Check {
        id: "owning-sig-known",
        asks: "the owning SIG is compute, network or storage",
        rules: &["sig-known", "values-typed"],
        reads: &["owning-sig"], owns: &["owning-sig"], ask: owning_sig_known,
    },
    Check {
        id: "number-positive",
        asks: "the number is a positive integer; NNNN passes",
        rules: &["values-typed", "placeholders-filled"],
        reads: &["vep-number"], owns: &["vep-number"], ask: number_positive,
    },
    Check {
        id: "number-is-issue",
        asks: "the number is that of an issue and not of a pull request (asked online); NNNN passes",
        rules: &["number-is-issue"],
        reads: &["vep-number"], owns: &[], ask: number_is_issue,
    },
    Check {
        id: "gate-present",
        asks: "`feature-gate` is there, whatever the status; not asked of meta-VEPs",
        rules: &["feature-gate-named", "values-typed", "placeholders-filled"],
        reads: &["feature-gate"], owns: &["feature-gate"], ask: gate_present,
    },
    Check {
        id: "stage-present",
        asks: "at implementable `stage` is there; not asked of meta-VEPs",
        rules: &["stage-present", "stage-known", "values-typed"],
        reads: &["stage"], owns: &["stage"], ask: stage_present,
    },
    Check {
        id: "milestone-of-stage",
        asks: "`milestone[stage]` is there whenever `stage` is; not asked of meta-VEPs",
        rules: &["milestone-set", "milestone-wellformed", "stage-known", "values-typed", "placeholders-filled"],
        reads: &["stage", "milestone"], owns: &["milestone"], ask: milestone_of_stage,
    },
    Check {
        id: "people-named",
        asks: "at implementable no reviewer and no approver is TBD, in any case",
        rules: &["reviewers-named", "approvers-named", "values-typed", "placeholders-filled"],
        reads: &["reviewers", "approvers"], owns: &["reviewers", "approvers"], ask: people_named,
    },
    Check {
        id: "successor-named",
        asks: "at replaced `superseded-by` is there",
        rules: &["superseded-by-set", "values-typed"],
        reads: &["superseded-by"], owns: &["superseded-by"], ask: successor_named,
    },
    Check {
        id: "transition",
        asks: "the step is one of the eleven that are allowed, where the base had valid front matter",
        rules: &["step-lawful"],
        reads: &[], owns: &[], ask: transition,
    },
    Check {
        id: "freeze",
        asks: "an implementable file with `milestone[stage]` is edited before the freeze day of that release (freeze enforcer)",
        rules: &["before-freeze", "freeze-known"],
        reads: &[], owns: &[], ask: freeze,
    },
];

/// The keys that every file needs.
pub(super) const REQUIRED: &[&str] =
    &["title", "vep-number", "creation-date", "status", "authors", "owning-sig", "reviewers", "approvers"];

/// The steps that are allowed. Nothing leads out of the other four states.
const STEPS: &[(Status, &[Status])] = {
    use Status::{Deferred, Implementable, Implemented, Provisional, Rejected, Replaced, Withdrawn};
    &[
        (Provisional, &[Implementable, Deferred, Rejected, Withdrawn, Replaced]),
        (Implementable, &[Implemented, Deferred, Rejected, Withdrawn, Replaced]),
        (Implemented, &[Replaced]),
    ]
};

/// The label that switches the freeze enforcer off for the whole pull request.
pub(super) const EXCEPTION: &str = "freeze-exception";

/// What a check says, and whether the validator stops there.
pub(super) struct Answer {
    pub(super) word: Word,
    pub(super) why: String,
    pub(super) stops: bool,
}

fn says(word: Word, why: impl Into<String>) -> Option<Answer> {
    Some(Answer { word, why: why.into(), stops: false })
}

fn pass(why: impl Into<String>) -> Option<Answer> {
    says(Word::Pass, why)
}

fn warn(why: impl Into<String>) -> Option<Answer> {
    says(Word::Warn, why)
}

fn fail(why: impl Into<String>) -> Option<Answer> {
    says(Word::Fail, why)
}

fn unknown(why: impl Into<String>) -> Option<Answer> {
    says(Word::Unknown, why)
}

/// The same, and nothing else is asked.
fn stop(answer: Option<Answer>) -> Option<Answer> {
    answer.map(|answer| Answer { stops: true, ..answer })
}

/// A changed file as the drafts meet it.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) now: &'a Document,
    pub(super) was: Was<'a>,
    pub(super) world: &'a World,
}

/// A value as the drafts meet it.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// The key is not there, or there is nothing behind it.
    Nothing,
    /// Something is there.
    Written(&'a Node),
    /// What the drafts make of it is not known, and why.
    Unsure(&'static str),
}

impl<'a> Value<'a> {
    /// The value of a key.
    fn of(matter: &'a FrontMatter, key: &'a str) -> Self {
        let mut written = matter.written(key);
        match (written.next(), written.next()) {
            (None, _) => Self::Nothing,
            (Some(node), None) => Self::weigh(node),
            (Some(_), Some(_)) => Self::Unsure("the key is there twice, and readers of YAML differ on that"),
        }
    }

    /// Whether a value is something or nothing.
    fn weigh(node: &'a Node) -> Self {
        match &node.kind {
            Kind::Alias(_) => Self::Unsure("the value is an alias, which is not followed here"),
            Kind::Map(entries) if entries.is_empty() => Self::Nothing,
            Kind::List(items) if items.is_empty() => Self::Nothing,
            Kind::List(items) if items.iter().all(|item| !matches!(Self::weigh(item), Self::Written(_))) => {
                Self::Unsure("whether a list of empty values is empty is not said")
            }
            Kind::Scalar { text, .. } if text.is_empty() || node.resolved() == Some(Plain::Null) => {
                Self::Nothing
            }
            Kind::Scalar { text, .. } if text.trim().is_empty() => {
                Self::Unsure("whether blanks alone are a value is not said")
            }
            _ => Self::Written(node),
        }
    }
}

/// Whether the drafts see a state, as far as that is known.
enum At {
    Yes,
    No,
    Unsure(&'static str),
}

impl<'a> Draft<'a> {
    pub(super) fn value(&self, key: &'a str) -> Value<'a> {
        self.now.matter().map_or(Value::Nothing, |matter| Value::of(matter, key))
    }

    /// The text of a single value, as it was written.
    pub(super) fn text(&self, key: &'a str) -> Option<&'a str> {
        match self.value(key) {
            Value::Written(node) => node.text(),
            _ => None,
        }
    }

    pub(super) fn status(&self) -> Option<Status> {
        Status::read(self.text("status")?)
    }

    fn at(&self, state: Status) -> At {
        match self.value("status") {
            Value::Unsure(why) => At::Unsure(why),
            Value::Written(node) if node.text() == Some(state.as_str()) => At::Yes,
            Value::Written(_) | Value::Nothing => At::No,
        }
    }

    /// Whether the file lies where neither gate nor stage nor milestone is asked for.
    pub(super) fn is_meta(&self) -> bool {
        let mut folders = self.now.path().split('/');
        (folders.next(), folders.next()) == (Some("veps"), Some(META_FOLDER))
    }

    /// `milestone[stage]`.
    pub(super) fn target(&self) -> Value<'a> {
        let stage = match self.value("stage") {
            Value::Written(node) => node.text(),
            other => return other,
        };
        let Some(stage) = stage else {
            return Value::Unsure("a `stage` that is no single value is not spoken of");
        };
        let Value::Written(milestone) = self.value("milestone") else { return self.value("milestone") };
        let Kind::Map(entries) = &milestone.kind else { return Value::Nothing };
        let mut own = entries.iter().filter(|entry| entry.key.text() == Some(stage));
        match (own.next(), own.next()) {
            (None, _) => Value::Nothing,
            (Some(entry), None) => Value::weigh(&entry.value),
            (Some(_), Some(_)) => {
                Value::Unsure("the stage is there twice, and readers of YAML differ on that")
            }
        }
    }
}

/// Whether a document had a block, as far as that is known.
fn has_block(document: &Document) -> Option<bool> {
    match &document.front {
        Front::Absent { near: None } => Some(false),
        Front::Absent { near: Some(_) } => None,
        Front::Unreadable { .. } | Front::Read { .. } if !is_plain(document) => None,
        Front::Unreadable { .. } => closed(document).map(|_| true),
        Front::Read { .. } => Some(true),
    }
}

/// Whether the block stands as every reader wants it: between two lines `---`, the first at the very top.
/// What the drafts make of a byte order mark, of blanks behind the dashes or of line ends of Windows is not
/// said.
fn is_plain(document: &Document) -> bool {
    let text = document.source.text();
    let behind = match &document.front {
        Front::Read { block, .. } => text.get(block.end..).unwrap_or_default(),
        Front::Unreadable { .. } | Front::Absent { .. } => "",
    };
    text.starts_with("---\n") && (behind.is_empty() || behind.starts_with('\n'))
}

/// The YAML of a block that is closed.
fn closed(document: &Document) -> Option<&str> {
    let inside = document.source.text().strip_prefix("---\n")?;
    if inside.starts_with("---\n") {
        return Some("");
    }
    inside.split_once("\n---\n").map(|(yaml, _)| yaml).or_else(|| inside.strip_suffix("\n---"))
}

fn block_present(draft: &Draft<'_>) -> Option<Answer> {
    let odd = "what the draft makes of a block that does not stand between two plain lines `---`, the first at the top, is not said";
    match &draft.now.front {
        Front::Absent { near: Some(_) } => stop(unknown(odd)),
        Front::Absent { near: None } => stop(match draft.was {
            Was::Nothing => fail("a new file without front matter"),
            Was::Unknown => unknown("it depends on what was there before, which is not known"),
            Was::Known(was) => match has_block(was) {
                Some(true) => fail("the front matter that was there is gone"),
                Some(false) => warn("a file that never had front matter"),
                None => unknown("whether the base had front matter to the draft is not said"),
            },
        }),
        Front::Unreadable { .. } | Front::Read { .. } if !is_plain(draft.now) => stop(unknown(odd)),
        // Told by `block-yaml`.
        Front::Unreadable { .. } if closed(draft.now).is_none() => None,
        Front::Unreadable { .. } | Front::Read { .. } => pass("there is a block"),
    }
}

/// A block that is not closed is no block or no YAML: a new file and one that had a block fail either way.
fn not_closed(draft: &Draft<'_>) -> Option<Answer> {
    let had = match draft.was {
        Was::Nothing => Some(true),
        Was::Known(was) => has_block(was),
        Was::Unknown => None,
    };
    match had {
        Some(true) => fail("the block is not closed"),
        _ => {
            unknown("whether a block that is not closed counts as none (a warning) or as no YAML is not said")
        }
    }
}

fn block_yaml(draft: &Draft<'_>) -> Option<Answer> {
    match &draft.now.front {
        Front::Absent { .. } => None,
        Front::Read { faults, .. } if faults.is_empty() => pass("the block is YAML"),
        Front::Read { .. } => {
            unknown("a key is there twice; some readers of YAML refuse that, and some do not")
        }
        Front::Unreadable { .. } if closed(draft.now).is_none() => stop(not_closed(draft)),
        Front::Unreadable { fault, .. } if fault.is_limit() => {
            stop(unknown("the block is too large to be read here"))
        }
        Front::Unreadable { fault, .. } => {
            let yaml = closed(draft.now).unwrap_or_default();
            let parsed = yaml::parse(yaml, 0);
            let had_none = matches!(draft.was, Was::Unknown)
                || matches!(draft.was, Was::Known(was) if has_block(was) != Some(true));
            stop(match (parsed.root, parsed.faults.is_empty()) {
                (None, true) if had_none => {
                    unknown("whether an empty block counts as none (a warning) or lacks its keys is not said")
                }
                (None, false) => fail(format!("the block is no YAML: {}", fault.what)),
                // YAML without keys: whatever is said of it, the required keys are not there.
                _ => fail("the block has no keys"),
            })
        }
    }
}

fn required_keys(draft: &Draft<'_>) -> Option<Answer> {
    let values = || REQUIRED.iter().map(|key| (*key, draft.value(key)));
    let lacking: Vec<&str> =
        values().filter(|(_, value)| matches!(value, Value::Nothing)).map(|(key, _)| key).collect();
    let unsure = values().find_map(|(key, value)| match value {
        Value::Unsure(why) => Some(format!("`{key}`: {why}")),
        _ => None,
    });
    match (lacking.is_empty(), unsure) {
        (false, _) => fail(format!("missing or empty: {}", lacking.join(", "))),
        (true, Some(why)) => unknown(why),
        (true, None) => pass("all eight have a value"),
    }
}

fn status_known(draft: &Draft<'_>) -> Option<Answer> {
    match draft.value("status") {
        // The lack of it is told by `required-keys`.
        Value::Nothing => None,
        Value::Unsure(why) => unknown(why),
        Value::Written(_) if draft.status().is_some() => pass("it is a state"),
        Value::Written(_) => fail("the status is none of the seven states"),
    }
}

fn owning_sig_known(draft: &Draft<'_>) -> Option<Answer> {
    let node = match draft.value("owning-sig") {
        Value::Nothing => return None,
        Value::Unsure(why) => return unknown(why),
        Value::Written(node) => node,
    };
    let Some(sig) = node.text() else { return fail("`owning-sig` is no single SIG") };
    if CANONICAL_SIGS.contains(&sig) {
        return pass("it is one of the three");
    }
    let bare = sig.trim().to_lowercase();
    match CANONICAL_SIGS
        .iter()
        .any(|known| known.trim_start_matches("sig-") == bare.trim_start_matches("sig-"))
    {
        true => unknown("the SIG is one of the three, but whether the draft takes this spelling is not said"),
        false => fail(format!("{} is none of compute, network and storage", shown(sig))),
    }
}

/// A value of the document, fit to stand in a sentence.
fn shown(text: &str) -> String {
    code(&one_line(text, 60))
}

/// What is known of the number.
enum Number {
    Placeholder,
    Positive,
    Wrong,
    Unsure(&'static str),
}

fn number(draft: &Draft<'_>) -> Option<Number> {
    let node = match draft.value("vep-number") {
        Value::Nothing => return None,
        Value::Unsure(why) => return Some(Number::Unsure(why)),
        Value::Written(node) => node,
    };
    let Some(text) = node.text() else { return Some(Number::Wrong) };
    let bare = text.strip_prefix('+').unwrap_or(text);
    let digits = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    Some(match node.resolved() {
        _ if text == "NNNN" => Number::Placeholder,
        _ if text.eq_ignore_ascii_case("nnnn") => Number::Unsure("only `NNNN` is said to pass"),
        Some(Plain::Integer) if digits && bare.bytes().any(|byte| byte != b'0') => Number::Positive,
        Some(Plain::Text) if digits || bare.starts_with("0x") || bare.starts_with("0o") => {
            Number::Unsure("whether a number in another dress passes is not said")
        }
        Some(Plain::Float) => Number::Unsure("whether a number with a point passes is not said"),
        _ => Number::Wrong,
    })
}

fn number_positive(draft: &Draft<'_>) -> Option<Answer> {
    match number(draft)? {
        Number::Placeholder => pass("NNNN passes"),
        Number::Positive => pass("it is a positive integer"),
        Number::Wrong => fail("the number is no positive integer"),
        Number::Unsure(why) => unknown(why),
    }
}

fn number_is_issue(draft: &Draft<'_>) -> Option<Answer> {
    match number(draft)? {
        Number::Placeholder => pass("NNNN passes"),
        Number::Positive if is_merged(draft) => {
            fail("the base branch has merged a pull request of this number")
        }
        Number::Positive | Number::Unsure(_) => unknown("asked online, which is not done here"),
        Number::Wrong => None,
    }
}

/// Whether the base branch has merged a pull request of the number that is written there.
fn is_merged(draft: &Draft<'_>) -> bool {
    let number = draft.text("vep-number").and_then(read_number);
    draft.world.merged.as_ref().zip(number).is_some_and(|(merged, number)| merged.subject(number).is_some())
}

const EXEMPT: &str = "meta-VEPs are exempt";

fn gate_present(draft: &Draft<'_>) -> Option<Answer> {
    if draft.is_meta() {
        return pass(EXEMPT);
    }
    is_there(draft.value("feature-gate"), "`feature-gate`")
}

fn is_there(value: Value<'_>, what: &str) -> Option<Answer> {
    match value {
        Value::Nothing => fail(format!("{what} is missing or empty")),
        Value::Unsure(why) => unknown(why),
        Value::Written(_) => pass(format!("{what} has a value")),
    }
}

fn stage_present(draft: &Draft<'_>) -> Option<Answer> {
    if draft.is_meta() {
        return pass(EXEMPT);
    }
    match draft.at(Status::Implementable) {
        At::No => pass("asked only at implementable"),
        At::Unsure(why) => unknown(why),
        At::Yes => is_there(draft.value("stage"), "`stage`"),
    }
}

fn milestone_of_stage(draft: &Draft<'_>) -> Option<Answer> {
    if draft.is_meta() {
        return pass(EXEMPT);
    }
    match draft.value("stage") {
        Value::Nothing => pass("no `stage`, so no milestone is asked for"),
        _ => is_there(draft.target(), "`milestone[stage]`"),
    }
}

fn people_named(draft: &Draft<'_>) -> Option<Answer> {
    match draft.at(Status::Implementable) {
        At::No => return pass("asked only at implementable"),
        At::Unsure(why) => return unknown(why),
        At::Yes => {}
    }
    let lists = ["reviewers", "approvers"].map(|key| named(draft.value(key)));
    let worst = lists.into_iter().max_by_key(|(word, _)| *word);
    worst.and_then(|(word, why)| says(word, why))
}

/// Whether nobody in a list is TBD.
fn named(value: Value<'_>) -> (Word, &'static str) {
    let node = match value {
        // The lack of it is told by `required-keys`.
        Value::Nothing => return (Word::Pass, "nobody is TBD"),
        Value::Unsure(why) => return (Word::Unknown, why),
        Value::Written(node) => node,
    };
    let items = match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ => &[],
    };
    let is_tbd = |node: &Node| node.text().is_some_and(|text| text.eq_ignore_ascii_case("tbd"));
    let nearly = |node: &Node| node.text().is_some_and(|text| text.to_lowercase().contains("tbd"));
    match items {
        _ if items.iter().any(is_tbd) => (Word::Fail, "somebody is still TBD"),
        _ if items.iter().any(|item| matches!(item.kind, Kind::Alias(_))) => {
            (Word::Unknown, "a value is an alias, which is not followed here")
        }
        _ if items.iter().any(nearly) => {
            (Word::Unknown, "whether TBD within a longer text counts is not said")
        }
        [] if nearly(node) => (Word::Unknown, "what the draft makes of TBD without a list is not said"),
        _ => (Word::Pass, "nobody is TBD"),
    }
}

fn successor_named(draft: &Draft<'_>) -> Option<Answer> {
    match draft.at(Status::Replaced) {
        At::No => pass("asked only at replaced"),
        At::Unsure(why) => unknown(why),
        At::Yes => is_there(draft.value("superseded-by"), "`superseded-by`"),
    }
}

fn transition(draft: &Draft<'_>) -> Option<Answer> {
    if let Value::Unsure(why) = draft.value("status") {
        return unknown(why);
    }
    // A status that is no state is told by `status-known`.
    let to = draft.status()?;
    let was = match draft.was {
        Was::Unknown => return unknown("no base is known"),
        Was::Nothing => return pass("a new file takes no step"),
        Was::Known(was) => was,
    };
    let before = Draft { now: was, was: Was::Unknown, world: draft.world };
    let valid = match &was.front {
        Front::Read { faults, .. } => faults.is_empty() && is_plain(was),
        Front::Unreadable { .. } | Front::Absent { .. } => true,
    };
    if !valid {
        return unknown("whether the base had valid front matter to the draft is not said");
    }
    match before.status() {
        None => pass("the base had no valid front matter, so no step is asked about"),
        Some(from) if from == to => pass("the state stays"),
        Some(from) if is_allowed(from, to) => pass(format!("{from} to {to} is allowed")),
        Some(from) => fail(format!("{from} to {to} is not allowed")),
    }
}

fn is_allowed(from: Status, to: Status) -> bool {
    STEPS.iter().any(|(start, ends)| *start == from && ends.contains(&to))
}

fn freeze(draft: &Draft<'_>) -> Option<Answer> {
    if draft.world.pull.is_labelled(EXCEPTION) {
        return pass("the label `freeze-exception` switches the enforcer off");
    }
    match draft.at(Status::Implementable) {
        At::No => return pass("asked only at implementable"),
        At::Unsure(why) => return unknown(why),
        At::Yes => {}
    }
    let name = match draft.target() {
        Value::Nothing => return pass("`milestone[stage]` is not set, so nothing is looked up"),
        Value::Unsure(why) => return unknown(why),
        Value::Written(node) => looked_up(node),
    };
    let Some(name) = name else { return unknown("what the draft makes of such a release is not said") };
    let today = draft.world.today;
    let release = Release::read(&name).filter(|release| release.is_canonical(&name));
    match release.map(|release| draft.world.calendar.freeze(release)) {
        Some(Freeze::On(freeze)) if freeze <= today => {
            fail(format!("{name} froze on {freeze}; today is {today}"))
        }
        Some(Freeze::On(freeze)) => pass(format!("{name} freezes on {freeze}")),
        Some(_) => warn(format!("no freeze of {name} is known")),
        None => warn(format!("there is no schedule of {}", shown(&name))),
    }
}

/// The name under which a release's schedule is looked up: the value as YAML reads it (an unquoted 1.10 is
/// 1.1), with a `v` in front where there is none, and nothing else normalised. None where that is not said.
pub(super) fn looked_up(node: &Node) -> Option<String> {
    let text = match (node.text()?, node.resolved()?) {
        (text, Plain::Text | Plain::Integer) => text.to_owned(),
        // Languages differ on how they write 2.0.
        (text, Plain::Float) => {
            let number: f64 = text.parse().ok().filter(|number: &f64| number.fract() != 0.0)?;
            number.to_string()
        }
        (_, Plain::Null | Plain::Bool) => return None,
    };
    Some(if text.starts_with('v') { text } else { format!("v{text}") })
}
