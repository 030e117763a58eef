//! The book as whole documents: the authoring guide that VEP-282 asks for, the lifecycle, and what an agent is told.
//!
//! Each is put together from the tables that judge; only the sentences that join them stand here.

use super::{advice, fields, states};
use crate::document::SCHEMA;
use crate::lifecycle::{self, Standing, Start};
use crate::rules;
use crate::sheet::conditions;
use crate::text::code;
use crate::vep::Status;
use std::fmt::Write as _;

/// The part of this project's AGENTS.md that is for agents who write VEPs, ready to be pasted into a checkout's own.
pub fn agents() -> &'static str {
    let all = include_str!("../../AGENTS.md");
    let begin = all.find("## When you draft").unwrap_or_default();
    let rest = all.get(begin..).unwrap_or_default();
    let end = rest.find("\n## When you work on").map_or(rest.len(), |end| end + 1);
    rest.get(..end).unwrap_or_default().trim_end()
}

/// The lifecycle: the diagram of the steps that may be taken, and the table of all of them.
pub fn lifecycle() -> String {
    let mut out = String::from("# The lifecycle of a VEP\n\n");
    let _ = writeln!(out, "```mermaid\n{}\n```\n", lifecycle::mermaid().trim_end());
    let _ = writeln!(out, "| from \\ to | {} |", Status::ALL.map(Status::as_str).join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(Status::ALL.len()));
    for start in Start::ALL {
        let cells: Vec<String> = Status::ALL
            .into_iter()
            .map(|to| {
                let ground = lifecycle::step(start, to).ground;
                let gate = if ground.gate { " + gate" } else { "" };
                format!("{}{gate}", ground.standing.as_str())
            })
            .collect();
        let _ = writeln!(out, "| {} | {} |", start.as_str(), cells.join(" | "));
    }
    out.push_str(
        "\nlawful: the law names it. unsettled: the law is silent or contradicts itself, and a SIG decides. unlawful: refused, with the nearest lawful way.\n\n",
    );
    for to in Status::ALL {
        let (says, _) = states::meaning(to);
        let _ = writeln!(out, "- `{to}`: {says}. Who sets it: {}.", lifecycle::who(to));
    }
    let unsettled = lifecycle::steps().filter(|step| step.ground.standing == Standing::Unsettled);
    out.push_str("\n## What the law leaves open\n\n");
    for step in unsettled {
        let _ = writeln!(out, "- {} to {}: {}", step.start.as_str(), step.to, step.ground.why);
    }
    out
}

/// The authoring guide: schema, states, gate, freeze and sections.
pub fn authoring(sections: &[String]) -> String {
    let mut out = String::from(
        "# Writing a VEP\n\nA VEP is `veps/<folder>/<number>-<name>/vep.md`, where the number is that of its tracking issue and the folder that of its owning SIG. It begins with front matter, which is the single source of truth; then comes `# VEP #<number>: <title>` and the sections of the template.\n\n## Front matter\n\n| key | what it is | value | needed | what else |\n|---|---|---|---|---|\n",
    );
    for key in SCHEMA {
        let needed = if key.required { "always" } else { "" };
        let told = fields::told(key.name).map_or("", |told| told.text).replace('|', "\\|");
        let shape = key.shape.expected();
        let _ = writeln!(out, "| `{}` | {} | {shape} | {needed} | {told} |", key.name, key.about);
    }
    out.push_str("\n## States\n\n");
    for to in Status::ALL {
        let (says, _) = states::meaning(to);
        let _ = writeln!(out, "- `{to}`: {says}. Who sets it: {}.", lifecycle::who(to));
    }
    out.push_str(
        "\nTwo merges are recommended, first provisional; one that begins as implementable is allowed. Which step is lawful: `vep://lifecycle`.\n\n## The gate into implementable\n\n",
    );
    for rule in conditions(Status::Implementable).iter().filter_map(|id| rules::named(id)) {
        let _ = writeln!(out, "- {} (`{}`). {}", rule.says, rule.id, rule.fix);
    }
    out.push_str(
        "\n## The freeze\n\nOn the day of a release's VEP Freeze it is too late, in UTC; the day before is the last safe one. It blocks entering implementable, and a new stage and release for an implementable VEP. Other edits stay lawful. An exception is asked for on kubevirt-dev and granted by a maintainer. The dates: `vep://calendar`.\n\n## Sections\n\n",
    );
    for section in sections {
        let advice = advice(section).map_or(String::new(), |advice| format!(": {advice}"));
        let _ = writeln!(out, "- {}{advice}", code(section));
    }
    out.push_str(
        "\nA section says something, or N/A with a reason; a comment alone is empty. At provisional the first six of the template should be filled, at implementable all.\n\n## What only people can give\n\nReviewers, approvers, the number, the gate and the release. Write `TBD` until somebody has agreed: a name is a promise. A verdict is no approval.\n",
    );
    out
}
