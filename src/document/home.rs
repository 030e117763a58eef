//! What a path says about the file: which part it plays under `veps/`.

use crate::vep::{META_FOLDER, Number};

/// Where a file lives and what it therefore is (README, naming workflow).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// A proposal, wherever below `veps/<folder>/` it lies.
    Proposal {
        /// `sig-compute`, `meta-VEPs`, …
        folder: String,
        /// The proposal's own folder, `<number>-<name>`; the file's own name where it has no folder.
        name: String,
        /// Whether it lies where it belongs.
        seat: Seat,
    },
    /// Another Markdown file in or below a proposal's folder.
    Companion {
        /// The main document that it belongs to.
        of: String,
    },
    /// The template, and what lies beside it.
    Template,
    /// A Markdown file that lies anywhere else: nothing says which VEP it is.
    Elsewhere,
}

/// How a proposal's place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// `veps/<folder>/<number>-<name>/vep.md`.
    Proper,
    /// A `vep.md` in a numbered folder that is not directly below `veps/<folder>/`: inside another VEP's folder.
    Nested,
    /// Anywhere else below `veps/<folder>/`: its text says that it is a VEP.
    Astray,
}

/// The folder of the template.
pub const TEMPLATE_FOLDER: &str = "NNNN-vep-template";

impl Home {
    /// What the path of a file makes of it.
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["veps", TEMPLATE_FOLDER, _] => Self::Template,
            ["veps", folder, name, "vep.md"] if *folder != TEMPLATE_FOLDER => {
                Self::Proposal { folder: (*folder).into(), name: (*name).into(), seat: Seat::Proper }
            }
            ["veps", folder @ TEMPLATE_FOLDER, .., name, "vep.md"]
            | ["veps", folder, _, .., name, "vep.md"]
                if is_numbered(name) =>
            {
                Self::Proposal { folder: (*folder).into(), name: (*name).into(), seat: Seat::Nested }
            }
            ["veps", TEMPLATE_FOLDER, ..] => Self::Template,
            ["veps", folder, name, _, ..] => Self::Companion { of: format!("veps/{folder}/{name}/vep.md") },
            _ => Self::Elsewhere,
        }
    }

    /// The home of a proposal that lies where none belongs; none for a path that is not below `veps/`.
    pub fn astray(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        if let ["veps", file] = parts.as_slice() {
            // Beside the folders of the SIGs: nobody's.
            return Some(Self::Proposal {
                folder: String::new(),
                name: stem(file).into(),
                seat: Seat::Astray,
            });
        }
        let ["veps", folder, between @ .., file] = parts.as_slice() else { return None };
        let stem = stem(file);
        let name = match between.last() {
            Some(own) => *own,
            // `veps/172-freeze/vep.md`: the folder of the VEP stands in the place of the SIG's.
            None if stem.eq_ignore_ascii_case("vep") => *folder,
            None => stem,
        };
        Some(Self::Proposal { folder: (*folder).into(), name: name.into(), seat: Seat::Astray })
    }

    /// Whether a path is that of a Markdown file, in whatever case its extension is written: `vep.MD` is a `vep.md` on
    /// the disks of some.
    pub fn is_markdown(path: &str) -> bool {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|it| ["md", "markdown"].iter().any(|known| it.eq_ignore_ascii_case(known)))
    }

    /// Whether a path is that of a folder in which proposals lie, or of a proposal's own.
    pub fn is_folder(path: &str) -> bool {
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["veps", folder] => folder.starts_with("sig-") || *folder == META_FOLDER,
            ["veps", _, name] => name.starts_with(|first: char| first.is_ascii_digit()),
            _ => false,
        }
    }

    /// The folder under `veps/`, where the file is a proposal and lies in one.
    pub fn folder(&self) -> Option<&str> {
        match self {
            Self::Proposal { folder, .. } => Some(folder.as_str()).filter(|folder| !folder.is_empty()),
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

    /// Whether it is a proposal.
    pub fn is_proposal(&self) -> bool {
        matches!(self, Self::Proposal { .. })
    }

    /// Whether it is a proposal only because its text says so.
    pub fn is_astray(&self) -> bool {
        matches!(self, Self::Proposal { seat: Seat::Astray, .. })
    }
}

/// Whether a folder's name begins with the number of a VEP.
fn is_numbered(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit())
}

/// The name of a file without its extension.
fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_folder_anywhere_holds_a_proposal() {
        for (path, folder, digits) in [
            ("veps/sig-storage/25-backup/513-quotas/vep.md", "sig-storage", Some("513")),
            ("veps/sig-storage/25-backup/later/513-quotas/vep.md", "sig-storage", Some("513")),
            ("veps/NNNN-vep-template/513-quotas/vep.md", "NNNN-vep-template", Some("513")),
        ] {
            let home = Home::of(path);
            assert!(matches!(home, Home::Proposal { seat: Seat::Nested, .. }), "{path}");
            assert_eq!((home.folder(), home.digits()), (Some(folder), digits), "{path}");
        }
        assert!(!Home::of("veps/sig-storage/25-backup/later/vep.md").is_proposal());
    }

    #[test]
    fn a_proposal_that_lies_astray_is_called_by_what_is_nearest() {
        for (path, folder, name, number) in [
            ("veps/sig-storage/quiet-disk.md", "sig-storage", "quiet-disk", None),
            ("veps/sig-storage/501-quiet-disk.md", "sig-storage", "501-quiet-disk", Some(501)),
            ("veps/sig-storage/501-quiet-disk/Vep.md", "sig-storage", "501-quiet-disk", Some(501)),
            ("veps/sig-storage/25-backup/513-quotas/proposal.md", "sig-storage", "513-quotas", Some(513)),
            ("veps/sig-storage/501-quiet-disk/vep.MD", "sig-storage", "501-quiet-disk", Some(501)),
            ("veps/0172-freeze/vep.md", "0172-freeze", "0172-freeze", Some(172)),
        ] {
            let home = Home::astray(path).unwrap();
            assert_eq!(
                (home.folder(), home.name(), home.number()),
                (Some(folder), Some(name), number),
                "{path}"
            );
            assert!(home.is_astray());
        }

        let beside = Home::astray("veps/502-quiet.md").unwrap();
        assert_eq!((beside.folder(), beside.name(), beside.number()), (None, Some("502-quiet"), Some(502)));
        for path in ["", "README.md", "docs/veps/a/1-b/vep.md"] {
            assert_eq!(Home::astray(path), None, "{path}");
        }
    }

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
        assert_eq!(Home::of("veps/NNNN-vep-template/images/x.md"), Home::Template);
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
