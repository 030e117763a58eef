//! The season as one page of HTML that can be kept, mailed and put on any server: nothing is fetched, nothing runs but
//! the page's own script, and without that the page is whole.
//!
//! Everything that stands in a document is escaped. The policy in its head allows the one style and the one script by
//! their digests, so that not even a hole in that would run anything.
//!
//! Absent on purpose: links. Where the proposals are read is not known here.

use crate::calendar;
use crate::season::{Change, Changes, Counts, Dates, Entry, Group, Overview, Risk, Target};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The columns: the key by which a view names one, and the heading.
const COLUMNS: [(&str, &str); 7] = [
    ("vep", "VEP"),
    ("target", "Targets"),
    ("sig", "SIG"),
    ("state", "State"),
    ("lacks", "Lacks"),
    ("risk", "At risk"),
    ("next", "Next"),
];

/// The season as a page; what is to be known beside it stands at its end.
pub fn season_html(season: &Overview, notes: &[String]) -> String {
    let releases: Vec<&str> = season.releases.iter().map(|dates| dates.release.as_str()).collect();
    let name = if releases.is_empty() {
        "Live VEPs".to_owned()
    } else {
        format!("{} at a glance", releases.join(" and "))
    };
    let name = escaped(&name);
    let scope = match season.scope == releases.join(" and ") {
        true => String::new(),
        false => format!("<p>What is looked at: {}.</p>\n", escaped(&season.scope.replace('`', ""))),
    };
    let as_of =
        season.as_of.as_deref().map_or_else(String::new, |commit| format!(" As of {}.", escaped(commit)));
    let notes: String =
        notes.iter().map(|note| format!("<p class=\"soft\">{}</p>\n", escaped(note))).collect();
    let timelines: String = season.releases.iter().map(|dates| timeline(dates, &season.today)).collect();
    let timelines = match timelines.is_empty() {
        true => String::new(),
        false => format!(
            "<section aria-labelledby=\"dates\">\n<h2 id=\"dates\">Dates</h2>\n{timelines}</section>\n"
        ),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{name}: KubeVirt VEPs, {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#veps\">Skip to the VEPs</a>\n\
         <header>\n<h1>{name}</h1>\n{scope}\n\
         <p class=\"soft\">Today is {} (UTC).{as_of} Dates: {}.</p>\n</header>\n\
         <main>\n{timelines}{}{}{}</main>\n<footer>\n{notes}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        digest(STYLE),
        digest(SCRIPT),
        escaped(&season.today),
        escaped(&season.today),
        escaped(&season.calendar),
        counts(&season.counts),
        season.changes.as_ref().map_or_else(String::new, changed),
        table(season),
    )
}

/// What changed since an earlier day.
fn changed(changes: &Changes) -> String {
    let lists = [("New", &changes.came), ("Gone", &changes.went), ("Changed", &changes.changed)];
    let told = lists.into_iter().flat_map(|(what, list)| list.iter().map(move |it| (what, it)));
    let told = told.map(|(what, Change { number, title, path, what: details })| {
        let name = number.map_or_else(|| path.clone(), |number| format!("VEP-{number}"));
        // The marks of Markdown are none here.
        let details = escaped(&details.join("; ").replace('`', ""));
        format!("<li>{what}: {} {}: {details}</li>\n", escaped(&name), escaped(title))
    });
    let mut told: String = told.collect();
    if changes.only_text > 0 {
        told.push_str(&format!("<li>Only the text, of {} VEPs</li>\n", changes.only_text));
    }
    if told.is_empty() {
        told.push_str("<li>Nothing</li>\n");
    }
    format!(
        "<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">Changed since {}</h2>\n<ul>\n{told}</ul>\n</section>\n",
        escaped(&changes.since)
    )
}

/// The source of a policy that allows just this text.
fn digest(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * at) & 63).ok().and_then(|it| DIGITS.get(it));
            out.push(if at <= chunk.len() { digit.map_or('=', |it| char::from(*it)) } else { '=' });
        }
    }
    out
}

/// Foreign text, between tags or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Where the drawing of a release begins and ends, from left to right.
const LEFT: i32 = 14;
const RIGHT: i32 = 346;

/// The phases of a release, drawn and in words.
fn timeline(dates: &Dates, today: &str) -> String {
    let phases = [
        ("Design", "design", &dates.planned_from, &dates.vep_freeze),
        ("Implementation", "implementation", &dates.vep_freeze, &dates.code_freeze),
        ("Stabilization", "stabilization", &dates.code_freeze, &dates.planned_ga),
    ];
    let words = phases.iter().filter_map(|(name, class, from, to)| {
        let to = to.as_deref()?;
        let from = from.as_deref().map_or_else(String::new, |from| format!("{} to ", time(from)));
        Some(format!(
            "<li><span class=\"swatch {class}\" aria-hidden=\"true\"></span>{name}: {from}{}</li>",
            time(to)
        ))
    });
    let words: String = words.collect();
    let left = match (dates.days_left, &dates.last_safe_day) {
        (Some(1), Some(safe)) => format!("; 1 day to its VEP Freeze, last safe day {}", time(safe)),
        (Some(left), Some(safe)) if left > 1 => {
            format!("; {left} days to its VEP Freeze, last safe day {}", time(safe))
        }
        (Some(_), _) => "; its VEP Freeze is over".to_owned(),
        (None, _) => "; its VEP Freeze is not known".to_owned(),
    };
    let release = escaped(&dates.release);
    format!(
        "<figure>\n{}<figcaption>{release}: phase {}{left}.<ul class=\"phases\">{words}</ul></figcaption>\n</figure>\n",
        drawing(dates, today, &phases).unwrap_or_default(),
        dates.phase
    )
}

/// A day that is not broken over two lines.
fn time(day: &str) -> String {
    format!("<time datetime=\"{0}\">{0}</time>", escaped(day))
}

/// A phase: its name, its class, and its first and last day.
type Phase<'a> = (&'static str, &'static str, &'a Option<String>, &'a Option<String>);

fn drawing(dates: &Dates, today: &str, phases: &[Phase<'_>]) -> Option<String> {
    let day = |text: &Option<String>| text.as_ref()?.parse::<Date>().ok();
    let (begin, end) = (day(&dates.planned_from).or(day(&dates.vep_freeze))?, day(&dates.planned_ga)?);
    let all = calendar::days(begin, end);
    if all <= 0 {
        return None;
    }
    let at = |day: Date| LEFT + (RIGHT - LEFT) * calendar::days(begin, day).clamp(0, all) / all;
    let told: Vec<String> =
        phases.iter().filter_map(|(name, _, _, to)| Some(format!("{name} until {}", to.as_ref()?))).collect();
    let mut out = format!(
        "<svg viewBox=\"0 0 360 66\" role=\"img\" aria-label=\"{}: {}. Today is {}.\">\n",
        escaped(&dates.release),
        escaped(&told.join(", ")),
        escaped(today)
    );
    for (_, class, from, to) in phases {
        let (Some(from), Some(to)) = (day(from), day(to)) else { continue };
        let (x, width) = (at(from), at(to) - at(from));
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"22\" width=\"{width}\" height=\"16\"/>");
    }
    for tick in [&dates.vep_freeze, &dates.code_freeze, &dates.planned_ga] {
        let Some((tick, text)) = day(tick).zip(tick.as_deref()) else { continue };
        let x = at(tick);
        let _ = writeln!(out, "<line class=\"tick\" x1=\"{x}\" y1=\"22\" x2=\"{x}\" y2=\"46\"/>");
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"58\" text-anchor=\"middle\">{}</text>",
            escaped(text.get(5..).unwrap_or(text))
        );
    }
    if let Some(today) = today.parse::<Date>().ok().filter(|today| (begin..=end).contains(today)) {
        let x = at(today);
        let _ = writeln!(out, "<line class=\"today\" x1=\"{x}\" y1=\"14\" x2=\"{x}\" y2=\"44\"/>");
        let _ = writeln!(
            out,
            "<text class=\"today-word\" x=\"{x}\" y=\"10\" text-anchor=\"middle\">today</text>"
        );
    }
    Some(out + "</svg>\n")
}

fn counts(counts: &Counts) -> String {
    let card = |count: usize, what: &str| format!("<li><strong>{count}</strong> {what}</li>");
    let apart = [
        (counts.meta, "meta-VEPs"),
        (counts.nonstandard, "with another target"),
        (counts.legacy, "without front matter"),
    ];
    let cards: String = [card(counts.features, "feature VEPs"), card(counts.at_risk, "at risk")]
        .into_iter()
        .chain(apart.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| card(count, what)))
        .collect();
    let risks = Risk::ALL.iter().map(|risk| risk.as_str());
    let risks = risks.filter_map(|risk| Some((risk, *counts.by_risk.get(risk)?)));
    let named = |(name, count): (&'_ String, &usize)| (name.clone(), *count);
    format!(
        "<section aria-labelledby=\"counts\">\n<h2 id=\"counts\">Counts</h2>\n<ul class=\"cards\">{cards}</ul>\n\
         <div class=\"counts\">{}{}{}</div>\n</section>\n",
        list("By risk", risks.map(|(risk, count)| (risk.to_owned(), count))),
        list("By state", counts.by_status.iter().map(named)),
        list("By SIG", counts.by_sig.iter().map(named))
    )
}

/// Names with their counts; nothing where there are none.
fn list(heading: &str, of: impl Iterator<Item = (String, usize)>) -> String {
    let rows: String =
        of.map(|(name, count)| format!("<dt>{}</dt><dd>{count}</dd>", escaped(&name))).collect();
    if rows.is_empty() { rows } else { format!("<div><h3>{heading}</h3><dl>{rows}</dl></div>") }
}

fn table(season: &Overview) -> String {
    let entries = || season.groups.iter().flat_map(|group| &group.veps);
    let sigs: BTreeSet<&str> = entries().filter_map(|entry| entry.sig.as_deref()).collect();
    let states: BTreeSet<&str> = entries().map(|entry| entry.status).collect();
    let risks = Risk::ALL.iter().map(|risk| risk.as_str());
    let risks: Vec<&str> = risks.filter(|risk| season.counts.by_risk.contains_key(risk)).collect();
    let select = |name: &str, label: &str, of: &[&str]| {
        let options: String = of.iter().map(|it| format!("<option>{}</option>", escaped(it))).collect();
        format!(
            "<label>{label} <select name=\"{name}\"><option value=\"\">all</option>{options}</select></label>\n"
        )
    };
    let orders: String =
        COLUMNS.iter().map(|(key, name)| format!("<option value=\"{key}\">{name}</option>")).collect();
    let heads: String = COLUMNS
        .iter()
        .map(|(key, name)| format!("<th scope=\"col\" role=\"columnheader\" data-key=\"{key}\">{name}</th>"))
        .collect();
    let rows: String = season.groups.iter().enumerate().map(|(rank, it)| group(rank, it)).collect();
    format!(
        "<section aria-labelledby=\"veps\">\n<h2 id=\"veps\" tabindex=\"-1\">VEPs</h2>\n\
         <form id=\"filters\" class=\"filters\" hidden>\n\
         <label>Words <input type=\"search\" name=\"q\" autocomplete=\"off\"></label>\n{}{}{}\
         <label>Order <select name=\"sort\"><option value=\"\">as grouped</option>{orders}</select></label>\n\
         <label>Direction <select name=\"dir\"><option value=\"asc\">up</option><option value=\"desc\">down</option></select></label>\n\
         <button type=\"reset\">Show all</button>\n</form>\n\
         <p id=\"told\" class=\"soft\" role=\"status\" aria-live=\"polite\"></p>\n\
         <table id=\"table\" role=\"table\">\n\
         <caption>* read from prose; (?) the release is out and nothing confirms that it shipped.</caption>\n\
         <thead role=\"rowgroup\"><tr role=\"row\">{heads}</tr></thead>\n{rows}</table>\n</section>\n",
        select("sig", "SIG", &sigs.into_iter().collect::<Vec<_>>()),
        select("state", "State", &states.into_iter().collect::<Vec<_>>()),
        select("risk", "Risk", &risks),
    )
}

fn group(rank: usize, group: &Group) -> String {
    let rows: String = group.veps.iter().map(|entry| row(rank, group, entry)).collect();
    format!(
        "<tbody role=\"rowgroup\">\n<tr role=\"row\" class=\"head\"><th class=\"group\" scope=\"rowgroup\" role=\"rowheader\" \
         colspan=\"{}\">{} ({})</th></tr>\n{rows}</tbody>\n",
        COLUMNS.len(),
        escaped(&group.heading()),
        group.veps.len()
    )
}

fn row(rank: usize, group: &Group, entry: &Entry) -> String {
    let risks: Vec<&str> = entry.risks.iter().map(|at| at.risk.as_str()).collect();
    let sig = escaped(entry.sig.as_deref().unwrap_or("none"));
    let mark = if entry.implied.is_some() { "*" } else { "" };
    let people =
        [("authors", &entry.authors), ("reviewers", &entry.reviewers), ("approvers", &entry.approvers)];
    let people: String = people
        .iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(part, all)| format!("<span class=\"path\">{part} {}</span>", escaped(&all.join(", "))))
        .collect();
    let targets: String = entry.targets.iter().map(target).collect();
    let told: String = entry
        .risks
        .iter()
        .map(|at| {
            format!(
                "<li><span class=\"risk\">{}</span> {}</li>",
                at.risk.as_str(),
                escaped(&at.why.replace('`', ""))
            )
        })
        .collect();
    let lacks: String =
        entry.lacks.iter().map(|it| format!("<li>{}</li>", escaped(&it.replace('`', "")))).collect();
    let cell = |index: usize, sort: String, content: String| {
        let label = COLUMNS.get(index).map_or("", |(_, name)| name);
        let none = if content.is_empty() { " class=\"none\"" } else { "" };
        format!(
            "<td role=\"cell\" data-label=\"{label}\" data-sort=\"{}\"{none}>{content}</td>",
            escaped(&sort)
        )
    };
    let list = |items: String, class: &str| {
        if items.is_empty() { items } else { format!("<ul{class}>{items}</ul>") }
    };
    let number = entry.number.map_or_else(String::new, |number| number.to_string());
    format!(
        "<tr role=\"row\" data-sig=\"{sig}\" data-state=\"{}\" data-risk=\"{}\">\
         <th scope=\"row\" role=\"rowheader\" data-sort=\"{number}\"><b>{}</b> {}<span class=\"path\">{}</span>{people}</th>{}{}{}{}{}{}</tr>\n",
        entry.status,
        risks.join(" "),
        escaped(&entry.name()),
        escaped(&entry.title),
        escaped(&entry.path),
        cell(1, format!("{rank:04} {}", group.kind.as_str()), list(targets, "")),
        cell(2, sig.clone(), sig.clone()),
        cell(3, entry.status.into(), format!("{}{mark}", entry.status)),
        cell(4, entry.lacks.len().to_string(), list(lacks, " class=\"lacks\"")),
        cell(5, risks.len().to_string(), list(told, " class=\"risks\"")),
        cell(
            6,
            entry.next.who.as_str().into(),
            format!("<span class=\"who\">{}</span>: {}", entry.next.who.as_str(), escaped(&entry.next.what))
        ),
    )
}

fn target(target: &Target) -> String {
    let doubt = if target.unconfirmed { " (?)" } else { "" };
    let class = if target.here { " class=\"here\"" } else { "" };
    format!("<li{class}>{} {}{doubt}</li>", escaped(&target.stage), escaped(&target.release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_as_a_policy_has_them() {
        for (text, told) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(text.as_bytes()), told);
        }
        assert_eq!(digest(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn no_text_leaves_its_element_or_attribute() {
        assert_eq!(escaped("<b a='\"&"), "&lt;b a=&#39;&quot;&amp;");
        for bundled in [STYLE, SCRIPT] {
            assert!(!bundled.contains("</"), "it would end its element");
        }
    }
}
