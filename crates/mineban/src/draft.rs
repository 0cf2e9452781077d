//! `mineban draft`: a report from field files.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use desk::draft::{DraftView, Wanted, draft};
use desk::field;
use desk::report_form::SectionKey;
use desk::store::{self, Store};
use desk::{DeskError, ReportKind, Value, Words, files, report_file};

use crate::cli::{Done, Given};
use crate::how::HowToRead;
use crate::intake;
use crate::output::{self, Progress};

/// `draft STATE YEAR FILE…`
#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// The State's ISO code, as in COL
    state: String,
    /// The calendar year to report on
    #[arg(value_parser = clap::value_parser!(i16).range(1997..=2200))]
    year: i16,
    /// Field files
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which report
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    #[command(flatten)]
    how: HowToRead,
    /// Sections that do not apply, as in b,d,e
    #[arg(long, value_name = "SECTIONS", value_delimiter = ',', value_parser = section)]
    not_applicable: Vec<SectionKey>,
    /// Sections that did not change and since which year, as in a=2024,h=2019
    #[arg(long, value_name = "SECTION=YEAR", value_delimiter = ',', value_parser = section_and_year)]
    unchanged_since: Vec<(SectionKey, i16)>,
    /// Where to write the draft [default: STATE-YEAR.json; with --json, nowhere]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Kind {
    Initial,
    #[default]
    Annual,
    Voluntary,
}

fn section(text: &str) -> Result<SectionKey, String> {
    let known = SectionKey::ALL.map(SectionKey::as_str).join(", ");
    SectionKey::of_str(text.trim()).ok_or_else(|| format!("\"{text}\" is none of {known}"))
}

fn section_and_year(text: &str) -> Result<(SectionKey, i16), String> {
    let (key, year) = text.split_once('=').ok_or_else(|| format!("\"{text}\" lacks =YEAR, as in a=2024"))?;
    Ok((section(key)?, year.trim().parse().map_err(|_| format!("\"{year}\" is no year"))?))
}

impl Draft {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let store = Store::read(&given.place).await?;
        let state = store::state(&store.register, &self.state)?;
        let kind = match self.kind {
            Kind::Initial => ReportKind::Initial,
            Kind::Annual => ReportKind::Annual,
            Kind::Voluntary => ReportKind::Voluntary,
        };
        let progress = Progress::of_bytes();
        let at = |done, total| progress.at(done, total);
        let reading = self.how.reading(&self.files, Some(state), given.today(), &at);
        let (not_applicable, unchanged_since) = (&self.not_applicable[..], &self.unchanged_since[..]);
        let wanted = Wanted { state, kind, calendar_year: self.year, not_applicable, unchanged_since };
        let view = draft(&store.register, &wanted, &reading, given.words)?;
        drop(progress);
        let out = match &self.out {
            Some(out) => Some(out.clone()),
            None if given.json => None,
            None => Some(PathBuf::from(format!("{state}-{}.json", self.year))),
        };
        let bytes = report_file::to_bytes(&view.report);
        let kept = out.as_ref().map(|out| files::write_keeping(out, &bytes)).transpose()?.flatten();
        if given.json {
            output::print_json(&view)?;
        } else {
            let mut text = text(&view, given.words);
            if let Some(out) = &out {
                let file = Value::Text(out.display().to_string());
                let _ = writeln!(text, "{}", given.words.with("draft-written", &[("file", file)]));
            }
            if let Some(kept) = kept {
                let file = Value::Text(kept.display().to_string());
                let _ = writeln!(text, "{}", given.words.with("draft-kept", &[("file", file)]));
            }
            output::print(&text)?;
        }
        Ok(Done::Fine)
    }
}

fn text(view: &DraftView, words: &Words) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} {}", words.state(view.state), view.calendar_year);
    let people = &view.casualties;
    let rows = [
        ("figure-cancelled", words.area_figure(view.cancelled_m2)),
        ("figure-reduced", words.area_figure(view.reduced_m2)),
        ("figure-cleared", words.area_figure(view.cleared_m2)),
        ("figure-items-destroyed", words.count_figure(view.items_destroyed)),
        ("figure-killed", words.count_figure(people.killed)),
        ("figure-injured", words.count_figure(people.injured)),
        ("figure-women", words.count_figure(people.women)),
        ("figure-men", words.count_figure(people.men)),
        ("figure-girls", words.count_figure(people.girls)),
        ("figure-boys", words.count_figure(people.boys)),
        ("figure-sex-or-age-unknown", words.count_figure(people.unknown)),
        ("figure-civilians", words.count_figure(people.civilians)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(key, value)| vec![words.text(key), value]).collect();
    output::table(&rows, &mut text);
    for file in &view.drawn_from {
        let _ = writeln!(text, "{}", field::drawn_from(file, words));
    }
    for gap in &view.gaps {
        let _ = writeln!(text, "- {gap}");
    }
    intake::list(&view.findings, 10, words, &mut text);
    if !view.to_be_answered.is_empty() {
        let sections = Value::Text(view.to_be_answered.join(", "));
        let _ = writeln!(text, "{}", words.with("still-to-be-answered", &[("sections", sections)]));
    }
    text
}
