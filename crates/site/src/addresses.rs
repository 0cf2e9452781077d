//! Every address of the site, with the right that it needs.

use axum::http::Method;
use desk::rights::Tier::Public;
use desk::rights::subject::{AreaCounts, Program, RegisterFacts, Report, ReportFile};
use desk::rights::verb::{Export, Search, See};

use crate::rates::Rate;
use crate::routes::{Right, Routes};
use crate::{app, areas, home, operations, report, resolution, rights, states};

const FACTS: Right<See, RegisterFacts> = Right::to().at(Public);
const FACTS_OF_STATE: Right<See, RegisterFacts> = Right::to().of_state().at(Public);
const LISTS: Right<Search, RegisterFacts> = Right::to().at(Public).counted(Rate::Search);
const REPORT: Right<See, Report> = Right::to().of_state().at(Public);
const REPORT_FILE: Right<Export, ReportFile> = Right::to().of_state().at(Public).counted(Rate::Export);
const AREAS: Right<See, AreaCounts> = Right::to().of_state().at(Public);
const PROGRAM: Right<See, Program> = Right::to();

/// The site's addresses.
#[must_use]
pub fn routes() -> Routes {
    public(Routes::default())
}

fn public(routes: Routes) -> Routes {
    const GET: Method = Method::GET;
    routes
        .add(GET, "/", FACTS, home::html)
        .add(GET, "/index.json", FACTS, home::json)
        .add(GET, "/states", LISTS, states::list_html)
        .add(GET, "/states.json", LISTS, states::list_json)
        .add(GET, "/states/{state}", FACTS_OF_STATE, states::one)
        .add(GET, "/reports/{state}/{year}", REPORT, report::one)
        .add(GET, "/reports/{state}/{year}/receipt", REPORT_FILE, report::receipt)
        .add(GET, "/reports/{state}/{year}/file", REPORT_FILE, report::file)
        .add(GET, "/areas/{state}", AREAS, areas::one)
        .add(GET, "/areas/{state}/tiles/{z}/{x}/{y}", AREAS.counted(Rate::Tiles), areas::tile)
        .add(GET, "/resolutions/{symbol}", FACTS, resolution::one)
        .add(GET, "/rights", PROGRAM, rights::html)
        .add(GET, "/rights.json", PROGRAM, rights::json)
        .add(GET, "/healthz", PROGRAM, operations::alive)
        .add(GET, "/readyz", PROGRAM, operations::ready)
        .add(GET, "/journal.vkey", PROGRAM, app::key)
        .add(GET, "/style.css", PROGRAM, app::style)
        .add(GET, "/map/{file}", PROGRAM, areas::script)
}
