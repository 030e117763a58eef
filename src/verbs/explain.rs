//! `explain`: what does it mean, why, and where does the law say so?
//!
//! The pages are [`crate::book`]'s. Here they are asked for, and their citations are looked up in the
//! checkout's own documents, so that the words come with file and line.
//!
//! Absent on purpose: verdicts. Whether a change needs a VEP is answered as guidance.

use super::{Card, Needs, Trouble, Verb, one_or_many};
use crate::book::{self, Example, Kind, Page};
use crate::law::Cite;
use crate::text::{code, fenced, one_line};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most pages that are listed where a topic fits several.
const MOST_FITTING: usize = 20;
/// Longest topic that is looked for.
const MOST_TOPIC: usize = 200;

/// Explains a word of the field.
#[derive(Debug)]
pub struct Explain;

/// About what.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// A rule, state, step (`deferred to provisional`), field, term or question, or `rules`, `terms`, …; none: the contents
    #[arg(value_name = "TOPIC")]
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "String")]
    topic: Vec<String>,
}

/// A page, or what pages there are.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Answer {
    /// `rule`, `state`, `step`, `field`, `section`, `term`, `question` or `setting`
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it says
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    /// What else there is to say
    #[serde(skip_serializing_if = "Vec::is_empty")]
    text: Vec<String>,
    /// Where the law says so
    #[serde(skip_serializing_if = "Vec::is_empty")]
    law: Vec<Cited>,
    /// A change that breaks the rule
    #[serde(skip_serializing_if = "Option::is_none")]
    breaks: Option<Shown>,
    /// A near miss: a change under which it holds
    #[serde(skip_serializing_if = "Option::is_none")]
    holds: Option<Shown>,
    /// Pages that go with it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    see: Vec<&'static str>,
    /// The contents, or the pages that fit the topic
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contents: Vec<Listing>,
}

/// A place in the law.
#[derive(Debug, Serialize, JsonSchema)]
struct Cited {
    source: &'static str,
    section: &'static str,
    /// The cited words
    #[serde(skip_serializing_if = "str::is_empty")]
    words: &'static str,
    /// The checkout's file in which they stand
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

/// A case of the tests.
#[derive(Debug, Serialize, JsonSchema)]
struct Shown {
    /// What it is called
    case: String,
    /// A unified diff
    diff: &'static str,
    /// What the rule finds
    #[serde(skip_serializing_if = "Option::is_none")]
    finds: Option<String>,
}

/// The pages of a kind.
#[derive(Debug, Serialize, JsonSchema)]
struct Listing {
    kind: &'static str,
    pages: Vec<Entry>,
}

/// A line of the contents.
#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
}

impl Verb for Explain {
    const CARD: Card = Card::new(
        "explain",
        "explain",
        "Explain the governance",
        "Explains a rule, state, step, field, term or question: what, why, where the law says it, examples.",
        "Ask it before you explain governance yourself; topic `vep-required` is guidance.",
    );
    type Ask = Ask;
    type Answer = Answer;

    fn needs(_ask: &Ask) -> Needs {
        Needs::law()
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let topic = ask.topic.join(" ");
        if topic.chars().nth(MOST_TOPIC).is_some() {
            return Err(Trouble::new("the topic is too long", "Give a name or a few words."));
        }
        if topic.trim().is_empty() {
            return Ok(Answer { contents: contents(), ..Answer::default() });
        }
        if let Some(kind) =
            Kind::ALL.into_iter().find(|kind| kind.plural().eq_ignore_ascii_case(topic.trim()))
        {
            let pages = book::pages().into_iter().filter(|page| page.kind == kind).collect();
            return Ok(Answer { contents: listings(pages), ..Answer::default() });
        }
        let mut found = book::named(&topic);
        match (found.len(), found.pop()) {
            (1, Some(page)) => Ok(told(world, page)),
            (_, None) => Err(unknown(&topic)),
            (_, Some(last)) => {
                found.push(last);
                found.truncate(MOST_FITTING);
                Ok(Answer { contents: listings(found), ..Answer::default() })
            }
        }
    }
}

fn unknown(topic: &str) -> Trouble {
    let near = book::nearest_name(topic).map(|name| format!("Did you mean {}?", code(&name)));
    let ways = near.into_iter().chain(["Ask without a topic for the contents.".to_owned()]).collect();
    Trouble { what: format!("no page is called {}", code(topic)), ways }
}

/// The names of all pages but those of steps, which follow from the states; rules and sections without a word more.
fn contents() -> Vec<Listing> {
    let pages = book::pages().into_iter().filter(|page| page.kind != Kind::Step);
    let mut listings = listings(pages.collect());
    let bare = [Kind::Rule.as_str(), Kind::Section.as_str()];
    for listing in listings.iter_mut().filter(|listing| bare.contains(&listing.kind)) {
        listing.pages.iter_mut().for_each(|entry| entry.says = None);
    }
    listings
}

fn listings(pages: Vec<Page>) -> Vec<Listing> {
    let mut listings: Vec<Listing> = Vec::new();
    for page in pages {
        let entry = Entry { name: page.name, says: Some(page.says) };
        match listings.last_mut().filter(|listing| listing.kind == page.kind.as_str()) {
            Some(listing) => listing.pages.push(entry),
            None => listings.push(Listing { kind: page.kind.as_str(), pages: vec![entry] }),
        }
    }
    listings
}

fn told(world: &World, page: Page) -> Answer {
    let (breaks, holds) = page.rule.map_or((None, None), |rule| book::examples(rule.id));
    let shown = |example: Example| Shown { case: example.name, diff: example.diff, finds: example.finds };
    Answer {
        kind: Some(page.kind.as_str()),
        name: Some(page.name),
        says: Some(page.says),
        text: page.text,
        law: page.cites.iter().map(|cite| cited(world, cite)).collect(),
        breaks: breaks.map(shown),
        holds: holds.map(shown),
        see: page.see,
        contents: vec![],
    }
}

fn cited(world: &World, cite: &Cite) -> Cited {
    let found = world.find(cite);
    Cited {
        source: cite.source.name(),
        section: cite.section,
        words: cite.words,
        file: found.map(|(source, _)| one_line(source.path(), 200)),
        line: found.map(|(source, at)| source.line(at)),
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(kind), Some(name), Some(says)) = (self.kind, &self.name, &self.says) {
            writeln!(f, "# {kind} `{name}`\n\n{}.", capital(says))?;
        }
        self.text.iter().try_for_each(|text| writeln!(f, "\n{text}"))?;
        if !self.law.is_empty() {
            writeln!(f, "\nLaw:")?;
            self.law.iter().try_for_each(|cited| cited.fmt(f))?;
        }
        if let Some(Shown { case, diff, finds }) = &self.breaks {
            writeln!(f, "\nThis breaks it ({case}):\n\n{}", fenced(diff, "diff"))?;
            finds.iter().try_for_each(|finds| writeln!(f, "\n{finds}"))?;
        }
        if let Some(Shown { case, diff, .. }) = &self.holds {
            writeln!(f, "\nThis is a near miss, and it holds ({case}):\n\n{}", fenced(diff, "diff"))?;
        }
        if !self.see.is_empty() {
            let see: Vec<String> = self.see.iter().map(|name| code(name)).collect();
            writeln!(f, "\nSee also: {}.", see.join(", "))?;
        }
        for Listing { kind, pages } in &self.contents {
            let plural = Kind::ALL.into_iter().find(|it| it.as_str() == *kind).map_or(*kind, Kind::plural);
            writeln!(f, "{plural}:")?;
            if pages.iter().all(|page| page.says.is_none()) {
                let names: Vec<String> = pages.iter().map(|page| code(&page.name)).collect();
                writeln!(f, "- {}", names.join(", "))?;
                continue;
            }
            for Entry { name, says } in pages {
                writeln!(f, "- {}: {}", code(name), says.as_deref().unwrap_or_default())?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Cited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "- {}, {}", self.source, self.section)?;
        if !self.words.is_empty() {
            write!(f, ": “{}”", self.words)?;
        }
        match (&self.file, self.line) {
            (Some(file), Some(line)) => writeln!(f, " ({}:{line})", code(file)),
            _ if self.words.is_empty() => writeln!(f),
            _ => writeln!(f, " (not found in this checkout)"),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
