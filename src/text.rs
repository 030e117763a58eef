//! Text: a file's words and the places in them.
//!
//! Every offset in this crate is a byte offset into the whole file, so that front matter, body and
//! later every edit speak of the same places. Lines and columns are worked out only where a person
//! or a client is going to read them.
//!
//! Absent on purpose: reading files. A [`Source`] is made from bytes that somebody else fetched.

use std::fmt::Write as _;
use std::ops::Deref;
use std::sync::Arc;

/// A stretch of a file: `start..end`, in bytes of the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte of the stretch.
    pub start: usize,
    /// First byte after the stretch.
    pub end: usize,
}

impl Span {
    /// The stretch `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// An empty stretch: a place between two bytes.
    pub fn at(place: usize) -> Self {
        Self::new(place, place)
    }

    /// The same stretch, `by` bytes further into the file.
    pub fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }

    /// Whether `other` lies wholly inside.
    pub fn holds(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A value together with the place where it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, read at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A place as people and editors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1 in characters; a byte order mark takes no column.
    pub column: usize,
}

/// A stretch as a person is shown it: where it begins and ends, and the line on which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where it begins.
    pub start: Place,
    /// Where it ends: the place after its last character.
    pub end: Place,
    /// The line on which it begins, as it is in the file, without its end.
    pub line: Excerpt,
}

impl Spot {
    /// The beginning of a file of which nothing else is known.
    pub fn top() -> Self {
        let start = Place { line: 1, column: 1 };
        Self { start, end: start, line: Excerpt::default() }
    }
}

/// A piece of a file's text that is shared with the file: thousands of findings on one long line cost nothing.
#[derive(Clone, Default)]
pub struct Excerpt {
    text: Arc<str>,
    span: Span,
}

impl Deref for Excerpt {
    type Target = str;

    fn deref(&self) -> &str {
        self.text.get(self.span.start..self.span.end).unwrap_or_default()
    }
}

impl PartialEq for Excerpt {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Excerpt {}

impl std::fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// One file as it was read: its path and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    path: String,
    text: Arc<str>,
    line_starts: Arc<[usize]>,
    not_utf8: Option<usize>,
}

const BOM: char = '\u{feff}';

impl Source {
    /// A source from text that is known to be text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text: Arc<str> = text.into().into();
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        Self { path: path.into(), text, line_starts, not_utf8: None }
    }

    /// A source from any bytes. What is not UTF-8 is replaced by U+FFFD and remembered
    /// ([`Source::not_utf8`]): reading goes on, and the fault can be named.
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::new(path, text),
            Err(error) => Self {
                not_utf8: Some(error.valid_up_to()),
                ..Self::new(path, String::from_utf8_lossy(bytes))
            },
        }
    }

    /// The path within the repository, with `/` between its parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the first byte stands that is no UTF-8, if there is one.
    pub fn not_utf8(&self) -> Option<usize> {
        self.not_utf8
    }

    /// The text of a stretch; empty where the stretch is not in this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Where the first line's text begins: behind a byte order mark.
    pub fn start(&self) -> usize {
        if self.text.starts_with(BOM) { BOM.len_utf8() } else { 0 }
    }

    /// Line and column of an offset; an offset beyond the end is the end.
    pub fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.line(offset);
        let start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        Place { line, column: before.trim_start_matches(BOM).chars().count() + 1 }
    }

    /// A stretch as a person is shown it.
    pub fn spot(&self, span: Span) -> Spot {
        let start = self.place(span.start);
        let mut whole = self.line_span(start.line).unwrap_or_default();
        whole.start = whole.start.max(self.start()).min(whole.end);
        let line = Excerpt { text: Arc::clone(&self.text), span: whole };
        Spot { start, end: self.place(span.end.max(span.start)), line }
    }

    /// The line of an offset, counted from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    /// How many lines the file has; a final newline does not begin another one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len() - usize::from(self.text.ends_with('\n') || self.text.is_empty())
    }

    /// The stretch of a line (counted from 1) without its line end.
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let end = self.line_starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end)?;
        Some(Span::new(start, start + text.trim_end_matches(['\n', '\r']).len()))
    }
}

/// Whether a character changes how a text looks without being seen itself: controls, bidirectional
/// overrides, zero-width and tag characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2028}' | '\u{2029}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// One line of foreign text, fit to stand inside a sentence or a table cell of ours: line ends become
/// spaces, what cannot be seen is written out as `\u{…}`, and the result has at most `most` characters.
pub fn one_line(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut room = most;
    let mut words = text.split_whitespace();
    let spaced = words
        .next()
        .into_iter()
        .flat_map(str::chars)
        .chain(words.flat_map(|word| [' '].into_iter().chain(word.chars())));
    for c in spaced {
        let before = out.len();
        push_visible(&mut out, c);
        let width = out.get(before..).map_or(0, |added| added.chars().count());
        if width > room {
            out.truncate(before);
            out.push('…');
            break;
        }
        room -= width;
    }
    out
}

/// One line of our own words with foreign ones in code, at most `most` characters: a cut never falls into code, for
/// what stands behind a mark that nothing closes would be read as our own.
pub fn sentence(text: &str, most: usize) -> String {
    let mut line = one_line(text, most);
    let is_cut = line.ends_with('…') && !text.trim_end().ends_with('…');
    if let Some(open) = unclosed(&line).filter(|_| is_cut) {
        line.truncate(open);
        line = format!("{}…", line.trim_end());
    }
    line
}

/// Where code begins that does not end.
fn unclosed(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let open = at + rest.find('`')?;
        let inside = text.get(open..)?;
        let ticks = inside.len() - inside.trim_start_matches('`').len();
        let (fence, behind) = inside.split_at(ticks);
        match code_end(behind, fence) {
            Some(end) => at = open + ticks + end,
            None => return Some(open),
        }
    }
}

/// Where the code that a run of backticks opens ends, behind the run that closes it.
pub fn code_end(text: &str, fence: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = from + rest.find('`')?;
        let run = text.get(at..)?.bytes().take_while(|byte| *byte == b'`').count();
        from = at + run;
        if run == fence.len() {
            return Some(from);
        }
    }
}

fn push_visible(out: &mut String, c: char) {
    if is_invisible(c) {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// A path as it is shown on a line of its own: whole, with everything written out that cannot be seen.
pub fn path_shown(path: &str) -> String {
    let mut shown = String::new();
    path.chars().for_each(|c| push_visible(&mut shown, c));
    shown
}

/// JSON with every character inside its strings written out that cannot be seen: the same values, and nothing that
/// acts on whoever looks at it.
pub fn json_shown(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_invisible(c) {
            shown.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
    }
    shown
}

/// Whether every character of a text can be seen on one line.
pub fn is_plain(text: &str) -> bool {
    !text.contains(is_invisible)
}

/// Foreign text over several lines with everything written out that cannot be seen.
pub fn visible(text: &str) -> String {
    let mut visible = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => visible.push(c),
            '\r' if rest.peek() == Some(&'\n') => {}
            c => push_visible(&mut visible, c),
        }
    }
    visible
}

/// Foreign text as a fenced block that it cannot leave: the fence is longer than any run of backticks
/// inside, and what cannot be seen is written out. Blank lines at its end stay: a diff may need them.
pub fn fenced(text: &str, info: &str) -> String {
    let visible = visible(text.strip_suffix('\n').unwrap_or(text));
    let longest = visible.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{info}\n{visible}\n{fence}")
}

/// Foreign text as inline code that it cannot leave, on one line.
pub fn code(text: &str) -> String {
    code_up_to(text, 120)
}

/// The same, of at most `most` characters.
pub fn code_up_to(text: &str, most: usize) -> String {
    // Blanks at the ends would be lost, and with them what is wrong with the text.
    let blanks = !text.trim().is_empty() && text.trim() != text;
    if !blanks {
        return in_ticks(&one_line(text, most));
    }
    let quoted = format!("\"{}\"", visible(text).replace('\n', "\\n").replace('\t', "\\t"));
    in_ticks(&quoted.chars().take(most + most / 3).collect::<String>())
}

/// Foreign text as it may stand in a cell of a table: ordinary words as they are, everything else as code, and no
/// bar that ends the cell.
pub fn in_cell(text: &str) -> String {
    let line = one_line(text, 300);
    if is_ordinary(&line) { line } else { in_ticks(&line).replace('|', "\\|") }
}

/// Whether Markdown, in whatever dialect, takes a line for nothing but words: no markup, no entity, no address that
/// becomes a link of itself.
fn is_ordinary(line: &str) -> bool {
    let mut before = ' ';
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let ends_word = rest.peek().is_none_or(|next| *next == ' ');
        let is_ordinary = match c {
            ':' | '&' => ends_word,
            '@' => before == ' ' || before == '(',
            c => c.is_alphanumeric() || " ,.;'\"’“”()/-+=%?!#–—…".contains(c),
        };
        if !is_ordinary {
            return false;
        }
        before = c;
    }
    !line.to_lowercase().contains("www.")
}

/// One visible line between backticks, of which there are more than inside.
fn in_ticks(text: &str) -> String {
    if text.is_empty() {
        // Two backticks alone would open code that somebody else's backticks close.
        return "`\"\"`".into();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    if longest == 0 {
        return format!("`{text}`");
    }
    let ticks = "`".repeat(longest + 1);
    format!("{ticks} {text} {ticks}")
}

/// Characters that are taken for others, and what they are called.
const ODD: [(char, &str); 25] = [
    ('\u{a0}', "a no-break space (U+00A0)"),
    ('\u{202f}', "a narrow no-break space (U+202F)"),
    ('\u{2007}', "a figure space (U+2007)"),
    ('\u{2002}', "an en space (U+2002)"),
    ('\u{2003}', "an em space (U+2003)"),
    ('\u{2009}', "a thin space (U+2009)"),
    ('\u{3000}', "an ideographic space (U+3000)"),
    ('\u{200b}', "a zero-width space (U+200B)"),
    ('\u{200c}', "a zero-width non-joiner (U+200C)"),
    ('\u{200d}', "a zero-width joiner (U+200D)"),
    ('\u{2060}', "a word joiner (U+2060)"),
    ('\u{feff}', "a byte order mark (U+FEFF)"),
    ('\u{ad}', "a soft hyphen (U+00AD)"),
    ('\u{2018}', "a typographic quote (U+2018)"),
    ('\u{2019}', "a typographic quote (U+2019)"),
    ('\u{201c}', "a typographic quote (U+201C)"),
    ('\u{201d}', "a typographic quote (U+201D)"),
    ('\u{201e}', "a typographic quote (U+201E)"),
    ('\u{2010}', "a typographic hyphen (U+2010)"),
    ('\u{2011}', "a no-break hyphen (U+2011)"),
    ('\u{2013}', "a typographic dash (U+2013)"),
    ('\u{2014}', "a typographic dash (U+2014)"),
    ('\u{2212}', "a minus sign (U+2212)"),
    ('\t', "a tab"),
    ('\\', "a backslash"),
];

/// What the first character of a text is called that is taken for another one, or not seen at all.
pub fn oddity(text: &str) -> Option<&'static str> {
    text.chars().find_map(|c| ODD.iter().find(|(odd, _)| *odd == c).map(|(_, name)| *name))
}

/// Whether a character is taken for a space, or for nothing, and is no space to a reader of YAML.
pub fn is_odd_blank(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{ad}' | '\u{1680}' | '\u{2000}'
            ..='\u{200d}' | '\u{202f}' | '\u{205f}' | '\u{2060}' | '\u{3000}' | '\u{feff}'
    )
}

/// Foreign text as inline code, and what is odd about it.
pub fn code_named(text: &str) -> String {
    match oddity(text) {
        Some(name) => format!("{} (with {name})", code(text)),
        None => code(text),
    }
}

/// Whether a word is another one in everything but its case, what stands between its parts, and what cannot be seen.
pub fn is_spelt_alike(word: &str, known: &str) -> bool {
    fn plain(text: &str) -> impl Iterator<Item = char> {
        let seen = text.trim().chars().filter(|c| !is_invisible(*c));
        let parts = seen.map(|c| if c == ' ' || c == '_' || is_odd_blank(c) { '-' } else { c });
        parts.flat_map(char::to_lowercase)
    }
    plain(word).eq(plain(known))
}

/// Whether a word is a known one with at most a slip within it, so that it can mean nothing else: the same letters, or
/// one letter wrong, missing, doubled or swapped inside. Where the last letter is another one it is another form of the
/// word (`replaced`, `replaces`), a digit says something of its own (`alpha2`), and short words have too many
/// neighbours.
pub fn is_slip(word: &str, known: &str) -> bool {
    if is_spelt_alike(word, known) {
        return true;
    }
    let plain = |text: &str| text.trim().to_lowercase().replace([' ', '_'], "-");
    let (word, known) = (plain(word), plain(known));
    let last = |text: &str| text.chars().next_back();
    let first = |text: &str| text.chars().next();
    let letters = known.strip_prefix("sig-").unwrap_or(&known).chars().count();
    let is_own_word = OWN_WORDS.contains(&word.as_str());
    letters >= 4
        && !is_own_word
        && !word.contains(|c: char| c.is_ascii_digit())
        && (first(&word), last(&word)) == (first(&known), last(&known))
        && word.len().abs_diff(known.len()) <= 4
        && strsim::damerau_levenshtein(&word, &known) <= 1
}

/// Words that are a letter away from one of ours and mean something else.
const OWN_WORDS: [&str; 4] = ["state", "date", "replace", "implementation"];

/// The candidate that `word` most probably means: at most a third of its letters away.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.trim().to_lowercase();
    let length = word.chars().count();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters = candidate.chars().count();
            let most = letters.max(3) / 3;
            // Lengths that differ more need no closer look, however long the word is.
            if length.abs_diff(letters) > most {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
            (distance <= most).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_and_skips_the_byte_order_mark() {
        let source = Source::new("x.md", "\u{feff}ä b\r\nc");
        assert_eq!(source.place(source.start()), Place { line: 1, column: 1 });
        assert_eq!(source.place(source.text().find('b').unwrap()), Place { line: 1, column: 3 });
        assert_eq!(source.place(9999), Place { line: 2, column: 2 });
        assert_eq!(source.line_span(1).map(|span| source.slice(span)), Some("\u{feff}ä b"));
        assert_eq!(source.line_span(3), None);
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for (text, lines) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\n\n", 2)] {
            assert_eq!(Source::new("x", text).line_count(), lines, "{text:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_remembered() {
        let source = Source::from_bytes("x.md", b"ab\xff\xfecd");
        assert_eq!(source.not_utf8(), Some(2));
        assert_eq!(source.text(), "ab\u{fffd}\u{fffd}cd");
    }

    #[test]
    fn foreign_text_cannot_leave_its_fence_nor_hide() {
        assert_eq!(fenced("a ```` b\u{202e}", "text"), "`````text\na ```` b\\u{202e}\n`````");
        assert_eq!(fenced("-a\n\n", "diff"), "```diff\n-a\n\n```");
        assert_eq!(one_line("a\n b\u{200b}c", 80), "a b\\u{200b}c");
        assert_eq!(one_line("abcdef", 3), "abc…");
        assert_eq!(one_line("ab\u{202e}c", 4), "ab…");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code(" a"), "`\" a\"`");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(path_shown("a\n::error::b"), "a\\u{000a}::error::b");
    }

    #[test]
    fn a_near_miss_is_named_and_a_stranger_is_not() {
        let words = ["provisional", "implementable", "implemented"];
        assert_eq!(nearest("implementible", words), Some("implementable"));
        assert_eq!(nearest("Provisional", words), Some("provisional"));
        assert_eq!(nearest("banana", words), None);
        assert!(is_slip("implementible", "implementable") && is_slip("Vep_Number", "vep-number"));
        for (word, known) in [
            ("implement", "implemented"),
            ("implemented", "implementable"),
            ("replaces", "replaced"),
            ("replaced", "replaces"),
            ("replace", "replaces"),
            ("withdraw", "withdrawn"),
            ("alpha2", "alpha"),
            ("beta2", "beta"),
            ("gaa", "ga"),
            ("alphas", "alpha"),
            ("state", "stage"),
            ("sig-arm", "sig-api"),
            ("sig-cpi", "sig-ci"),
        ] {
            assert!(!is_slip(word, known), "{word} is no slip of {known}");
        }
        for (word, known) in [
            ("Deferred ", "deferred"),
            ("defered", "deferred"),
            ("staus", "status"),
            ("GA", "ga"),
            ("alhpa", "alpha"),
            ("sig_compute", "sig-compute"),
            ("sig-computte", "sig-compute"),
            ("de\u{200b}ferred", "deferred"),
            ("owning\u{a0}sig", "owning-sig"),
        ] {
            assert!(is_slip(word, known), "{word} is a slip of {known}");
        }
    }
}
