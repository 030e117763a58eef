//! Patches: edits of a text's bytes, and what they come to as a unified diff.
//!
//! Every other byte stays what it was. A patch knows the digest of the text that it was made from, and is
//! for no other text.
//!
//! Absent on purpose: writing. The roof applies a patch to a file, or a person does.

use crate::text::Span;
use sha2::{Digest as _, Sha256};

/// One replacement: these bytes of the text become those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which bytes go; none where something is only put in.
    pub span: Span,
    /// What comes in their place.
    pub put: String,
}

impl Edit {
    /// Replaces a stretch.
    pub fn replace(span: Span, put: impl Into<String>) -> Self {
        Self { span, put: put.into() }
    }

    /// Puts something in at a place.
    pub fn insert(at: usize, put: impl Into<String>) -> Self {
        Self::replace(Span::at(at), put)
    }

    /// Takes a stretch out.
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// A text with edits made; none where the edits do not fit the text or overlap.
pub fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start)?);
        text.get(edit.span.start..edit.span.end)?;
        out.push_str(&edit.put);
        at = edit.span.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// The digest of a text: SHA-256, in hexadecimal digits.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a file was and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The file's path within the repository.
    pub path: String,
    /// Its text; none where the file is new.
    pub before: Option<String>,
    /// Its text afterwards.
    pub after: String,
}

impl Patch {
    /// Whether it changes anything.
    pub fn is_empty(&self) -> bool {
        self.before.as_deref() == Some(self.after.as_str())
    }

    /// The digest of the text that it was made from; none where the file is new.
    pub fn digest(&self) -> Option<String> {
        self.before.as_deref().map(digest)
    }

    /// As a unified diff that `git apply` and `patch -p1` take; empty where nothing changes.
    pub fn diff(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let (old, new) = (format!("a/{}", self.path), format!("b/{}", self.path));
        let old = if self.before.is_some() { old.as_str() } else { "/dev/null" };
        let mut options = diffy::DiffOptions::new();
        options.set_original_filename(old.to_owned()).set_modified_filename(new);
        let diff = options.create_patch(self.before.as_deref().unwrap_or_default(), &self.after).to_string();
        // `patch` takes a name with blanks in it for a whole one only where a tab ends it.
        let ended = |line: &str| match line.ends_with(&self.path) && self.path.contains(' ') {
            true => format!("{line}\t"),
            false => line.to_owned(),
        };
        match diff.splitn(3, '\n').collect::<Vec<_>>().as_slice() {
            [old, new, hunks] => format!("{}\n{}\n{hunks}", ended(old), ended(new)),
            _ => diff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_any_order_and_only_where_they_fit() {
        let edits =
            [Edit::insert(4, "!"), Edit::replace(Span::new(0, 1), "A"), Edit::remove(Span::new(2, 3))];
        assert_eq!(edited("abcd", &edits).as_deref(), Some("Abd!"));
        assert_eq!(edited("abcd", &[Edit::remove(Span::new(0, 3)), Edit::insert(1, "x")]), None);
        assert_eq!(
            (edited("ä", &[Edit::insert(1, "x")]), edited("a", &[Edit::insert(9, "x")])),
            (None, None)
        );
    }

    #[test]
    fn a_diff_names_the_file_and_a_missing_final_newline() {
        let patch = Patch { path: "veps/x.md".into(), before: Some("a\nb".into()), after: "a\nc".into() };
        let diff = patch.diff();
        assert!(diff.starts_with("--- a/veps/x.md\n+++ b/veps/x.md\n@@"), "{diff}");
        assert_eq!(diff.matches("\\ No newline at end of file").count(), 2);
        let new = Patch { path: "x.md".into(), before: None, after: "a\n".into() };
        assert!(new.diff().starts_with("--- /dev/null\n+++ b/x.md\n@@ -0,0 +1"), "{}", new.diff());
        assert_eq!(Patch { path: "x".into(), before: Some("a".into()), after: "a".into() }.diff(), "");
        let spaced = Patch { path: "a b.md".into(), ..new };
        assert!(spaced.diff().starts_with("--- /dev/null\n+++ b/a b.md\t\n@@"), "{}", spaced.diff());
    }
}
