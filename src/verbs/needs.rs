//! What a question needs of the world, said before anything is gathered: a question that needs no documents waits for
//! none, and has an answer where there is no checkout.

/// A change: two states of a checkout, as a question names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compare {
    /// The base; none: the upstream default branch. What counts is where the head parted from it.
    pub base: Option<String>,
    /// The head; none: the working tree.
    pub head: Option<String>,
    /// The number of the pull request that is the head.
    pub pull: Option<u32>,
}

/// How much a question needs something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// Not at all.
    #[default]
    No,
    /// It is welcome, and there is an answer without it.
    IfThere,
    /// There is no answer without it.
    Must,
}

/// What is gathered for a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The documents of a checkout, with its settings and OWNERS.
    pub checkout: Want,
    /// Whether what they were belongs to it.
    pub base: Want,
    /// What is compared, where the base is wanted.
    pub compare: Compare,
    /// The day or the commit as of which is asked; none: as it is.
    pub as_of: Option<String>,
    /// The day or the commit since which changes are asked for.
    pub since: Option<String>,
    /// Whether the past of documents belongs to it.
    pub history: bool,
    /// Whether rules are asked about documents: then what the base branch has merged belongs to it.
    pub merged: bool,
}

impl Needs {
    /// The documents as they are.
    pub fn documents() -> Self {
        Self { checkout: Want::Must, ..Self::default() }
    }

    /// The documents, and what judging them asks for.
    pub fn verdicts() -> Self {
        Self { merged: true, ..Self::documents() }
    }

    /// What is built in, and the words of the law where a checkout has them.
    pub fn law() -> Self {
        Self { checkout: Want::IfThere, ..Self::default() }
    }
}
