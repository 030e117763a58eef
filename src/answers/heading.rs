//! The heading's number: leading zeros that go, and a missing one that is put in, where that is exact.
//!
//! Absent on purpose: choosing between two numbers. A heading that says another number than its folder is for a person.

use crate::document::{Document, Front};
use crate::patch::{Edit, edited};
use crate::text::{Source, Span, code, one_line};
use crate::vep::Number;

/// A document whose heading has its number.
pub(super) struct Numbered {
    /// The text.
    pub text: String,
    /// What is done.
    pub what: String,
}

/// The document with the folder's number in its heading; none where it is there, or where the edit would not be exact.
/// A heading is put in only where the title is sure.
pub(super) fn numbered(document: &Document, has_title: bool) -> Option<Numbered> {
    let number = document.home.number()?;
    let title = document.heading().and_then(|heading| heading.title.as_ref());
    let (edit, what) = match document.heading() {
        None if has_title => put_in(document, number)?,
        None => return None,
        Some(heading) => match (&heading.number, title) {
            (Some(written), _) => without_zeros(document, &written.value, written.span, number)?,
            (None, Some(title)) => with_number(document, heading.span, title.span, number)?,
            (None, None) => return None,
        },
    };
    let text = edited(document.source.text(), &[edit])?;
    let then = Document::parse(Source::new(document.path(), text.as_str()));
    let heading = then.heading()?;
    let is_so = heading.number.as_ref().is_some_and(|it| it.value == number.to_string())
        && title.is_none_or(|title| heading.title.as_ref().is_some_and(|it| it.value == title.value))
        && then.matter() == document.matter();
    is_so.then_some(Numbered { text, what })
}

fn without_zeros(document: &Document, written: &str, at: Span, number: Number) -> Option<(Edit, String)> {
    let has_zeros = written.starts_with('0') && written.trim_start_matches('0') == number.to_string();
    let is_exact = document.source.slice(at) == written;
    (has_zeros && is_exact).then(|| {
        let what = format!("the heading's number {} becomes {number}", code(&one_line(written, 20)));
        (Edit::replace(at, number.to_string()), what)
    })
}

/// `# VEP #Title`, `# VEP: Title` and `# VEP Title` with the number between.
fn with_number(document: &Document, heading: Span, title: Span, number: Number) -> Option<(Edit, String)> {
    let before = document.source.slice(Span::new(heading.start, title.start));
    let at = before.to_ascii_lowercase().rfind("vep")? + "vep".len();
    let between = before.get(at..)?;
    let is_mark = |c: char| c.is_whitespace() || "#:-–—".contains(c);
    let is_exact = title.start > heading.start && between.chars().all(is_mark);
    is_exact.then(|| {
        let span = Span::new(heading.start + at, title.start);
        (Edit::replace(span, format!(" #{number}: ")), format!("the heading gets its number {number}"))
    })
}

/// A heading behind front matter, for a document without one.
fn put_in(document: &Document, number: Number) -> Option<(Edit, String)> {
    let Front::Read { block, matter, .. } = &document.front else { return None };
    let title = matter.title.value()?;
    let rest = document.source.text().get(block.end..)?;
    let at = block.end + rest.find('\n').map_or(rest.len(), |end| end + 1);
    let eol = if document.source.text().contains("\r\n") { "\r\n" } else { "\n" };
    let what = format!("the heading that names the VEP is put in, with the number {number}");
    Some((Edit::insert(at, format!("{eol}# VEP #{number}: {title}{eol}")), what))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text behind the block of a VEP 24 with this body, once its heading has its number.
    fn made(body: &str, has_title: bool) -> Option<String> {
        let text = format!("---\ntitle: Live moves\nvep-number: 24\n---\n\n{body}");
        let document = Document::parse(Source::new("veps/sig-compute/24-live-moves/vep.md", text));
        let text = numbered(&document, has_title)?.text;
        Some(text.split_once("---\n\n").unwrap().1.to_owned())
    }

    #[test]
    fn a_heading_gets_the_folders_number_where_that_is_exact() {
        for heading in [
            "# VEP #Live moves",
            "# VEP: Live moves",
            "# VEP Live moves",
            "# VEP - Live moves",
            "# VEP #: Live moves",
            "# vep # Live moves",
            "#   VEP Live moves #",
            "# VEP #0024: Live moves",
            "# VEP 024: Live moves",
        ] {
            let text =
                made(&format!("{heading}\n\ntext 0024\n"), false).unwrap_or_else(|| panic!("{heading}"));
            let document =
                Document::parse(Source::new("veps/sig-compute/24-live-moves/vep.md", text.as_str()));
            let written = document.heading().unwrap();
            assert_eq!(written.number.as_ref().unwrap().value, "24", "{text}");
            assert!(written.title.as_ref().unwrap().value.starts_with("Live moves"), "{text}");
            assert!(text.ends_with("\n\ntext 0024\n"), "{text}");
        }
        assert_eq!(made("# VEP 3D moves\n", false).unwrap(), "# VEP #24: 3D moves\n");
        assert_eq!(made("VEP Live moves\n===\n", false).unwrap(), "VEP #24: Live moves\n===\n");
        assert_eq!(made("# VEP #0024: `Live` *moves*\n", false).unwrap(), "# VEP #24: `Live` *moves*\n");
    }

    #[test]
    fn what_a_person_has_to_settle_stays_as_it_is() {
        for heading in [
            "# VEP #24: Live moves",
            "# VEP #25: Live moves",
            "# VEP #025: Live moves",
            "# VEP",
            "# **VEP** Live moves",
        ] {
            assert_eq!(made(&format!("{heading}\n"), false), None, "{heading}");
        }
        assert_eq!(made("# Overview\n", false), None);
        assert_eq!(made("# Overview\n", true).unwrap(), "# VEP #24: Live moves\n\n# Overview\n");
    }
}
