//! What a rule is, what it judges, and what it can say.
//!
//! A rule says what holds when all is well, because VEP-282 wants each check shown as pass or fail. It
//! answers with one of three verdicts: it holds, it is broken (with findings), or it does not apply yet
//! (with the reason). How severe a finding is depends on the document's class and is decided here, from
//! one table.
//!
//! Absent on purpose: the rules themselves (see [`crate::rules`]) and how a verdict looks.

use crate::document::{Document, Field, Front, FrontMatter, Target};
use crate::edit::Change;
use crate::law::{Cite, Severity};
use crate::matter::{Plan, implied};
use crate::prose::Certainty;
use crate::text::{Source, Span, Spanned, Spot};
use crate::vep::{Release, Stage, Status};
use crate::world::{Base, World};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

/// One sentence of the law, and how it is judged.
#[derive(Debug)]
pub struct Rule {
    /// Says what holds when all is well: `reviewers-named`.
    pub id: &'static str,
    /// The same as a sentence.
    pub says: &'static str,
    /// Why the law wants it.
    pub why: &'static str,
    /// How a broken one is mended, where the finding does not know better.
    pub fix: &'static str,
    /// Where the law says it; at least one.
    pub cites: &'static [Cite],
    /// What it is asked about, and the question.
    pub judge: Judge,
}

/// The rules that judge prose where there is no front matter (governance 6b). What they find there never fails a run.
pub const JUDGES_PROSE: [&str; 10] = [
    "feature-gate-named",
    "milestone-wellformed",
    "milestones-ordered",
    "alpha-not-skipped",
    "target-upcoming",
    "target-not-past",
    "stage-within-timebox",
    "before-freeze",
    "freeze-known",
    "freeze-not-near",
];

/// The subject of a rule, and the question.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// One proposal.
    Proposal(fn(&Case<'_>) -> Judged),
    /// A whole change against its base.
    Change(fn(&World, &Base) -> Judged),
    /// The checkout as a whole, with or without a base.
    Checkout(fn(&World) -> Judged),
    /// A proposal and a change, each for itself.
    Both(fn(&Case<'_>) -> Judged, fn(&World, &Base) -> Judged),
    /// A proposal, and what of the checkout is no document.
    Around(fn(&Case<'_>) -> Judged, fn(&World) -> Judged),
}

impl Judge {
    /// The question about one proposal.
    pub fn of_proposal(self) -> Option<fn(&Case<'_>) -> Judged> {
        match self {
            Self::Proposal(judge) | Self::Both(judge, _) | Self::Around(judge, _) => Some(judge),
            Self::Change(_) | Self::Checkout(_) => None,
        }
    }

    /// The question about the checkout as a whole.
    pub fn of_checkout(self) -> Option<fn(&World) -> Judged> {
        match self {
            Self::Checkout(judge) | Self::Around(_, judge) => Some(judge),
            Self::Proposal(_) | Self::Change(_) | Self::Both(..) => None,
        }
    }

    /// Whether it asks about the checkout and nothing else.
    pub fn is_of_checkout_alone(self) -> bool {
        matches!(self, Self::Checkout(_))
    }

    /// The question about a whole change.
    pub fn of_change(self) -> Option<fn(&World, &Base) -> Judged> {
        match self {
            Self::Change(judge) | Self::Both(_, judge) => Some(judge),
            Self::Proposal(_) | Self::Checkout(_) | Self::Around(..) => None,
        }
    }
}

/// What a rule answers: findings (none: it holds), or why it does not apply yet.
pub type Judged = Result<Vec<Finding>, NotYet>;

/// Why a rule does not apply yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet {
    /// The reason in words.
    pub why: Cow<'static, str>,
    /// The rule that reports the cause, where something is broken. A step of which this is a condition must not pass
    /// because of that.
    pub blocked_by: Option<&'static str>,
}

impl NotYet {
    /// It does not arise.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { why: reason.into(), blocked_by: None }
    }

    /// It cannot be judged, for something else is broken: the rule that reports that.
    pub fn see(what: &str, rule: &'static str) -> Self {
        Self { why: format!("{what}: see {rule}").into(), blocked_by: Some(rule) }
    }
}

/// One thing that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters, before the document's class is looked at.
    pub gravity: Gravity,
    /// Where.
    pub span: Span,
    /// What is wrong, with what stands there.
    pub what: String,
    /// How to mend it; where none, the rule's own words.
    pub fix: Option<String>,
    /// The file and place, where it is not the document that was judged.
    pub elsewhere: Option<(String, Spot)>,
    /// Whether the rule itself has seen that it was there before.
    pub was_there: bool,
    /// The mend as a change of the document, where it needs no thought.
    pub mend: Option<Change>,
}

impl Finding {
    /// Something the law forbids.
    pub fn must(span: Span, what: impl Into<String>) -> Self {
        Self {
            gravity: Gravity::Must,
            span,
            what: what.into(),
            fix: None,
            elsewhere: None,
            was_there: false,
            mend: None,
        }
    }

    /// Something that only a migration can mend in a legacy document, and that is forbidden elsewhere.
    pub fn migrate(span: Span, what: impl Into<String>) -> Self {
        Self { gravity: Gravity::Migrate, ..Self::must(span, what) }
    }

    /// Something the law advises against.
    pub fn should(span: Span, what: impl Into<String>) -> Self {
        Self { gravity: Gravity::Should, ..Self::must(span, what) }
    }

    /// Something worth knowing.
    pub fn may(span: Span, what: impl Into<String>) -> Self {
        Self { gravity: Gravity::May, ..Self::must(span, what) }
    }

    /// The same in another document: its span is that one's.
    pub fn within(self, document: &Document) -> Self {
        self.at(&document.source)
    }

    /// The same in another file: its span is that one's.
    pub fn at(self, source: &Source) -> Self {
        Self { elsewhere: Some((source.path().into(), source.spot(self.span))), ..self }
    }

    /// The same about a file of the change: its first line.
    pub fn about(self, path: &str) -> Self {
        Self { elsewhere: Some((path.into(), Spot::top())), ..self }
    }

    /// The same with a mend that needs no thought.
    pub fn mend(self, change: Change) -> Self {
        Self { mend: Some(change), ..self }
    }

    /// The same with its own mend.
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

/// How much a finding matters by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// The law forbids it.
    Must,
    /// The law forbids it, and in a legacy document only its migration can mend it.
    Migrate,
    /// The law advises against it.
    Should,
    /// Worth knowing.
    May,
    /// Worth knowing, and nothing is to be mended: no setting makes it graver.
    Settled,
}

/// What a document is to the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Not in the checkout before.
    New,
    /// There before, with front matter.
    Governed,
    /// There before without front matter, and touched now.
    LegacyTouched,
    /// There before without front matter.
    Legacy,
}

impl Class {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Governed => "governed",
            Self::LegacyTouched | Self::Legacy => "legacy",
        }
    }
}

/// Severity by gravity and class (rows: [`Gravity`]; columns: new, governed, legacy and touched,
/// legacy). A document that nobody touches never fails a run.
const SEVERITIES: [(Gravity, [Severity; 4]); 5] = {
    use Severity::{Advice as I, Error as E, Warning as W};
    [
        (Gravity::Must, [E, E, E, W]),
        (Gravity::Migrate, [E, E, W, W]),
        (Gravity::Should, [W, W, W, W]),
        (Gravity::May, [I, I, I, I]),
        (Gravity::Settled, [I, I, I, I]),
    ]
};

/// How severe a finding is in a document of this class. What a checkout's settings want counts, but neither
/// makes an error of what fails no run by its class, nor does it touch what is settled.
pub fn severity(gravity: Gravity, class: Class, wanted: Option<Severity>) -> Severity {
    let usual = usual_severity(gravity, class);
    let excused = class == Class::Legacy || (class == Class::LegacyTouched && gravity == Gravity::Migrate);
    match wanted {
        Some(_) if gravity == Gravity::Settled => usual,
        Some(wanted) if excused => wanted.max(Severity::Warning),
        Some(wanted) => wanted,
        None => usual,
    }
}

fn usual_severity(gravity: Gravity, class: Class) -> Severity {
    let column = match class {
        Class::New => 0,
        Class::Governed => 1,
        Class::LegacyTouched => 2,
        Class::Legacy => 3,
    };
    SEVERITIES
        .iter()
        .find(|(row, _)| *row == gravity)
        .and_then(|(_, row)| row.get(column).copied())
        .unwrap_or(Severity::Error)
}

/// What was there before.
#[derive(Debug, Clone, Copy)]
pub enum Was<'w> {
    /// Nobody said: the document is judged as it stands.
    Unknown,
    /// Nothing: the document is new.
    Nothing,
    /// This document.
    Known(&'w Document),
}

/// A proposal before the book.
#[derive(Debug, Clone)]
pub struct Case<'w> {
    /// The document.
    pub now: &'w Document,
    /// What it was.
    pub was: Was<'w>,
    /// Everything around it.
    pub world: &'w World,
    /// Whether prose is judged, for want of front matter that could say it.
    by_prose: bool,
    /// The state that its prose implies, once it was asked for.
    implied: Rc<OnceCell<Status>>,
}

impl<'w> Case<'w> {
    /// A case. A document without front matter that is not on the base is provisional, whatever it targets.
    pub fn new(now: &'w Document, was: Was<'w>, world: &'w World) -> Self {
        // A block that was dropped is told by `front-matter-kept`, and nothing takes its place.
        let is_dropped = matches!(was, Was::Known(was) if !was.is_legacy());
        Self { now, was, world, by_prose: now.is_legacy() && !is_dropped, implied: Rc::default() }
    }

    /// The same question about what the document was. What its prose implies is read once for both, where it is the same.
    pub fn before(&self, was: &'w Document) -> Self {
        let before = Self::new(was, Was::Unknown, self.world.before());
        let is_same = self.by_prose && before.by_prose && !matches!(self.was, Was::Nothing);
        if is_same && was.source.text() == self.now.source.text() && before.world.today == self.world.today {
            return Self { implied: Rc::clone(&self.implied), ..before };
        }
        before
    }

    /// The state by which the plan is judged: that of the front matter, else what prose implies.
    pub fn plan_status(&self) -> Result<Status, NotYet> {
        if !self.by_prose {
            return self.status().map(|status| status.value);
        }
        Ok(*self.implied.get_or_init(|| match self.was {
            Was::Nothing => Status::Provisional,
            Was::Known(_) | Was::Unknown => implied(self.world, self.now).status,
        }))
    }

    /// Goes on only where the plan is one of a VEP at one of these states.
    pub fn plan_at(&self, states: &[Status]) -> Result<Status, NotYet> {
        let status = self.plan_status()?;
        if states.contains(&status) {
            return Ok(status);
        }
        let is = if self.by_prose { "prose implies the status" } else { "the status is" };
        Err(NotYet::because(format!("{is} {status}")))
    }

    /// What is planned, list by list. Front matter has one list, where all that it means can be read.
    pub fn plans(&self) -> Result<Vec<Plan>, NotYet> {
        if !self.by_prose {
            self.milestones()?;
        }
        self.not_torn()?;
        Ok(Plan::of(self.now))
    }

    /// Goes on only where the block is whole: what a torn one lacks may stand in what could not be read.
    fn not_torn(&self) -> Result<(), NotYet> {
        match self.now.matter().is_some_and(FrontMatter::is_torn) {
            true => Err(NotYet::see("the block is torn", "front-matter-parses")),
            false => Ok(()),
        }
    }

    /// Whether it is judged by its prose.
    pub fn is_prose(&self) -> bool {
        self.by_prose
    }

    /// Whether its targets are not stated in so many words, but follow from what the prose says.
    pub fn infers_targets(&self) -> bool {
        let mut targets = self.now.claimed_targets().values();
        self.is_prose() && targets.any(|target| target.certainty != Certainty::Stated)
    }

    /// What the document is to the law. Where no base is known, one without front matter is legacy.
    pub fn class(&self) -> Class {
        match self.was {
            Was::Nothing => Class::New,
            Was::Known(was) if was.is_legacy() => Class::LegacyTouched,
            Was::Unknown if self.now.is_legacy() => Class::Legacy,
            Was::Known(_) | Was::Unknown => Class::Governed,
        }
    }

    /// The front matter, or why there is none to judge.
    pub fn matter(&self) -> Result<&'w FrontMatter, NotYet> {
        match &self.now.front {
            Front::Read { matter, .. } => Ok(matter),
            Front::Absent { .. } => Err(NotYet::because("no front matter")),
            Front::Unreadable { .. } => {
                Err(NotYet::see("the front matter cannot be read", "front-matter-parses"))
            }
        }
    }

    /// The status.
    pub fn status(&self) -> Result<Spanned<Status>, NotYet> {
        let read = value(&self.matter()?.status, "status")?;
        match Status::read(&read.value) {
            Some(status) => Ok(Spanned::new(status, read.span)),
            None => Err(NotYet::see("the status is no state", "status-known")),
        }
    }

    /// The stage in flight; none where the document names none.
    pub fn stage(&self) -> Result<Option<Spanned<Stage>>, NotYet> {
        let Some(read) = optional(&self.matter()?.stage, "stage")? else { return Ok(None) };
        match Stage::read(&read.value) {
            Some(stage) => Ok(Some(Spanned::new(stage, read.span))),
            None => Err(NotYet::see("the stage is none of the three", "stage-known")),
        }
    }

    /// The lines of the milestone map; none where it is not there.
    pub fn milestones(&self) -> Result<&'w [Target], NotYet> {
        let targets = optional(&self.matter()?.milestone, "milestone")?;
        Ok(targets.map_or(&[], |targets| &targets.value))
    }

    /// The stage in flight and its release, with the place of that; none where no release is targeted. A release that
    /// is meant and cannot be read is no such case: another rule reports it.
    pub fn target(&self) -> Result<Option<(Stage, Spanned<Release>)>, NotYet> {
        let (stage, written) = match self.is_prose() {
            true => (None, &[][..]),
            false => (self.stage()?, self.milestones()?),
        };
        if let Some((stage, release)) = self.world.target(self.now) {
            let span = release.span.unwrap_or_else(|| self.now.first_line());
            return Ok(Some((stage, Spanned::new(release.value, span))));
        }
        self.not_torn()?;
        let is_own = |target: &&Target| stage.is_none_or(|stage| target.stage.value == stage.value.as_str());
        if written.iter().any(|target| Stage::read(&target.stage.value).is_none()) {
            return Err(NotYet::see(
                "a stage of the milestones is none of the three",
                "milestone-wellformed",
            ));
        }
        match written.iter().filter(is_own).find(|target| target.is_meant()) {
            Some(target) => Err(NotYet::see(
                "the release of the stage in flight cannot be read",
                if target.is_placeholder() { "placeholders-filled" } else { "milestone-wellformed" },
            )),
            None => Ok(None),
        }
    }

    /// Goes on only where the document is no meta-VEP.
    pub fn not_meta(&self) -> Result<(), NotYet> {
        if self.now.home.is_meta() { Err(NotYet::because("a meta-VEP is exempt")) } else { Ok(()) }
    }

    /// Goes on only at one of these states.
    pub fn status_among(&self, states: &[Status]) -> Result<Spanned<Status>, NotYet> {
        let status = self.status()?;
        if states.contains(&status.value) {
            return Ok(status);
        }
        Err(NotYet::because(format!("the status is {}", status.value)))
    }

    /// Where a finding points that is about a key: the key, or the line that opens the block.
    pub fn key_or_top(&self, key: &str) -> Span {
        let span = self.now.matter().and_then(|matter| matter.key_span(key));
        span.unwrap_or_else(|| self.now.first_line())
    }
}

/// The value of a key that another rule wants to be there.
pub fn value<'a, T>(field: &'a Field<T>, key: &str) -> Result<&'a Spanned<T>, NotYet> {
    optional(field, key)?.ok_or_else(|| NotYet::because(format!("`{key}` is not set")))
}

/// The value of a key that need not be there.
pub fn optional<'a, T>(field: &'a Field<T>, key: &str) -> Result<Option<&'a Spanned<T>>, NotYet> {
    match field {
        Field::Read(read) => Ok(Some(read)),
        Field::Absent | Field::Empty(_) => Ok(None),
        Field::Unread => Err(NotYet::see(&format!("`{key}` cannot be read"), "values-typed")),
        Field::Torn => Err(NotYet::see(&format!("`{key}` cannot be read"), "front-matter-parses")),
        Field::Twice => Err(NotYet::see(&format!("`{key}` is there twice"), "front-matter-parses")),
    }
}
