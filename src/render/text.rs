//! The terminal's hand: each finding with its source line, a caret, the rule's id, the mend and the law; the
//! summary last, where the eye is.
//!
//! A brief report tells what is new, and tells once what many documents have and what fails none; a full
//! one tells everything.
//!
//! Absent on purpose: finding out whether there is a terminal. The roof says whether colours are wanted.

use super::{Upstream, upstream};
use crate::law::Severity;
use crate::report::{Report, Tally};
use crate::rule::Rule;
use crate::sheet::{Age, Flaw, Outcome, Sheet, Verdict};
use crate::text::{Spot, one_line, path_shown, visible};
use crate::vep::Number;
use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet, Title};
use std::collections::{BTreeMap, BTreeSet};
use textwrap::{Options, WordSplitter};

/// Columns that are used, however wide the terminal is: what is the same everywhere can be compared.
const COLUMNS: usize = 80;
/// Most VEPs that are named where a rule is told once.
const MOST_NAMED: usize = 100;

/// A report as text, with colours where they are wanted.
pub fn text(report: &Report, colours: bool) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() }.term_width(COLUMNS);
    let folded = report.folded();
    let mut blocks = Vec::new();
    for sheet in report.all() {
        let told = sheet.flaws().into_iter().filter(|(rule, flaw)| {
            report.tells(sheet, flaw) && !folded.iter().any(|it| it.rule.id == rule.id)
        });
        blocks.extend(told.map(|(rule, flaw)| finding(&renderer, report, sheet, rule, flaw)));
        if report.full {
            blocks.push(verdicts(sheet));
        }
    }
    blocks.extend(folded.iter().map(|tally| once(&renderer, tally)));
    blocks.extend(report.upstream.iter().map(|said| beside(&renderer, &upstream(said))));
    blocks.push(summary(&renderer, report));
    blocks.join("\n")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::NOTE.with_name("advice"),
    }
}

/// Text folded at words, beginning `before` columns to the right.
fn folded(text: &str, before: usize) -> Vec<String> {
    let room = Options::new(COLUMNS.saturating_sub(before)).break_words(false);
    let lines = textwrap::wrap(text, room.word_splitter(WordSplitter::NoHyphenation));
    lines.into_iter().map(|line| line.into_owned()).collect()
}

/// A line of a block behind its title: `= help: …`. The renderer sets the lines behind the first one in.
fn aside(level: Level<'static>, name: &'static str, text: &str, line: usize) -> Message<'static> {
    let before = line.to_string().len() + " = : ".len() + name.len();
    level.with_name(name).message(folded(text, before).join("\n"))
}

/// The title of a block.
fn title(severity: Severity, rule: &'static Rule, text: &str) -> Title<'static> {
    let before = severity.as_str().len() + rule.id.len() + "[]: ".len();
    level(severity).primary_title(folded(text, before).join("\n")).id(rule.id)
}

fn finding(renderer: &Renderer, report: &Report, sheet: &Sheet, rule: &'static Rule, flaw: &Flaw) -> String {
    let before = if flaw.age == Age::New { "" } else { " (there before)" };
    let group = title(flaw.severity, rule, &format!("{}{before}", flaw.what)).elements(None::<Origin<'_>>);
    let group = match sheet.file_of(flaw) {
        Some(file) => placed(group, path_shown(file), &flaw.spot),
        None => group,
    };
    let line = flaw.spot.start.line;
    let mut group = group.element(aside(Level::HELP, "help", &flaw.fix, line));
    if let Some(by) = &flaw.declared {
        let word = format!("declared as {}: {}; a person must decide", by.kind, by.reason);
        group = group.element(aside(Level::NOTE, "note", &word, line));
    }
    let cites = rule.cites.iter().take(if report.full { usize::MAX } else { 1 });
    let law = cites.map(|cite| aside(Level::NOTE, "law", &cite.to_string(), line));
    renderer.render(&[group.elements(law)]) + "\n"
}

/// The place of a finding: the source line with a caret, or the place alone where there is no line.
fn placed<'a>(group: Group<'a>, path: String, spot: &Spot) -> Group<'a> {
    let columns = |count: usize| spot.line.chars().take(count).collect::<String>();
    let from = visible(&columns(spot.start.column.saturating_sub(1))).len();
    let line = visible(&spot.line);
    if line.trim().is_empty() {
        return group.element(Origin::path(path).line(spot.start.line).char_column(spot.start.column));
    }
    let to = match spot.end.line == spot.start.line {
        true => visible(&columns(spot.end.column.saturating_sub(1))).len(),
        false => line.len(),
    };
    let (from, to) = (from.min(line.len()), to.clamp(from, line.len().max(from)));
    let snippet = Snippet::source(line).line_start(spot.start.line).path(path);
    group.element(snippet.annotation(AnnotationKind::Primary.span(from..to)))
}

/// A rule that many documents break, none of which fails by it.
fn once(renderer: &Renderer, tally: &Tally<'_>) -> String {
    let Some((sheet, first)) = tally.flaws.first() else { return String::new() };
    let gravest = tally.flaws.iter().map(|(_, flaw)| flaw.severity).min().unwrap_or(Severity::Advice);
    let veps: BTreeSet<Number> = tally.flaws.iter().filter_map(|(sheet, _)| sheet.number).collect();
    let more = veps.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let veps: Vec<String> = veps.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    let text = format!("{} findings against: {}", tally.flaws.len(), tally.rule.says);
    let line = first.spot.start.line;
    let example = format!("{}:{line}: {}", path_shown(&sheet.path), first.what);
    let group = title(gravest, tally.rule, &text)
        .element(aside(Level::NOTE, "VEPs", &(veps.join(", ") + &more), 0))
        .element(aside(Level::NOTE, "one", &example, 0))
        .element(aside(Level::HELP, "help", &first.fix, 0));
    renderer.render(&[group]) + "\n"
}

/// What upstream's draft checks would say.
fn beside(renderer: &Renderer, said: &Upstream) -> String {
    let title = format!("{}: {} ({} pass)", path_shown(&said.path), said.word, said.pass);
    let name = "upstream's draft checks";
    let title = Level::NOTE.with_name(name).primary_title(folded(&title, name.len() + 2).join("\n"));
    let mut out = renderer.render(&[title.elements(None::<Origin<'_>>)]) + "\n";
    said.lines().for_each(|line| push(&mut out, &line));
    out
}

/// The rules that hold, and those that do not apply yet with the reason.
fn verdicts(sheet: &Sheet) -> String {
    let mut not_yet: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut holds = Vec::new();
    for check in &sheet.checks {
        match &check.verdict {
            Verdict::Holds => holds.push(check.rule.id),
            Verdict::NotYet(why) => not_yet.entry(why).or_default().push(check.rule.id),
            Verdict::Broken(_) => {}
        }
    }
    let mut out = format!("{}\n", one_line(&sheet.path, 200));
    let reasons = not_yet.into_iter().map(|(why, rules)| (format!("not yet ({why})"), rules));
    for (name, rules) in [("holds".to_owned(), holds)].into_iter().chain(reasons) {
        if !rules.is_empty() {
            let line = format!("{}: {}", one_line(&name, 200), rules.join(", "));
            push(&mut out, &line);
        }
    }
    out
}

fn summary(renderer: &Renderer, report: &Report) -> String {
    let outcome = report.outcome();
    let level = match outcome {
        Outcome::Passes => Level::HELP,
        Outcome::Undecided => Level::WARNING,
        Outcome::Fails => Level::ERROR,
    };
    let documents = report.sheets.len();
    let s = if documents == 1 { "" } else { "s" };
    let before = match report.before() {
        0 => String::new(),
        _ => format!("; {}", report.told_before()),
    };
    let merges = if report.conflicts.is_empty() { "" } else { "does not merge; " };
    let title = match report.nothing() {
        Some(nothing) => nothing,
        None => format!("{merges}{documents} document{s}, {}{before}", report.counts()),
    };
    let name = outcome.as_str();
    let title = level.with_name(name).primary_title(folded(&title, name.len() + 2).join("\n"));
    let mut out = renderer.render(&[title.elements(None::<Origin<'_>>)]) + "\n";
    if let [sheet] = report.sheets.as_slice() {
        let line = format!("rules: {} hold, {} do not apply yet", sheet.holding(), sheet.pending());
        push(&mut out, &line);
    }
    push(&mut out, &format!("base: {}", report.base));
    push(&mut out, &format!("today: {}; dates: {}", report.today, report.calendar));
    report.people.iter().for_each(|owed| push(&mut out, &format!("owed by people: {owed}")));
    report.notes.iter().for_each(|note| push(&mut out, &format!("note: {note}")));
    out
}

fn push(out: &mut String, line: &str) {
    for (at, line) in folded(line, 4).into_iter().enumerate() {
        out.push_str(if at == 0 { "  " } else { "    " });
        out.push_str(&line);
        out.push('\n');
    }
}
