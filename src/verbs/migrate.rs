//! `migrate`: legacy prose as front matter, exactly, with what a chair has to settle.
//!
//! What a document comes to is [`crate::migration`]'s. Here it is asked for by VEP, by SIG or for all, and told.
//!
//! Absent on purpose: deciding. The state is proposed, and whoever nobody knows stays TBD.

use super::{Name, Trouble, Verb, Writes, known_sig, label, one, owed as owed_by_people};
use crate::document::Document;
use crate::migration::{Migration, Origin, migrate};
use crate::patch::Patch;
use crate::proposal::with_trailer;
use crate::prose::{self, Certainty};
use crate::render::{FilePatch, file_patches};
use crate::rules;
use crate::text::{code, one_line};
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip)]
    patches: Vec<Patch>,
    #[serde(skip)]
    commit: Option<(String, String)>,
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
    const COMMAND: &'static str = "migrate";
    const TOOL: &'static str = "migrate_vep";
    const TITLE: &'static str = "Migrate a legacy VEP";
    const ABOUT: &'static str = "Gives legacy VEPs front matter from their prose: each value with source and certainty, doubts, patch; or how far it is.";
    const GUIDANCE: &'static str = "Settle each doubt with a chair before you show the patch as done.";
    const WRITES: Writes = Writes::Commits;
    const REMEMBERS: bool = true;
    const ASKS_RULES: bool = true;
    type Ask = Ask;
    type Answer = Answer;

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let mut answer = Answer {
            today: world.today.to_string(),
            calendar: world.calendar.told(world.today),
            migrations: vec![],
            sigs: vec![],
            notes: vec![],
            patches: vec![],
            commit: None,
        };
        if ask.status {
            answer.sigs = counts(world);
            return Ok(answer);
        }
        if let Some(name) = &ask.vep {
            single(world, one(&world.head, &name.0)?, &mut answer)?;
            return Ok(answer);
        }
        let sig = ask.sig.as_deref().map(|sig| folder(world, sig)).transpose()?;
        if sig.is_none() && !ask.all {
            let ways = ["Name a VEP, a SIG (`sig`), or `all`.", "With `status` it says how far each SIG is."];
            return Err(Trouble { what: "no VEP was named".into(), ways: ways.map(str::to_owned).to_vec() });
        }
        several(world, sig.as_deref(), ask.full, &mut answer);
        Ok(answer)
    }

    fn patches(answer: &Answer) -> &[Patch] {
        &answer.patches
    }

    fn commit(answer: &Answer) -> Option<(&str, &str)> {
        answer.commit.as_ref().map(|(branch, message)| (branch.as_str(), message.as_str()))
    }
}

fn single(world: &World, document: &Arc<Document>, answer: &mut Answer) -> Result<(), Trouble> {
    let Some(migration) = migrate(world, document, &Origin::of(world, document)) else {
        let why = match document.source.not_utf8() {
            Some(at) => format!("line {} of it is not UTF-8", document.source.line(at)),
            None => "it has front matter, or something that was meant as such, already".into(),
        };
        let what = format!("{} is not migrated: {why}", label(document));
        return Err(Trouble::new(what, "validate says what is wrong with it, if anything is."));
    };
    let number = document.number().map_or("NNNN".into(), |number| number.to_string());
    answer.commit = Some((
        format!("vep-{number}-front-matter"),
        message(
            world,
            &format!("VEP-{number}: Add front matter"),
            std::slice::from_ref(&(document, &migration)),
        ),
    ));
    answer.migrations.push(told(world, document, &migration, true));
    answer.notes = owed_by_people(&[document], None);
    answer.patches.push(migration.patch);
    Ok(())
}

fn several(world: &World, sig: Option<&str>, full: bool, answer: &mut Answer) {
    let documents =
        world.head.proposals().iter().filter(|it| sig.is_none_or(|sig| it.home.folder() == Some(sig)));
    let documents: Vec<&Arc<Document>> = documents.collect();
    world.work.expect(documents.len());
    let migrations: Vec<(&Arc<Document>, Migration)> = documents
        .iter()
        .filter_map(|document| Some((*document, migrate(world, document, &Origin::of(world, document))?)))
        .collect();
    let left = documents.len() - migrations.len();
    if left > 0 {
        answer
            .notes
            .push(format!("{left} have front matter already, or cannot be read; they stay as they are."));
    }
    if migrations.is_empty() {
        return;
    }
    let most = if full { usize::MAX } else { MOST_TOLD };
    let told_of = migrations.iter().take(most).map(|(document, it)| told(world, document, it, full));
    answer.migrations = told_of.collect();
    if migrations.len() > most {
        answer.notes.push(format!("and {} more; ask SIG by SIG", migrations.len() - most));
    }
    if !full {
        answer.notes.push("Ask for one VEP, or with full, to get values, doubts and patch.".into());
    }
    let name = sig.unwrap_or("all-sigs");
    let count = migrations.len();
    let s = if count == 1 { "" } else { "s" };
    let all: Vec<(&Arc<Document>, &Migration)> =
        migrations.iter().map(|(document, it)| (*document, it)).collect();
    let subject = format!("{}: Add front matter to {count} VEP{s}", sig.unwrap_or("veps"));
    answer.commit = Some((format!("migrate-{name}"), message(world, &subject, &all)));
    answer.patches = migrations.into_iter().map(|(_, migration)| migration.patch).collect();
}

/// The commit's message: which VEPs, and with which state.
fn message(world: &World, subject: &str, migrations: &[(&Arc<Document>, &Migration)]) -> String {
    let lines = migrations.iter().map(|(document, migration)| {
        let number = document.number().map_or("NNNN".into(), |number| number.to_string());
        format!("- VEP-{number}: {} ({})", migration.implied.status, migration.implied.certainty.as_str())
    });
    let lines: Vec<String> = lines.collect();
    with_trailer(world, &format!("{subject}\n\n{}", lines.join("\n")))
}

/// The folder that a SIG means.
fn folder(world: &World, sig: &str) -> Result<String, Trouble> {
    known_sig(world, sig)
}

fn told(world: &World, document: &Arc<Document>, migration: &Migration, full: bool) -> Told {
    Told {
        vep: label(document),
        path: one_line(document.path(), 200),
        status: migration.implied.status.as_str(),
        certainty: migration.implied.certainty.as_str(),
        why: migration.implied.why.clone(),
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
    let sections = prose::sections(&document.outline, &rules::legacy_sections(&world.head));
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
    for document in world.head.proposals() {
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

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}: **{}**, {} ({})", self.vep, self.status, self.certainty, code(&self.path))?;
        writeln!(f, "- {}; the SIG's chairs decide", self.why)?;
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
