//! `migrate`: legacy prose as front matter, exactly, with what a chair has to settle.
//!
//! What a document comes to is [`crate::migration`]'s. Here it is asked for by VEP, by SIG or for all, and told.
//!
//! Absent on purpose: deciding. The state is proposed, and whoever nobody knows stays TBD.

use super::{
    Card, Commit, Commits, Leaves, Name, Needs, Text, Trouble, Verb, Writes, known_sig, label, one,
    one_or_many, owed as owed_by_people,
};
use crate::answers::{Answered, Answers, Given, KEYS, answered, template};
use crate::document::Document;
use crate::migration::{Migration, Origin, migrate};
use crate::patch::Patch;
use crate::proposal::with_trailer;
use crate::prose::{self, Certainty};
use crate::render::{FilePatch, file_patches};
use crate::rules;
use crate::text::{code, fenced, one_line};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Most documents that are named where several are migrated and nobody asks for all.
const MOST_TOLD: usize = 30;

/// Migrates legacy VEPs.
#[derive(Debug)]
pub struct Migrate;

/// Which ones.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// Number (307), path or folder name
    vep: Option<Name>,
    /// All legacy VEPs of this SIG, or `meta-VEPs`
    #[arg(long, conflicts_with = "vep")]
    sig: Option<String>,
    /// All legacy VEPs
    #[arg(long, conflicts_with_all = ["vep", "sig"])]
    all: bool,
    /// Only how far the migration is, SIG by SIG
    #[arg(long, conflicts_with_all = ["vep", "sig", "all"])]
    status: bool,
    /// Of several: each in full, with values, doubts and patch
    #[arg(long)]
    full: bool,
    /// An answer for one VEP, as key=value: authors, reviewers, approvers, feature-gate, status, stage, milestone.<stage>, creation-date, title, participating-sigs, owning-sig (meta-VEPs)
    #[arg(long, value_name = "KEY=VALUE", requires = "vep")]
    #[serde(deserialize_with = "one_or_many")]
    set: Vec<String>,
    /// Answers as YAML, by VEP number
    #[arg(long, value_name = "FILE", conflicts_with_all = ["status", "answers_template"])]
    answers: Option<Text>,
    /// Print that YAML for the VEPs asked for: what is known, and blanks
    #[arg(long, conflicts_with_all = ["status", "full", "set"])]
    answers_template: bool,
    /// Begin a VEP whose state has unmet conditions as this; a doubt names the state that is meant
    #[arg(long, value_enum, value_name = "STATE", conflicts_with = "status")]
    unnamed: Option<Unnamed>,
    /// What the file of answers is called.
    #[arg(skip)]
    #[serde(skip)]
    answers_name: Option<String>,
}

/// What becomes of a VEP whose state has conditions that nobody has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Unnamed {
    /// It begins as provisional; a doubt names the state that is meant
    Provisional,
}

/// Migrations, or how far they are.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The day the answer is for
    today: String,
    /// Where the dates come from, and how old that is
    calendar: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    migrations: Vec<Told>,
    /// How far the migration is
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sigs: Vec<Count>,
    /// What a review would fail, VEP by VEP; a commit stops for it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stops: Vec<Stops>,
    /// The YAML to fill in
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip)]
    patches: Vec<Patch>,
    #[serde(skip)]
    commits: Vec<Commit>,
    /// Whether the commits are those of all SIGs: then the checkout is left where it is.
    #[serde(skip)]
    is_batch: bool,
}

/// What stops a commit of one VEP.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Stops {
    vep: String,
    path: String,
    stops: Vec<Stop>,
}

/// A broken rule.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Stop {
    rule: &'static str,
    what: String,
    /// The answer that it waits for
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    fix: String,
    /// Whether beginning as provisional would do
    is_condition: bool,
}

/// One migration.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    vep: String,
    path: String,
    /// The state that the prose implies; a chair decides
    status: &'static str,
    /// `stated`, `inferred` or `guess`
    certainty: &'static str,
    why: String,
    /// The state that is meant, where it begins as provisional instead
    #[serde(skip_serializing_if = "Option::is_none")]
    intended: Option<&'static str>,
    /// What changes in the heading
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// How many doubts a chair has to settle
    in_doubt: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Detail {
    /// The keys of the front matter, in order
    values: Vec<Value>,
    /// What a chair has to settle, with its line
    doubts: Vec<Doubt>,
    /// What the rules still find, and only people can mend
    owed: Vec<String>,
    /// The text beside the template
    sections: Sections,
    /// The change
    patch: Vec<FilePatch>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Value {
    key: &'static str,
    /// None: the key is left out
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// `stated`, `inferred`, `guess` or `unknown`
    certainty: &'static str,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Doubt {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    what: String,
}

/// What the document has of the template's sections.
#[derive(Debug, Serialize, JsonSchema)]
struct Sections {
    /// Not there under their name; those under an older name among them
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    /// The template's name, and the older name that stands for it
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    renamed: BTreeMap<String, String>,
    /// Nothing under them but comments
    #[serde(skip_serializing_if = "Vec::is_empty")]
    empty: Vec<String>,
    /// Not the template's
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extra: Vec<String>,
}

/// How far a SIG is.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Count {
    sig: String,
    veps: usize,
    /// With front matter
    migrated: usize,
    /// Legacy, with nothing in doubt but what people have to give
    ready: usize,
    /// Legacy, with doubts that a chair has to settle
    in_doubt: usize,
    /// Neither: the block or the file cannot be read
    #[serde(skip_serializing_if = "crate::render::is_zero")]
    unreadable: usize,
}

impl Verb for Migrate {
    const CARD: Card = Card {
        writes: Writes::Commits,
        ..Card::new(
            "migrate",
            "migrate_vep",
            "Migrate a legacy VEP",
            "Gives legacy VEPs front matter from their prose: each value with source and certainty, doubts, patch; or how far it is.",
            "Settle each doubt with a chair before you show the patch as done.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    fn needs(_ask: &Ask) -> Needs {
        Needs { history: true, ..Needs::verdicts() }
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        Leaves {
            patches: &answer.patches,
            commits: Commits::of(&answer.commits, answer.is_batch),
            stops: reasons(answer),
            file: answer.template.as_deref(),
            ..Leaves::default()
        }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let mut answer = Answer {
            today: world.today.to_string(),
            calendar: world.calendar.told(world.today),
            migrations: vec![],
            sigs: vec![],
            stops: vec![],
            template: None,
            notes: vec![],
            patches: vec![],
            commits: vec![],
            is_batch: false,
        };
        if ask.status {
            answer.sigs = counts(world);
            return Ok(answer);
        }
        let given = answers(world, &ask)?;
        let asked = Asked { given, full: ask.full, provisional: ask.unnamed.is_some() };
        if let Some(name) = &ask.vep {
            let document = one(&world.head, &name.0)?;
            let set = set(world, document, &ask.set)?;
            single(world, document, &asked, set, ask.answers_template, &mut answer)?;
            return Ok(answer);
        }
        let sig = ask.sig.as_deref().map(|sig| folder(world, sig)).transpose()?;
        if sig.is_none() && !ask.all {
            let ways = ["Name a VEP, a SIG (`sig`), or `all`.", "With `status` it says how far each SIG is."];
            return Err(Trouble { what: "no VEP was named".into(), ways: ways.map(str::to_owned).to_vec() });
        }
        if !ask.set.is_empty() {
            return Err(Trouble::new(
                "`set` answers for one VEP",
                "Name the VEP, or give `answers` for several.",
            ));
        }
        several(world, sig.as_deref(), &asked, ask.answers_template, &mut answer);
        Ok(answer)
    }

    fn texts(ask: &mut Ask) -> Vec<&mut Text> {
        if let Some(Text::Named(name)) = &ask.answers {
            ask.answers_name = Some(one_line(&name.display().to_string(), 200));
        }
        ask.answers.iter_mut().collect()
    }
}

/// What keeps the answer from a commit, with the ways out as the command line calls them.
fn reasons(answer: &Answer) -> Vec<String> {
    let mut lines: Vec<String> = answer.stops.iter().map(|stops| format!("- {stops}")).collect();
    if !lines.is_empty() {
        let ways = ways(&answer.stops).into_iter();
        let flags = [
            ("`set`", "--set KEY=VALUE"),
            ("`answers`", "--answers FILE"),
            ("`answers-template`", "--answers-template"),
            ("`unnamed` as provisional", "--unnamed provisional"),
        ];
        let said = |way: String| flags.iter().fold(way, |way, (name, flag)| way.replace(name, flag));
        lines.extend(ways.map(said));
    }
    lines
}

/// What is asked of every migration.
struct Asked {
    given: Answers,
    full: bool,
    provisional: bool,
}

/// Most mistakes that are told at once.
const MOST_MISTAKES: usize = 100;

/// What is answered for several VEPs.
fn answers(world: &World, ask: &Ask) -> Result<Answers, Trouble> {
    let Some(Text::Given(bytes)) = &ask.answers else { return Ok(Answers::default()) };
    let name = ask.answers_name.as_deref().unwrap_or("answers");
    Answers::read(world, bytes).map_err(|mistakes| {
        let (count, s) = (mistakes.len(), if mistakes.len() == 1 { "" } else { "s" });
        let mut ways: Vec<String> =
            mistakes.iter().take(MOST_MISTAKES).map(|mistake| format!("{name}:{mistake}")).collect();
        if count > MOST_MISTAKES {
            ways.push(format!("and {} more", count - MOST_MISTAKES));
        }
        Trouble { what: format!("{count} mistake{s} in the answers; nothing is answered"), ways }
    })
}

/// What is answered for one VEP.
fn set(world: &World, document: &Document, said: &[String]) -> Result<Given, Trouble> {
    let mut given = Given::default();
    let wrong: Vec<String> = said
        .iter()
        .filter_map(|said| given.set(world, document, said).err())
        .map(|wrong| format!("{}. {}", wrong.what, wrong.fix))
        .collect();
    match wrong.is_empty() {
        true => Ok(given),
        false => {
            let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
            let keys =
                format!("What can be set: {}.", keys.join(", ").replace("milestone", "milestone.<stage>"));
            let ways = wrong.into_iter().chain([keys]).collect();
            Err(Trouble { what: "`set` cannot be taken".into(), ways })
        }
    }
}

fn single(
    world: &World,
    document: &Arc<Document>,
    asked: &Asked,
    set: Given,
    is_template: bool,
    answer: &mut Answer,
) -> Result<(), Trouble> {
    let given = set.or(asked.given.of(document.number()));
    let Some(made) = answered(world, document, &Origin::of(world, document), &given, asked.provisional)
    else {
        let why = match document.source.not_utf8() {
            Some(at) => format!("line {} of it is not UTF-8", document.source.line(at)),
            None => "it has front matter, or something that was meant as such, already".into(),
        };
        let what = format!("{} is not migrated: {why}", label(document));
        return Err(Trouble::new(what, "validate says what is wrong with it, if anything is."));
    };
    if is_template {
        answer.template = Some(template(world, &[(document, &made.migration)]));
        return Ok(());
    }
    let number = document.number().map_or("NNNN".into(), |number| number.to_string());
    let (branch, subject) = (format!("vep-{number}-front-matter"), format!("VEP-{number}: Add front matter"));
    answer.commits.push(commit(world, branch, &subject, std::slice::from_ref(&(document, &made))));
    answer.migrations.push(told(world, document, &made, true));
    answer.stops.extend(stops(document, &made));
    answer.notes = unused(asked, &[document]).into_iter().chain(owed_by_people(&[document], None)).collect();
    answer.patches.push(made.migration.patch);
    Ok(())
}

fn several(world: &World, sig: Option<&str>, asked: &Asked, is_template: bool, answer: &mut Answer) {
    let documents =
        world.head.proposals().iter().filter(|it| sig.is_none_or(|sig| it.home.folder() == Some(sig)));
    let documents: Vec<&Arc<Document>> = documents.collect();
    world.work.expect(documents.len());
    let migrated = |document: &&'_ Arc<Document>| {
        let given = asked.given.of(document.number());
        answered(world, document, &Origin::of(world, document), &given, asked.provisional)
    };
    let migrations: Vec<(&Arc<Document>, Answered)> =
        documents.iter().filter_map(|document| Some((*document, migrated(document)?))).collect();
    if is_template {
        let migrations: Vec<_> = migrations.iter().map(|(document, it)| (*document, &it.migration)).collect();
        answer.template = Some(template(world, &migrations));
        return;
    }
    let left = documents.len() - migrations.len();
    if left > 0 {
        answer
            .notes
            .push(format!("{left} have front matter already, or cannot be read; they stay as they are."));
    }
    answer.notes.extend(unused(asked, &documents));
    if migrations.is_empty() {
        return;
    }
    let most = if asked.full { usize::MAX } else { MOST_TOLD };
    let told_of = migrations.iter().take(most).map(|(document, it)| told(world, document, it, asked.full));
    answer.migrations = told_of.collect();
    answer.stops = migrations.iter().filter_map(|(document, made)| stops(document, made)).collect();
    if migrations.len() > most {
        answer.notes.push(format!("and {} more; ask SIG by SIG", migrations.len() - most));
    }
    if !asked.full {
        answer.notes.push("Ask for one VEP, or with full, to get values, doubts and patch.".into());
    }
    answer.is_batch = sig.is_none();
    answer.commits = by_folder(world, &migrations);
    answer.patches = migrations.into_iter().map(|(_, made)| made.migration.patch).collect();
}

/// A commit for each SIG, in the order of the folders.
fn by_folder(world: &World, migrations: &[(&Arc<Document>, Answered)]) -> Vec<Commit> {
    let mut folders: BTreeMap<&str, Vec<(&Arc<Document>, &Answered)>> = BTreeMap::new();
    for (document, made) in migrations {
        folders.entry(document.home.folder().unwrap_or("veps")).or_default().push((document, made));
    }
    let commit_of = |(folder, of_it): (&str, Vec<(&Arc<Document>, &Answered)>)| {
        let (count, s) = (of_it.len(), if of_it.len() == 1 { "" } else { "s" });
        let name: String =
            folder.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        let subject = format!("{}: Add front matter to {count} VEP{s}", one_line(folder, 60));
        commit(world, format!("migrate-{name}"), &subject, &of_it)
    };
    folders.into_iter().map(commit_of).collect()
}

/// A commit: which VEPs, with which state, and what is open beside it.
fn commit(
    world: &World,
    branch: String,
    subject: &str,
    migrations: &[(&Arc<Document>, &Answered)],
) -> Commit {
    let lines = migrations.iter().map(|(document, made)| {
        let number = document.number().map_or("NNNN".into(), |number| number.to_string());
        let implied = &made.migration.implied;
        let mut line = match made.intended {
            Some(intended) => format!("- VEP-{number}: {}; {intended} is meant", implied.status),
            None => format!("- VEP-{number}: {} ({})", implied.status, implied.certainty.as_str()),
        };
        if !made.waits.is_empty() {
            line.push_str(&format!(" and waits for {}", made.waits.join(", ")));
        }
        made.heading.iter().for_each(|what| line.push_str(&format!("; {}", what.replace('`', ""))));
        line
    });
    let lines: Vec<String> = lines.collect();
    let message = with_trailer(world, &format!("{subject}\n\n{}", lines.join("\n")));
    let patches = migrations.iter().map(|(_, made)| made.migration.patch.clone()).collect();
    Commit { branch, message, patches }
}

/// Answers that nothing comes of.
fn unused(asked: &Asked, documents: &[&Arc<Document>]) -> Vec<String> {
    let named = |numbers: Vec<u32>| {
        let shown: Vec<String> = numbers.iter().take(MOST_TOLD).map(|it| format!("VEP-{it}")).collect();
        let more = numbers.len().saturating_sub(MOST_TOLD);
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    let elsewhere =
        asked.given.numbers().filter(|number| !documents.iter().any(|it| it.number() == Some(*number)));
    let elsewhere: Vec<u32> = elsewhere.collect();
    let mut notes = Vec::new();
    if !asked.given.spare.is_empty() {
        let spare = named(asked.given.spare.clone());
        notes.push(format!("Not used are answers for VEPs that are not migrated any more: {spare}."));
    }
    if !elsewhere.is_empty() {
        notes.push(format!("Not used are answers for VEPs that were not asked for: {}.", named(elsewhere)));
    }
    notes
}

fn stops(document: &Document, made: &Answered) -> Option<Stops> {
    let stops = made.stops.iter().map(|stop| Stop {
        rule: stop.rule,
        what: stop.what.clone(),
        answer: stop.answer,
        fix: stop.fix.clone(),
        is_condition: stop.is_condition,
    });
    let stops: Vec<Stop> = stops.collect();
    let of = || Stops { vep: label(document), path: one_line(document.path(), 200), stops };
    (!made.stops.is_empty()).then(of)
}

/// The folder that a SIG means.
fn folder(world: &World, sig: &str) -> Result<String, Trouble> {
    known_sig(world, sig)
}

/// What is done about what stops a commit.
fn ways(stops: &[Stops]) -> Vec<String> {
    let all = || stops.iter().flat_map(|it| &it.stops);
    let mut ways = Vec::new();
    if all().any(|stop| stop.answer.is_some()) {
        ways.push(
            "Answer with `set` for one VEP, or with `answers` for several; `answers-template` prints what to fill in."
                .to_owned(),
        );
    }
    if all().any(|stop| stop.is_condition) {
        ways.push(
            "Or pass `unnamed` as provisional: a VEP whose state has conditions that nobody has met begins as provisional."
                .to_owned(),
        );
    }
    ways
}

fn told(world: &World, document: &Arc<Document>, made: &Answered, full: bool) -> Told {
    let migration = &made.migration;
    Told {
        vep: label(document),
        path: one_line(document.path(), 200),
        status: migration.implied.status.as_str(),
        certainty: migration.implied.certainty.as_str(),
        why: migration.implied.why.clone(),
        intended: made.intended.map(|status| status.as_str()),
        heading: made.heading.clone(),
        in_doubt: migration.doubts.len(),
        detail: full.then(|| detail(world, document, migration)),
    }
}

fn detail(world: &World, document: &Document, migration: &Migration) -> Detail {
    let values = migration.values.iter().map(|value| Value {
        key: value.key,
        value: value.value.as_deref().map(|text| one_line(text, 200)),
        certainty: value.certainty.map_or("unknown", Certainty::as_str),
        why: value.why.clone(),
        line: value.line,
    });
    let doubts = migration.doubts.iter().map(|doubt| Doubt { line: doubt.line, what: doubt.what.clone() });
    let owed = migration.owed().map(|(rule, what)| format!("`{rule}`: {what}"));
    let sections = prose::sections(document.outline(), &rules::legacy_sections(&world.head));
    let shown = |titles: Vec<String>| titles.iter().map(|title| one_line(title, 120)).collect();
    Detail {
        values: values.collect(),
        doubts: doubts.collect(),
        owed: owed.collect(),
        sections: Sections {
            missing: shown(sections.missing),
            renamed: sections.renamed.into_iter().map(|(now, was)| (now, one_line(&was, 120))).collect(),
            empty: shown(sections.empty.into_iter().map(|(title, _)| title).collect()),
            extra: shown(sections.extra),
        },
        patch: file_patches(std::slice::from_ref(&migration.patch)),
    }
}

/// How far each SIG is.
fn counts(world: &World) -> Vec<Count> {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    world.work.expect(world.head.proposals().len());
    for document in world.head.proposals().iter() {
        let Some(folder) = document.home.folder() else { continue };
        let count = counts.entry(folder).or_default();
        count.sig = one_line(folder, 60);
        count.veps += 1;
        match migrate(world, document, &Origin::of(world, document)) {
            Some(migration) if migration.is_ready() => count.ready += 1,
            Some(_) => count.in_doubt += 1,
            None if document.matter().is_some() => count.migrated += 1,
            None => count.unreadable += 1,
        }
    }
    counts.into_values().collect()
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is to be filled in is a file of its own.
        if let Some(template) = &self.template {
            return writeln!(f, "{}", fenced(template, "yaml"));
        }
        writeln!(f, "Today is {}. Dates: {}.", self.today, self.calendar)?;
        if !self.sigs.is_empty() {
            self.table(f)?;
        }
        let (full, brief): (Vec<&Told>, Vec<&Told>) =
            self.migrations.iter().partition(|told| told.detail.is_some());
        if !brief.is_empty() {
            writeln!(f, "\n| VEP | status | how sure | in doubt |\n|---|---|---|---|")?;
            for told in brief {
                let vep = told.vep.replace('|', "\\|");
                writeln!(f, "| {vep} | {} | {} | {} |", told.status, told.certainty, told.in_doubt)?;
            }
        }
        full.into_iter().try_for_each(|told| told.fmt(f))?;
        if !self.stops.is_empty() {
            writeln!(f, "\nA commit stops here, for a review would fail:")?;
            let shown = self.stops.iter().take(MOST_TOLD);
            shown.map(Stops::brief).try_for_each(|stops| writeln!(f, "- {stops}"))?;
            let more = self.stops.len().saturating_sub(MOST_TOLD);
            if more > 0 {
                writeln!(f, "- and {more} more VEPs")?;
            }
            writeln!(f)?;
            ways(&self.stops).iter().try_for_each(|way| writeln!(f, "{way}"))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))
    }
}

impl Answer {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| SIG | VEPs | migrated | ready | in doubt |\n|---|---|---|---|---|")?;
        let mut all = Count { sig: "all".into(), ..Count::default() };
        for count in &self.sigs {
            let Count { sig, veps, migrated, ready, in_doubt, unreadable } = count;
            writeln!(f, "| {sig} | {veps} | {migrated} | {ready} | {in_doubt} |")?;
            all.veps += veps;
            all.migrated += migrated;
            all.ready += ready;
            all.in_doubt += in_doubt;
            all.unreadable += unreadable;
        }
        writeln!(f, "| {} | {} | {} | {} | {} |", all.sig, all.veps, all.migrated, all.ready, all.in_doubt)?;
        if all.unreadable > 0 {
            writeln!(f, "\n{} cannot be read; validate says why.", all.unreadable)?;
        }
        writeln!(
            f,
            "\nReady: only what people have to give is missing. In doubt: a chair has to settle something."
        )
    }
}

impl Stops {
    /// The rules alone.
    fn brief(&self) -> String {
        let rules: BTreeMap<&str, Option<&str>> = self.stops.iter().map(|it| (it.rule, it.answer)).collect();
        let rules = rules.into_iter().map(|(rule, answer)| match answer {
            Some(key) => format!("`{rule}` (`{key}`)"),
            None => format!("`{rule}`"),
        });
        format!("{}: {}", self.vep, rules.collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Stops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.vep)?;
        for Stop { rule, what, answer, fix, .. } in &self.stops {
            write!(f, "\n  - `{rule}`: {what}. ")?;
            match answer {
                Some(key) => write!(f, "Answer `{key}`.")?,
                None => f.write_str(fix)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}: **{}**, {} ({})", self.vep, self.status, self.certainty, code(&self.path))?;
        writeln!(f, "- {}; the SIG's chairs decide", self.why)?;
        self.heading.iter().try_for_each(|what| writeln!(f, "- {what}"))?;
        let Some(detail) = &self.detail else { return Ok(()) };
        writeln!(f, "\n| key | value | how sure | from |\n|---|---|---|---|")?;
        for value in &detail.values {
            let told = match value.value.as_deref() {
                None => "(left out)".into(),
                Some("") => "(none)".into(),
                Some(text) => code(text).replace('|', "\\|"),
            };
            let line = value.line.map_or(String::new(), |line| format!(", line {line}"));
            writeln!(
                f,
                "| {} | {told} | {} | {}{line} |",
                value.key,
                value.certainty,
                value.why.replace('|', "\\|")
            )?;
        }
        if !detail.doubts.is_empty() {
            writeln!(f, "\nTo be settled by a chair:")?;
        }
        for Doubt { line, what } in &detail.doubts {
            let line = line.map_or(String::new(), |line| format!("line {line}: "));
            writeln!(f, "- {line}{what}")?;
        }
        if !detail.owed.is_empty() {
            writeln!(f, "\nOnly people can give, and the rules will ask for it:")?;
            detail.owed.iter().try_for_each(|owed| writeln!(f, "- {owed}"))?;
        }
        detail.sections.fmt(f)?;
        detail.patch.iter().try_for_each(|patch| write!(f, "\n{patch}"))
    }
}

impl fmt::Display for Sections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed =
            |titles: &[String]| titles.iter().map(|title| code(title)).collect::<Vec<_>>().join(", ");
        let renamed: Vec<String> =
            self.renamed.iter().map(|(now, was)| format!("{} for {}", code(was), code(now))).collect();
        let missing: Vec<String> =
            self.missing.iter().filter(|title| !self.renamed.contains_key(*title)).cloned().collect();
        for (what, titles) in [
            ("missing", listed(&missing)),
            ("under an older name", renamed.join(", ")),
            ("empty", listed(&self.empty)),
        ] {
            if !titles.is_empty() {
                writeln!(f, "\nSections {what}: {titles}.")?;
            }
        }
        Ok(())
    }
}
