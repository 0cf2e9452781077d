//! `mineban intake`: read field files and say what was understood.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use desk::field::{self, FieldFinding, How, Reading};
use desk::kept::{self, Source};
use desk::revised::{self, RevisedView};
use desk::{DeskError, FieldSeverity, Iso3, Value, Words, findings_file, overlay};
use serde::Serialize;

use crate::cli::{Done, Given};
use crate::how::HowToRead;
use crate::output::{self, Progress};

const FILES: &str = "Field files: CSV, TSV, XLSX, XLS, ODS, GeoJSON, TopoJSON, GeoPackage, Shapefile, KML, KMZ, GeoParquet, \
                     FlatGeobuf, maXML; exports of ODK, Kobo and Survey123; zip and gzip around any of them; a folder with one \
                     shapefile or export";

/// `intake FILE…`
#[derive(Debug, Args)]
pub(crate) struct Intake {
    #[arg(help = FILES)]
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    how: HowToRead,
    /// The State whose records they are, as in COL: places outside it are then noticed
    #[arg(long, value_name = "STATE")]
    state: Option<Iso3>,
    /// File of districts: each record is held against the one that it names
    #[arg(long, value_name = "FILE")]
    districts: Option<PathBuf>,
    /// Print what each column was taken for, and each finding
    #[arg(long)]
    explain: bool,
    /// Write the findings here, for those who mend the source: .csv, .geojson, or .html with small maps
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// An earlier file to compare with: what was added, changed, moved, withdrawn
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Who delivers, as in imsma: its mapping is used, and what it delivered before is compared with
    #[arg(long, value_name = "NAME", requires = "state")]
    source: Option<Source>,
    /// Keep the files as what this source delivers now, and a mapping given as this source's
    #[arg(long, requires = "source")]
    keep: bool,
}

#[derive(Serialize)]
struct FileView<'a> {
    file: &'a str,
    sha256: &'a str,
    records: &'static str,
    rows_read: u64,
    rows_taken: usize,
    rows_set_aside: usize,
    set_aside: Vec<FieldFinding>,
    findings: Vec<FieldFinding>,
    columns: &'a [desk::ColumnUnderstood],
    #[serde(skip_serializing_if = "Option::is_none")]
    revised: Option<RevisedView>,
}

impl Intake {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let words = given.words;
        let progress = Progress::of_bytes();
        let at = |done, total| progress.at(done, total);
        let of_source = self.state.zip(self.source.as_ref());
        let saved = match of_source {
            Some((state, source)) => kept::mapping(&given.objects, state, source).await?,
            None => None,
        };
        let reading = self.how.reading(&self.files, self.state, given.today(), &at);
        let mapping = reading.how.mapping.or(saved.as_deref());
        let reading = Reading { how: How { mapping, ..reading.how }, ..reading };
        let mut files = match &self.districts {
            Some(districts) => field::read_with_districts(&reading, districts)?,
            None => field::read(&reading)?,
        };
        let revised = self.revised(given, &reading, &files).await?;
        drop(progress);
        overlay::notice(&mut files);
        let mut views: Vec<FileView<'_>> = files.iter().map(|file| view(file, words)).collect();
        for (view, revised) in views.iter_mut().zip(revised) {
            view.revised = revised;
        }
        if given.json {
            output::print_json(&views)?;
        } else if self.explain {
            for (file, view) in files.iter().zip(&views) {
                output::print(&desk::explain(file))?;
                output::print(&compared(view, words))?;
            }
        } else {
            output::print(&summary(&views, words))?;
        }
        if let Some(path) = &self.findings {
            findings_file::write(path, &files, words)?;
            self.say(given, "findings-written", &path.display())?;
        }
        if self.keep
            && let Some((state, source)) = of_source
        {
            self.keep(given, state, source, &files).await?;
        }
        let remarkable = |finding: &FieldFinding| finding.severity != FieldSeverity::Info;
        let to_explain =
            |view: &FileView<'_>| view.revised.as_ref().is_some_and(|revised| !revised.to_explain.is_empty());
        let found = views
            .iter()
            .any(|view| view.rows_set_aside > 0 || view.findings.iter().any(remarkable) || to_explain(view));
        Ok(if found { Done::Findings } else { Done::Fine })
    }

    /// Each file beside what it was, where there is something to compare with.
    async fn revised(
        &self,
        given: &Given,
        reading: &Reading<'_>,
        files: &[desk::Intake],
    ) -> Result<Vec<Option<RevisedView>>, DeskError> {
        let (words, today) = (given.words, given.today());
        match (&self.compare, self.state.zip(self.source.as_ref())) {
            (Some(before), _) => match files {
                [now] => Ok(vec![Some(revised::with_file(reading, before, now, words)?)]),
                _ => Err(DeskError::Nothing("--compare holds one file against an earlier one; give one file")),
            },
            (None, Some((state, source))) => {
                let mut views = Vec::with_capacity(files.len());
                for now in files {
                    views.push(revised::with_kept(&given.objects, state, source, now, today, words).await?);
                }
                Ok(views)
            }
            (None, None) => Ok(Vec::new()),
        }
    }

    async fn keep(&self, given: &Given, state: Iso3, source: &Source, files: &[desk::Intake]) -> Result<(), DeskError> {
        if let Some(path) = &self.how.mapping {
            let toml =
                std::fs::read_to_string(path).map_err(|error| DeskError::Read { path: path.clone(), source: error })?;
            kept::keep_mapping(&given.objects, state, source, &toml, given.now).await?;
        }
        let read: Vec<(PathBuf, &desk::Intake)> = self.files.iter().cloned().zip(files).collect();
        let key = match kept::keep(&given.objects, state, source, &read, given.now).await? {
            Some(_) => "kept-now",
            None => "kept-before",
        };
        self.say(given, key, &given.objects)
    }

    fn say(&self, given: &Given, key: &str, place: &impl std::fmt::Display) -> Result<(), DeskError> {
        if given.json {
            return Ok(());
        }
        let mut values = vec![("file", Value::Text(place.to_string()))];
        values.extend(self.state.map(|state| ("state", Value::State(state))));
        values.extend(self.source.as_ref().map(|source| ("source", Value::Text(source.to_string()))));
        output::print(&(given.words.with(key, &values) + "\n"))
    }
}

fn view<'a>(file: &'a desk::Intake, words: &Words) -> FileView<'a> {
    FileView {
        file: &file.file,
        sha256: &file.sha256,
        records: file.kind.key(),
        rows_read: file.rows_read,
        rows_taken: file.taken.len(),
        rows_set_aside: file.set_aside.len(),
        set_aside: file.set_aside.iter().map(|row| field::finding(&row.reason, words)).collect(),
        findings: file.findings.iter().map(|found| field::finding(found, words)).collect(),
        columns: &file.columns,
        revised: None,
    }
}

fn summary(views: &[FileView<'_>], words: &Words) -> String {
    let mut text = String::new();
    for view in views {
        let values = [
            ("file", Value::from(view.file)),
            ("records", Value::Text(words.records(view.records))),
            ("read", Value::from(view.rows_read)),
            ("taken", Value::from(view.rows_taken)),
            ("aside", Value::from(view.rows_set_aside)),
            ("findings", Value::from(view.findings.len())),
        ];
        let _ = writeln!(text, "{}", words.with("intake-summary", &values));
        text.push_str(&compared(view, words));
    }
    text
}

/// What became of the earlier file: a sentence, a table by year, and what must be explained.
fn compared(view: &FileView<'_>, words: &Words) -> String {
    let Some(revised) = &view.revised else { return String::new() };
    let mut text = revised::sentence(revised, words) + "\n";
    let heads = ["balance-year", "revised-added", "revised-changed", "revised-moved", "revised-withdrawn"];
    let mut rows = vec![heads.map(|head| words.text(head)).to_vec()];
    for year in &revised.revision.years {
        if year.added + year.changed + year.withdrawn == 0 {
            continue;
        }
        let name = year.year.map_or_else(|| words.text("figure-unknown"), |year| year.to_string());
        let counts = [year.added, year.changed, year.moved, year.withdrawn].map(|count| words.count(count));
        rows.push([name].into_iter().chain(counts).collect());
    }
    if rows.len() > 1 {
        output::table(&rows, &mut text);
    }
    list(&revised.to_explain, 40, words, &mut text);
    text
}

/// Findings of field files, one a line with its place, the gravest first, at most so many.
pub(crate) fn list(findings: &[FieldFinding], at_most: usize, words: &Words, text: &mut String) {
    let mut sorted: Vec<&FieldFinding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in sorted.iter().take(at_most) {
        let place = [
            finding.file.clone(),
            finding.row.map(|row| words.with("place-row", &[("row", Value::from(row))])),
            finding.field.clone(),
            finding.value.as_ref().map(|value| format!("\"{value}\"")),
        ];
        let place: Vec<String> = place.into_iter().flatten().collect();
        let _ = writeln!(text, "- {}: {}", place.join(", "), finding.says);
    }
    let left = sorted.len().saturating_sub(at_most);
    if left > 0 {
        let _ = writeln!(text, "{}", words.with("and-more-findings", &[("count", Value::from(left))]));
    }
}
