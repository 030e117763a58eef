//! `validate`: what does the book say about it?

use super::{
    Card, Compare, Leaves, Name, Needs, Text, Trouble, Verb, Want, Writes, notices, one, one_or_many, said,
    unknown, untold, was,
};
use crate::corpus::Notice;
use crate::document::{Document, Home, MOST_BYTES};
use crate::patch::Patch;
use crate::proposal::mended;
use crate::render::{self, FilePatch, Found, Judged};
use crate::report::{self, Report};
use crate::rule::Was;
use crate::settings;
use crate::sheet::{Bar, Counts, Flaw, Outcome, Sheet, judge, judge_checkout};
use crate::text::{Source, code};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Most documents that a brief answer lists.
const MOST_DOCUMENTS: usize = 20;
/// Most findings that a brief answer lists.
const MOST_FINDINGS: usize = 30;
/// Most VEPs that are named for a broken rule.
const MOST_NAMED: usize = 70;
/// The name of a draft that nobody has given a path.
const DRAFT: &str = "draft.md";

/// Judges proposals.
#[derive(Debug)]
pub struct Validate;

/// Which documents.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, clap::Args)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// Numbers or paths; none: all VEPs
    #[arg(value_name = "VEP")]
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "Vec<String>")]
    veps: Vec<Name>,
    /// Text of a draft to judge instead of files
    #[arg(long, value_name = "FILE", conflicts_with = "veps")]
    draft: Option<Text>,
    /// Where the draft will lie: veps/<sig>/<number>-<name>/vep.md
    #[arg(long, requires = "draft")]
    path: Option<String>,
    /// What the one VEP or draft was before: base for steps and freeze
    #[arg(long, value_name = "FILE")]
    was: Option<Text>,
    /// Compare with where the checkout parted from this commit
    #[arg(long, value_name = "REF", conflicts_with = "was")]
    base: Option<String>,
    /// Make every mend that needs no thought, and judge what is left
    #[arg(long)]
    fix: bool,
    /// Also errors that were there before fail the run
    #[arg(long)]
    all: bool,
    /// brief: findings; full: every rule's verdict
    #[arg(long, value_enum, default_value = "brief")]
    detail: Detail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Detail {
    #[default]
    Brief,
    Full,
}

/// What the book says, the verdict first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    #[serde(skip)]
    report: Report,
    /// Nothing fails the run: no document has an error that is new
    passes: bool,
    /// The day the answer is for
    today: String,
    /// What the documents were compared with
    base: String,
    /// Documents that were judged
    judged: usize,
    errors: usize,
    warnings: usize,
    advice: usize,
    /// Findings that were there before; they fail no run
    #[serde(skip_serializing_if = "render::is_zero")]
    before: usize,
    /// The documents, the gravest findings first; brief answers leave out those without findings
    documents: Vec<Judged>,
    /// Findings that a brief answer left out; ask for single VEPs, or for full detail
    #[serde(skip_serializing_if = "render::is_zero")]
    left_out: usize,
    /// How many findings each broken rule has
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_rule: Vec<Tally>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// The mends that were made; what is told above is what is left
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mended: Vec<FilePatch>,
    #[serde(skip)]
    patches: Vec<Patch>,
}

/// A broken rule over all documents.
#[derive(Debug, Serialize, JsonSchema)]
struct Tally {
    rule: &'static str,
    findings: usize,
    /// The first VEPs that break it
    veps: Vec<u32>,
    /// What was found in the first of them
    example: String,
    /// The findings are told here only, not document by document
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    folded: bool,
}

impl Verb for Validate {
    const CARD: Card = Card {
        writes: Writes::Files,
        judges: true,
        ..Card::new(
            "validate",
            "validate_vep",
            "Validate VEPs",
            "Judges VEPs, or a draft's text, by VEP-282's rules: errors, warnings and advice with line, fix and citation.",
            "Use it before you propose any VEP text; mend, then validate again. It never says that a VEP is approved.",
        )
    };
    type Ask = Ask;
    type Answer = Answer;

    fn needs(ask: &Ask) -> Needs {
        let base = match ask.base {
            Some(_) => Want::Must,
            // What is given as the past is the base.
            None if ask.was.is_some() => Want::No,
            None => Want::IfThere,
        };
        let checkout = if ask.draft.is_some() && base < Want::Must { Want::IfThere } else { Want::Must };
        let compare = Compare { base: ask.base.clone(), ..Compare::default() };
        Needs { checkout, base, compare, ..Needs::verdicts() }
    }

    fn leaves(answer: &Answer) -> Leaves<'_> {
        Leaves { report: Some(&answer.report), patches: &answer.patches, ..Leaves::default() }
    }

    fn run(world: &World, ask: Ask) -> Result<Answer, Trouble> {
        let mut notes = Vec::new();
        let mut judging = Judging { world, fix: ask.fix, patches: vec![] };
        let mut whole = None;
        let was = ask.was.as_ref().map(|was| text_of(was, "the earlier text")).transpose()?;
        let (sheets, base) = match &ask.draft {
            Some(_) if !ask.veps.is_empty() => {
                return Err(Trouble::new("a draft and veps were both given", "Give one of the two."));
            }
            Some(draft) => {
                let (sheet, base) = judge_draft(&mut judging, draft, ask.path.as_deref(), was, &mut notes)?;
                (vec![sheet], base)
            }
            None if ask.path.is_some() => {
                let way = "Give the text as draft too, or the path of an existing VEP in veps.";
                return Err(Trouble::new("path goes with draft", way));
            }
            None => match (was, ask.veps.as_slice()) {
                (Some(was), [name]) => {
                    (vec![judge_against(&mut judging, one(&world.head, &name.0)?, was)], GIVEN.into())
                }
                (Some(_), _) => {
                    return Err(Trouble::new("was goes with one VEP", "Name the one VEP, or give a draft."));
                }
                (None, names) => {
                    // Who names VEPs does not ask about other files.
                    let about =
                        |flaw: &Flaw| names.is_empty() || flaw.elsewhere.as_deref() == Some(settings::FILE);
                    whole = Some(judge_checkout(world).only(about)).filter(Sheet::has_news);
                    (judge_tree(&mut judging, names)?, base_of(world))
                }
            },
        };
        match ask.detail {
            Detail::Brief => notes.extend(notices(untold(world.head.notices(), whole.as_ref()))),
            Detail::Full => notes.extend(untold(world.head.notices(), whole.as_ref()).into_iter().map(said)),
        }
        let report = Report::new(world, base, whole, sheets, Bar::of(world, ask.all));
        let full = ask.detail == Detail::Full;
        Ok(answer(Report { notes, full, named: !ask.veps.is_empty(), ..report }, judging.patches))
    }

    fn texts(ask: &mut Ask) -> Vec<&mut Text> {
        ask.draft.iter_mut().chain(&mut ask.was).collect()
    }
}

/// The world in which documents are judged, and whether they are mended first.
struct Judging<'w> {
    world: &'w World,
    fix: bool,
    /// What was mended.
    patches: Vec<Patch>,
}

impl Judging<'_> {
    fn sheet(&mut self, document: &Document, was: Was<'_>) -> Sheet {
        if !self.fix {
            return judge(self.world, document, was);
        }
        let mended = mended(self.world, document, was);
        let patch = Patch {
            path: document.path().into(),
            before: Some(document.source.text().into()),
            after: mended.source.text().into(),
        };
        if !patch.is_empty() {
            self.patches.push(patch);
        }
        judge(self.world, &mended, was)
    }
}

fn judge_tree(judging: &mut Judging<'_>, names: &[Name]) -> Result<Vec<Sheet>, Trouble> {
    let world = judging.world;
    let all = world.head.proposals();
    let is_unread = |it: &Notice| it.why_unread().is_some();
    if all.is_empty() && !(names.is_empty() && world.head.notices().iter().any(is_unread)) {
        return Err(unknown(&world.head, ""));
    }
    let documents: Vec<&Arc<Document>> = match names {
        [] => all.iter().collect(),
        names => {
            let mut named: Vec<&Arc<Document>> = Vec::new();
            for name in names {
                let document =
                    one(&world.head, &name.0).map_err(|trouble| unread(world, name).unwrap_or(trouble))?;
                if !named.iter().any(|known| known.path() == document.path()) {
                    named.push(document);
                }
            }
            named
        }
    };
    world.work.expect(documents.len());
    Ok(documents.into_iter().map(|it| judging.sheet(it, was(world, it.path()))).collect())
}

/// That the VEP of this name is there and was not read.
fn unread(world: &World, name: &Name) -> Option<Trouble> {
    let named = |path: &str| {
        let home = Home::of(path);
        let number = crate::vep::read_number(&name.0);
        path == name.0
            || home.name() == Some(name.0.as_str())
            || (number.is_some() && home.number() == number)
    };
    let mut notices = world.head.notices().iter().filter_map(|notice| Some((notice, notice.why_unread()?)));
    let (notice, why) = notices.find(|(notice, _)| named(&notice.path))?;
    let what = format!("{} was not read: {why}", code(&notice.path));
    Some(Trouble::new(what, "Make it a plain file of UTF-8 text that is not too large."))
}

/// What the documents of a world are compared with, in words.
fn base_of(world: &World) -> String {
    match &world.base {
        Some(base) => base.name.clone(),
        None => "none is known; a document without front matter counts as legacy".into(),
    }
}

/// How a base that was given as a text is called.
const GIVEN: &str = "the earlier text that was given";

/// One VEP against an earlier text of it.
fn judge_against(judging: &mut Judging<'_>, document: &Document, was: &[u8]) -> Sheet {
    let was = Document::parse(Source::from_bytes(document.path(), was));
    judging.sheet(document, Was::Known(&was))
}

/// The bytes of a text that came along, if they can be judged at all.
fn text_of<'a>(text: &'a Text, what: &str) -> Result<&'a [u8], Trouble> {
    let Text::Given(bytes) = text else {
        return Err(Trouble::new(format!("{what} was not read"), "Give the text itself."));
    };
    if bytes.len() > MOST_BYTES {
        return Err(Trouble::new(
            format!("{what} has more than {MOST_BYTES} bytes"),
            "Give one VEP's vep.md; images and data belong beside it.",
        ));
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        return Err(Trouble::new(
            format!("{what} is not UTF-8: byte {} in line {line}", error.valid_up_to()),
            "Save it as UTF-8.",
        ));
    }
    Ok(bytes)
}

fn judge_draft(
    judging: &mut Judging<'_>,
    draft: &Text,
    path: Option<&str>,
    was: Option<&[u8]>,
    notes: &mut Vec<String>,
) -> Result<(Sheet, String), Trouble> {
    let world = judging.world;
    let bytes = text_of(draft, "the draft")?;
    let path = path.map(|path| readable_path(world, path)).transpose()?;
    let mut document = Document::parse(Source::from_bytes(path.as_deref().unwrap_or(DRAFT), bytes));
    // Whatever its text says: who gives a draft means a proposal.
    if let Some(astray) = Home::astray(document.path()).filter(|_| !document.home.is_proposal()) {
        document = document.at_home(astray);
    }
    if path.is_none() {
        document = at_its_place(world, document, notes);
    }
    if let Some(was) = was {
        return Ok((judge_against(judging, &document, was), GIVEN.into()));
    }
    let (was, base) = past_of_draft(world, &document);
    Ok((judging.sheet(&document, was), base))
}

/// What a draft was before, and how that is told. A draft that is saved already is never compared with itself: then it
/// would always pass.
fn past_of_draft<'a>(world: &'a World, draft: &Document) -> (Was<'a>, String) {
    let (was, of_base) = match &world.base {
        Some(base) => (base.was(draft.path()), format!(" in {}", base.name)),
        None => (world.head.at(draft.path()), String::new()),
    };
    match was {
        Some(saved) if world.base.is_none() && saved.source.text() == draft.source.text() => {
            (Was::Unknown, base_of(world))
        }
        Some(was) => (Was::Known(was), format!("the file at {}{of_base}", code(draft.path()))),
        None => (Was::Nothing, "nothing: the draft is a new document".into()),
    }
}

/// A path that a draft may be meant for. A proposal in the wrong place below `veps/` is a finding; beside an existing
/// `vep.md` there is no place for one.
fn readable_path(world: &World, path: &str) -> Result<String, Trouble> {
    let clean = path.trim().trim_start_matches("./");
    let way = "Write it as `veps/<folder>/<number>-<name>/vep.md`.";
    let is_part = |part: &str| !matches!(part, ".." | "." | "");
    if clean.contains('\\') {
        let what = format!("{} has a backslash; paths here have `/`", code(path));
        return Err(Trouble::new(what, format!("Write {}.", code(&clean.replace('\\', "/")))));
    }
    if !clean.split('/').all(is_part) {
        return Err(Trouble::new(format!("{} is not a path within the repository", code(path)), way));
    }
    let beside = clean.rsplit_once('/').map(|(folder, _)| format!("{folder}/vep.md"));
    match Home::of(clean) {
        Home::Proposal { .. } => Ok(clean.into()),
        Home::Template => Err(Trouble::new("the template is not checked as a proposal", way)),
        _ if !clean.ends_with(".md") || Home::astray(clean).is_none() => {
            Err(Trouble::new(format!("{} is not a place for a proposal", code(clean)), way))
        }
        _ => match beside.filter(|of| world.head.proposal_at(of).is_some()) {
            Some(of) => Err(Trouble::new(
                format!("{} is a companion of {}; only proposals are checked", code(clean), code(&of)),
                way,
            )),
            None => Ok(clean.into()),
        },
    }
}

/// A draft without a path is taken for the existing VEP whose number it carries; otherwise its folder
/// is not known and not compared.
fn at_its_place(world: &World, document: Document, notes: &mut Vec<String>) -> Document {
    let existing: Vec<_> =
        document.number().map(|number| world.head.numbered(number).collect()).unwrap_or_default();
    match existing.as_slice() {
        [one] => {
            notes.push(format!("No path was given; taken for an edit of {}.", code(one.path())));
            Document::parse(Source::new(one.path(), document.source.text()))
        }
        _ => {
            notes.push("No path was given: folder, SIG and whether it is a meta-VEP are not known.".into());
            document
        }
    }
}

fn answer(report: Report, patches: Vec<Patch>) -> Answer {
    let brief = !report.full;
    let judged = report.sheets.len();
    let by_rule = if judged > 1 { tally(&report, brief) } else { vec![] };
    let told = |sheet: &Sheet| render::judged(sheet, report.bar, !brief);
    let mut documents: Vec<Judged> = report.all().map(told).collect();
    let mut left_out = 0;
    if brief {
        for document in &mut documents {
            let folded = |found: &Found| by_rule.iter().any(|it| it.folded && it.rule == found.rule);
            document.findings.retain(|found| !folded(found));
        }
        left_out = shorten(&mut documents);
    }
    let Counts { errors, warnings, advice } = report.counts();
    Answer {
        passes: report.outcome() == Outcome::Passes,
        today: report.today.to_string(),
        base: report.base.clone(),
        judged,
        errors,
        warnings,
        advice,
        before: report.before(),
        documents,
        left_out,
        by_rule,
        notes: report.notes.clone(),
        mended: render::file_patches(&patches),
        patches,
        report,
    }
}

/// Keeps a brief answer brief: the worst documents, and as many findings as one can read. Gives back how
/// many findings went.
fn shorten(documents: &mut Vec<Judged>) -> usize {
    let count = |documents: &[Judged]| documents.iter().map(|it| it.findings.len()).sum::<usize>();
    let before = count(documents);
    let several = documents.len() > 1;
    if several {
        documents.retain(|document| !document.findings.is_empty());
        documents.truncate(MOST_DOCUMENTS);
    }
    let mut room = MOST_FINDINGS;
    for document in documents.iter_mut() {
        document.findings.truncate(room);
        room -= document.findings.len();
    }
    documents.retain(|document| !several || !document.findings.is_empty());
    before - count(documents)
}

fn tally(report: &Report, brief: bool) -> Vec<Tally> {
    let told = |tally: report::Tally<'_>| {
        let (_, first) = tally.flaws.first()?;
        let mut veps: Vec<u32> = tally.flaws.iter().filter_map(|(sheet, _)| sheet.number).collect();
        veps.dedup();
        veps.truncate(MOST_NAMED);
        Some(Tally {
            rule: tally.rule.id,
            findings: tally.flaws.len(),
            veps,
            example: format!("{}. {}", first.what, first.fix),
            folded: brief && tally.is_folded(),
        })
    };
    report.tallies().into_iter().filter_map(told).collect()
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Counts { errors: self.errors, warnings: self.warnings, advice: self.advice };
        let before = if self.before > 0 { format!(", {} there before", self.before) } else { String::new() };
        let verdict = if self.passes { "Passes" } else { "Fails" };
        let s = if self.judged == 1 { "" } else { "s" };
        writeln!(
            f,
            "**{verdict}**: {} document{s} judged, {counts}{before}. Today is {}.",
            self.judged, self.today
        )?;
        writeln!(f, "Base: {}.", self.base)?;
        for document in &self.documents {
            document.write(f, self.judged > 1)?;
        }
        if self.left_out > 0 {
            let way = if self.judged > 1 {
                "ask for single VEPs, or for detail full"
            } else {
                "ask for detail full"
            };
            writeln!(f, "\n{} more findings; {way}.", self.left_out)?;
        }
        // Where every finding stands above, the rules need not be counted.
        if !self.by_rule.is_empty() && (self.left_out > 0 || self.by_rule.iter().any(|it| it.folded)) {
            writeln!(f, "\nFindings by rule:")?;
            self.by_rule.iter().try_for_each(|it| it.fmt(f))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nNote: {note}"))?;
        self.mended.iter().try_for_each(|patch| write!(f, "\nMended; the rest is told above:\n\n{patch}"))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let veps: Vec<String> = self.veps.iter().map(ToString::to_string).collect();
        write!(f, "- `{}` {}: VEPs {}", self.rule, self.findings, veps.join(", "))?;
        if self.folded {
            write!(f, ". Each: {}", self.example)?;
        }
        writeln!(f)
    }
}
