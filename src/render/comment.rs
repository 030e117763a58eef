//! The hand of the pull request: one comment with every check as pass, fail or not yet, as VEP-282 wants it.
//!
//! It begins with a marker that never changes, so that a re-run finds the last comment and replaces it.
//! GitHub takes no more than 65,536 characters; what does not fit is left out, the passing checks first,
//! and the comment says so.
//!
//! Absent on purpose: posting. Whoever runs the program posts.

use super::{Upstream, upstream};
use crate::law::Severity;
use crate::report::Report;
use crate::sheet::{Age, Bar, Check, Counts, Flaw, Outcome, Sheet, Verdict};
use crate::text::{code, code_end, code_up_to, sentence};
use std::fmt::Write as _;

/// The first line of every comment.
pub const MARKER: &str = "<!-- vep-mcp: report -->";

/// Most characters of a comment.
const MOST: usize = 60_000;

/// Documents that are each told of, broken or not.
const MOST_DOCUMENTS: usize = 20;
/// Most flaws that one row tells.
const MOST_OF_A_ROW: usize = 8;

/// A comment as it grows, as long as there is room.
struct Page {
    text: String,
    room: usize,
    /// How many rows and tables did not fit.
    left_out: usize,
}

impl Page {
    fn push(&mut self, part: &str) {
        let length = part.chars().count();
        if length > self.room {
            self.left_out += 1;
            return;
        }
        self.room -= length;
        self.text.push_str(part);
    }
}

/// The report as a comment.
pub fn comment(report: &Report) -> String {
    let (head, foot) = (head(report), foot(report));
    let room = MOST.saturating_sub(head.chars().count() + foot.chars().count());
    let mut page = Page { text: head, room, left_out: 0 };
    let folded: Vec<&str> = report.folded().iter().map(|tally| tally.rule.id).collect();
    let told: Vec<(&Sheet, Vec<Row<'_>>)> = report
        .all()
        .map(|sheet| (sheet, rows(report, sheet, &folded)))
        .filter(|(sheet, rows)| {
            !rows.is_empty() || (sheet.is_document() && report.sheets.len() <= MOST_DOCUMENTS)
        })
        .collect();
    once(report).iter().for_each(|table| page.push(table));
    told.iter().for_each(|(sheet, rows)| table(report, sheet, rows, &mut page));
    report.upstream.iter().for_each(|said| page.push(&beside(&upstream(said))));
    // The passing checks come last: they are the first to go where there is no room.
    told.iter().for_each(|(sheet, _)| page.push(&rest(sheet)));
    let Page { mut text, left_out, .. } = page;
    if left_out > 0 {
        let parts = if left_out == 1 { "1 part does" } else { &format!("{left_out} parts do") };
        let way = "run `vep-mcp` on the checkout for all of it";
        let _ = writeln!(text, "\n{parts} not fit into a comment; {way}.");
    }
    text + &foot
}

/// A broken check with the flaws that are told.
type Row<'r> = (&'r Check, Vec<&'r Flaw>);

/// The broken checks of a sheet, the gravest first.
fn rows<'r>(report: &Report, sheet: &'r Sheet, folded: &[&str]) -> Vec<Row<'r>> {
    let row = |check: &'r Check| match &check.verdict {
        Verdict::Broken(flaws) if !folded.contains(&check.rule.id) => {
            let told: Vec<&Flaw> = flaws.iter().filter(|flaw| report.tells(sheet, flaw)).collect();
            (!told.is_empty()).then_some((check, told))
        }
        _ => None,
    };
    let mut rows: Vec<Row<'r>> = sheet.checks.iter().filter_map(row).collect();
    rows.sort_by_key(|(_, flaws)| flaws.iter().map(|flaw| (flaw.age, flaw.severity)).min());
    rows
}

/// What many documents have and none fails by.
fn once(report: &Report) -> Option<String> {
    let folded = report.folded();
    if folded.is_empty() {
        return None;
    }
    let mut out =
        "\n### In many documents\n\n| check | findings | the first, and how to mend it |\n|---|---|---|\n"
            .to_owned();
    for tally in folded {
        let Some((sheet, first)) = tally.flaws.first() else { continue };
        let place = format!("{} ", code(&sheet.path));
        let _ =
            writeln!(out, "| `{}` | {} | {place}{} |", tally.rule.id, tally.flaws.len(), told(sheet, first));
    }
    Some(out)
}

fn head(report: &Report) -> String {
    let Counts { errors, warnings, advice } = report.counts();
    let mark = match report.outcome() {
        Outcome::Passes if report.conflicts.is_empty() => "✅",
        Outcome::Passes => "⚠️",
        Outcome::Undecided => "⚠️",
        Outcome::Fails => "❌",
    };
    let s = |count: usize| if count == 1 { "" } else { "s" };
    let merges = if report.conflicts.is_empty() { "" } else { ", but it does not merge" };
    let documents = report.sheets.len();
    if report.nothing().is_some() {
        return format!(
            "{MARKER}\n## {mark} VEP checks: nothing differs\n\nNothing differs from {}. Today is {} (UTC).\n",
            cell(&report.base),
            report.today,
        );
    }
    format!(
        "{MARKER}\n## {mark} VEP checks: {}{merges}\n\n{documents} document{}: {errors} error{}, {warnings} warning{}, \
         {advice} advice; {}.\nCompared with: {}. Today is {} (UTC). Dates: {}.\n",
        report.outcome().as_str(),
        s(documents),
        s(errors),
        s(warnings),
        report.told_before(),
        cell(&report.base),
        report.today,
        cell(&report.calendar),
    )
}

/// What is broken in a document, with the mends.
fn table(report: &Report, sheet: &Sheet, rows: &[Row<'_>], page: &mut Page) {
    // No heading is a stranger's to write: the path stands below it.
    let (kind, path) = match (sheet.is_document(), sheet.number) {
        (false, _) => (sheet.path.clone(), String::new()),
        (true, Some(number)) => (format!("VEP-{number}"), format!("{}: ", code_up_to(&sheet.path, 200))),
        (true, None) => ("a document".into(), format!("{}: ", code_up_to(&sheet.path, 200))),
    };
    let before = match sheet.before() {
        0 => String::new(),
        before => format!(", {before} there before"),
    };
    page.push(&format!(
        "\n### {kind} ({}): {}\n\n{path}{}{before}; {} pass, {} not yet.\n",
        sheet.class.as_str(),
        sheet.outcome(report.bar).as_str(),
        sheet.counts(),
        sheet.holding(),
        sheet.pending()
    ));
    if !rows.is_empty() {
        page.push("\n| check | verdict | what, and how to mend it |\n|---|---|---|\n");
    }
    for (check, flaws) in rows {
        let more = flaws.len().saturating_sub(MOST_OF_A_ROW);
        let more = if more > 0 { format!("<br>and {more} more") } else { String::new() };
        let told: Vec<String> = flaws.iter().take(MOST_OF_A_ROW).map(|flaw| told(sheet, flaw)).collect();
        let cite = check.rule.cites.first();
        let cite = cite.map_or(String::new(), |cite| format!("<br>_{}_", cell(&cite.to_string())));
        let verdict = verdict(sheet, report.bar, flaws);
        page.push(&format!("| `{}` | {verdict} | {}{more}{cite} |\n", check.rule.id, told.join("<br>")));
    }
}

/// The word for a broken check: what fails the run first, then what is new.
fn verdict(sheet: &Sheet, bar: Bar, flaws: &[&Flaw]) -> &'static str {
    let failing: Vec<&&Flaw> = flaws.iter().filter(|flaw| sheet.fails(flaw, bar)).collect();
    if failing.iter().any(|flaw| flaw.declared.is_none()) {
        return "❌ fail";
    }
    if !failing.is_empty() {
        return "⚠️ a person must decide";
    }
    let gravest = flaws.iter().filter(|flaw| flaw.age == Age::New).map(|flaw| flaw.severity).min();
    match gravest {
        Some(Severity::Error) => "❌ error",
        Some(Severity::Warning) => "⚠️ warning",
        Some(Severity::Advice) => "ℹ️ advice",
        None => "there before",
    }
}

fn told(sheet: &Sheet, flaw: &Flaw) -> String {
    let place = match (&flaw.elsewhere, sheet.file_of(flaw)) {
        (Some(file), _) => format!("{} line {}: ", code(file), flaw.spot.start.line),
        (None, Some(_)) => format!("line {}: ", flaw.spot.start.line),
        (None, None) => String::new(),
    };
    let before = if flaw.age == Age::New { "" } else { " (there before)" };
    let declared = flaw.declared.as_ref();
    let declared = declared.map_or(String::new(), |by| {
        format!(" Declared as {}: {}.", by.kind, cell(&code_up_to(&by.reason, 300)))
    });
    let what = flaw.what.trim_end_matches('.');
    format!("{place}{}{before}.{declared} **{}**", cell(what), cell(&flaw.fix))
}

/// What upstream's draft checks would say.
fn beside(said: &Upstream) -> String {
    let mut out = format!(
        "\n### Upstream's draft checks: {} ({} pass)\n\n{}\n\n",
        said.word,
        said.pass,
        code_up_to(&said.path, 200)
    );
    said.lines().for_each(|line| out.push_str(&format!("- {}\n", cell(&line))));
    out
}

/// The checks that are not broken, folded away.
fn rest(sheet: &Sheet) -> String {
    // A summary is HTML, where no mark holds a foreign word.
    let (name, path) = match (sheet.is_document(), sheet.number) {
        (false, _) => (sheet.path.clone(), String::new()),
        (true, Some(number)) => (format!("VEP-{number}"), String::new()),
        (true, None) => ("a document".into(), format!("{}\n\n", code_up_to(&sheet.path, 200))),
    };
    let mut out = format!(
        "\n<details><summary>{name}: {} pass, {} not yet</summary>\n\n{path}| check | verdict | |\n|---|---|---|\n",
        sheet.holding(),
        sheet.pending()
    );
    for check in &sheet.checks {
        let (word, what) = match &check.verdict {
            Verdict::Holds => ("✅ pass", check.rule.says),
            Verdict::NotYet(why) => ("⏳ not yet", why.as_str()),
            Verdict::Broken(_) => continue,
        };
        let _ = writeln!(out, "| `{}` | {word} | {} |", check.rule.id, cell(what));
    }
    out.push_str("\n</details>\n");
    out
}

fn foot(report: &Report) -> String {
    let mut out = String::new();
    if !report.people.is_empty() {
        out.push_str("\nOwed by people:\n");
        report.people.iter().for_each(|owed| out.push_str(&format!("- {}\n", cell(owed))));
    }
    report.notes.iter().for_each(|note| out.push_str(&format!("\nNote: {}\n", cell(note))));
    out.push_str("\nA verdict is not an approval: people approve.\n");
    out
}

/// Text as it may stand in a cell of a table and in Markdown at all: one line, no bar that ends the cell, and
/// outside code no HTML, link or `@login`, for a comment that is posted on every push must not call people.
fn cell(text: &str) -> String {
    let text = sentence(text, 700);
    let mut out = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.find('`').unwrap_or(rest.len()));
        out.push_str(&outside_code(word));
        let ticks = behind.len() - behind.trim_start_matches('`').len();
        let (fence, inside) = behind.split_at(ticks);
        let Some(end) = code_end(inside, fence).filter(|_| ticks > 0) else {
            // A run of backticks that nothing closes here must not be closed by what stands behind it.
            out.push_str(&"&#96;".repeat(ticks));
            rest = inside;
            continue;
        };
        let (code, behind) = inside.split_at(end);
        out.push_str(fence);
        out.push_str(code);
        rest = behind;
    }
    out.replace('|', "\\|")
}

/// Text outside code: no HTML, no link or image, and no `@login`.
fn outside_code(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@&#8203;"),
            '[' | ']' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_in_its_cell_and_is_no_html() {
        for (text, shown) in [
            ("a | b", "a \\| b"),
            ("`<b>` <b>", "`<b>` &lt;b&gt;"),
            ("`` `<a> `` <b>", "`` `<a> `` &lt;b&gt;"),
            ("` <b>", "&#96; &lt;b&gt;"),
            ("`` <b> ` <b>", "&#96;&#96; &lt;b&gt; &#96; &lt;b&gt;"),
            ("![x](y)", "!\\[x\\](y)"),
            ("a\nb", "a b"),
            ("@mira `@mira`", "@&#8203;mira `@mira`"),
        ] {
            assert_eq!(cell(text), shown, "{text}");
        }
    }
}
