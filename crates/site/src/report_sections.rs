//! The sections of a report, as tables.

use desk::disclosure::{CasualtyFigure, DisclosureRule};
use desk::field;
use desk::report::ReportView;
use desk::report_form::{
    Answer, AnswerKind, Casualties, Destroyed, FieldFile, LandReleased, MinedAreas, MinedUnit, Narrative,
    NationalMeasure, Retained, SectionKey, Sections, Stockpiles,
};
use desk::{Figure, Value, Words};
use maud::{Markup, html};

/// One section: its place in the Article, its letter, and its answer.
pub(crate) fn section(words: &Words, view: &ReportView, section: SectionKey, letter: Option<char>) -> Markup {
    let sections = &view.report.sections;
    let answer = sections.answers().into_iter().find(|(key, _)| *key == section).map(|(_, answer)| answer);
    html! {
        section.answer id=(format!("section-{}", section.as_str())) {
            h3 {
                (words.text(&format!("section-{}", section.as_str())))
                " " span.article {
                    @match letter {
                        Some(letter) => (words.with("form-letter", &[("letter", Value::Text(letter.to_string()))])),
                        None => (words.text("form-letter-not-confirmed")),
                    }
                }
            }
            @match answer {
                Some(AnswerKind::NotApplicable) => p.quiet { (words.text("figure-not-applicable")) },
                Some(AnswerKind::UnchangedSince(year)) => p.quiet { (words.with("unchanged-since", &[("year", Value::from(year))])) },
                Some(AnswerKind::Given) => (content(words, sections, section)),
                Some(AnswerKind::ToBeAnswered) | None => p.quiet { (words.text("figure-to-be-answered")) },
            }
        }
    }
}

fn content(words: &Words, sections: &Sections, section: SectionKey) -> Markup {
    match section {
        SectionKey::A => of(&sections.national_measures, |measures| national_measures(words, measures)),
        SectionKey::B => of(&sections.stockpiles, |stock| stockpiles(words, stock)),
        SectionKey::C => of(&sections.mined_areas, |areas| mined_areas(words, areas)),
        SectionKey::D => of(&sections.retained, |retained| retained_mines(words, retained)),
        SectionKey::E => of(&sections.conversion, |texts| narratives(texts)),
        SectionKey::F => of(&sections.destruction_programmes, |texts| narratives(texts)),
        SectionKey::G => of(&sections.destroyed, |destroyed| destroyed_items(words, destroyed)),
        SectionKey::H => of(&sections.technical_characteristics, |texts| narratives(texts)),
        SectionKey::I => of(&sections.warning, |texts| narratives(texts)),
        SectionKey::Victims => of(&sections.victims, |people| casualties(words, people)),
        SectionKey::Cooperation => of(&sections.cooperation, |texts| narratives(texts)),
    }
}

fn of<T>(answer: &Answer<T>, render: impl FnOnce(&T) -> Markup) -> Markup {
    answer.given().map(render).unwrap_or_default()
}

fn count(words: &Words, value: Figure<u64>) -> Markup {
    cell(value.known().is_some(), &words.count_figure(value))
}

fn area(words: &Words, value: Figure<f64>) -> Markup {
    cell(value.known().is_some(), &words.area_figure(value))
}

/// A figure aligns to the end; what is not known stands back.
fn cell(known: bool, text: &str) -> Markup {
    html! { td.figure.quiet[!known] { (text) } }
}

fn heads(words: &Words, keys: &[&str]) -> Markup {
    html! {
        thead { tr { @for (at, key) in keys.iter().enumerate() { th.figure[at > 0] scope="col" { (words.text(key)) } } } }
    }
}

fn mined_areas(words: &Words, areas: &MinedAreas) -> Markup {
    let released_heads = ["column-unit", "figure-cancelled", "figure-reduced", "figure-cleared", "figure-released"];
    let line = |line: &LandReleased, name: String| {
        html! {
            tr {
                th scope="row" { (name) }
                (area(words, line.cancelled_m2)) (area(words, line.reduced_m2)) (area(words, line.cleared_m2)) (area(words, line.released_m2))
            }
        }
    };
    html! {
        @if !areas.units.is_empty() { (units(words, areas)) }
        h4 { (words.text("heading-land-released")) }
        div.wide {
            table {
                (heads(words, &released_heads))
                tbody { @for unit in &areas.released { (line(unit, unit_name(words, &unit.unit))) } }
                tfoot { (line(&areas.total_released, words.text("figure-total"))) }
            }
        }
    }
}

fn unit_name(words: &Words, unit: &str) -> String {
    if unit.is_empty() { words.text("unit-not-stated") } else { unit.to_owned() }
}

/// What came from the other class less what went there.
fn reclassified(unit: &MinedUnit) -> Figure<f64> {
    match (unit.reclassified_in_m2, unit.reclassified_out_m2) {
        (Figure::Known(moved_in), Figure::Known(moved_out)) => Figure::Known(moved_in - moved_out),
        (Figure::Known(_), other) | (other, _) => other,
    }
}

fn units(words: &Words, areas: &MinedAreas) -> Markup {
    let keys = [
        "column-unit",
        "column-areas",
        "balance-opening",
        "balance-found",
        "column-reclassified",
        "column-remeasured",
        "balance-corrected",
        "balance-cancelled",
        "balance-reduced",
        "balance-cleared",
        "balance-closing",
        "column-mapped",
    ];
    let row = |unit: &MinedUnit| {
        let class = match unit.class {
            desk::report_form::HazardClass::Suspected => words.text("class-suspected"),
            desk::report_form::HazardClass::Confirmed => words.text("class-confirmed"),
        };
        html! {
            tr {
                th scope="row" {
                    (unit_name(words, &unit.unit)) " · " (class)
                    @if let Some(date) = unit.emplaced { br; span.article { (words.with("emplaced", &[("date", Value::Date(date))])) } }
                    @if let Some(reason) = &unit.correction_reason { br; span.article { (words.text("balance-corrected")) ": " (reason) } }
                }
                (count(words, unit.areas))
                (area(words, unit.opening_m2)) (area(words, unit.found_m2)) (area(words, reclassified(unit)))
                (area(words, unit.remeasured_m2)) (area(words, unit.corrected_m2))
                (area(words, unit.cancelled_m2)) (area(words, unit.reduced_m2)) (area(words, unit.cleared_m2))
                (area(words, unit.closing_m2)) (area(words, unit.mapped_m2))
            }
        }
    };
    html! {
        h4 { (words.text("heading-mined-areas")) }
        div.wide {
            table {
                (heads(words, &keys))
                tbody { @for unit in &areas.units { (row(unit)) } }
                tfoot { tr { th scope="row" colspan="10" { (words.text("figure-total")) } (area(words, areas.total_closing_m2)) td {} } }
            }
        }
    }
}

fn pairs(words: &Words, rows: &[(&str, Figure<u64>)]) -> Markup {
    html! {
        table.pairs { tbody { @for (key, value) in rows { tr { th scope="row" { (words.text(key)) } (count(words, *value)) } } } }
    }
}

fn destroyed_items(words: &Words, destroyed: &Destroyed) -> Markup {
    pairs(
        words,
        &[
            ("figure-stockpiled-destroyed", destroyed.stockpiled_mines),
            ("figure-mines", destroyed.mines_in_mined_areas),
            ("figure-improvised", destroyed.improvised_devices),
            ("figure-anti-vehicle", destroyed.anti_vehicle_mines),
            ("figure-unexploded", destroyed.unexploded_ordnance),
            ("figure-items-destroyed", destroyed.items_in_mined_areas),
            ("figure-since-entry-into-force", destroyed.mines_since_entry_into_force),
        ],
    )
}

fn casualties(words: &Words, people: &Casualties) -> Markup {
    let outcome = [
        ("figure-killed", people.killed),
        ("figure-injured", people.injured),
        ("figure-outcome-unknown", people.outcome_unknown),
    ];
    let sex_and_age = [
        ("figure-women", people.women),
        ("figure-men", people.men),
        ("figure-girls", people.girls),
        ("figure-boys", people.boys),
        ("figure-sex-or-age-unknown", people.unknown),
    ];
    let status = [
        ("figure-civilians", people.civilians),
        ("figure-security-forces", people.security_forces),
        ("figure-deminers", people.deminers),
        ("figure-status-unknown", people.status_unknown),
    ];
    html! {
        div.side-by-side { (pairs(words, &outcome)) (pairs(words, &sex_and_age)) (pairs(words, &status)) }
        (pairs(words, &[("figure-total", people.total)]))
        @if CasualtyFigure::ALL.iter().any(|figure| figure.of(people) == Figure::Hidden) {
            p.small {
                (words.with("hidden-why", &[("count", Value::from(DisclosureRule::default().minimum_count))])) " "
                a href=(format!("/privacy?lang={}", words.lang().code())) { (words.text("privacy-link")) }
            }
        }
    }
}

fn stockpiles(words: &Words, stock: &Stockpiles) -> Markup {
    let keys = [
        "column-mine-type",
        "balance-opening",
        "stock-discovered",
        "stock-acquired",
        "stock-destroyed",
        "stock-transferred",
        "stock-consumed",
        "balance-closing",
    ];
    html! {
        div.wide {
            table {
                (heads(words, &keys))
                tbody {
                    @for line in &stock.lines {
                        tr {
                            th scope="row" { (line.mine_type) @if let Some(lot) = &line.lot { " (" (lot) ")" } }
                            (count(words, line.opening)) (count(words, line.discovered)) (count(words, line.acquired))
                            (count(words, line.destroyed)) (count(words, line.transferred_for_destruction))
                            (count(words, line.consumed)) (count(words, line.closing))
                        }
                    }
                }
                tfoot { tr { th scope="row" colspan="7" { (words.text("figure-total")) } (count(words, stock.total_closing)) } }
            }
        }
    }
}

fn national_measures(words: &Words, measures: &[NationalMeasure]) -> Markup {
    html! {
        ul {
            @for measure in measures {
                li {
                    (measure.measure)
                    @if let Some(date) = measure.in_force_since { " (" (words.date(date)) ")" }
                    @if measure.penal_sanctions == Some(true) { " · " (words.text("penal-sanctions")) }
                }
            }
        }
    }
}

fn retained_mines(words: &Words, retained: &[Retained]) -> Markup {
    html! {
        div.wide {
            table {
                (heads(words, &["column-institution", "column-mine-type", "stock-consumed", "balance-closing"]))
                tbody {
                    @for line in retained {
                        tr {
                            th scope="row" { (line.institution) @if let Some(purpose) = &line.purpose { br; (purpose) } }
                            td { (line.mine_type) } (count(words, line.consumed)) (count(words, line.closing))
                        }
                    }
                }
            }
        }
    }
}

fn narratives(texts: &[Narrative]) -> Markup {
    html! { dl { @for text in texts { dt { (text.about) } dd { (text.text) } } } }
}

/// Where figures were drawn from.
pub(crate) fn drawn_from(words: &Words, file: &FieldFile) -> Markup {
    html! { (field::drawn_from(file, words)) br; code dir="ltr" { (file.sha256) } }
}
