//! Upstream: what the draft checks of VEP-282's author would say of a changed file, and why ours differ.
//!
//! VEP-282 announces a validator and a freeze enforcer; their drafts are not merged yet. Authors will be
//! judged by them one day, so their word can be told beside ours, and each difference with its reason.
//!
//! What the drafts do is known from their description alone. Where that leaves something open (a number in
//! quotes, say) the word is [`Word::Unknown`] and never a guess. Two readings are ours: "required" means
//! there and not empty, as of the first eight keys; and a text is a value, `TBD` too, but among reviewers
//! and approvers, where the drafts refuse it.
//!
//! What the two say of every combination, and how often they differ, is in `docs/upstream.md`.
//!
//! Absent on purpose: the drafts' own messages, and what is asked online (whether the number is that of an
//! issue). The calendar keeps dates and no words, so a freeze counts here as found although the drafts want
//! the row to contain "Virtualization Enhancement Proposal (VEP) Freeze", the first of several, with a date
//! `YYYY/MM/DD`; all real schedules since v1.6 have one such row.

mod checks;
mod reasons;

pub use checks::{CHECKS, Check};
pub use reasons::{REASONS, Reason, UNEXPLAINED};

use crate::document::{Document, FrontMatter};
use crate::law::Severity;
use crate::rule::Was;
use crate::sheet::{Age, Flaw, Sheet, Verdict};
use crate::world::World;
use checks::{Draft, REQUIRED, Value};

/// What a draft check would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// It passes.
    Pass,
    /// What is known of the drafts does not say.
    Unknown,
    /// It warns and passes.
    Warn,
    /// It fails.
    Fail,
}

impl Word {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What one draft check would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The check's id, one of [`CHECKS`]. The drafts have no names; these are ours.
    pub check: &'static str,
    /// Its word.
    pub word: Word,
    /// Why.
    pub why: String,
}

/// Where upstream's word and ours are not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The check.
    pub check: &'static str,
    /// Upstream's word.
    pub upstream: Word,
    /// Ours: `error`, `warning` or `advice`, where the change made it; `there before`, where it did not;
    /// `holds`, `not yet`, or `not judged`.
    pub ours: &'static str,
    /// Our rules that ask about the same: those that the change broke, else those that are broken, else all.
    pub rules: Vec<&'static str>,
    /// Why the two differ.
    pub reason: &'static str,
}

/// What upstream would say about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The file.
    pub path: String,
    /// Every check that would be asked, in the order of [`CHECKS`].
    pub remarks: Vec<Remark>,
    /// Where we say something else.
    pub differences: Vec<Difference>,
}

impl Said {
    /// The worst word; unknown only where nothing is worse than a pass.
    pub fn word(&self) -> Word {
        self.remarks.iter().map(|remark| remark.word).max().unwrap_or(Word::Pass)
    }
}

/// What upstream would say about a changed Markdown file under `veps/`. `ours` is what the book says about
/// the same document and the same past; none for a companion or the template, which are no proposals to us.
pub fn said(world: &World, now: &Document, was: Was<'_>, ours: Option<&Sheet>) -> Said {
    // The drafts take a block as a strict reader does.
    let torn = now.matter().is_some_and(FrontMatter::is_torn);
    let now = now.strictly();
    let before = match was {
        Was::Known(before) => Some(before.strictly()),
        Was::Unknown | Was::Nothing => None,
    };
    let was = before.as_deref().map_or(was, Was::Known);
    let draft = Draft { now: now.as_ref(), was, world };
    let answers = CHECKS.iter().filter_map(|check| Some((check, (check.ask)(&draft)?)));
    let mut remarks = Vec::new();
    let mut differences = Vec::new();
    for (check, answer) in answers {
        let ours = Ours::on(check, answer.word, &draft, ours);
        differences.extend(difference(&Look { check: check.id, word: answer.word, ours, draft, torn }));
        let stops = answer.stops;
        remarks.push(Remark { check: check.id, word: answer.word, why: answer.why });
        if stops {
            break;
        }
    }
    Said { path: now.path().into(), remarks, differences }
}

/// A draft check's word beside ours: what a reason looks at.
pub(crate) struct Look<'a> {
    check: &'static str,
    word: Word,
    ours: Ours,
    draft: Draft<'a>,
    /// Whether ours has read the block a second time.
    torn: bool,
}

/// What our book says of that which a draft check asks about.
#[derive(Default)]
struct Ours {
    /// Whether the document was judged at all.
    judged: bool,
    /// Whether the question left some of the rules out.
    left_out: bool,
    /// Whether none of the rules was asked at all.
    mute: bool,
    /// Whether any of the rules had something to say.
    asked: bool,
    /// The worst flaw that the change made.
    new: Option<Severity>,
    /// The worst flaw, whoever made it.
    any: Option<Severity>,
    /// The rules that the change broke; where it broke none, those that were broken before.
    broken: Vec<&'static str>,
}

impl Ours {
    fn on(check: &Check, word: Word, draft: &Draft<'_>, sheet: Option<&Sheet>) -> Self {
        let mut ours = Self { judged: sheet.is_some(), ..Self::default() };
        // A failure is explained by a flaw at any value that the check reads. Otherwise each value has one
        // check of its own, so that nothing is told twice; an empty one that is required is told as missing.
        let is_told = |key: &&str| match word {
            Word::Fail => check.reads.contains(key),
            _ => {
                check.owns.contains(key)
                    && !(REQUIRED.contains(key) && matches!(draft.value(key), Value::Nothing))
            }
        };
        let mut before = Vec::new();
        let keys: Vec<&str> = check.reads.iter().copied().filter(is_told).collect();
        let checks = sheet.into_iter().flat_map(|sheet| &sheet.checks);
        let mut heard = 0;
        for said in checks.filter(|said| check.rules.contains(&said.rule.id)) {
            heard += 1;
            ours.asked |= !matches!(said.verdict, Verdict::NotYet(_));
            let Verdict::Broken(flaws) = &said.verdict else { continue };
            let of_all_keys = OF_ALL_KEYS.contains(&said.rule.id);
            let flaws: Vec<&Flaw> =
                flaws.iter().filter(|flaw| !of_all_keys || stands_at(flaw, &keys, draft.now)).collect();
            // The gravest severity is the first.
            ours.any = ours.any.into_iter().chain(flaws.iter().map(|flaw| flaw.severity)).min();
            let new = flaws.iter().filter(|flaw| flaw.age == Age::New).map(|flaw| flaw.severity).min();
            match new {
                Some(_) => ours.broken.push(said.rule.id),
                None if !flaws.is_empty() => before.push(said.rule.id),
                None => {}
            }
            ours.new = ours.new.into_iter().chain(new).min();
        }
        if ours.broken.is_empty() {
            ours.broken = before;
        }
        ours.left_out = ours.judged && heard < check.rules.len();
        ours.mute = heard == 0;
        ours
    }

    fn as_str(&self) -> &'static str {
        match self.new {
            Some(severity) => severity.as_str(),
            None if self.any.is_some() => "there before",
            None if self.mute => "not judged",
            None if self.asked => "holds",
            None => "not yet",
        }
    }
}

/// Rules that speak of many keys: only what they say at a check's own values counts for it.
const OF_ALL_KEYS: [&str; 4] = ["values-typed", "placeholders-filled", "sig-known", "stage-known"];

/// Whether a flaw stands at the value of one of these keys.
fn stands_at(flaw: &Flaw, keys: &[&str], now: &Document) -> bool {
    let values = |key| now.matter().into_iter().flat_map(move |matter: &FrontMatter| matter.written(key));
    let mut spans = keys.iter().copied().flat_map(values).map(|node| node.span);
    spans.any(|span| {
        let place = |at| now.source.place(at);
        flaw.elsewhere.is_none() && (place(span.start)..=place(span.end)).contains(&flaw.spot.start)
    })
}

/// The difference between two words, if it is one that can be told.
fn difference(look: &Look<'_>) -> Option<Difference> {
    let errs = look.ours.new == Some(Severity::Error);
    let warns = look.ours.new == Some(Severity::Warning);
    let (fails_one, differs) = match look.word {
        Word::Unknown => return None,
        Word::Fail => (!errs, !errs),
        Word::Warn => (errs, !warns),
        Word::Pass => (errs, errs || warns),
    };
    if !differs {
        return None;
    }
    let reason = REASONS.iter().find(|reason| reason.explains(look)).map(|reason| reason.says);
    // A mere warning on one side is told only where the reason is known.
    let reason = reason.or(fails_one.then_some(UNEXPLAINED))?;
    let check = CHECKS.iter().find(|check| check.id == look.check)?;
    let all = if look.ours.judged { check.rules } else { &[] };
    let rules = if look.ours.broken.is_empty() { all.to_vec() } else { look.ours.broken.clone() };
    Some(Difference { check: look.check, upstream: look.word, ours: look.ours.as_str(), rules, reason })
}
