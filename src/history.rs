//! History: what git knows of a document beside its text.
//!
//! Absent on purpose: handles. An author's name is a name, and nobody's login is guessed from it.

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

#[cfg(test)]
mod tests {
    use super::*;

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
