//! The command line: what it prints, where, and with which exit code.

use crate::golden;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub const BINARY: &str = env!("CARGO_BIN_EXE_vep-mcp");

/// The binary in a folder, piped, with nothing set that could change what it says.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(args).current_dir(folder);
    for variable in ["VEP_REPO", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
fn run(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = command(folder, args).spawn().unwrap();
    // A program that needs no input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A text without its line ends.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn empty() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A checkout with one lawful VEP and whatever is put beside it.
fn checkout(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = empty();
    let lawful = crate::rules::lawful();
    let lawful = lawful.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
    for (path, bytes) in lawful.chain(files.iter().copied()) {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    folder
}

const PATH: &str = "veps/sig-compute/413-usb-redirection-limits/vep.md";

#[test]
fn help_is_as_the_golden_says() {
    let folder = empty();
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help-query", &["query", "--help"]),
        ("help-show", &["show", "--help"]),
        ("help-validate", &["validate", "--help"]),
    ] {
        let (code, out, err) = said(&run(folder.path(), args, b""));
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        golden::check(&format!("tests/faces/{name}.txt"), &out);
    }
}

#[test]
fn the_demo_is_as_the_golden_says() {
    let (code, out, err) = said(&run(empty().path(), &["demo"], b""));
    assert_eq!((code, err.as_str()), (0, ""));
    golden::check("tests/faces/demo.txt", &out);
}

#[test]
fn exit_codes_tell_clean_findings_wrong_questions_and_a_failing_world() {
    let folder = empty();
    let flawed = golden::root().join("examples/drafts/flawed.md");
    let mended = golden::root().join("examples/drafts/mended.md");
    let draft = |file: &Path| {
        ["--demo", "validate", "--draft", file.to_str().unwrap(), "--path", PATH].map(str::to_owned)
    };
    for (args, code) in [
        (draft(&mended).to_vec(), 0),
        (draft(&flawed).to_vec(), 1),
        (vec!["--demo".into(), "show".into(), "999".into()], 2),
        (vec!["--demo".into(), "query".into(), "--status".into(), "merged".into()], 2),
        (vec!["query".into(), "--today".into(), "2026-02-30".into()], 2),
        (vec!["quarry".into()], 2),
        (vec!["query".into()], 3),
        (vec!["--demo".into(), "validate".into(), "--draft".into(), "no-such-file.md".into()], 2),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (got, out, err) = said(&run(folder.path(), &args, b""));
        assert_eq!(got, code, "{args:?}\n{out}\n{err}");
        assert_eq!(err.is_empty(), code < 2, "{args:?}\n{err}");
    }
}

#[test]
fn without_a_checkout_it_says_what_was_looked_for_and_what_to_do() {
    let (code, _, err) = said(&run(empty().path(), &["query"], b""));
    assert_eq!(code, 3);
    for part in ["has a folder `veps/`", "--repo DIR", "VEP_REPO", "--demo"] {
        assert!(err.contains(part), "{err}");
    }
    let (code, _, err) = said(&run(empty().path(), &["--repo", "nowhere", "query"], b""));
    assert_eq!((code, err.contains("named by --repo or VEP_REPO has no folder `veps/`")), (3, true), "{err}");
    let (code, _, err) = said(&run(Path::new("/"), &["query"], b""));
    assert_eq!((code, err.contains("root of the file system")), (3, true), "{err}");
}

#[test]
fn an_empty_checkout_is_said_to_be_empty() {
    let folder = empty();
    fs::create_dir(folder.path().join("veps")).unwrap();
    let (code, out, _) = said(&run(folder.path(), &["query"], b""));
    assert_eq!((code, out.starts_with("0 of 0 VEPs match.")), (0, true), "{out}");
    for args in [&["validate"][..], &["show", "1"]] {
        let (code, _, err) = said(&run(folder.path(), args, b""));
        assert_eq!((code, err.contains("the checkout has no VEP")), (2, true), "{err}");
    }
}

#[test]
fn the_checkout_is_found_from_below_named_by_option_and_by_variable() {
    let folder = checkout(&[]);
    let below = folder.path().join("veps/sig-compute/7-guest-clock");
    let (code, out, _) = said(&run(&below, &["query"], b""));
    assert_eq!((code, out.starts_with("4 of 4")), (0, true), "{out}");
    let (code, out, _) =
        said(&run(Path::new("/"), &["query", "--repo", folder.path().to_str().unwrap()], b""));
    assert_eq!((code, out.starts_with("4 of 4")), (0, true), "{out}");
    let out =
        Command::new(BINARY).arg("query").current_dir("/").env("VEP_REPO", folder.path()).output().unwrap();
    assert!(String::from_utf8(out.stdout).unwrap().starts_with("4 of 4"));
    // The variable is a default: an empty one is none, and an option goes before it.
    for (variable, args) in [("", &["query"][..]), ("/nowhere", &["--demo", "query"])] {
        let out =
            Command::new(BINARY).args(args).current_dir(&below).env("VEP_REPO", variable).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

#[test]
fn a_draft_comes_from_a_file_or_from_the_standard_input() {
    let folder = checkout(&[]);
    let text = fs::read(golden::root().join("examples/drafts/flawed.md")).unwrap();
    let (code, out, _) = said(&run(folder.path(), &["validate", "--draft", "-", "--path", PATH], &text));
    assert_eq!(
        (code, out.contains("error[reviewers-named]") && out.contains("vep.md:14:5")),
        (1, true),
        "{out}"
    );
    let (code, out, _) =
        said(&run(folder.path(), &["validate", "--draft", "-", "--path", PATH, "--format", "json"], &text));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, json["errors"].as_u64()), (1, Some(4)), "{out}");
}

#[test]
fn drafts_that_are_no_text_or_too_long_are_refused_with_the_reason() {
    let folder = checkout(&[]);
    for (bytes, words) in [
        (b"---\ntitle: caf\xe9\n".to_vec(), "not UTF-8: byte 14 in line 2"),
        (vec![b'x'; 10 << 20], "more than 2097152 bytes"),
    ] {
        let begin = std::time::Instant::now();
        let (code, _, err) = said(&run(folder.path(), &["validate", "--draft", "-", "--path", PATH], &bytes));
        assert_eq!((code, err.contains(words)), (2, true), "{err}");
        assert!(begin.elapsed().as_secs() < 2);
    }
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_rest_is_answered() {
    let folder = checkout(&[
        ("veps/sig-storage/6-odd/vep.md", b"# VEP #6: caf\xe9\n"),
        ("veps/sig-storage/10-big/vep.md", &vec![b'x'; 3 << 20]),
        ("veps/sig-storage/loose.md", b"text\n"),
    ]);
    let (code, out, _) = said(&run(folder.path(), &["query"], b""));
    assert_eq!(code, 0);
    for part in ["5 of 5", "line 1 is not UTF-8", "not read: 3145728 bytes", "loose.md`: lies outside"] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new("sh")
        .args(["-c", &format!("{BINARY} --demo query --fields title,path,authors | true")])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(child.wait().unwrap().success());
    let mut err = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut err).unwrap();
    assert_eq!(err, "");
}

/// A checkout whose one draft has errors, warnings and advice, judged as a file of the tree.
fn flawed() -> tempfile::TempDir {
    let text = crate::rules::lawful()["veps/sig-compute/7-guest-clock/vep.md"].clone();
    let text =
        text.replace("\"@bo-linde\"", "bo-linde").replace("owning-sig: sig-compute", "owning-sig: sig-arm");
    let text = text.replace("alpha: \"v1.9\"", "alpha: v1.9.0");
    checkout(&[("veps/sig-compute/7-guest-clock/vep.md", text.as_bytes())])
}

const TODAY: [&str; 2] = ["--today", "2026-08-18"];

#[test]
fn rules_are_chosen_and_the_bar_is_set_on_the_command_line() {
    let folder = flawed();
    let validate =
        |args: &[&str]| said(&run(folder.path(), &[&["validate", "7"], &TODAY[..], args].concat(), b""));
    let (code, all, _) = validate(&[]);
    assert!(code == 1 && all.contains("fails: 1 document, 1 error, 1 warning, 1 advice"), "{all}");
    let (code, only, _) = validate(&["--only", "milestone-wellformed,handles-wellformed"]);
    assert!(
        code == 0 && only.contains("0 errors, 1 warning, 1 advice") && only.contains("rules: 0 hold"),
        "{only}"
    );
    assert_eq!(validate(&["--only", "milestone-wellformed", "--fail-on", "warning"]).0, 1);
    let (code, skipped, _) = validate(&["--skip", "sig-known"]);
    assert!(code == 0 && skipped.contains("passes: 1 document, 0 errors"), "{skipped}");
    let (code, _, err) = validate(&["--skip", "sig-knwon"]);
    assert!(
        code == 2
            && err.contains("there is no rule `sig-knwon`")
            && err.contains("Did you mean `sig-known`?"),
        "{err}"
    );
    let (code, _, err) = said(&run(folder.path(), &["query", "--format", "sarif"], b""));
    assert!(code == 2 && err.contains("query has no verdicts"), "{err}");
}

#[test]
fn the_settings_of_the_checkout_count_and_their_mistakes_are_told() {
    let folder = flawed();
    let settle = |text: &str| fs::write(folder.path().join(".vep-mcp.yaml"), text).unwrap();
    let validate =
        || said(&run(folder.path(), &[&["validate", "7", "--detail", "full"], &TODAY[..]].concat(), b""));
    settle("sigs: [sig-arm]\nseverities:\n  handles-wellformed: warning\n");
    let (code, out, _) = validate();
    // The SIG is known now; that it is not the folder's is seen only then.
    assert!(
        code == 1 && out.contains("error[sig-agrees]") && out.contains("warning[handles-wellformed]"),
        "{out}"
    );
    settle("off:\n  sig-known: we have more SIGs | than that\nfail-on: warning\n");
    let (code, out, _) = validate();
    assert!(code == 1 && out.contains("fails: 1 document, 0 errors, 1 warning, 1 advice"), "{out}");
    assert!(
        words(&out)
            .contains("not yet (switched off by .vep-mcp.yaml: `we have more SIGs | than that`): sig-known"),
        "{out}"
    );
    settle("off:\n  sig-knwon: why not\n");
    let (code, out, _) = validate();
    assert!(code == 1 && out.contains("error[settings-understood]: `sig-knwon` is no rule"), "{out}");
    assert!(out.contains("--> .vep-mcp.yaml:2:3") && out.contains("Did you mean `sig-known`?"), "{out}");
}

#[test]
fn github_gets_annotations_and_the_comment_as_the_summary() {
    let folder = flawed();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "What was there.\n").unwrap();
    let args = [&["validate", "7", "--format", "github"], &TODAY[..]].concat();
    let output = command(folder.path(), &args).env("GITHUB_STEP_SUMMARY", &summary).output().unwrap();
    let (code, out, err) = said(&output);
    assert!(
        code == 1
            && err.is_empty()
            && out.starts_with("::error file=veps/sig-compute/7-guest-clock/vep.md,line="),
        "{out}"
    );
    let (_, comment, _) =
        said(&run(folder.path(), &[&["validate", "7", "--format", "markdown"], &TODAY[..]].concat(), b""));
    assert_eq!(fs::read_to_string(&summary).unwrap(), format!("What was there.\n{comment}"));
    let nowhere = command(folder.path(), &args).env("GITHUB_STEP_SUMMARY", folder.path()).output().unwrap();
    let (code, out, err) = said(&nowhere);
    assert!(code == 1 && out.starts_with("::error") && err.contains("GITHUB_STEP_SUMMARY"), "{err}");
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let folder = flawed();
    let coloured = |args: &[&str]| {
        said(&run(folder.path(), &[&["validate", "7"], &TODAY[..], args].concat(), b"")).1.contains('\u{1b}')
    };
    assert!(!coloured(&[]) && coloured(&["--color", "always"]) && !coloured(&["--color", "never"]));
}

#[cfg(unix)]
#[test]
fn settings_that_are_not_read_are_told() {
    let folder = flawed();
    let file = folder.path().join(".vep-mcp.yaml");
    let validate = || said(&run(folder.path(), &["validate", "7", "--today", "2026-08-18"], b""));
    std::os::unix::fs::symlink("OWNERS", &file).unwrap();
    assert!(words(&validate().1).contains(".vep-mcp.yaml`: not read: a symbolic link"), "{}", validate().1);
    fs::remove_file(&file).unwrap();
    fs::write(&file, vec![b'#'; 3 << 20]).unwrap();
    assert!(words(&validate().1).contains("not read: 3145728 bytes"), "{}", validate().1);
    for (text, what) in [
        (&b"off: {\xff: a}\n"[..], "the file is not UTF-8"),
        (b"\xef\xbb\xbffail-on: warning\r\n", "fails: 1 document, 1 error, 1 warning"),
        (b"a: &a [x]\nb: *a\n", "`a` is no setting"),
        (b"---\nfail-on: warning\n---\nfail-on: error\n", "error[settings-understood]"),
        (b"fail-on: warning\nfail-on: error\n", "is there twice"),
    ] {
        fs::write(&file, text).unwrap();
        assert!(words(&validate().1).contains(what), "{what}: {}", validate().1);
    }
}

#[test]
fn nothing_is_judged_where_no_rule_is_left() {
    let folder = flawed();
    for args in [&["--only", "reviewers-named", "--skip", "reviewers-named"][..], &["--only", "pr-title"]] {
        let (code, out, err) = said(&run(folder.path(), &[&["validate", "7"], args].concat(), b""));
        assert!(code == 2 && out.is_empty() && err.contains("nothing is judged"), "{err}");
    }
}

#[test]
fn an_untouched_legacy_document_fails_no_run_whatever_the_bar() {
    let (code, out, _) = said(&run(checkout(&[]).path(), &["validate", "5", "--fail-on", "warning"], b""));
    assert!(code == 0 && out.contains("warning[front-matter-present]"), "{out}");
}

/// Values and names that would like to leave their place in some format.
#[cfg(unix)]
#[test]
fn nothing_foreign_leaves_its_place_in_any_format() {
    let text = crate::rules::lawful()["veps/sig-compute/7-guest-clock/vep.md"].clone();
    let text = text
        .replace("owning-sig: sig-compute", "owning-sig: \"sig-x` @team ![i](http://e/x.png) <h1> `\"")
        .replace(
            "milestone:\n",
            "milestone:\n  \"\": \"v1.8\"\n  \"a` @team ![i](http://e/x.png) <h1>\": \"v1.8\"\n",
        )
        .replace("title: Guest", "title: \"::error::x \\e[31m\" #");
    let odd = "veps/sig-compute/996-new\n::error::pwn\u{1b}[31m\u{202e}/vep.md";
    let folder =
        checkout(&[("veps/sig-compute/7-guest-clock/vep.md", text.as_bytes()), (odd, b"# VEP #996: New\n")]);
    fs::write(
        folder.path().join(".vep-mcp.yaml"),
        "off:\n  sections-filled: \"![i](http://e/x.png) <h1> @team\"\n",
    )
    .unwrap();
    for format in ["text", "markdown", "github", "sarif", "json"] {
        let (_, out, err) =
            said(&run(folder.path(), &["validate", "--detail", "full", "--format", format], b""));
        assert!(err.is_empty() && !out.is_empty(), "{format}: {err}");
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{format}");
        let starts = out.lines().filter(|line| line.starts_with("::"));
        assert!(
            starts.clone().all(|line| format == "github" && line.contains("title=")),
            "{format}: {:?}",
            starts.collect::<Vec<_>>()
        );
        if format == "markdown" {
            assert_only_text(&out);
        }
    }
}

/// Whether a reader of Markdown sees text, code and tables, and of HTML only what the comment itself writes.
fn assert_only_text(comment: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let own = ["<!-- vep-mcp: report -->", "<details>", "</details>", "<summary>", "</summary>", "<br>"];
    for event in Parser::new_ext(comment, Options::ENABLE_TABLES) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let rest = own.iter().fold(html.to_string(), |html, own| html.replace(own, ""));
                assert!(!rest.contains('<'), "{html}");
            }
            Event::Start(Tag::Image { .. } | Tag::Link { .. }) => panic!("a link or an image: {event:?}"),
            Event::Text(text) => assert!(!text.contains("@team"), "{text}"),
            _ => {}
        }
    }
}

#[test]
fn help_says_what_each_command_is_for() {
    for command in vep_mcp::cli::command().get_subcommands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.len() > 20 && !about.starts_with("The option"), "{}: {about}", command.get_name());
    }
}

#[test]
fn what_needs_no_thought_is_mended_shown_and_written_where_that_is_asked_for() {
    let folder = flawed();
    let file = folder.path().join("veps/sig-compute/7-guest-clock/vep.md");
    let before = fs::read_to_string(&file).unwrap();
    let fix = |args: &[&str]| {
        said(&run(folder.path(), &[&["validate", "7", "--fix"], &TODAY[..], args].concat(), b""))
    };
    let (code, out, err) = fix(&[]);
    // The unknown SIG is left to a person; the rest is shown as a diff, and nothing is written.
    assert!(code == 1 && err.is_empty() && out.contains("\n-  - bo-linde\n+  - \"@bo-linde\"\n"), "{out}");
    assert!(
        out.contains("-  alpha: v1.9.0\n+  alpha: v1.9\n") && out.contains("1 error, 0 warnings, 0 advice"),
        "{out}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let (code, _, err) = fix(&["--write"]);
    assert!(code == 1 && err.contains("wrote veps/sig-compute/7-guest-clock/vep.md"), "{err}");
    let after = fs::read_to_string(&file).unwrap();
    assert_eq!(after, before.replace("- bo-linde", "- \"@bo-linde\"").replace("v1.9.0", "v1.9"));
    let (_, out, err) = fix(&["--write"]);
    assert!(!out.contains("@@") && err.contains("nothing is written"), "{out}{err}");
    // Twenty handles without their quotes, one syntax error behind the other.
    let logins: String = (0..20).map(|at| format!("\n  - @login-{at}")).collect();
    fs::write(&file, after.replace("\n  - \"@bo-linde\"", &logins)).unwrap();
    let (code, _, err) = fix(&["--write", "--skip", "sig-known"]);
    assert!(code == 0 && err.contains("wrote"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap().matches("- \"@login-").count(), 20);
}

/// Every command line that the README shows is one that the program takes.
#[test]
fn the_readme_shows_only_command_lines_that_exist() {
    let readme = fs::read_to_string(golden::root().join("README.md")).unwrap();
    let lines: Vec<&str> = readme.lines().filter(|line| line.starts_with("vep-mcp ")).collect();
    assert!(lines.len() > 15, "{lines:?}");
    for line in lines {
        let shown = line.split("  ").next().unwrap().replace("\"VEP-307: ...\"", "title");
        let taken = vep_mcp::cli::command().try_get_matches_from(shown.split_whitespace());
        assert!(taken.is_ok(), "{shown}: {}", taken.unwrap_err());
    }
}
