//! What a document says, whichever way it says it.
//!
//! Lists and reports ask for facts and do not care whether they stand in front matter or in prose; who
//! shows a fact says where it was read. Without a readable block, facts come from the path, the heading
//! and the simple prose forms.

use super::{Document, Field, Front, FrontMatter, Home};
use crate::text::{Span, Spanned};
use crate::vep::{Handle, Number, Release, Stage, Status, is_unset};
use std::collections::BTreeMap;

/// Something that a document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    /// What.
    pub value: T,
    /// Where; none where the path says it.
    pub span: Option<Span>,
    /// How it was read.
    pub origin: Origin,
}

/// Where a fact was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In front matter: the single source of truth.
    FrontMatter,
    /// In a heading or in prose.
    Prose,
    /// In the path.
    Path,
}

impl Origin {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FrontMatter => "front matter",
            Self::Prose => "prose",
            Self::Path => "path",
        }
    }
}

impl<T> Fact<T> {
    fn new(value: T, span: Span, origin: Origin) -> Self {
        Self { value, span: Some(span), origin }
    }
}

/// All facts of a document. What could not be read is not here; the rules report it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The folder's number, else the front matter's, else the heading's. Where front matter agrees with
    /// the folder, its place.
    pub number: Option<Fact<Number>>,
    /// The title.
    pub title: Option<Fact<String>>,
    /// The day of creation, as it was written.
    pub created: Option<Fact<String>>,
    /// The state.
    pub status: Option<Fact<Status>>,
    /// The owning SIG.
    pub sig: Option<Fact<String>>,
    /// The participating SIGs.
    pub participating: Vec<Fact<String>>,
    /// The authors.
    pub authors: Vec<Fact<Handle>>,
    /// The reviewers; nobody yet where all are TBD.
    pub reviewers: Vec<Fact<Handle>>,
    /// The approvers; nobody yet where all are TBD.
    pub approvers: Vec<Fact<Handle>>,
    /// The gates.
    pub gates: Vec<Fact<String>>,
    /// The stage in flight, where front matter names it; [`crate::world::World::stage_in_flight`] knows it elsewhere.
    pub stage: Option<Fact<Stage>>,
    /// The release for each stage.
    pub targets: BTreeMap<Stage, Fact<Release>>,
    /// The VEP that this one supersedes.
    pub replaces: Option<Fact<Number>>,
    /// The VEP that supersedes this one.
    pub superseded_by: Option<Fact<Number>>,
}

impl Facts {
    pub(super) fn of(document: &Document) -> Self {
        let home = &document.home;
        let mut facts = match &document.front {
            Front::Read { matter, .. } => Self::from_front_matter(matter),
            _ => Self::from_prose(document),
        };
        if let Some(number) = home.number() {
            let agreeing = facts.number.take().filter(|fact| fact.value == number);
            facts.number = agreeing.or(Some(Fact { value: number, span: None, origin: Origin::Path }));
        }
        if let Some(heading) = document.heading() {
            let number = heading.number.as_ref().and_then(|it| Some((it.value.parse().ok()?, it.span)));
            facts.number = facts.number.or(number.map(|(value, span)| Fact::new(value, span, Origin::Prose)));
            facts.title = facts.title.or_else(|| {
                let title = heading.title.as_ref()?;
                Some(Fact::new(title.value.clone(), title.span, Origin::Prose))
            });
        }
        if let Home::Proposal { folder, name, .. } = home {
            facts.sig = facts.sig.or_else(|| {
                folder.starts_with("sig-").then(|| Fact {
                    value: folder.clone(),
                    span: None,
                    origin: Origin::Path,
                })
            });
            facts.title = facts.title.or_else(|| {
                let words = name.trim_start_matches(|c: char| c.is_ascii_digit()).replace(['-', '_'], " ");
                let words = words.trim().to_owned();
                (!words.is_empty()).then_some(Fact { value: words, span: None, origin: Origin::Path })
            });
        }
        facts
    }

    fn from_front_matter(matter: &FrontMatter) -> Self {
        let from = Origin::FrontMatter;
        let text =
            |field: &Field<String>| field.read().map(|read| Fact::new(read.value.clone(), read.span, from));
        let number = |field: &Field<Number>| field.read().map(|read| Fact::new(read.value, read.span, from));
        // No step begins at, and no freeze is held against, what stands in a block that does not parse.
        let whole = Some(matter).filter(|matter| !matter.is_torn());
        Self {
            number: matter
                .vep_number
                .read()
                .and_then(|read| Some(Fact::new(read.value.parse().ok()?, read.span, from))),
            title: text(&matter.title),
            created: text(&matter.creation_date),
            status: whole
                .and_then(|matter| matter.status.read())
                .and_then(|read| Some(Fact::new(Status::read(&read.value)?, read.span, from))),
            sig: text(&matter.owning_sig),
            participating: set(&matter.participating_sigs),
            authors: people(&matter.authors),
            reviewers: people(&matter.reviewers),
            approvers: people(&matter.approvers),
            gates: set(&matter.feature_gate),
            stage: whole
                .and_then(|matter| matter.stage.read())
                .and_then(|read| Some(Fact::new(Stage::read(&read.value)?, read.span, from))),
            targets: whole.map(targets).unwrap_or_default(),
            replaces: number(&matter.replaces),
            superseded_by: number(&matter.superseded_by),
        }
    }

    fn from_prose(document: &Document) -> Self {
        let gates = document.claimed_gates().iter();
        let gates = gates.map(|claim| Fact::new(claim.value.clone(), claim.span, Origin::Prose)).collect();
        let targets: BTreeMap<_, _> = document
            .claimed_targets()
            .iter()
            .map(|(stage, release)| (*stage, Fact::new(release.value, release.span, Origin::Prose)))
            .collect();
        Self { targets, gates, ..Self::default() }
    }

    /// Everybody who is named, with the part they play.
    pub fn people(&self) -> impl Iterator<Item = (&'static str, &Fact<Handle>)> {
        [("author", &self.authors), ("reviewer", &self.reviewers), ("approver", &self.approvers)]
            .into_iter()
            .flat_map(|(part, people)| people.iter().map(move |person| (part, person)))
    }
}

fn list(field: &Field<Vec<Spanned<String>>>) -> Vec<Fact<String>> {
    field
        .value()
        .into_iter()
        .flatten()
        .map(|item| Fact::new(item.value.trim().to_owned(), item.span, Origin::FrontMatter))
        .collect()
}

/// The items of a list that are set.
fn set(field: &Field<Vec<Spanned<String>>>) -> Vec<Fact<String>> {
    list(field).into_iter().filter(|item| !is_unset(&item.value)).collect()
}

fn people(field: &Field<Vec<Spanned<String>>>) -> Vec<Fact<Handle>> {
    list(field)
        .into_iter()
        .map(|Fact { value, span, origin }| Fact { value: Handle::new(value), span, origin })
        .filter(|person| !person.value.is_tbd())
        .collect()
}

fn targets(matter: &FrontMatter) -> BTreeMap<Stage, Fact<Release>> {
    matter
        .milestone
        .value()
        .into_iter()
        .flatten()
        .filter_map(|target| {
            let stage = Stage::read(&target.stage.value)?;
            Some((stage, Fact::new(target.read()?, target.release.span, Origin::FrontMatter)))
        })
        .collect()
}
