//! Mermaid diagrams, each in a fence of its own so that Markdown shows them: when a release is in which phase, how
//! many VEPs are in which state, and which VEP takes the place of which.
//!
//! Titles are written by strangers: whatever is neither letter, digit nor blank is written as its code.

use crate::lifecycle;
use crate::season::{Dates, Link, Node, Overview, Succession};
use crate::text::fenced;
use crate::vep::Status;
use std::fmt::Write as _;

/// The season as diagrams.
pub fn season_mermaid(season: &Overview) -> String {
    let timeline = timeline(&season.releases);
    let all = timeline.into_iter().chain([states(season)]);
    all.map(|diagram| fenced(&diagram, "mermaid") + "\n").collect::<Vec<_>>().join("\n")
}

/// The phases of the releases on one axis; none where no date is known.
fn timeline(releases: &[Dates]) -> Option<String> {
    let mut out = String::from("gantt\n    dateFormat YYYY-MM-DD\n    axisFormat %Y-%m-%d\n");
    let mut dates = 0;
    for release in releases {
        let Dates { planned_from, vep_freeze, code_freeze, planned_ga, .. } = release;
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "    section {}", release.release);
        let phases = [
            ("Design", planned_from, vep_freeze),
            ("Implementation", vep_freeze, code_freeze),
            ("Stabilization", code_freeze, planned_ga),
        ];
        for (phase, from, to) in phases {
            if let (Some(from), Some(to)) = (from, to) {
                let _ = writeln!(out, "    {phase} :{from}, {to}");
            }
        }
        for (name, day) in
            [("VEP Freeze", vep_freeze), ("Code freeze", code_freeze), ("Planned GA", planned_ga)]
        {
            if let Some(day) = day {
                dates += 1;
                let _ = writeln!(out, "    {name} :milestone, {day}, 0d");
            }
        }
    }
    (dates > 0).then_some(out)
}

/// The state machine with the number of VEPs in each state.
fn states(season: &Overview) -> String {
    let machine = lifecycle::mermaid();
    let (head, steps) = machine.split_once('\n').unwrap_or((&machine, ""));
    let mut out = format!("{head}\n");
    for status in Status::ALL {
        let count = season.counts.by_status.get(status.as_str()).copied().unwrap_or_default();
        let _ = writeln!(out, "    state \"{status} ({count})\" as {status}");
    }
    out + steps
}

/// The successions as a diagram.
pub fn succession_mermaid(succession: &Succession) -> String {
    let mut out = String::from("flowchart LR\n");
    for node in &succession.veps {
        let _ = writeln!(out, "    v{}[\"{}\"]", node.number, label(node));
    }
    for link in &succession.links {
        let arrow = match (doubts(link).as_str(), link.only.is_some()) {
            ("", _) => "-->".to_owned(),
            (doubt, true) => format!("-. \"{doubt}\" .->"),
            (doubt, false) => format!("-- \"{doubt}\" -->"),
        };
        let _ = writeln!(out, "    v{} {arrow} v{}", link.old, link.new);
    }
    let missing: Vec<String> =
        succession.veps.iter().filter(|it| it.missing).map(|it| format!("v{}", it.number)).collect();
    if !missing.is_empty() {
        let _ = writeln!(
            out,
            "    classDef missing stroke-dasharray: 4\n    class {} missing",
            missing.join(",")
        );
    }
    out
}

fn label(node: &Node) -> String {
    let title = node.title.as_deref().map_or_else(String::new, |title| format!(" {}", coded(title)));
    let state = match node.status {
        _ if node.missing => " (not here)".to_owned(),
        Some(status) => format!(" ({status})"),
        None => String::new(),
    };
    format!("VEP {}{title}{state}", node.number)
}

/// What is wrong with a link; empty where nothing is.
pub(super) fn doubts(link: &Link) -> String {
    let only = match link.only {
        Some("old") => Some(format!("only VEP {} says so", link.old)),
        Some(_) => Some(format!("only VEP {} says so", link.new)),
        None => None,
    };
    let circle = link.circle.then(|| "a circle".to_owned());
    only.into_iter().chain(circle).collect::<Vec<_>>().join(", ")
}

/// Foreign text inside a quoted label.
fn coded(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_leaves_its_label() {
        assert_eq!(
            coded("a\"] --> b[`<b>#;%%{"),
            "a#34;#93; #45;#45;#62; b#91;#96;#60;b#62;#35;#59;#37;#37;#123;"
        );
    }
}
