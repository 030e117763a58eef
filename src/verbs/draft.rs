//! `draft`: a new VEP, to be written by its author.
//!
//! The front matter is filled with what is given; what nobody gave is a placeholder that the book reports, and
//! never a guess. The sections are those of the checkout's template, with its instructions. The draft is
//! judged before it is shown, and proposals that it resembles are named first: the best new VEP may be an
//! old one.
//!
//! Absent on purpose: the writing. What a section should say is told in a sentence; the author says it.

use super::{Card, Leaves, Name, Needs, Trouble, Verb, Writes, inputs, known_sig, label, one_or_many};
use crate::book;
use crate::document::{self, Document, Home, Value};
use crate::markdown::{Section, plain};
use crate::patch::Patch;
use crate::proposal::Inputs;
use crate::rule::Was;
use crate::search::{Hit, resembling};
use crate::sheet::{Counts, Sheet, judge};
use crate::text::{Source, code, code_up_to, fenced, is_plain, one_line};
use crate::vep::{Handle, META_FOLDER, Number, Stage, Status, read_number};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest title; the longest real one has 92 characters.
const MOST_TITLE: usize = 150;
/// Longest summary.
const MOST_SUMMARY: usize = 8_000;
/// Longest name of a folder behind its number.
const MOST_SLUG: usize = 50;
/// Most proposals that are shown as resembling it.
const MOST_NEAR: usize = 5;
/// The name of a folder for a title without a letter that it could be made of.
const NO_NAME: &str = "proposal";
/// What stands where the number is not known yet.
const NO_NUMBER: &str = "NNNN";
/// What stands where the author is not known yet.
const NO_HANDLE: &str = "@github-handle";
/// Front matter takes this section's place.
const REPLACED: &str = "VEP Status Metadata";
/// The section that a summary fills.
const OVERVIEW: &str = "Overview";
/// The template for a checkout that has none: that of the example.
const TEMPLATE: &str = include_str!("../../examples/enhancements/veps/NNNN-vep-template/vep.md");

/// Drafts a VEP.
#[derive(Debug)]
pub struct Draft;

/// What is known about it.
#[derive(Debug, Clone, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Short title
    title: String,
    /// Owning SIG
    #[arg(long)]
    sig: String,
    /// Number of its tracking issue
    #[arg(long)]
    #[serde(default)]
    number: Option<Name>,
    /// A VEP about the process
    #[arg(long)]
    #[serde(default)]
    meta: bool,
    /// Logins of its authors
    #[arg(long = "author", value_name = "LOGIN", value_delimiter = ',')]
    #[serde(default, deserialize_with = "one_or_many")]
    authors: Vec<String>,
    /// SIGs that must agree
    #[arg(long, value_name = "SIG", value_delimiter = ',')]
    #[serde(default, deserialize_with = "one_or_many")]
    participating: Vec<String>,
    /// Text for the Overview
    #[arg(long)]
    #[serde(default)]
    summary: Option<String>,
    /// The VEP it replaces
    #[arg(long, value_name = "VEP")]
    #[serde(default)]
    replaces: Option<Name>,
    /// key=value: feature-gate, stage, milestone.<stage>, authors, reviewers, approvers
    #[arg(long, value_name = "KEY=VALUE")]
    #[serde(default, deserialize_with = "one_or_many")]
    set: Vec<String>,
}

/// A draft, and what is left to do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    /// Where it belongs
    path: String,
    /// VEPs that it resembles, to be looked at first
    #[serde(skip_serializing_if = "Vec::is_empty")]
    near: Vec<Near>,
    /// The whole file, byte for byte: what cannot be seen is in it as it is
    text: String,
    errors: usize,
    warnings: usize,
    advice: usize,
    /// What the rules find, beside sections that are still empty
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Brief>,
    /// The sections that the author has to write
    #[serde(skip_serializing_if = "Vec::is_empty")]
    write: Vec<Task>,
    /// What only people can give
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asks: Vec<String>,
    notes: Vec<String>,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    patches: Vec<Patch>,
}

/// A VEP that is there already.
#[derive(Debug, Serialize, JsonSchema)]
struct Near {
    vep: String,
    path: String,
    /// A state, `legacy` or `unreadable`
    status: &'static str,
    /// Which words of title and summary stand where
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Brief {
    rule: &'static str,
    severity: &'static str,
    line: usize,
    what: String,
    fix: String,
}

/// A section that is still empty.
#[derive(Debug, Serialize, JsonSchema)]
struct Task {
    section: String,
    /// How it is written well
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

impl Verb for Draft {
    const CARD: Card = Card {
        writes: Writes::Files,
        ..Card::new(
            "draft",
            "draft_vep",
            "Draft a VEP",
            "Drafts a new VEP: path, front matter, sections to write with advice, and VEPs it resembles.",
            "Leave out what nobody told you; it becomes a placeholder. Fill the sections, then validate_vep.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    fn needs(_ask: &Ask) -> Needs {
        Needs::verdicts()
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        let patches = answer.patches.as_slice();
        Leaves { patches, lacks_a_file: patches.is_empty(), ..Leaves::default() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let plan = Plan::of(world, &ask)?;
        let path = plan.path();
        free(world, &plan, &path)?;
        let template = world.head.template().map(|it| it.as_ref().clone());
        let template = template.unwrap_or_else(|| Document::parse(Source::new("template.md", TEMPLATE)));
        let document = Document::parse(Source::new(path.as_str(), plan.text(&template)));
        let sheet = judge(&world.after(std::slice::from_ref(&document)), &document, Was::Nothing);
        let near = resembling(&world.head, &plan.title, &plan.summary);
        let Counts { errors, warnings, advice } = sheet.counts();
        let text = document.source.text().to_owned();
        Ok(Answer {
            today: world.today.to_string(),
            near: near.iter().take(MOST_NEAR).map(told).collect(),
            errors,
            warnings,
            advice,
            findings: findings(&sheet),
            write: tasks(&document),
            asks: asks(&plan, &document),
            notes: notes(&plan),
            title: plan.title.clone(),
            // A folder is not named for a number that nobody has.
            patches: plan
                .number
                .map(|_| Patch { path: path.clone(), before: None, after: text.clone() })
                .into_iter()
                .collect(),
            path,
            text,
        })
    }
}

/// What is known about the new VEP, read once.
struct Plan {
    title: String,
    number: Option<Number>,
    sig: String,
    meta: bool,
    authors: Vec<Handle>,
    participating: Vec<String>,
    summary: String,
    replaces: Option<Number>,
    inputs: Inputs,
    today: String,
}

impl Plan {
    fn of(world: &World, ask: &Ask) -> Result<Self, Trouble> {
        let number = |name: &Option<Name>, way: &str| {
            let read = |name: &Name| {
                let number = read_number(&name.0).filter(|number| *number > 0);
                number.ok_or_else(|| Trouble::new(format!("{} is no number", code(&name.0)), way))
            };
            name.as_ref().map(read).transpose()
        };
        let inputs = inputs(&ask.set, &[])?;
        if inputs.successor.is_some() {
            let way = "Name the VEP that it takes the place of as `replaces`.";
            return Err(Trouble::new("a new VEP has no successor", way));
        }
        let summary = ask.summary.as_deref().unwrap_or_default().trim().replace("\r\n", "\n");
        if summary.chars().nth(MOST_SUMMARY).is_some() {
            let what = format!("the summary has more than {MOST_SUMMARY} characters");
            return Err(Trouble::new(what, "Give the Overview alone; the rest belongs to other sections."));
        }
        let sig = |name: &String| match known_sig(world, name)? {
            sig if sig == META_FOLDER => {
                Err(Trouble::new("meta-VEPs is a folder and no SIG", "Give the SIG that owns it, and meta."))
            }
            sig => Ok(sig),
        };
        Ok(Self {
            title: title(&ask.title)?,
            number: number(&ask.number, "Give that of the tracking issue, or none where there is none yet.")?,
            sig: sig(&ask.sig)?,
            meta: ask.meta,
            authors: ask.authors.iter().map(Handle::new).chain(inputs.authors.iter().cloned()).collect(),
            participating: ask.participating.iter().map(sig).collect::<Result<_, _>>()?,
            summary,
            replaces: number(&ask.replaces, "Give the number of the VEP that it takes the place of.")?,
            inputs,
            today: world.today.to_string(),
        })
    }

    fn number(&self) -> String {
        self.number.map_or(NO_NUMBER.into(), |number| number.to_string())
    }

    fn path(&self) -> String {
        let folder = if self.meta { META_FOLDER } else { &self.sig };
        format!("veps/{folder}/{}-{}/vep.md", self.number(), slug(&self.title))
    }

    /// The whole file.
    fn text(&self, template: &Document) -> String {
        let front = self.front_matter();
        let sections: String = template
            .outline()
            .sections
            .iter()
            .filter(|section| section.level == 2 && section.name != plain(REPLACED))
            .map(|section| format!("\n{}\n", self.section(template, section)))
            .collect();
        let whole = |heading: &str| format!("{front}\n# VEP #{}: {heading}\n{sections}", self.number());
        let text = whole(&self.title);
        // A title may have what Markdown takes for markup; then it is written so that the title is read.
        let read = Document::parse(Source::new("draft.md", text.as_str()));
        let title = read.heading().and_then(|heading| heading.title.as_ref());
        match title.is_some_and(|title| title.value == self.title) {
            true => text,
            false => whole(&escaped(&self.title)),
        }
    }

    fn section(&self, template: &Document, section: &Section) -> String {
        if section.name == plain(OVERVIEW) && !self.summary.is_empty() {
            // A section that is written needs its instruction no more.
            return format!("## {OVERVIEW}\n\n{}", self.summary);
        }
        template.source.slice(section.span).trim_end().replace("\r\n", "\n")
    }

    /// The keys in the order of VEP-282's schema.
    fn front_matter(&self) -> String {
        let texts = |all: &[String]| all.iter().map(|text| text.clone().into()).collect();
        let number = self.number.map_or(Value::Text(NO_NUMBER.into()), Value::Number);
        let authors = match self.authors.as_slice() {
            [] => Value::Words(vec![NO_HANDLE.into()]),
            authors => Value::People(authors.to_vec()),
        };
        let mut block = vec![
            ("title", Value::Text(self.title.as_str().into())),
            ("vep-number", number),
            ("creation-date", Value::Date(self.today.as_str().into())),
            ("status", Value::Status(Status::Provisional)),
            ("authors", authors),
            ("owning-sig", Value::Text(self.sig.as_str().into())),
            ("participating-sigs", Value::Words(texts(&self.participating))),
            ("reviewers", Value::People(self.inputs.reviewers.clone())),
            ("approvers", Value::People(self.inputs.approvers.clone())),
        ];
        block.extend(self.targets());
        block.push(("replaces", self.replaces.map_or(Value::Nothing, Value::Number)));
        block.push(("superseded-by", Value::Nothing));
        document::write(&block, "\n")
    }

    /// Gate, stage and releases: a meta-VEP has neither of the first two, and a stage that nobody named is no key.
    fn targets(&self) -> Vec<(&'static str, Value<'_>)> {
        let Inputs { stage, targets, gates, .. } = &self.inputs;
        let gate = match gates.as_slice() {
            [] if self.meta => None,
            [] => Some(Value::Tbd),
            [one] => Some(Value::Text(one.as_str().into())),
            several => Some(Value::Words(several.iter().map(|gate| gate.as_str().into()).collect())),
        };
        let mut targets = targets.clone();
        let first = if self.meta { Stage::Ga } else { Stage::Alpha };
        if targets.is_empty() || stage.is_some() {
            targets.entry(stage.unwrap_or(first)).or_default();
        }
        let gate = gate.map(|gate| ("feature-gate", gate));
        let stage = stage.map(|stage| ("stage", Value::Stage(stage)));
        let releases = ("milestone", Value::Releases(targets.into_iter().collect()));
        gate.into_iter().chain(stage).chain([releases]).collect()
    }
}

/// A title that can stand in front matter, and in a heading behind a number and a colon.
fn title(given: &str) -> Result<String, Trouble> {
    let title = given.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title.trim_start_matches([' ', ':', '-', '–', '—']).to_owned();
    let way = "Give a short title in plain words.";
    if title.is_empty() || !title.contains(char::is_alphanumeric) {
        return Err(Trouble::new("the title says nothing", way));
    }
    if title.chars().nth(MOST_TITLE).is_some() {
        return Err(Trouble::new(format!("the title has more than {MOST_TITLE} characters"), way));
    }
    if !is_plain(&title) {
        return Err(Trouble::new("the title has characters that cannot be seen", way));
    }
    Ok(title)
}

/// A title as the name of a folder: lower-case words of ASCII with hyphens, as many as are short.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let mut slug = String::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).take(MOST_SLUG).collect();
        if word.is_empty() {
            continue;
        }
        if slug.is_empty() {
            slug = word;
        } else if slug.len() + 1 + word.len() <= MOST_SLUG {
            slug = format!("{slug}-{word}");
        } else {
            break;
        }
    }
    if slug.is_empty() { NO_NAME.into() } else { slug }
}

/// A text in which Markdown sees no markup.
fn escaped(text: &str) -> String {
    let is_markup = |c: char| "\\`*_[]<>#&~|".contains(c);
    text.chars().flat_map(|c| is_markup(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Whether number and path are free, here and in what the checkout is compared with.
fn free(world: &World, plan: &Plan, path: &str) -> Result<(), Trouble> {
    let Some(number) = plan.number else { return Ok(()) };
    let base = world.base.as_ref().map(|base| &base.world.head);
    for corpus in [Some(&world.head), base].into_iter().flatten() {
        if let Some(owner) = corpus.numbered(number).next() {
            return Err(Trouble {
                what: format!("the number {number} is taken: {} in {}", label(owner), code(owner.path())),
                ways: vec![
                    "Give the number of this VEP's own tracking issue, or none where there is none yet."
                        .into(),
                    format!("To work on VEP {number}, show it and edit it."),
                ],
            });
        }
        let beside = corpus.files().iter().find(|file| *file == path || number_of(file) == Some(number));
        if let Some(file) = beside {
            let what = format!("a folder with the number {number} is there already: {}", code(file));
            return Err(Trouble::new(what, "Look at it first; nothing is overwritten."));
        }
    }
    Ok(())
}

/// The number of the folder that a file below `veps/` lies in.
fn number_of(file: &str) -> Option<Number> {
    let ["veps", folder, name, _, ..] = file.split('/').collect::<Vec<_>>()[..] else { return None };
    Home::of(&format!("veps/{folder}/{name}/vep.md")).number()
}

fn told(hit: &Hit<'_>) -> Near {
    Near {
        vep: label(hit.document),
        path: one_line(hit.document.path(), 200),
        status: super::query::status(hit.document),
        why: one_line(&hit.reasons(), 120),
    }
}

/// What the book finds; that a section is still empty is told as a task.
fn findings(sheet: &Sheet) -> Vec<Brief> {
    let flaws = sheet.flaws().into_iter().filter(|(rule, _)| rule.id != "sections-filled");
    flaws
        .map(|(rule, flaw)| Brief {
            rule: rule.id,
            severity: flaw.severity.as_str(),
            line: flaw.spot.start.line,
            what: flaw.what.clone(),
            fix: flaw.fix.clone(),
        })
        .collect()
}

/// The sections that say nothing yet.
fn tasks(document: &Document) -> Vec<Task> {
    let sections = document.outline().sections.iter().filter(|section| section.level == 2 && !section.filled);
    sections
        .map(|section| Task { section: one_line(&section.title, 80), advice: book::advice(&section.title) })
        .collect()
}

/// What only people can give, as far as nobody gave it.
fn asks(plan: &Plan, document: &Document) -> Vec<String> {
    let facts = document.facts();
    let asks = [
        (
            plan.number.is_none(),
            "number: open the tracking issue first; its number goes into folder, front matter and heading.",
        ),
        (plan.authors.is_empty(), "author: whose proposal is it?"),
        (facts.reviewers.is_empty(), "reviewers: who has agreed to review it? TBD until then."),
        (
            facts.approvers.is_empty(),
            "approvers: which SIG chairs or leads have committed to approve the design? TBD until then.",
        ),
        (
            !plan.meta && facts.gates.is_empty(),
            "feature-gate: which gate guards it? Without one the text has to say why.",
        ),
        (
            !plan.meta && facts.stage.is_none(),
            "stage: which one is worked towards? A new feature begins with alpha.",
        ),
        (facts.targets.is_empty(), "milestone: in which release? One whose VEP Freeze is still to come."),
    ];
    asks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, ask)| ask.to_owned()).collect()
}

fn notes(plan: &Plan) -> Vec<String> {
    let unnumbered = "Nothing can be written before the number is known.".to_owned();
    let nameless = slug(&plan.title) == "proposal" && !plan.title.eq_ignore_ascii_case("proposal");
    let nameless =
        nameless.then(|| "Name the folder: the title has no letter that a path may have.".to_owned());
    plan.number.is_none().then_some(unnumbered).into_iter().chain(nameless).chain([
        "Whether the change needs a VEP at all: explain `vep-required`.".into(),
        "It is provisional. The gate into implementable asks for named reviewers and approvers, a stage and its release, merged before that release's VEP Freeze.".into(),
    ]).collect()
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Counts { errors: self.errors, warnings: self.warnings, advice: self.advice };
        writeln!(
            f,
            "Draft {} for {}. Today is {}.",
            code_up_to(&self.title, MOST_TITLE),
            code(&self.path),
            self.today
        )?;
        if !self.near.is_empty() {
            writeln!(f, "\nLook at these first; one of them may be the place for it:")?;
        }
        for Near { vep, path, status, why } in &self.near {
            writeln!(f, "- {vep} ({status}) {}: {}", code(path), code(why))?;
        }
        writeln!(f, "\n{}", fenced(&self.text, "markdown"))?;
        writeln!(f, "\nThe rules find {counts}, empty sections among them.")?;
        for Brief { rule, severity, line, what, fix } in &self.findings {
            writeln!(f, "- {severity} `{rule}` line {line}: {what}. {fix}")?;
        }
        if !self.asks.is_empty() {
            writeln!(f, "\nOnly people can give:")?;
            self.asks.iter().try_for_each(|ask| writeln!(f, "- {ask}"))?;
        }
        if !self.write.is_empty() {
            writeln!(f, "\nTo be written:")?;
        }
        for Task { section, advice } in &self.write {
            writeln!(f, "- {}: {}", code(section), advice.unwrap_or("as the template's instruction says."))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))
    }
}
