//! The library in fifteen lines: judge one file and say what the book finds.
//!
//! `cargo run --example check -- path/to/veps/sig-x/123-name/vep.md`

use std::io::Write as _;
use vep_mcp::{
    calendar::Calendar, corpus::Corpus, document::Document, rule::Was, sheet, text::Source, world::World,
};

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or("examples/drafts/flawed.md".into());
    let document = Document::parse(Source::from_bytes(path.as_str(), &std::fs::read(&path)?));
    let world = World::unchanged(Corpus::default(), Calendar::snapshot(), jiff::civil::date(2026, 8, 18));
    let mut out = std::io::stdout();
    for (rule, flaw) in sheet::judge(&world, &document, Was::Nothing).flaws() {
        let (severity, place) = (flaw.severity.as_str(), flaw.spot.start);
        writeln!(out, "{path}:{}:{}: {severity} {}: {}", place.line, place.column, rule.id, flaw.what)?;
    }
    Ok(())
}
