//! Every address of the site, with the right that it needs.

use axum::http::Method;
use desk::rights::Tier::Public;
use desk::rights::subject::{
    Account, AreaCounts, AuditTrail, Invitation, Job, Lodging, Person, Program, RegisterFacts, Report, ReportFile,
    Session, SignIn, Token,
};
use desk::rights::verb::{Administer, Audit, Export, Invite, Issue, List, Lodge, Revoke, Search, See, Use};

use crate::rates::Rate;
use crate::routes::{Right, Routes};
use crate::{
    account, administration, app, areas, door, home, identity, invited, lodging, openapi, operations, privacy, report,
    resolution, rights, states,
};

const FACTS: Right<See, RegisterFacts> = Right::to().at(Public);
const FACTS_OF_STATE: Right<See, RegisterFacts> = Right::to().of_state().at(Public);
const LISTS: Right<Search, RegisterFacts> = Right::to().at(Public).counted(Rate::Search);
const REPORT: Right<See, Report> = Right::to().of_state().at(Public);
const REPORT_FILE: Right<Export, ReportFile> = Right::to().of_state().at(Public).counted(Rate::Export);
const AREAS: Right<See, AreaCounts> = Right::to().of_state().at(Public);
const PROGRAM: Right<See, Program> = Right::to();
const DOOR: Right<Use, SignIn> = Right::to();
/// Where a password, a code or a link is tried.
const TRIED: Right<Use, SignIn> = Right::to().counted(Rate::SignIn);
const LODGE: Right<Lodge, Report> = Right::to().at(Public).counted(Rate::Lodging).takes(lodging::LONGEST);
const PEOPLE: Right<Administer, Person> = Right::to();
const GET: Method = Method::GET;
const POST: Method = Method::POST;

/// The site's addresses.
#[must_use]
pub fn routes() -> Routes {
    administration(work(accounts(public(Routes::default()))))
}

fn public(routes: Routes) -> Routes {
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
        .add(GET, "/privacy", PROGRAM, privacy::html)
        .add(GET, "/privacy.json", PROGRAM, privacy::json)
        .add(GET, "/rights", PROGRAM, rights::html)
        .add(GET, "/rights.json", PROGRAM, rights::json)
        .add(GET, "/openapi.json", PROGRAM, openapi::get)
        .add(GET, "/healthz", PROGRAM, operations::alive)
        .add(GET, "/readyz", PROGRAM, operations::ready)
        .add(GET, "/journal.vkey", PROGRAM, app::key)
        .add(GET, "/style.css", PROGRAM, app::style)
        .add(GET, "/map/{file}", PROGRAM, areas::script)
}

/// Signing in, and one's own account.
fn accounts(routes: Routes) -> Routes {
    routes
        .add(GET, "/sign-in", DOOR, door::page)
        .add(POST, "/sign-in", TRIED, door::password)
        .add(GET, "/sign-in/factor", DOOR, door::factor_page)
        .add(POST, "/sign-in/factor", TRIED, door::factor)
        .add(GET, "/sign-in/enrol", DOOR, door::enrol_page)
        .add(POST, "/sign-in/enrol", TRIED, door::enrol)
        .add(POST, "/sign-in/identity", TRIED, identity::set_out)
        .add(GET, "/sign-in/identity/back", TRIED, identity::back)
        .add(POST, "/sign-out", DOOR, door::sign_out)
        .add(GET, "/invitations/{token}", TRIED, invited::invitation)
        .add(POST, "/invitations/{token}", TRIED, invited::accept)
        .add(POST, "/invitations/{token}/identity", TRIED, identity::accept)
        .add(GET, "/password", DOOR, invited::ask_page)
        .add(POST, "/password", TRIED, invited::ask)
        .add(GET, "/password/{token}", TRIED, invited::new_password)
        .add(POST, "/password/{token}", TRIED, invited::set_password)
        .add(GET, "/account", Right::<See, Account>::to().own(), account::page)
        .add(POST, "/account/sessions", Right::<Revoke, Session>::to().own(), account::end_session)
        .add(POST, "/account/tokens", Right::<Issue, Token>::to().own(), account::make_token)
        .add(POST, "/account/tokens/revoke", Right::<Revoke, Token>::to().own(), account::end_token)
        .add(
            POST,
            "/account/password",
            Right::<Administer, Account>::to().own().counted(Rate::SignIn),
            account::change_password,
        )
        .add(
            POST,
            "/account/recovery",
            Right::<Administer, Account>::to().own().counted(Rate::SignIn),
            account::renew_recovery_codes,
        )
}

/// What people with a role for a State do.
fn work(routes: Routes) -> Routes {
    const CHECK: Right<See, Lodging> = Right::to().of_state().counted(Rate::Lodging).takes(lodging::LONGEST);
    routes
        .add(GET, "/work/{state}/lodge", Right::<See, Lodging>::to().of_state(), lodging::page)
        .add(POST, "/work/{state}/check", CHECK, lodging::check)
        .add(POST, "/work/{state}/lodge", LODGE.of_state(), lodging::sent)
        .add(POST, "/api/reports", LODGE.of_state_in_body(), lodging::by_program)
}

fn administration(routes: Routes) -> Routes {
    const INVITE: Right<Invite, Invitation> = Right::to();
    routes
        .add(GET, "/administration/people", Right::<List, Person>::to(), administration::people::list)
        .add(POST, "/administration/people", INVITE, administration::people::invite)
        .add(GET, "/administration/people/{person}", Right::<See, Person>::to(), administration::person::one)
        .add(POST, "/administration/people/{person}/roles", PEOPLE, administration::person::give)
        .add(POST, "/administration/people/{person}/roles/end", PEOPLE, administration::person::end)
        .add(POST, "/administration/people/{person}/disable", PEOPLE, administration::person::disable)
        .add(POST, "/administration/people/{person}/enable", PEOPLE, administration::person::enable)
        .add(POST, "/administration/people/{person}/link", INVITE, administration::person::link)
        .add(
            POST,
            "/administration/people/{person}/sessions",
            Right::<Revoke, Session>::to(),
            administration::person::end_session,
        )
        .add(GET, "/administration/jobs", Right::<List, Job>::to(), administration::jobs::list)
        .add(POST, "/administration/jobs", Right::<Administer, Job>::to(), administration::jobs::retry)
        .add(GET, "/administration/trail", Right::<Audit, AuditTrail>::to(), administration::trail::list)
}
