//! The words of the field: numbers, states, stages, SIGs, handles, releases.
//!
//! Each word knows how it is written canonically and reads the other spellings that people use.
//!
//! Absent on purpose: what may follow what. Steps between states are the lifecycle's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a VEP: that of its tracking issue.
pub type Number = u32;

/// The seven states of a proposal (VEP-282, "Proposal Governance States").
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Open for design discussion.
    Provisional,
    /// Design approved; tracked for a release.
    Implementable,
    /// The feature has reached GA; the VEP is complete.
    Implemented,
    /// Not actively progressing; removed from release tracking.
    Deferred,
    /// Will not proceed.
    Rejected,
    /// Its author has discontinued it.
    Withdrawn,
    /// Superseded by another VEP.
    Replaced,
}

impl Status {
    /// All states in the order of VEP-282's table.
    pub const ALL: [Self; 7] = [
        Self::Provisional,
        Self::Implementable,
        Self::Implemented,
        Self::Deferred,
        Self::Rejected,
        Self::Withdrawn,
        Self::Replaced,
    ];

    /// As it is written in front matter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Implementable => "implementable",
            Self::Implemented => "implemented",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
        }
    }

    /// Reads the exact word; another case is not read.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the VEP is on its way: provisional or implementable.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Provisional | Self::Implementable)
    }
}

/// A stage of a feature's maturity (`docs/feature-lifecycle.md`).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Behind a gate, off.
    Alpha,
    /// Behind a gate, on from v1.9.
    Beta,
    /// Generally available.
    Ga,
}

impl Stage {
    /// All stages, the earliest first.
    pub const ALL: [Self; 3] = [Self::Alpha, Self::Beta, Self::Ga];

    /// As it is written in front matter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Ga => "ga",
        }
    }

    /// Reads the exact word; another case is not read.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }
}

/// A minor release of KubeVirt: `v1.10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The number before the point.
    pub major: u32,
    /// The number behind it, compared as a number: v1.10 comes after v1.9.
    pub minor: u32,
}

impl Release {
    /// Reads `v1.10` and the spellings that real documents have for it: `1.10`, `V1.10`, `v1.10.0`,
    /// `v1.10.`. Whether the spelling was canonical is [`Release::is_canonical`].
    pub fn read(text: &str) -> Option<Self> {
        let bare = text.trim().trim_start_matches(['v', 'V']).trim_end_matches('.');
        let mut parts = bare.split('.').map(|part| {
            let digits = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        });
        let (major, minor) = (parts.next()??, parts.next()??);
        match (parts.next(), parts.next()) {
            (None | Some(Some(_)), None) => Some(Self { major, minor }),
            _ => None,
        }
    }

    /// The release after this one.
    pub fn next(self) -> Self {
        Self { minor: self.minor.saturating_add(1), ..self }
    }

    /// Whether `text` is the one canonical spelling of this release.
    pub fn is_canonical(self, text: &str) -> bool {
        self.to_string() == text
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The three SIGs that VEP-282 names as owners.
pub const CANONICAL_SIGS: [&str; 3] = ["sig-compute", "sig-network", "sig-storage"];

/// The SIGs for which the organisation has a `sig/…` label (kubevirt/project-infra `labels.yaml`).
pub const LABELLED_SIGS: [&str; 13] = [
    "sig-network",
    "sig-security",
    "sig-storage",
    "sig-compute",
    "sig-control-plane",
    "sig-release",
    "sig-documentation",
    "sig-testing",
    "sig-scale",
    "sig-buildsystem",
    "sig-ci",
    "sig-api",
    "sig-observability",
];

/// The folder of the VEPs that speak of the process itself.
pub const META_FOLDER: &str = "meta-VEPs";

/// The words that stand for nobody yet where a person should be named. None of them is offered as a login.
pub const NOBODY: [&str; 10] = [
    "tbd",
    "tba",
    "none",
    "nobody",
    "n/a",
    "n-a",
    "todo",
    "to-be-determined",
    "to-be-decided",
    "to-be-announced",
];

/// Most characters of a login.
pub const MOST_LOGIN: usize = 39;

/// A person, as front matter names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    written: String,
}

impl Handle {
    /// A handle as it was written, with or without `@`.
    pub fn new(written: impl Into<String>) -> Self {
        Self { written: written.into() }
    }

    /// The login without `@`, in the case it was written in.
    pub fn login(&self) -> &str {
        let trimmed = self.written.trim();
        trimmed.strip_prefix('@').unwrap_or(trimmed)
    }

    /// Whether the `@` is there.
    pub fn has_at(&self) -> bool {
        self.written.trim().starts_with('@')
    }

    /// Whether it stands for nobody yet: `TBD` or another of [`NOBODY`], in any case; nothing at all, or `?`.
    pub fn is_tbd(&self) -> bool {
        let is_word = NOBODY.iter().any(|word| self.login().eq_ignore_ascii_case(word));
        is_word || matches!(self.written.trim(), "" | "?")
    }

    /// Whether both name the same person; case and `@` do not matter.
    pub fn is(&self, other: &Self) -> bool {
        self.login().eq_ignore_ascii_case(other.login())
    }

    /// Whether GitHub could have such a login: letters, digits, hyphens (and the underscore of managed
    /// users), at most 39 of them, no hyphen first. Old logins end in a hyphen or have two in a row.
    pub fn could_be_login(&self) -> bool {
        let login = self.login();
        (1..=MOST_LOGIN).contains(&login.len())
            && !login.starts_with('-')
            && login.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    }
}

/// Whether an optional value says that it is not set: empty, `TBD`, `N/A` or a dash.
pub fn is_unset(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text == "-" || ["tbd", "n/a", "na"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A VEP number in any dress: `307`, `0307`, `#307`, `VEP-307`, `VEP #307`.
pub fn read_number(name: &str) -> Option<Number> {
    let name = name.trim();
    let digits = match name.get(..3) {
        Some(vep) if vep.eq_ignore_ascii_case("vep") => {
            name.get(3..).unwrap_or_default().trim_start_matches([' ', '-', '#'])
        }
        _ => name.trim_start_matches('#'),
    };
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_in_every_spelling_and_ordered_as_numbers() {
        for (text, read) in [
            ("v1.10", "v1.10"),
            ("1.9", "v1.9"),
            ("v1.9.0", "v1.9"),
            ("v1.9. ", "v1.9"),
            ("V1.9", "v1.9"),
            ("v0.59.0", "v0.59"),
        ] {
            assert_eq!(
                Release::read(text).map(|release| release.to_string()).as_deref(),
                Some(read),
                "{text}"
            );
        }
        for text in ["", "v1", "v1.x", "TBD", "v1.9 (first)", "1.9.0.1", "v1..9", "v1.99999", "v-1.9"] {
            assert_eq!(Release::read(text), None, "{text}");
        }
        assert!(Release::read("v1.10") > Release::read("v1.9"));
        assert!(Release { major: 1, minor: 9 }.is_canonical("v1.9"));
        assert!(!Release { major: 1, minor: 9 }.is_canonical("v1.9.0"));
    }

    #[test]
    fn a_handle_is_the_same_whatever_its_case_and_sign() {
        assert!(Handle::new("@EdDev").is(&Handle::new("eddev")));
        assert!(Handle::new("@tbd").is_tbd() && Handle::new("TBD").is_tbd());
        for nobody in ["TBA", "tbd", "None", "@nobody", "n/a", "N/A", "?", "", " "] {
            assert!(Handle::new(nobody).is_tbd(), "{nobody}");
        }
        for somebody in ["@", "na", "nobody2", "@tb", "??x", "none-at-all"] {
            assert!(!Handle::new(somebody).is_tbd(), "{somebody}");
        }
        for good in ["@a", "0xFelix", "a-b", "x_corp", "old-"] {
            assert!(Handle::new(good).could_be_login(), "{good}");
        }
        for bad in ["", "@", "-a", "Jane Doe", "a@b.c", "org/team", "ä", &"a".repeat(40)] {
            assert!(!Handle::new(bad).could_be_login(), "{bad}");
        }
    }

    #[test]
    fn only_exact_words_are_states_and_stages() {
        assert_eq!(Status::read("deferred"), Some(Status::Deferred));
        assert_eq!(Status::read("Deferred"), None);
        assert_eq!(Stage::read("ga"), Some(Stage::Ga));
        assert_eq!(Stage::read("GA"), None);
        assert!(is_unset(" n/a ") && is_unset("TBD") && is_unset("") && is_unset("-") && !is_unset("v1.9"));
    }
}
