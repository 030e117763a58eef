//! What a document says in prose: the heading that names the VEP, and the target releases of legacy
//! documents in their common form.
//!
//! Absent on purpose, until legacy documents are migrated: certainty, own gates, checklists and the
//! rarer spellings of targets. Nothing is guessed meanwhile: a form that is not known here is not read.

use crate::markdown::{Block, Outline, Passage};
use crate::text::{Source, Span, Spanned};
use crate::vep::{Release, Stage};
use std::collections::BTreeMap;

/// `# VEP #307: Title`, in any of the forms that real documents have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The whole heading.
    pub span: Span,
    /// The digits behind `VEP`, or the template's `NNNN`.
    pub number: Option<Spanned<String>>,
    /// The title.
    pub title: Option<Spanned<String>>,
}

/// The heading that names the VEP: the first of the first rank that begins with `VEP`.
pub fn heading(outline: &Outline, source: &Source) -> Option<Heading> {
    let passage = outline
        .passages
        .iter()
        .filter(|passage| passage.kind == Block::Heading(1))
        .find(|passage| strip_word(&passage.text, "vep").is_some())?;
    let rest = strip_word(&passage.text, "vep")?.trim_start_matches([' ', '#', '-']);
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    // `3D` is a word.
    let is_word = rest.get(digits.len()..).is_some_and(|more| more.starts_with(char::is_alphabetic));
    let digits = if is_word { "" } else { digits };
    let digits = match rest.get(..4) {
        Some(four) if digits.is_empty() && four.eq_ignore_ascii_case("nnnn") => four,
        _ => digits,
    };
    let title =
        rest.get(digits.len()..).unwrap_or_default().trim_start_matches([' ', ':', '-', '–', '—']).trim();
    Some(Heading {
        span: passage.span,
        number: (!digits.is_empty()).then(|| Spanned::new(digits.into(), find(source, passage.span, digits))),
        title: (!title.is_empty()).then(|| Spanned::new(title.into(), find(source, passage.span, title))),
    })
}

/// `text` without its first word, where that is `word` in any case and no longer word goes on.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    (head.eq_ignore_ascii_case(word) && !rest.starts_with(char::is_alphabetic)).then_some(rest)
}

/// Where `text` stands within a heading; the whole heading where markup breaks it up.
fn find(source: &Source, within: Span, text: &str) -> Span {
    // The title ends the heading; the number stands before it.
    let line = source.slice(within);
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !line.ends_with(text);
    let found = if is_number { line.find(text) } else { line.rfind(text) };
    match found {
        Some(at) => Span::new(within.start + at, within.start + at + text.len()),
        None => within,
    }
}

/// The target releases that list items state: `This VEP targets beta for version: v1.9`, and
/// `Ship target version: v1.6`, which without a gate means GA. The first statement of a stage counts;
/// what is struck through, set to TBD or N/A, or left empty states nothing.
pub fn targets(outline: &Outline) -> BTreeMap<Stage, Spanned<Release>> {
    let mut targets = BTreeMap::new();
    for passage in &outline.passages {
        if let Some((stage, release)) = target(passage) {
            targets.entry(stage).or_insert(Spanned::new(release, passage.span));
        }
    }
    targets
}

fn target(passage: &Passage) -> Option<(Stage, Release)> {
    if !matches!(passage.kind, Block::Item { .. }) || passage.struck {
        return None;
    }
    let (what, value) = passage.text.split_once(':')?;
    let what = what.to_lowercase();
    let words: Vec<&str> = what.split_whitespace().collect();
    let stage = match words.as_slice() {
        ["this", "vep", "targets" | "targeted", stage, "for", "version"] => Stage::read(stage)?,
        ["ship", "target", "version"] => Stage::Ga,
        _ => return None,
    };
    Some((stage, Release::read(value.split_whitespace().next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    #[test]
    fn headings_of_every_form_are_read() {
        for (text, number, title) in [
            ("# VEP #307: Binding plugin", Some("307"), Some("Binding plugin")),
            ("# VEP 14: Firmware ", Some("14"), Some("Firmware")),
            ("# VEP #0171: Cold reboot", Some("0171"), Some("Cold reboot")),
            ("# VEP: Pause probes", None, Some("Pause probes")),
            ("# VEP #Decentralized migration", None, Some("Decentralized migration")),
            ("# VEP-258: Quotas", Some("258"), Some("Quotas")),
            ("# VEP #NNNN: Your title", Some("NNNN"), Some("Your title")),
            ("# VEP #9 - `Image` volumes", Some("9"), Some("Image volumes")),
            ("# VEP 3D acceleration", None, Some("3D acceleration")),
        ] {
            let heading = heading(&outline(text, 0), &Source::new("x", text)).unwrap();
            assert_eq!(heading.number.as_ref().map(|number| number.value.as_str()), number, "{text}");
            assert_eq!(heading.title.as_ref().map(|title| title.value.as_str()), title, "{text}");
        }
        for text in ["# Overview", "## VEP #3: x", "# VEPs are fun", "text"] {
            assert_eq!(heading(&outline(text, 0), &Source::new("x", text)), None, "{text}");
        }
    }

    #[test]
    fn targets_are_read_from_items_and_from_nothing_else() {
        let text = "<!-- - This VEP targets ga for version: v9.9 -->\n\n\
            - ~This VEP targets alpha for version: v1.7~\n\
            - This VEP targeted beta for version: v1.8. (some design)\n\
            - This VEP targets beta for version: v1.9\n\
            - This VEP targets GA for version: TBD\n\
            - This VEP targets alpha2 for version: v1.7\n\nThis VEP targets alpha for version: v1.5\n";
        let read: Vec<_> = targets(&outline(text, 0))
            .into_iter()
            .map(|(stage, release)| (stage, release.value.to_string()))
            .collect();
        assert_eq!(read, [(Stage::Beta, "v1.8".to_owned())]);
        let ship = targets(&outline("- Ship target version: v1.6\n", 0));
        assert_eq!(ship.keys().collect::<Vec<_>>(), [&Stage::Ga]);
    }
}
