//! `/account`: one's own roles, sessions, tokens, password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::rights::subject::{Account, Session as SessionSubject, Token};
use desk::rights::verb::{Administer, Issue, Revoke, See};
use desk::rights::{SubjectKind as Kind, Verb};
use desk::{Iso3, Timestamp, Value, utc_date};
use maud::{Markup, html};
use people::{ApiToken, Holding, NewToken, People, PeopleError, PersonId, Scope, SessionView, SignInError};

use crate::app::App;
use crate::asked::Asked;
use crate::door::{after, ours, people, problem, recovery_codes};
use crate::forms::{Answered, Proof, answer, button, field, form, go};
use crate::page::table;
use crate::routes::Granted;
use crate::sent::Sent;
use crate::who::Who;

/// The verbs that a token can be made for. To those that belong to accounts no token reaches.
const TOKEN_VERBS: [Verb; 8] =
    [Verb::See, Verb::List, Verb::Search, Verb::Count, Verb::Export, Verb::Lodge, Verb::Recall, Verb::Publish];

pub(crate) async fn page(granted: Granted<See, Account>, State(app): State<App>, asked: Asked) -> Answered {
    shown(&app, &asked, granted.who(), StatusCode::OK, None, None).await
}

/// The account's page, with what went wrong, or the token that was just made.
async fn shown(
    app: &App,
    asked: &Asked,
    who: &Who,
    status: StatusCode,
    wrong: Option<&str>,
    token: Option<&str>,
) -> Answered {
    let (people, person) = own(app, asked, who)?;
    let kept = Kept::of(people, person, who).await.map_err(|_| ours(asked))?;
    let Kept { password, sessions, tokens, codes } = kept;
    let (words, proof) = (asked.words, Proof::of(who));
    let name = who.session.as_ref().map(|session| session.name.clone()).unwrap_or_default();
    let body = html! {
        h1 { (words.text("account-title")) ": " (name) }
        (problem(wrong.map(|key| words.text(key))))
        @if let Some(token) = token {
            p.note { (words.text("token-made")) }
            pre.secret dir="ltr" { (token) }
        }
        h2 { (words.text("account-roles")) }
        (roles(asked, &who.actor.holdings))
        (work(asked, who))
        h2 { (words.text("account-sessions")) }
        (sessions_table(asked, who, &proof, &sessions))
        h2 { (words.text("account-tokens")) }
        (tokens_table(asked, &proof, &tokens))
        @if who.actor.second_factor { details { summary { (words.text("token-make")) } (token_form(asked, &proof)) } }
        @if who.actor.second_factor {
            h2 { (words.text("account-recovery")) }
            p { (words.with("recovery-left", &[("count", Value::from(codes))])) }
            details { summary { (words.text("recovery-renew")) } (recovery_form(asked, &proof, password)) }
        }
        @if password {
            h2 { (words.text("account-password")) }
            details { summary { (words.text("password-change")) } (password_form(asked, &proof)) }
        }
        h2 { (words.text("sign-out")) }
        (button(asked, "/sign-out", &proof, "sign-out", &[]))
    };
    Ok(answer(app, asked, status, &words.text("account-title"), &proof, &body))
}

/// What is kept of somebody's own that the page shows.
struct Kept {
    /// Whether they have one: who signs in at an identity provider may not.
    password: bool,
    sessions: Vec<SessionView>,
    tokens: Vec<ApiToken>,
    /// Recovery codes left.
    codes: u64,
}

impl Kept {
    async fn of(people: &People, person: &PersonId, who: &Who) -> Result<Self, PeopleError> {
        Ok(Self {
            password: people.person(person).await?.password,
            sessions: people.sessions_of(person, who.now).await?,
            tokens: people.tokens_of(person, who.now).await?,
            codes: people.recovery_codes_left(person).await?,
        })
    }
}

/// The roles somebody holds, with their days.
pub(crate) fn roles(asked: &Asked, holdings: &[Holding]) -> Markup {
    let words = asked.words;
    html! {
        @if holdings.is_empty() { p { (words.text("roles-none")) } } @else {
            table {
                @for held in holdings {
                    tr {
                        th scope="row" { (words.text(&format!("role-{}", held.role.key()))) }
                        td { @if let Some(state) = held.state { (words.state(state)) } @else { "–" } }
                        td { (words.date(held.from.into())) " – " @if let Some(to) = held.to { (words.date(to.into())) } }
                    }
                }
            }
        }
    }
}

/// Where this person's work is.
fn work(asked: &Asked, who: &Who) -> Markup {
    let words = asked.words;
    let mut states: Vec<Iso3> = who.actor.holdings.iter().filter_map(|held| held.state).collect();
    states.sort_unstable();
    states.dedup();
    let may = |verb, kind, state| {
        let subject = desk::rights::Subject::of_state(kind, state);
        desk::rights::may(&who.actor, verb, &subject, who.today).is_allowed()
    };
    states.retain(|state| may(Verb::See, Kind::Lodging, Some(*state)));
    html! {
        ul {
            @for state in &states {
                li {
                    a href=(asked.link(&format!("/work/{state}/lodge"))) {
                        (words.with("lodge-for", &[("state", Value::State(*state))]))
                    }
                }
            }
            @if may(Verb::List, Kind::Person, None) { li { a href=(asked.link("/administration/people")) { (words.text("people-title")) } } }
            @if may(Verb::List, Kind::Job, None) { li { a href=(asked.link("/administration/jobs")) { (words.text("jobs-title")) } } }
            @if may(Verb::Audit, Kind::AuditTrail, None) { li { a href=(asked.link("/administration/trail")) { (words.text("trail-title")) } } }
        }
    }
}

fn sessions_table(asked: &Asked, who: &Who, proof: &Proof, sessions: &[SessionView]) -> Markup {
    const HEADS: [&str; 4] = ["session-begun", "session-seen", "session-address", "session-end"];
    let words = asked.words;
    let this = who.session.as_ref().map(|session| session.id.as_str());
    let rows = html! {
        @for session in sessions {
            tr {
                td data-label=(words.text("session-begun")) { (words.date(utc_date(session.begun).into())) @if this == Some(session.id.as_str()) { " " span.tag { (words.text("session-this")) } } }
                td data-label=(words.text("session-seen")) { (words.date(utc_date(session.seen).into())) }
                td data-label=(words.text("session-address")) { bdi { (session.address) } }
                td { (button(asked, "/account/sessions", proof, "session-end", &[("session", &session.id)])) }
            }
        }
    };
    table(words, &HEADS, &rows)
}

fn tokens_table(asked: &Asked, proof: &Proof, tokens: &[ApiToken]) -> Markup {
    const HEADS: [&str; 4] = ["token-name", "token-for", "token-until", "token-end"];
    let words = asked.words;
    if tokens.is_empty() {
        return html! { p { (words.text("tokens-none")) } };
    }
    let rows = html! {
        @for token in tokens {
            tr {
                th scope="row" { (token.name) }
                td data-label=(words.text("token-for")) {
                    @for verb in &token.scope.verbs { (words.text(&format!("verb-{verb}"))) " · " }
                    @for state in &token.scope.states { code { (state) } " " }
                }
                td data-label=(words.text("token-until")) { (words.date(utc_date(token.expires).into())) }
                td { (button(asked, "/account/tokens/revoke", proof, "token-end", &[("token", &token.id)])) }
            }
        }
    };
    table(words, &HEADS, &rows)
}

fn token_form(asked: &Asked, proof: &Proof) -> Markup {
    let words = asked.words;
    let fields = html! {
        (field(&words.text("token-name"), "name", "text", "", "off"))
        fieldset {
            legend { (words.text("token-for")) }
            @for verb in TOKEN_VERBS {
                label.choice { input type="checkbox" name="verb" value=(verb.key()); " " (words.text(&format!("verb-{}", verb.key()))) }
            }
        }
        p.field {
            label for="states" { (words.text("token-states")) }
            input id="states" name="states" type="text" dir="ltr" maxlength="800" placeholder="COL PER" autocomplete="off";
        }
        (field(&words.text("token-until"), "until", "date", "", "off"))
    };
    form(asked, "/account/tokens", proof, "token-make", &fields)
}

fn password_form(asked: &Asked, proof: &Proof) -> Markup {
    let words = asked.words;
    let fields = html! {
        (field(&words.text("password-present"), "present", "password", "", "current-password"))
        (field(&words.text("password-new"), "password", "password", "", "new-password"))
        (field(&words.text("password-again"), "again", "password", "", "new-password"))
    };
    form(asked, "/account/password", proof, "password-button", &fields)
}

fn recovery_form(asked: &Asked, proof: &Proof, password: bool) -> Markup {
    let words = asked.words;
    let fields = html! {
        p { (words.text("recovery-renew-lead")) }
        @if password { (field(&words.text("sign-in-password"), "known", "password", "", "current-password")) }
        (field(&words.text("recovery-code"), "code", "text", "", "one-time-code"))
    };
    form(asked, "/account/recovery", proof, "recovery-renew", &fields)
}

/// Makes new recovery codes and shows them, this once.
pub(crate) async fn renew_recovery_codes(
    granted: Granted<Administer, Account>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let who = granted.who();
    let (people, person) = own(&app, &asked, who)?;
    let made = people.renew_recovery_codes(person, sent.field("known"), sent.field("code"), who.address, who.now);
    let (status, wrong) = match made.await {
        Ok(codes) => return Ok(recovery_codes(&app, &asked, who, &codes)),
        Err(SignInError::Wrong | SignInError::Gone) => (StatusCode::UNPROCESSABLE_ENTITY, "recovery-wrong"),
        Err(SignInError::Throttled { .. }) => (StatusCode::TOO_MANY_REQUESTS, "sign-in-throttled"),
        Err(SignInError::Unavailable(_)) => return Err(ours(&asked)),
    };
    shown(&app, &asked, who, status, Some(wrong), None).await
}

/// The people, and whoever asks, of a request that the gate let in.
fn own<'a>(app: &'a App, asked: &Asked, who: &'a Who) -> Result<(&'a People, &'a PersonId), Response> {
    let people = people(app, asked)?;
    let person = who.actor.person.as_ref().ok_or_else(|| ours(asked))?;
    Ok((people, person))
}

pub(crate) async fn end_session(
    granted: Granted<Revoke, SessionSubject>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let who = granted.who();
    let (people, person) = own(&app, &asked, who)?;
    after(&asked, "/account", &people.revoke(Some(person), person, sent.field("session"), who.now).await)
}

pub(crate) async fn end_token(
    granted: Granted<Revoke, Token>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let who = granted.who();
    let (people, person) = own(&app, &asked, who)?;
    after(&asked, "/account", &people.revoke_token(Some(person), person, sent.field("token"), who.now).await)
}

/// Makes a token and shows it, this once.
pub(crate) async fn make_token(
    granted: Granted<Issue, Token>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let who = granted.who();
    let (people, person) = own(&app, &asked, who)?;
    let Some(new) = new_token(&sent) else {
        return shown(&app, &asked, who, StatusCode::UNPROCESSABLE_ENTITY, Some("token-wrong"), None).await;
    };
    match people.create_token(person, &new, who.now).await {
        Ok(made) => shown(&app, &asked, who, StatusCode::OK, None, Some(made.secret.reveal())).await,
        Err(PeopleError::TokenLife | PeopleError::NoName) => {
            shown(&app, &asked, who, StatusCode::UNPROCESSABLE_ENTITY, Some("token-wrong"), None).await
        }
        Err(_) => Err(ours(&asked)),
    }
}

fn new_token(sent: &Sent) -> Option<NewToken> {
    let verbs: Vec<String> = sent.all("verb").into_iter().map(str::to_owned).collect();
    let known = |verb: &String| TOKEN_VERBS.iter().any(|known| known.key() == verb);
    let states = sent.field("states").split([' ', ',']).filter(|code| !code.is_empty()).map(str::parse);
    let states: Vec<Iso3> = states.collect::<Result<_, _>>().ok()?;
    let until: desk::Date = sent.field("until").parse().ok()?;
    let expires: Timestamp = format!("{until}T23:59:59Z").parse().ok()?;
    let whole = !verbs.is_empty() && verbs.iter().all(known);
    whole.then(|| NewToken { name: sent.field("name").to_owned(), scope: Scope { verbs, states }, expires })
}

pub(crate) async fn change_password(
    granted: Granted<Administer, Account>,
    State(app): State<App>,
    asked: Asked,
    sent: Sent,
) -> Answered {
    let who = granted.who();
    let (people, person) = own(&app, &asked, who)?;
    let differ = sent.field("password") != sent.field("again");
    let done = if differ {
        Err("password-differs")
    } else {
        match people.change_password(person, sent.field("present"), sent.field("password"), who.address, who.now).await
        {
            // Every session has ended, this one as well: sign in with the new word.
            Ok(()) => Ok(()),
            Err(PeopleError::WrongPassword) => Err("password-wrong"),
            Err(PeopleError::Weak(_)) => Err("password-weak"),
            Err(PeopleError::TooOften { .. }) => {
                return shown(&app, &asked, who, StatusCode::TOO_MANY_REQUESTS, Some("sign-in-throttled"), None).await;
            }
            Err(_) => return Err(ours(&asked)),
        }
    };
    match done {
        Ok(()) => Ok(go(&asked, "/sign-in")),
        Err(key) => shown(&app, &asked, who, StatusCode::UNPROCESSABLE_ENTITY, Some(key), None).await,
    }
}
