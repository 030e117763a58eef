//! What a path says about the file: which part it plays under `veps/`.

use crate::vep::{META_FOLDER, Number};

/// Where a file lives and what it therefore is (README, naming workflow).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// `veps/<folder>/<number>-<name>/vep.md`.
    Proposal {
        /// `sig-compute`, `meta-VEPs`, …
        folder: String,
        /// The proposal's own folder, `<number>-<name>`.
        name: String,
    },
    /// Another Markdown file in or below a proposal's folder.
    Companion {
        /// The main document that it belongs to.
        of: String,
    },
    /// The template.
    Template,
    /// A Markdown file that lies anywhere else: nothing says which VEP it is.
    Elsewhere,
}

/// The folder of the template.
pub const TEMPLATE_FOLDER: &str = "NNNN-vep-template";

impl Home {
    /// What the path of a file makes of it.
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["veps", TEMPLATE_FOLDER, ..] => Self::Template,
            ["veps", folder, name, "vep.md"] => {
                Self::Proposal { folder: (*folder).into(), name: (*name).into() }
            }
            ["veps", folder, name, _, ..] => Self::Companion { of: format!("veps/{folder}/{name}/vep.md") },
            _ => Self::Elsewhere,
        }
    }

    /// Whether a path is that of a folder in which proposals lie, or of a proposal's own.
    pub fn is_folder(path: &str) -> bool {
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["veps", folder] => folder.starts_with("sig-") || *folder == META_FOLDER,
            ["veps", _, name] => name.starts_with(|first: char| first.is_ascii_digit()),
            _ => false,
        }
    }

    /// The folder under `veps/`, where the file is a proposal.
    pub fn folder(&self) -> Option<&str> {
        match self {
            Self::Proposal { folder, .. } => Some(folder),
            _ => None,
        }
    }

    /// The proposal's own folder, where the file is a proposal.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Proposal { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The digits that the proposal's folder begins with, as they are written.
    pub fn digits(&self) -> Option<&str> {
        let Self::Proposal { name, .. } = self else { return None };
        let digits = name.split(|c: char| !c.is_ascii_digit()).next()?;
        (!digits.is_empty()).then_some(digits)
    }

    /// The number that the proposal's folder carries.
    pub fn number(&self) -> Option<Number> {
        self.digits()?.parse().ok()
    }

    /// Whether this is a VEP about the process, which has no gate and no stage.
    pub fn is_meta(&self) -> bool {
        self.folder() == Some(META_FOLDER)
    }

    /// Whether the path makes it a proposal.
    pub fn is_proposal(&self) -> bool {
        matches!(self, Self::Proposal { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_the_file_is() {
        let home = Home::of("veps/sig-compute/0171-cold-reboot/vep.md");
        assert_eq!(
            (home.folder(), home.digits(), home.number()),
            (Some("sig-compute"), Some("0171"), Some(171))
        );
        assert!(Home::of("veps/meta-VEPs/282-x/vep.md").is_meta());
        assert_eq!(
            Home::of("veps/sig-network/21-passt/passt-beta.md"),
            Home::Companion { of: "veps/sig-network/21-passt/vep.md".into() }
        );
        assert_eq!(Home::of("veps/NNNN-vep-template/vep.md"), Home::Template);
        assert_eq!(Home::of("veps/sig-compute/arm64/vep.md").number(), None);
        for path in [
            "",
            "README.md",
            "veps/sig-compute/9-x.md",
            "veps/OWNERS",
            "docs/veps/sig-compute/1-x/vep.md",
            "../veps/a/1-b/vep.md",
        ] {
            assert_eq!(Home::of(path), Home::Elsewhere, "{path}");
        }
    }
}
