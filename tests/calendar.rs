//! The calendar: the day before a freeze, the day itself and the day after, in UTC wherever the machine is.

use crate::faces::{call, connect};
use crate::wild;
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// Release, VEP Freeze and planned GA, as the governance states them.
const FREEZES: [(&str, &str, &str); 5] = [
    ("v1.6", "2025-04-30", "2025-07-30"),
    ("v1.7", "2025-09-03", "2025-11-19"),
    ("v1.8", "2026-01-07", "2026-03-25"),
    ("v1.9", "2026-04-30", "2026-07-22"),
    ("v1.10", "2026-09-02", "2026-11-18"),
];

async fn ask(args: &[&str], release: &str) -> serde_json::Value {
    let client = connect(Path::new("/"), args).await;
    let answer = call(&client, "check_freeze", json!({ "release": release })).await;
    client.cancel().await.unwrap();
    answer.structured_content.unwrap()
}

#[tokio::test]
async fn the_day_before_a_freeze_is_safe_and_the_day_itself_is_not() {
    for (release, freeze, _) in FREEZES {
        let day: jiff::civil::Date = freeze.parse().unwrap();
        let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
        for (today, left, phase) in
            [(before, 1, "design"), (day, 0, "implementation"), (after, -1, "implementation")]
        {
            let answer =
                ask(&["serve", "--demo", "--schedules", SNAPSHOT, "--today", &today.to_string()], release)
                    .await;
            let dates = &answer["releases"][0];
            assert_eq!(dates["vep_freeze"], freeze);
            assert_eq!(
                (dates["days_left"].as_i64(), dates["phase"].as_str()),
                (Some(left), Some(phase)),
                "{release} {today}"
            );
            assert_eq!(dates["last_safe_day"], before.to_string());
            assert_eq!(answer["blocked"].is_array(), left <= 0, "{release} {today}");
        }
    }
}

/// A folder with schedules that say what the snapshot says; the tests that need the snapshot itself run in
/// an empty checkout.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schedules");

#[tokio::test]
async fn the_snapshot_says_what_the_governance_says_and_invents_nothing() {
    let checkout = tempfile::tempdir().unwrap();
    std::fs::create_dir(checkout.path().join("veps")).unwrap();
    let repo = checkout.path().to_str().unwrap();
    for (release, freeze, ga) in FREEZES {
        let answer = ask(&["serve", "--repo", repo, "--today", "2026-08-18"], release).await;
        let dates = &answer["releases"][0];
        assert_eq!((&dates["vep_freeze"], &dates["planned_ga"]), (&json!(freeze), &json!(ga)), "{release}");
        assert!(answer["calendar"].as_str().unwrap().contains("recorded 2026-07-23, 26 days ago"));
    }
    for release in ["v1.5", "v1.11", "v1.12", "v2.0"] {
        let answer = ask(&["serve", "--repo", repo, "--today", "2026-08-18"], release).await;
        let dates = &answer["releases"][0];
        assert_eq!(
            (dates["phase"].as_str(), dates["unknown"].as_str()),
            (Some("unknown"), Some("there is no schedule of it"))
        );
        let known = ["vep_freeze", "days_left", "code_freeze", "planned_ga"]
            .iter()
            .filter(|key| !dates[**key].is_null());
        assert_eq!(known.count(), 0, "{release}");
    }
}

/// The real schedules, v1.0 to v1.10, and two that nobody has written.
#[tokio::test]
async fn the_real_schedules_are_read() {
    let Some(folder) = wild::folder() else { return };
    let schedules = folder.join("sig-release");
    let args = ["serve", "--demo", "--schedules", schedules.to_str().unwrap(), "--today", "2026-08-18"];
    for minor in 0..=12 {
        let release = format!("v1.{minor}");
        let answer = ask(&args, &release).await;
        let dates = &answer["releases"][0];
        let expected = FREEZES.iter().find(|(known, ..)| *known == release);
        assert_eq!(dates["vep_freeze"].as_str(), expected.map(|(_, freeze, _)| *freeze), "{release}");
        let unknown = match minor {
            0..=5 => Some("its schedule has no row of a VEP Freeze"),
            6..=10 => None,
            _ => Some("there is no schedule of it"),
        };
        assert_eq!(dates["unknown"].as_str(), unknown, "{release}");
        let phase = match minor {
            0..=9 => "released",
            10 => "design",
            _ => "unknown",
        };
        assert_eq!(dates["phase"], phase, "{release}");
        if let Some((_, _, ga)) = expected {
            assert_eq!(dates["planned_ga"], *ga, "{release}");
        }
        assert!(answer["notes"].is_null(), "{release}: {}", answer["notes"]);
    }
}

#[test]
fn today_is_the_day_in_utc_whatever_the_zone_of_the_machine() {
    let utc = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC-14", "UTC+12", "nonsense"] {
        let (before, out) = (
            utc(),
            Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
                .args(["freeze", "--repo"])
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/enhancements"))
                .env("TZ", zone)
                .output()
                .unwrap(),
        );
        let out = String::from_utf8(out.stdout).unwrap();
        assert!(
            [before, utc()].iter().any(|day| out.starts_with(&format!("Today is {day} (UTC)."))),
            "{zone}: {out}"
        );
    }
}

/// One bad row, one bad file, a folder without any: each is said, and loses nothing else.
#[test]
fn bad_schedules_are_told_and_lose_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let run = |release: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_vep-mcp"))
            .args(["--demo", "freeze", release, "--schedules"])
            .arg(folder.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (out.status.code(), text(out.stdout), text(out.stderr))
    };
    let (code, _, err) = run("v1.10");
    assert_eq!(
        (code, err.contains("no schedules: the folder named by --schedules")),
        (Some(2), true),
        "{err}"
    );
    let write = |release: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join(release)).unwrap();
        std::fs::write(folder.path().join(release).join("schedule.yaml"), text).unwrap();
    };
    write("v1.10", "- when: 2026/02/30\n  what: Tag\n- when: 2026/09/02\n  what: VEP Freeze\n");
    write("v1.11", "not: a list\n");
    write("v1.12-draft", "- when: 2027/09/02\n  what: VEP Freeze\n");
    let (code, out, _) = run("v1.10");
    assert_eq!(code, Some(0));
    assert!(
        out.contains("VEP Freeze 2026-09-02, 15 days left")
            && out.contains("v1.10 schedule.yaml line 1: `when` is"),
        "{out}"
    );
    assert!(run("v1.11").1.contains("VEP Freeze unknown: no list of rows"), "{}", run("v1.11").1);
    assert!(run("v1.12").1.contains("there is no schedule of it"));
}
