//! The command line: arguments to verbs, answers to the terminal.
//!
//! It walks the same list of verbs as the MCP server. Exit codes: 0 all is well, 1 the answer has
//! errors, 2 the question was wrong, 3 the world failed.

use crate::law::Severity;
use crate::outside::{self, Failure, Outside, Place, Reach, Standing};
use crate::render::{self, Hand};
use crate::settings::Selection;
use crate::sheet::Outcome;
use crate::text::{json_shown, visible};
use crate::verbs::{self, Commits, Face, Leaves, Text, Trouble, Verb, Writes};
use crate::world::{Work, World};
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use jiff::civil::Date;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

const CLEAN: u8 = 0;
const FINDINGS: u8 = 1;
const WRONG_QUESTION: u8 = 2;
const FAILED_WORLD: u8 = 3;

/// The options that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Common options")]
struct Common {
    /// Checkout of kubevirt/enhancements, or a repository to fetch (https://…, a bundle); default: VEP_REPO, else the
    /// nearest checkout from here upwards
    #[arg(long, global = true, value_name = "DIR|URL")]
    repo: Option<PathBuf>,
    /// Use the built-in example instead of a checkout
    #[arg(long, global = true, conflicts_with = "repo")]
    demo: bool,
    /// Checkout of kubevirt/sig-release, or folder of vX.Y/schedule.yaml; default: one beside the checkout, else a
    /// built-in snapshot
    #[arg(long, global = true, value_name = "DIR")]
    schedules: Option<PathBuf>,
    /// Also ask the network for schedules; also VEP_ONLINE=true
    #[arg(long, global = true, env = "VEP_ONLINE", hide_env = true, value_parser = clap::builder::FalseyValueParser::new())]
    online: bool,
    /// Open no socket: what earlier runs fetched is used as it is
    #[arg(long, global = true)]
    offline: bool,
    /// Where --online finds releases/vX.Y/schedule.yaml
    #[arg(long, global = true, value_name = "URL", env = "VEP_SCHEDULES_URL", hide_env = true, default_value = outside::SCHEDULES)]
    schedules_url: String,
    /// The day to answer for, YYYY-MM-DD; default: today in UTC
    #[arg(long, global = true, value_name = "DATE")]
    today: Option<Date>,
    /// How answers are printed
    #[arg(long, global = true, value_enum, default_value = "text")]
    format: Format,
    /// Whether text is coloured; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value = "auto")]
    color: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For a pull request's comment
    Markdown,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub's workflow commands, and the comment as the step's summary
    Github,
    /// RFC 4180, for spreadsheets: report
    Csv,
    /// Diagrams in Markdown: report
    Mermaid,
    /// For Graphviz: report --graph
    Dot,
    /// One page for browsers, complete in itself: report
    Html,
}

impl Format {
    /// The hand that only some answers have.
    fn hand(self) -> Option<Hand> {
        match self {
            Self::Csv => Some(Hand::Csv),
            Self::Mermaid => Some(Hand::Mermaid),
            Self::Dot => Some(Hand::Dot),
            Self::Html => Some(Hand::Html),
            Self::Text | Self::Markdown | Self::Json | Self::Sarif | Self::Github => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl Colour {
    fn is_wanted(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let choice = anstream::AutoStream::choice(&std::io::stdout());
                choice != anstream::ColorChoice::Never
            }
        }
    }
}

/// The options of the commands that judge.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which verdicts")]
struct Judging {
    /// From which severity on a finding fails the run; default: as the settings say, else error
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// Only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    skip: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Error,
    Warning,
}

/// The options of the commands whose answers change files.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Writing")]
struct Writing {
    /// Write the files that change; without it they are only shown
    #[arg(long)]
    write: bool,
}

/// The option of the commands whose answers can be committed.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Writing")]
struct Committing {
    /// Write them, and commit them on a new local branch; the sign-off stays yours: `git commit --amend -s`
    #[arg(long)]
    commit: bool,
}

impl Judging {
    fn selection(&self) -> Result<Selection, Trouble> {
        let fail_on = self.fail_on.map(|from| match from {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
        });
        let (only, skip) = (verbs::rules_named(&self.only)?, verbs::rules_named(&self.skip)?);
        Ok(Selection { only, skip, fail_on })
    }
}

const SERVE: &str = "serve";
const DEMO: &str = "demo";
const DOCTOR: &str = "doctor";

/// Runs a command line to its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => {
            // Help goes to stdout with 0, a wrong question to stderr with 2; a closed pipe is nobody's fault.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_QUESTION));
        }
    };
    ExitCode::from(dispatch(&matches))
}

/// The whole command line, as clap knows it.
pub fn command() -> Command {
    let mut commands = Commands(vec![]);
    verbs::each(&mut commands);
    let serve =
        Command::new(SERVE).about("Serve the same verbs to an AI assistant: MCP over stdin and stdout");
    let demo = Command::new(DEMO).about(
        "Show what an assistant sees: a real MCP client against the server, over the built-in example",
    );
    let doctor = Command::new(DOCTOR).about(
        "Look at everything that the tool lives on: git, checkout, schedules, cache, clients; with what mends it",
    );
    Common::augment_args(Command::new("vep-mcp"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("KubeVirt's VEP governance for people, CI and AI assistants")
        .after_help("Exit codes: 0 clean, 1 the verdict fails, 2 the question was wrong, 3 the checkout could not be read.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands.0)
        .subcommands([serve, demo, doctor])
}

/// Collects a subcommand for each verb.
struct Commands(Vec<Command>);

impl Face for Commands {
    fn add<V: Verb>(&mut self) {
        let command = V::Ask::augment_args(Command::new(V::CARD.command));
        let command = if V::CARD.judges { Judging::augment_args(command) } else { command };
        let command = match V::CARD.writes {
            Writes::Nothing => command,
            Writes::Files => Writing::augment_args(command),
            Writes::Commits => Committing::augment_args(Writing::augment_args(command)),
        };
        // Last, for a group of options would put its own words in this place.
        self.0.push(command.about(V::CARD.about));
    }
}

fn dispatch(matches: &ArgMatches) -> u8 {
    let Ok(common) = Common::from_arg_matches(matches) else { return WRONG_QUESTION };
    let place = match (common.demo, common.repo) {
        (true, _) => Place::Example,
        (false, Some(folder)) => Place::Given(folder),
        (false, None) => Place::from_environment(),
    };
    let reach = match (common.offline, common.online) {
        (true, _) => Reach::Kept,
        (false, true) => Reach::Network,
        (false, false) => Reach::Disk,
    };
    let outside = Outside::new(place, common.today)
        .reaching(
            reach,
            Some(common.schedules_url.as_str()).filter(|url| !url.is_empty()).unwrap_or(outside::SCHEDULES),
        )
        .with_schedules(common.schedules);
    match matches.subcommand() {
        Some((SERVE, _)) => serve(outside),
        Some((DEMO, _)) => demo(common.today),
        Some((DOCTOR, _)) => doctor(&outside, common.format),
        Some((name, matches)) => {
            let Common { format, color, .. } = common;
            let mut asked = Asked { name, matches, format, color, outside: &outside, code: WRONG_QUESTION };
            verbs::each(&mut asked);
            asked.code
        }
        None => WRONG_QUESTION,
    }
}

fn serve(outside: Outside) -> u8 {
    crate::mcp::log_to_stderr();
    match crate::mcp::serve_stdio(outside) {
        Ok(()) => CLEAN,
        Err(error) => complain(&error.to_string(), FAILED_WORLD),
    }
}

fn demo(today: Option<Date>) -> u8 {
    crate::mcp::log_to_stderr();
    match crate::mcp::demo(Outside::new(Place::Example, today)) {
        Ok(transcript) => print(&transcript, CLEAN),
        Err(error) => complain(&error.to_string(), FAILED_WORLD),
    }
}

fn doctor(outside: &Outside, format: Format) -> u8 {
    let examination = outside.examined(&Work::heard_by(hear));
    let code = if examination.standing == Standing::Fail { FINDINGS } else { CLEAN };
    match format {
        Format::Json => print_json(&examination, code),
        Format::Text | Format::Markdown => print(&visible(&examination.to_string()), code),
        _ => complain("doctor has no verdicts to tell in this format; use text or json", WRONG_QUESTION),
    }
}

/// The command that was asked for, looked up in the list of verbs.
struct Asked<'a> {
    name: &'a str,
    matches: &'a ArgMatches,
    format: Format,
    color: Colour,
    outside: &'a Outside,
    code: u8,
}

impl Face for Asked<'_> {
    fn add<V: Verb>(&mut self) {
        if self.name == V::CARD.command {
            self.code = self.answer::<V>();
        }
    }
}

impl Asked<'_> {
    fn answer<V: Verb>(&self) -> u8 {
        let mut ask = match V::Ask::from_arg_matches(self.matches) {
            Ok(ask) => ask,
            Err(error) => return complain(&error.to_string(), WRONG_QUESTION),
        };
        let selection = match self.selection::<V>() {
            Ok(selection) => selection,
            Err(trouble) => return complain(&trouble.to_string(), WRONG_QUESTION),
        };
        let work = Work::heard_by(hear);
        let world = match fetch_texts::<V>(&mut ask).and_then(|()| self.outside.world_of::<V>(&ask, &work)) {
            Ok(world) => {
                // Which state of which repository was read is beside the answer: that is the same for everybody.
                world.checkout.iter().for_each(|checkout| hear(&format!("read from {checkout}")));
                world
            }
            Err(failure) => {
                let code = if failure.is_of_the_question() { WRONG_QUESTION } else { FAILED_WORLD };
                return complain(&failure.to_string(), code);
            }
        };
        match V::run(&World { selection: Arc::new(selection), ..world }, ask) {
            Ok(answer) => {
                let leaves = V::leaves(&answer);
                match self.print_answer::<V>(&answer, &leaves) {
                    FAILED_WORLD => FAILED_WORLD,
                    code => self.write::<V>(&leaves, code),
                }
            }
            Err(trouble) => complain(&trouble.to_string(), WRONG_QUESTION),
        }
    }

    /// Writes what the answer changes, where that was asked for; what was done is told on stderr.
    fn write<V: Verb>(&self, leaves: &Leaves<'_>, code: u8) -> u8 {
        let is_set = |kind: bool, name: &str| kind && self.matches.get_flag(name);
        let commits = is_set(V::CARD.writes == Writes::Commits, "commit");
        if !commits && !is_set(V::CARD.writes != Writes::Nothing, "write") {
            return code;
        }
        if leaves.patches.is_empty() {
            let code = if leaves.lacks_a_file { code.max(FINDINGS) } else { code };
            return complain("nothing is written: the answer changes no file", code);
        }
        if commits && !leaves.stops.is_empty() {
            let stops = leaves.stops.join("\n");
            return complain(&format!("nothing is committed:\n{stops}"), code.max(FINDINGS));
        }
        let done = match leaves.commits {
            Commits::Each(each) if commits => self.outside.commit_each(each),
            Commits::One(one) if commits => {
                self.outside.write(leaves.patches, Some((&one.branch, &one.message)))
            }
            _ => self.outside.write(leaves.patches, None),
        };
        match done {
            Ok(done) => {
                done.iter().for_each(|line| {
                    complain(line, code);
                });
                code
            }
            Err(failure) => complain(&failure.to_string(), FAILED_WORLD),
        }
    }

    /// What of the verdicts is asked for, where the verb judges; and whether the format can tell its answers.
    fn selection<V: Verb>(&self) -> Result<Selection, Trouble> {
        if self.format.hand().is_some_and(|hand| !V::CARD.hands.contains(&hand)) {
            let what = format!("{} has no answer in this format", V::CARD.command);
            return Err(Trouble::new(what, "Use --format text, markdown or json; report has the others."));
        }
        if V::CARD.judges {
            let judging = Judging::from_arg_matches(self.matches);
            return judging.map_err(|error| Trouble::new(error.to_string(), "See --help."))?.selection();
        }
        if matches!(self.format, Format::Sarif | Format::Github) {
            let what = format!("{} has no verdicts to tell in this format", V::CARD.command);
            return Err(Trouble::new(
                what,
                "Use --format text, markdown or json; validate and review judge.",
            ));
        }
        Ok(Selection::default())
    }

    fn print_answer<V: Verb>(&self, answer: &V::Answer, leaves: &Leaves<'_>) -> u8 {
        let code = if leaves.fails { FINDINGS } else { CLEAN };
        if let Some(hand) = self.format.hand() {
            return match V::page(answer, hand) {
                Some(told) => print(&told, code),
                None => complain(
                    "this answer cannot be told in this format; dot draws report --graph, csv and html tell the rest",
                    WRONG_QUESTION,
                ),
            };
        }
        let Some(report) = leaves.report else {
            return match self.format {
                Format::Json => print_json(answer, code),
                _ => print(&leaves.file.map_or_else(|| answer.to_string(), str::to_owned), code),
            };
        };
        if report.all().all(|sheet| sheet.checks.is_empty()) && !report.sheets.is_empty() {
            let what = "none of the rules that were chosen is asked here, so nothing is judged";
            return complain(what, WRONG_QUESTION);
        }
        let code = if report.outcome() == Outcome::Fails { FINDINGS } else { CLEAN };
        match self.format {
            Format::Text => {
                let diffs: String = leaves.patches.iter().map(|patch| visible(&patch.diff())).collect();
                print(&format!("{diffs}{}", render::text(report, self.color.is_wanted())), code)
            }
            Format::Markdown => print(&render::comment(report), code),
            Format::Json => print_json(&render::told(report), code),
            Format::Sarif => print(&render::sarif(report), code),
            Format::Github => {
                // A summary that cannot be written is told, and takes no verdict with it.
                if let Err(failure) = outside::append_step_summary(&render::comment(report)) {
                    complain(&failure.to_string(), code);
                }
                print(&render::github(report), code)
            }
            // Its own hands are told above.
            Format::Csv | Format::Mermaid | Format::Dot | Format::Html => code,
        }
    }
}

/// Reads the files that a question names.
fn fetch_texts<V: Verb>(ask: &mut V::Ask) -> Result<(), Failure> {
    for text in V::texts(ask) {
        if let Text::Named(name) = text {
            *text = Text::Given(outside::text(name)?);
        }
    }
    Ok(())
}

fn print_json(value: &impl serde::Serialize, code: u8) -> u8 {
    match serde_json::to_string_pretty(value) {
        Ok(json) => print(&format!("{}\n", json_shown(&json)), code),
        Err(error) => complain(&error.to_string(), FAILED_WORLD),
    }
}

/// Prints an answer. A reader that has gone away (`| head`) is no failure.
fn print(text: &str, code: u8) -> u8 {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => code,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => code,
        Err(_) => FAILED_WORLD,
    }
}

/// Tells on stderr what takes a while: steps in lines of their own, how far one is over and over in one line where
/// somebody looks at it.
fn hear(what: &str) {
    use std::io::IsTerminal as _;
    let mut err = std::io::stderr();
    let _ = match (what.contains('%'), err.is_terminal()) {
        (true, true) => write!(err, "\r\x1b[K{what}\r"),
        (true, false) => Ok(()),
        (false, true) => writeln!(err, "\r\x1b[Kvep-mcp: {what}"),
        (false, false) => writeln!(err, "vep-mcp: {what}"),
    };
}

fn complain(text: &str, code: u8) -> u8 {
    // Where stderr is closed there is nobody to tell; the exit code still says it.
    let _ = writeln!(std::io::stderr(), "vep-mcp: {text}");
    code
}
