//! What a rule is, what it judges, and what it can say.
//!
//! A rule says what holds when all is well, because VEP-282 wants each check shown as pass or fail. It
//! answers with one of three verdicts: it holds, it is broken (with findings), or it does not apply yet
//! (with the reason). How severe a finding is depends on the document's class and is decided here, from
//! one table.
//!
//! Absent on purpose: the rules themselves (see [`crate::rules`]) and how a verdict looks.

use crate::document::{Document, Field, Front, FrontMatter};
use crate::edit::Change;
use crate::law::{Cite, Severity};
use crate::text::{Source, Span, Spanned, Spot};
use crate::vep::{Stage, Status};
use crate::world::{Base, World};
use std::borrow::Cow;

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
}

impl Judge {
    /// The question about one proposal.
    pub fn of_proposal(self) -> Option<fn(&Case<'_>) -> Judged> {
        match self {
            Self::Proposal(judge) | Self::Both(judge, _) => Some(judge),
            Self::Change(_) | Self::Checkout(_) => None,
        }
    }

    /// The question about the checkout as a whole.
    pub fn of_checkout(self) -> Option<fn(&World) -> Judged> {
        match self {
            Self::Checkout(judge) => Some(judge),
            Self::Proposal(_) | Self::Change(_) | Self::Both(..) => None,
        }
    }

    /// The question about a whole change.
    pub fn of_change(self) -> Option<fn(&World, &Base) -> Judged> {
        match self {
            Self::Change(judge) | Self::Both(_, judge) => Some(judge),
            Self::Proposal(_) | Self::Checkout(_) => None,
        }
    }
}

/// What a rule answers: findings (none: it holds), or why it does not apply yet.
pub type Judged = Result<Vec<Finding>, NotYet>;

/// Why a rule does not apply yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet(pub Cow<'static, str>);

impl NotYet {
    /// The reason in words.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }

    /// Another rule has reported the cause.
    pub fn see(what: &str, rule: &str) -> Self {
        Self(format!("{what}: see {rule}").into())
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
#[derive(Debug, Clone, Copy)]
pub struct Case<'w> {
    /// The document.
    pub now: &'w Document,
    /// What it was.
    pub was: Was<'w>,
    /// Everything around it.
    pub world: &'w World,
}

impl<'w> Case<'w> {
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
