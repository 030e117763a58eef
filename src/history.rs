//! History: what git knows of a document beside its text.
//!
//! Absent on purpose: handles. An author's name is a name, and nobody's login is guessed from it.

use crate::vep::Number;
use std::collections::BTreeMap;

/// What the history of a checkout says of its documents, by their paths of today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    pasts: BTreeMap<String, Past>,
    /// The clone is shallow: what came before is not known.
    pub is_cut: bool,
}

/// The past of one document. Days are `YYYY-MM-DD`, where the author was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The day of the first commit that had it, wherever it lay.
    pub created: String,
    /// The day of the last commit that changed a line of it; being moved is no change.
    pub changed: String,
    /// Who made the first commit, by name.
    pub author: String,
    /// What the first commit was called.
    pub subject: String,
}

/// What a commit does to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch<'a> {
    /// It is new, or a copy.
    Added(&'a str),
    /// Its text is another.
    Changed(&'a str),
    /// It lies elsewhere now, with its text changed or not.
    Moved {
        /// Where it lay.
        from: &'a str,
        /// Where it lies now.
        to: &'a str,
        /// Whether a line of it changed, too.
        changed: bool,
    },
}

impl History {
    /// What is known of the document at a path.
    pub fn of(&self, path: &str) -> Option<&Past> {
        self.pasts.get(path)
    }

    /// Takes a commit in. The oldest comes first.
    pub fn take(&mut self, day: &str, author: &str, subject: &str, touches: &[Touch<'_>]) {
        let first = || Past {
            created: day.into(),
            changed: day.into(),
            author: author.into(),
            subject: subject.into(),
        };
        for touch in touches {
            let (path, past, changed) = match touch {
                Touch::Added(path) | Touch::Changed(path) => (*path, self.pasts.remove(*path), true),
                Touch::Moved { from, to, changed } => (*to, self.pasts.remove(*from), *changed),
            };
            let mut past = past.unwrap_or_else(first);
            if changed {
                past.changed = day.into();
            }
            self.pasts.insert(path.into(), past);
        }
    }
}

/// The pull requests that a branch has merged, as its commits name them.
///
/// An issue and a pull request never share a number, so the number of one of these is not that of an issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// What each was called.
    subjects: BTreeMap<Number, String>,
    /// The clone is shallow: others may have been merged before.
    pub is_cut: bool,
}

impl Merged {
    /// Reads the subjects of a branch's own commits, the newest first.
    pub fn read<'a>(subjects: impl IntoIterator<Item = &'a str>, is_cut: bool) -> Self {
        let named = subjects.into_iter().filter_map(|subject| Some((pull_request_of(subject)?, subject)));
        Self { subjects: named.map(|(number, subject)| (number, subject.to_owned())).collect(), is_cut }
    }

    /// The subject of the commit that merged the pull request of this number.
    pub fn subject(&self, number: Number) -> Option<&str> {
        self.subjects.get(&number).map(String::as_str)
    }

    /// Whether the commits name no pull request at all: then nothing follows from it.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }
}

/// The pull request that a commit merged: `(#N)` ends the subject of a squashed one, and GitHub begins that of a merge
/// with `Merge pull request #N from`. Other numbers in it are those of other things.
fn pull_request_of(subject: &str) -> Option<Number> {
    const MERGE: &str = "Merge pull request #";
    let subject = subject.trim();
    let squashed = || subject.strip_suffix(')')?.rsplit_once("(#").map(|(_, number)| number);
    let merged = || subject.strip_prefix(MERGE)?.split_once(" from ").map(|(number, _)| number);
    let digits = squashed().or_else(merged)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merged_pull_request_is_named_at_the_end_of_a_subject() {
        for (subject, number) in [
            ("VEP 12: clocks (#34)", Some(34)),
            ("VEP #80: clocks (#79) (#79)", Some(79)),
            ("Clocks (#77) (#99)", Some(99)),
            ("Revert \"Clocks (#12)\" (#13)", Some(13)),
            ("Clocks (#34) ", Some(34)),
            ("Merge pull request #56 from ada/clocks", Some(56)),
            ("Merge pull request #56", None),
            ("Revert \"Clocks (#12)\"", None),
            ("VEP #12: clocks", None),
            ("Clocks, for #12", None),
            ("Clocks (#12).", None),
            ("Clocks (kubevirt/kubevirt#12)", None),
            ("Clocks (#1 and #2)", None),
            ("Clocks (#)", None),
            ("Clocks (#99999999999)", None),
            ("(#7)", Some(7)),
            ("", None),
        ] {
            assert_eq!(pull_request_of(subject), number, "{subject}");
        }
        let merged = Merged::read(["Clocks (#3)", "tidy"], false);
        assert_eq!((merged.subject(3), merged.subject(4)), (Some("Clocks (#3)"), None));
        assert!(Merged::read(["tidy"], false).is_empty());
    }

    #[test]
    fn a_document_is_followed_wherever_it_is_moved() {
        let mut history = History::default();
        history.take(
            "2025-01-01",
            "Di",
            "VEP 7",
            &[Touch::Added("veps/a/x.md"), Touch::Added("veps/a/y.md")],
        );
        history.take("2025-02-01", "Bo", "more", &[Touch::Changed("veps/a/x.md")]);
        let moved = Touch::Moved { from: "veps/a/x.md", to: "veps/a/7-x/vep.md", changed: false };
        history.take("2025-03-01", "Cy", "move", &[moved]);
        let past = history.of("veps/a/7-x/vep.md").unwrap();
        assert_eq!(
            (past.created.as_str(), past.changed.as_str(), past.author.as_str()),
            ("2025-01-01", "2025-02-01", "Di")
        );
        let again = Touch::Moved { from: "veps/a/7-x/vep.md", to: "veps/b/7-x/vep.md", changed: true };
        history.take("2025-04-01", "Cy", "move", &[again]);
        assert_eq!(history.of("veps/b/7-x/vep.md").unwrap().changed, "2025-04-01");
        assert_eq!(history.of("veps/a/x.md"), None);
    }
}
