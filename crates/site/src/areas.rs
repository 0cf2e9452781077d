//! `/areas/{iso3}`: where is the ground that is still suspected or confirmed, as far as the reader may see?

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::areas::{AreasView, CellView, Sight, StateAreas, area_said, sentence};
use desk::forecast::{Asked as ForecastAsked, deadline_of, forecast, forecast_generalised};
use desk::rights::subject::{AreaCounts, Perimeters, Program};
use desk::rights::verb::See;
use desk::{Date, FieldSeverity, Iso3, TileId, Value, Words, store};
use maud::{Markup, html};
use serde_json::json;

use crate::app::App;
use crate::asked::{Asked, form};
use crate::chart::{Bar, columns};
use crate::error::{Problem, not_found};
use crate::forecast::drawn;
use crate::page::{as_of_form, page};
use crate::routes::Granted;
use crate::shelf::Read;

/// The map's files are named by their version, so that they may be held for ever.
const VERSION: &str = "5.24.1";

/// A script of our own and the map's: nothing from elsewhere, nothing written into the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data: blob:; script-src 'self'; worker-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) async fn one(
    granted: Granted<See, AreaCounts>,
    State(app): State<App>,
    Path(name): Path<String>,
    asked: Asked,
) -> Response {
    let (code, as_json) = form(&name);
    let (state, read) = match read(&app, code, &asked).await {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    let Some(Read { mark, areas }) = read else {
        if as_json {
            return asked.json(&app, &json!({ "state": state, "files": [] }));
        }
        let title = asked.words.text("areas-title");
        return asked.page(&app, || page(&asked, &title, &format!("/areas/{state}.json"), &empty(&asked, state)));
    };
    // The asker's right to outlines of the State's areas, in the tier in which they stand here.
    let permit = granted.also::<See, Perimeters>(&app, Some(app.settings.perimeters)).await;
    let sight = Sight::of(permit.as_ref());
    let extra = format!("{mark}-{}", u8::from(sight == Sight::Perimeters));
    let view = areas.view(asked.words, asked.on, sight);
    if as_json {
        return guarded(sight, asked.json_of(&app, &extra, &view));
    }
    let mut answer = asked.page_of(&app, &extra, || {
        let title = format!("{} · {}", view.name, asked.words.text("areas-title"));
        page(&asked, &title, &format!("/areas/{state}.json"), &body(&app, &asked, &areas, &view))
    });
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    guarded(sight, answer)
}

/// Outlines are held by no cache between, even where they are public: that may change.
fn guarded(sight: Sight, mut answer: Response) -> Response {
    if sight == Sight::Perimeters {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    answer
}

async fn read(app: &App, code: &str, asked: &Asked) -> Result<(Iso3, Option<Read>), Problem> {
    let state = store::state(&app.store.register, code).map_err(|error| Problem::from_desk(asked.words, &error))?;
    let read = app.areas.areas(state, asked.today).await;
    Ok((state, read.map_err(|error| Problem::from_desk(asked.words, &error))?))
}

/// A vector tile. The reader's sight and the date are its parameters; nothing made for another reader is given out.
pub(crate) async fn tile(
    granted: Granted<See, AreaCounts>,
    State(app): State<App>,
    Path((code, z, x, y)): Path<(String, u8, u32, String)>,
    asked: Asked,
) -> Response {
    let read = match read(&app, &code, &asked).await {
        Ok((_, Some(read))) => read,
        Ok((_, None)) => return StatusCode::NO_CONTENT.into_response(),
        Err(problem) => return problem.into_response(),
    };
    let row = y.strip_suffix(".mvt").and_then(|row| row.parse().ok());
    let Some(id) = row.and_then(|row| TileId::new(z, x, row)) else { return not_found(asked).await.into_response() };
    let permit = granted.also_by_the_handful::<See, Perimeters>(&app, Some(app.settings.perimeters)).await;
    let sight = Sight::of(permit.as_ref());
    let tile = read.areas.tile(id, asked.on, sight);
    if tile.is_empty() {
        return guarded(sight, StatusCode::NO_CONTENT.into_response());
    }
    let kind =
        [(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"), (header::CACHE_CONTROL, "public, max-age=60")];
    guarded(sight, (kind, tile).into_response())
}

/// The map's own files.
pub(crate) async fn script(_: Granted<See, Program>, Path(file): Path<String>, asked: Asked) -> Response {
    const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
    let (kind, text) = match file.as_str() {
        "maplibre-gl-5.24.1.js" => (JAVASCRIPT, include_str!("../assets/maplibre/maplibre-gl-csp.js")),
        "maplibre-gl-worker-5.24.1.js" => (JAVASCRIPT, include_str!("../assets/maplibre/maplibre-gl-csp-worker.js")),
        "maplibre-gl-5.24.1.css" => ("text/css; charset=utf-8", include_str!("../assets/maplibre/maplibre-gl.css")),
        "areas.js" => (JAVASCRIPT, include_str!("../assets/areas.js")),
        _ => return not_found(asked).await.into_response(),
    };
    let hold = if file == "areas.js" { "public, max-age=3600" } else { "public, max-age=31536000, immutable" };
    // A worker runs under the policy of its own file, not of the page.
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, hold), policy], text).into_response()
}

fn empty(asked: &Asked, state: Iso3) -> Markup {
    let words = asked.words;
    html! {
        h1 { (words.state(state)) ": " (words.text("areas-title")) }
        p.lead { (words.text("areas-none")) }
        pre { "mineban intake hazards.gpkg releases.gpkg --state " (state) " --source imsma --keep" }
        p { a href=(asked.link(&format!("/states/{state}"))) { (words.state(state)) } }
    }
}

fn body(app: &App, asked: &Asked, areas: &StateAreas, view: &AreasView) -> Markup {
    let words = asked.words;
    html! {
        p { a href=(asked.link(&format!("/states/{}", view.state))) { (view.name) } }
        h1 { (sentence(view, words)) }
        (as_of_form(asked))
        (map(asked, areas, view))
        @if view.sight == Sight::Generalised {
            p.small { (words.text("areas-rule")) " " a href=(asked.link("/privacy#areas")) { (words.text("privacy-link")) } }
        } @else { (legend(words)) }
        p.small { (words.text("footer-boundaries")) }
        @if view.without_outline > 0 {
            p.note { (words.with("areas-without-outline", &[("count", Value::from(view.without_outline))])) }
        }
        h2 { (words.text("areas-by-district")) }
        (by_district(view, words))
        h2 { (words.text("areas-by-year")) }
        (by_year(view, words))
        (outlook(app, asked, areas, view))
        h2 { (words.text("areas-findings")) }
        (findings(view, words))
        h2 { (words.text("areas-files")) }
        (files(view, words))
        script src=(format!("/map/maplibre-gl-{VERSION}.js")) defer {}
        script src="/map/areas.js" defer {}
    }
}

/// The picture that needs no script, which the map takes the place of where there is one; and the slider, hidden until then.
fn map(asked: &Asked, areas: &StateAreas, view: &AreasView) -> Markup {
    let words = asked.words;
    let Some([west, south, east, north]) = view.bounds else { return html! {} };
    let dates = dates(view, asked);
    let at = dates.iter().position(|date| *date == view.as_of).unwrap_or(0);
    let told = |date: &Date| area_said(areas.remaining_told(*date, view.sight), view.rounded_down_to, words);
    let remaining: Vec<String> = dates.iter().map(told).collect();
    let said: Vec<String> = dates.iter().map(|date| words.date((*date).into())).collect();
    html! {
        link rel="stylesheet" href=(format!("/map/maplibre-gl-{VERSION}.css"));
        div.areas id="area_map"
            data-tiles=(format!("/areas/{}/tiles", view.state))
            data-worker=(format!("/map/maplibre-gl-worker-{VERSION}.js"))
            data-bounds=(json!([[west, south], [east, north]]))
            data-dates=(json!(dates.iter().map(ToString::to_string).collect::<Vec<_>>()))
            data-remaining=(json!(remaining))
            data-words=(said_by_script(words, &said))
            { (cells(view, words)) }
        div.slider hidden {
            label for="area_year" { (words.text("as-of-label")) }
            input type="range" id="area_year" min="0" max=(dates.len().saturating_sub(1)) value=(at) step="1" list="area_dates";
            output id="area_year_shown" for="area_year" {
                (said.get(at).cloned().unwrap_or_default()) ": " (remaining.get(at).cloned().unwrap_or_default())
            }
        }
    }
}

/// What the colours mean, in words; on the map a click says the kind too.
fn legend(words: &Words) -> Markup {
    html! {
        ul.legend {
            @for (kind, key) in [("confirmed", "areas-confirmed"), ("suspected", "areas-suspected")] {
                li { svg width="16" height="16" aria-hidden="true" { rect class=(kind) width="16" height="16" {} } (words.text(key)) }
            }
        }
    }
}

/// The end of each year from the first of the balance, the date asked about, and today; generalised, ends of years only.
fn dates(view: &AreasView, asked: &Asked) -> Vec<Date> {
    let last = asked.on.max(asked.today);
    let first = view.first_year.unwrap_or(last.year());
    let ends = (first..last.year()).filter_map(|year| Date::new(year, 12, 31).ok());
    let answered = |date| StateAreas::answered_for(date, view.sight);
    let mut dates: Vec<Date> = ends.chain([asked.on, last]).map(answered).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

fn said_by_script(words: &Words, dates: &[String]) -> serde_json::Value {
    json!({
        "dates": dates,
        "map": words.text("areas-title"),
        "zoomIn": words.text("areas-zoom-in"),
        "zoomOut": words.text("areas-zoom-out"),
        "attributes": {
            "id": words.text("areas-id"),
            "count": words.text("areas-count"),
            "at_least": words.text("areas-count-at-least"),
            "at_most": words.text("areas-count-at-most"),
            "kind": words.text("areas-kind"),
            "found": words.text("balance-found"),
            "stated_m2": words.text("areas-stated"),
            "mapped_m2": words.text("areas-mapped"),
        },
        "values": {
            "suspected": words.text("areas-suspected"),
            "confirmed": words.text("areas-confirmed"),
        },
    })
}

/// Cells as circles on a plain ground: latitude and longitude, with a degree as tall as it is at the middle.
fn cells(view: &AreasView, words: &Words) -> Markup {
    let Some([west, south, east, north]) = view.bounds else { return html! {} };
    let narrow = f64::midpoint(south, north).to_radians().cos().max(0.05);
    let (wide, tall) = (((east - west) * narrow).max(1e-6), (north - south).max(1e-6));
    let scale = 1000.0 / wide.max(tall);
    let place = |lon: f64, lat: f64| ((lon - west) * narrow * scale, (north - lat) * scale);
    html! {
        svg viewBox=(format!("-30 -30 {:.0} {:.0}", wide * scale + 60.0, tall * scale + 60.0)) role="img" aria-label=(words.text("areas-title")) {
            @for cell in &view.cells {
                @let (x, y) = place(cell.lon, cell.lat);
                circle.cell cx=(format!("{x:.0}")) cy=(format!("{y:.0}")) r=(format!("{:.0}", 8.0 + 6.0 * (cell.at_most as f64).sqrt().min(12.0))) {
                    title { (cell_said(cell, words)) }
                }
            }
        }
    }
}

fn cell_said(cell: &CellView, words: &Words) -> String {
    match cell.remaining_m2 {
        Some(area) => {
            words.with("areas-cell", &[("count", Value::from(cell.at_least)), ("area", Value::Area(area.round()))])
        }
        None => {
            words.with("areas-cell-between", &[("from", Value::from(cell.at_least)), ("to", Value::from(cell.at_most))])
        }
    }
}

fn by_district(view: &AreasView, words: &Words) -> Markup {
    let said = |area: f64| area_said(area, view.rounded_down_to, words);
    html! {
        @if view.by_district.is_empty() { p { (words.text("areas-nothing-remains")) } } @else {
            @let mapped = view.by_district.iter().any(|row| row.as_mapped_m2.is_some());
            table {
                thead {
                    tr {
                        th scope="col" { (words.text("areas-district")) }
                        @if mapped { th.figure scope="col" { (words.text("areas-mapped")) } }
                        th.figure scope="col" { (words.text("areas-stated")) }
                    }
                }
                tbody {
                    @for row in &view.by_district {
                        tr {
                            th scope="row" { @if let Some(name) = &row.district { (name) } @else { (words.text("balance-outside-districts")) } }
                            @if mapped { td.figure { @if let Some(area) = row.as_mapped_m2 { (said(area)) } } }
                            td.figure { (said(row.as_recorded_m2)) }
                        }
                    }
                }
            }
            @if !mapped { p.small { (words.text("areas-no-boundaries")) } }
        }
    }
}

fn by_year(view: &AreasView, words: &Words) -> Markup {
    let bars: Vec<Bar> = view
        .remaining_by_year
        .iter()
        .map(|row| Bar {
            label: row.year.to_string(),
            value: row.remaining_m2.max(0.0),
            words: area_said(row.remaining_m2, view.rounded_down_to, words),
        })
        .collect();
    html! {
        @if !bars.is_empty() {
            (columns(&words.text("areas-remaining-by-year"), &bars, bars.len().div_ceil(3).max(1), &words.text("chart-table")))
            @if !view.by_year.is_empty() { div.wide {
                table {
                    thead {
                        tr {
                            th scope="col" { (words.text("balance-year")) }
                            @for head in ["balance-opening", "balance-found", "balance-corrected", "balance-cancelled", "balance-reduced", "balance-cleared", "balance-closing"] {
                                th.figure scope="col" { (words.text(head)) }
                            }
                        }
                    }
                    tbody {
                        @for row in &view.by_year {
                            tr {
                                th scope="row" { (row.year) }
                                @for area in [row.opening, row.found, row.corrected, row.cancelled, row.reduced, row.cleared, row.closing] {
                                    td.figure { (words.area(area)) }
                                }
                            }
                        }
                    }
                }
            } }
        }
    }
}

/// When the ground may be clear, where the register knows the deadline and enough years are known.
fn outlook(app: &App, asked: &Asked, areas: &StateAreas, view: &AreasView) -> Markup {
    let words = asked.words;
    let Some(deadline) = deadline_of(&app.store.register, view.state, asked.on) else { return html! {} };
    let wanted = ForecastAsked { today: asked.on, deadline, with_finds: false };
    let outlook = match view.rounded_down_to {
        Some(step) => forecast_generalised(areas.balance(), step.area_m2, &wanted, words),
        None => forecast(areas.balance(), &wanted, words),
    };
    let Ok(outlook) = outlook else { return html! {} };
    html! {
        h2 { (words.text("forecast-heading")) }
        @if view.rounded_down_to.is_some() { p.small { (words.text("forecast-rounded")) } }
        @for says in &outlook.says { p { (says) } }
        figure.chart {
            figcaption { (words.text("forecast-picture")) }
            (drawn(&outlook, words))
            details {
                summary { (words.text("forecast-assumptions")) }
                ul { @for granted in &outlook.takes_for_granted { li { (granted) } } }
            }
        }
    }
}

fn findings(view: &AreasView, words: &Words) -> Markup {
    html! {
        @if view.findings_by_kind.is_empty() { p { (words.text("no-findings")) } }
        @else if view.sight == Sight::Generalised {
            p { (words.text("areas-findings-counted")) }
            div.wide {
                table {
                    @for row in &view.findings_by_kind {
                        tr {
                            th scope="row" { code { (row.key) } }
                            td { (words.text(severity(row.severity))) }
                            td.figure { @if row.count == 0 { (words.text("areas-fewer-than-five")) } @else { (words.with("areas-at-least", &[("area", Value::from(row.count))])) } }
                        }
                    }
                }
            }
        } @else {
            ul.findings {
                @for finding in view.findings.iter().take(200) {
                    li class=(format!("severity-{}", severity(finding.severity).trim_start_matches("severity-"))) {
                        @if let Some(file) = &finding.file { code { (file) } " " }
                        @if let Some(row) = finding.row { (words.with("place-row", &[("row", Value::from(row))])) " " }
                        @if let Some(value) = &finding.value { code { (value) } " " }
                        (finding.says)
                    }
                }
            }
            @if view.findings.len() > 200 {
                p { (words.with("and-more-findings", &[("count", Value::from(view.findings.len() - 200))])) }
            }
        }
    }
}

fn severity(severity: FieldSeverity) -> &'static str {
    match severity {
        FieldSeverity::Info => "severity-info",
        FieldSeverity::Warning => "severity-warning",
        FieldSeverity::Error => "severity-error",
    }
}

fn files(view: &AreasView, words: &Words) -> Markup {
    html! {
        ul {
            @for file in &view.files {
                li {
                    @if let Some(name) = &file.file { code { (name) } " " }
                    "(" (words.records(&file.records)) "): "
                    (words.with("areas-file", &[
                        ("taken", Value::from(file.rows_taken)),
                        ("aside", Value::from(file.rows_set_aside)),
                        ("source", Value::from(file.source.as_str())),
                        ("date", Value::from(desk::utc_date(file.kept_at))),
                    ]))
                    @if let Some(sha256) = &file.sha256 { br; code.act { "sha-256 " (sha256) } }
                }
            }
        }
    }
}
