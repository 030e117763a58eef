//! The book as pages: every rule, state, step, field, section, term, setting and question, each with what it
//! says, why, where the law says it, and what breaks it.
//!
//! Nothing here is a second copy of the law: the pages of rules come from the rules and their cases, those of
//! states and steps from the lifecycle, those of fields from the schema, those of settings from their keys. Only
//! terms, the advice on sections, and the questions that the review of VEP-282 asked have words of their own.
//!
//! Absent on purpose: verdicts. A page explains; it judges nobody.

mod cases;
mod fields;
mod guide;
mod questions;
mod schema;
mod sections;
mod states;
mod terms;

pub use cases::{Example, examples};
pub use guide::{agents, authoring, lifecycle};
pub use schema::schema;
pub use sections::advice;

use crate::document::Key;
use crate::law::Cite;
use crate::lifecycle::{Standing, Step, steps, who};
use crate::rule::Rule;
use crate::rules::{self, BOOK};
use crate::settings;
use crate::text::nearest;
use crate::vep::Status;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A rule of the book.
    Rule,
    /// One of the seven states.
    State,
    /// A step from a beginning to a state.
    Step,
    /// A key of the front matter.
    Field,
    /// A section of a VEP's body.
    Section,
    /// A word of the field.
    Term,
    /// A question that authors ask.
    Question,
    /// A key of `.vep-mcp.yaml`.
    Setting,
}

impl Kind {
    /// All kinds, in the order of the table of contents.
    pub const ALL: [Self; 8] = [
        Self::Question,
        Self::State,
        Self::Step,
        Self::Field,
        Self::Section,
        Self::Term,
        Self::Rule,
        Self::Setting,
    ];

    /// As a page says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::State => "state",
            Self::Step => "step",
            Self::Field => "field",
            Self::Section => "section",
            Self::Term => "term",
            Self::Question => "question",
            Self::Setting => "setting",
        }
    }

    /// As the table of contents says it.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Rule => "rules",
            Self::State => "states",
            Self::Step => "steps",
            Self::Field => "fields",
            Self::Section => "sections",
            Self::Term => "terms",
            Self::Question => "questions",
            Self::Setting => "settings",
        }
    }
}

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it is about.
    pub kind: Kind,
    /// Its name: by it one asks for it.
    pub name: String,
    /// What it is, in a sentence without a stop.
    pub says: String,
    /// What else there is to say, paragraph by paragraph.
    pub text: Vec<String>,
    /// Where the law says so.
    pub cites: Vec<Cite>,
    /// The rule whose cases show it.
    pub rule: Option<&'static Rule>,
    /// The pages that go with it, by name.
    pub see: Vec<&'static str>,
}

/// All pages, kind by kind in the order of the table of contents.
pub fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = questions::QUESTIONS.iter().map(|told| told.page(Kind::Question)).collect();
    pages.extend(Status::ALL.map(states::page));
    pages.extend(steps().map(step));
    pages.extend(crate::document::SCHEMA.iter().map(field));
    pages.extend(sections::SECTIONS.iter().map(|told| told.page(Kind::Section)));
    pages.extend(terms::TERMS.iter().map(|told| told.page(Kind::Term)));
    pages.extend(rules::all().map(rule));
    pages.extend(settings::KEYS.iter().map(setting));
    pages
}

/// The pages that a topic names: one where all is well. The words of several pages may fit; then these.
pub fn named(topic: &str) -> Vec<Page> {
    let topic = plain(topic);
    let pages = pages();
    let exact: Vec<Page> = pages.iter().filter(|page| plain(&page.name) == topic).cloned().collect();
    if !exact.is_empty() {
        return exact;
    }
    let words: Vec<&str> = topic.split(' ').filter(|word| word.len() > 1).collect();
    let fits = |page: &Page| {
        let name = plain(&page.name);
        !words.is_empty() && words.iter().all(|word| name.split(' ').any(|own| own == *word))
    };
    let by_name: Vec<Page> = pages.iter().filter(|page| fits(page)).cloned().collect();
    if !by_name.is_empty() {
        return by_name;
    }
    let fits = |page: &Page| {
        let text = plain(&format!("{} {} {}", page.name, page.says, page.text.join(" ")));
        !words.is_empty() && words.iter().all(|word| text.split(' ').any(|own| own == *word))
    };
    pages.into_iter().filter(fits).collect()
}

/// The name that was most probably meant.
pub fn nearest_name(topic: &str) -> Option<String> {
    let pages = pages();
    nearest(topic, pages.iter().map(|page| page.name.as_str())).map(str::to_owned)
}

/// A topic as names are compared: words in lower case. An arrow is the word between two states.
fn plain(topic: &str) -> String {
    let topic = topic.to_lowercase().replace("->", " to ").replace("→", " to ").replace("..", " to ");
    let words = topic.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn rule(rule: &'static Rule) -> Page {
    let chapter = BOOK.iter().find(|chapter| chapter.rules.iter().any(|it| it.id == rule.id));
    let chapter = chapter.map(|chapter| format!("Chapter {}: {}.", chapter.name, chapter.about));
    let mut text: Vec<String> = chapter.into_iter().collect();
    text.push(format!("Why: {}", rule.why));
    text.push(format!("Fix: {}", rule.fix));
    Page {
        kind: Kind::Rule,
        name: rule.id.into(),
        says: rule.says.into(),
        text,
        cites: rule.cites.to_vec(),
        rule: Some(rule),
        see: fields::of_rule(rule.id),
    }
}

fn step(step: Step) -> Page {
    let Step { start, to, ground } = step;
    let mut text = vec![format!("Why: {}", ground.why)];
    if ground.gate {
        text.push(
            "The gate applies: named reviewers and approvers, a target release, before its VEP Freeze."
                .into(),
        );
    }
    text.extend(ground.evidence.iter().map(|it| {
        let side = if it.speaks_for { "For" } else { "Against" };
        format!("{side} it ({}): {}.", it.source.name(), it.says)
    }));
    if !ground.way.is_empty() {
        text.push(format!("Nearest lawful way: {}", ground.way));
    }
    text.push(format!("Who decides: {}.", who(to)));
    Page {
        kind: Kind::Step,
        name: format!("{} to {to}", start.as_str().trim_matches(['(', ')'])),
        says: match ground.standing {
            Standing::Same => "no step: the state stays what it is".into(),
            Standing::Unsettled => {
                "unsettled: the law is silent or contradicts itself, and a SIG decides".into()
            }
            standing => standing.as_str().into(),
        },
        text,
        cites: ground.cites.to_vec(),
        rule: None,
        see: vec![to.as_str(), "step-lawful"],
    }
}

fn field(key: &Key) -> Page {
    let told = fields::told(key.name);
    let needed =
        if key.required { "required, whatever the status" } else { "not required in every document" };
    let mut text = vec![format!("Type: {}; {needed}.", key.shape.expected())];
    text.extend(told.map(|told| told.text.to_owned()));
    Page {
        kind: Kind::Field,
        name: key.name.into(),
        says: key.about.into(),
        text,
        cites: told.map(|told| vec![told.cite]).unwrap_or_default(),
        rule: told.and_then(|told| rules::named(told.rules.first()?)),
        see: told.map(|told| told.rules.to_vec()).unwrap_or_default(),
    }
}

fn setting(key: &settings::Key) -> Page {
    Page {
        kind: Kind::Setting,
        name: key.name.into(),
        says: key.about.into(),
        text: vec![
            format!("A key of `{}` at the root of the checkout:\n\n```yaml\n{}\n```", settings::FILE, key.example),
            "Where a change is judged, the settings of its base count, so that no change switches off its own judge."
                .into(),
        ],
        cites: vec![],
        rule: rules::named("settings-understood"),
        see: vec!["settings-understood"],
    }
}

/// A page that has its own words.
struct Own {
    name: &'static str,
    says: &'static str,
    text: &'static [&'static str],
    cites: &'static [Cite],
    see: &'static [&'static str],
}

impl Own {
    fn page(&self, kind: Kind) -> Page {
        Page {
            kind,
            name: self.name.into(),
            says: self.says.into(),
            text: self.text.iter().map(|text| (*text).to_owned()).collect(),
            cites: self.cites.to_vec(),
            rule: None,
            see: self.see.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_page_is_found_by_its_name_and_leads_only_to_pages() {
        let pages = pages();
        let names: BTreeSet<&str> = pages.iter().map(|page| page.name.as_str()).collect();
        for page in &pages {
            assert!(named(&page.name).iter().any(|it| it.kind == page.kind), "{}", page.name);
            assert!(!page.says.is_empty() && !page.says.ends_with('.'), "{}: {}", page.name, page.says);
            for see in &page.see {
                assert!(names.contains(see), "{} leads to {see}", page.name);
            }
            for cite in &page.cites {
                assert!(cite.words.split_whitespace().count() <= 12, "{}: {cite}", page.name);
            }
        }
        let of = |kind: Kind| pages.iter().filter(|page| page.kind == kind).count();
        assert_eq!((of(Kind::State), of(Kind::Step), of(Kind::Field), of(Kind::Section)), (7, 63, 14, 15));
    }

    #[test]
    fn topics_are_found_as_people_write_them() {
        for (topic, name) in [
            ("Reviewers-Named", "reviewers-named"),
            ("`status`", "status"),
            ("deferred -> provisional", "deferred to provisional"),
            ("deferred→implementable", "deferred to implementable"),
            ("new file to implemented", "new file to implemented"),
            ("vep freeze", "VEP Freeze"),
            ("CLAUDE.md", "AGENTS.md and CLAUDE.md"),
            ("latest milestone", "why no latest-milestone"),
        ] {
            let found = named(topic);
            assert_eq!(found.first().map(|page| page.name.as_str()), Some(name), "{topic}");
        }
        assert!(named("zebra?!").is_empty() && named("").is_empty());
        assert_eq!(nearest_name("reviewer-named").as_deref(), Some("reviewers-named"));
    }
}
