//! Settings: what the checkout asks of this tool is understood.
//!
//! One rule beyond the law's own: a setting with a spelling mistake would otherwise be obeyed by nobody and
//! missed by nobody.
//!
//! Absent on purpose: whether the settings are wise. The checkout's owners merge them.

use crate::law::{Law, cite};
use crate::rule::{Finding, Judge, Judged, NotYet, Rule};
use crate::settings::FILE;
use crate::text::{code, nearest};
use crate::world::World;

pub(super) const RULES: &[Rule] = &[SETTINGS_UNDERSTOOD];

const SETTINGS_UNDERSTOOD: Rule = Rule {
    id: "settings-understood",
    says: "every setting in `.vep-mcp.yaml` is understood",
    why: "A setting that is not understood is not obeyed, and nobody would notice.",
    fix: "Write the setting as the README lists it.",
    cites: &[cite(Law::Ours, "the settings of a checkout", "")],
    judge: Judge::Checkout(settings_understood),
};

fn settings_understood(world: &World) -> Judged {
    let Some(source) = &world.settings.source else {
        return Err(NotYet::because(format!("the checkout has no {FILE}")));
    };
    let faults = world.settings.faults.iter();
    let faults = faults.map(|fault| Finding::must(fault.span, fault.what.clone()).fix(fault.fix.clone()));
    let strangers = world.settings.rules.iter().filter(|id| super::named(&id.value).is_none()).map(|id| {
        let finding = Finding::must(id.span, format!("{} is no rule", code(&id.value)));
        match nearest(&id.value, super::all().map(|rule| rule.id)) {
            Some(known) => finding.fix(format!("Did you mean `{known}`?")),
            None => finding.fix("`vep-mcp explain rules` lists the rules."),
        }
    });
    let own = world.settings.rules.iter().filter(|id| id.value == SETTINGS_UNDERSTOOD.id).map(|id| {
        Finding::must(id.span, "this rule judges the settings and is not set by them").fix("Remove the line.")
    });
    Ok(faults.chain(strangers).chain(own).map(|finding| finding.at(source)).collect())
}
