//! CSV for spreadsheets (RFC 4180): a row for each VEP and stage.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end for a formula, and what stands
//! in a VEP is written by strangers: such a cell gets an apostrophe before it.

use crate::season::{Entry, Group, Overview, Target};

const HEAD: [&str; 19] = [
    "group_release",
    "group",
    "vep",
    "title",
    "sig",
    "status",
    "status_from",
    "stage",
    "release",
    "in_group",
    "unconfirmed",
    "authors",
    "reviewers",
    "approvers",
    "lacks",
    "risks",
    "next_who",
    "next",
    "path",
];

/// The season as CSV.
pub fn season_csv(season: &Overview) -> String {
    let head = HEAD.map(str::to_owned);
    let rows = season.groups.iter().flat_map(|group| {
        group.veps.iter().flat_map(move |entry| {
            let none = entry.targets.is_empty().then_some(None);
            entry.targets.iter().map(Some).chain(none).map(move |target| row(group, entry, target))
        })
    });
    std::iter::once(head).chain(rows).map(|cells| line(&cells)).collect()
}

fn row(group: &Group, entry: &Entry, target: Option<&Target>) -> [String; 19] {
    let yes = |is: bool| if is { "yes".to_owned() } else { "no".to_owned() };
    let risks: Vec<&str> = entry.risks.iter().map(|at| at.risk.as_str()).collect();
    [
        group.release.clone().unwrap_or_default(),
        group.kind.as_str().into(),
        entry.number.map_or_else(String::new, |number| number.to_string()),
        entry.title.clone(),
        entry.sig.clone().unwrap_or_default(),
        entry.status.into(),
        entry.implied.map_or("front matter", |_| "prose").into(),
        target.map_or_else(String::new, |it| it.stage.clone()),
        target.map_or_else(String::new, |it| it.release.clone()),
        target.map_or_else(String::new, |it| yes(it.here)),
        target.map_or_else(String::new, |it| yes(it.unconfirmed)),
        entry.authors.join(" "),
        entry.reviewers.join(" "),
        entry.approvers.join(" "),
        entry.lacks.join("; "),
        risks.join(" "),
        entry.next.who.as_str().into(),
        entry.next.what.clone(),
        entry.path.clone(),
    ]
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for (cell, told) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@a b", "'@a b"),
            ("\ta", "'\ta"),
            ("\ra", "\"'\ra\""),
            ("=A1,\"x\"", "\"'=A1,\"\"x\"\"\""),
            ("plain", "plain"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(quoted(cell), told);
        }
    }
}
