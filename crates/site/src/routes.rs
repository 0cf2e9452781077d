//! The only way to make an address of this site: with a right.
//!
//! ```
//! use axum::http::Method;
//! use desk::rights::{Tier, subject::RegisterFacts, verb::See};
//! use site::routes::{Granted, Right, Routes};
//!
//! async fn page(_: Granted<See, RegisterFacts>) -> &'static str {
//!     "facts"
//! }
//!
//! let right = Right::<See, RegisterFacts>::to().at(Tier::Public);
//! let routes = Routes::default().add(Method::GET, "/facts", right, page);
//! assert_eq!(routes.listed()[0].path, "/facts");
//! ```
//!
//! An address without a right does not compile:
//!
//! ```compile_fail,E0061
//! # use axum::http::Method;
//! # use site::routes::Routes;
//! async fn page() -> &'static str {
//!     "leak"
//! }
//! Routes::default().add(Method::GET, "/leak", page);
//! ```
//!
//! Nor does a handler that does not ask for the right of its address, or asks for another one:
//!
//! ```compile_fail,E0277
//! # use axum::http::Method;
//! # use desk::rights::{Tier, subject::RegisterFacts, verb::See};
//! # use site::routes::{Right, Routes};
//! async fn page() -> &'static str {
//!     "leak"
//! }
//! Routes::default().add(Method::GET, "/leak", Right::<See, RegisterFacts>::to().at(Tier::Public), page);
//! ```
//!
//! ```compile_fail,E0277
//! # use axum::http::Method;
//! # use desk::rights::{Tier, subject::{AuditTrail, RegisterFacts}, verb::See};
//! # use site::routes::{Granted, Right, Routes};
//! async fn page(_: Granted<See, AuditTrail>) -> &'static str {
//!     "leak"
//! }
//! Routes::default().add(Method::GET, "/leak", Right::<See, RegisterFacts>::to().at(Tier::Public), page);
//! ```
//!
//! And nobody makes a `Granted` but the gate:
//!
//! ```compile_fail,E0451
//! # use desk::rights::{subject::AuditTrail, verb::See};
//! # use site::routes::Granted;
//! fn forge(other: Granted<See, AuditTrail>) -> Granted<See, AuditTrail> {
//!     Granted { ..other }
//! }
//! ```

use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use desk::Iso3;
use desk::rights::{Permit, Subject, SubjectKind, SubjectType, Tier, Verb, VerbType, permit};
use people::Outcome;
use serde::Serialize;

use crate::app::App;
use crate::gate;
use crate::rates::Rate;
use crate::who::Who;

/// Where the State, or the person, of a route's subject is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// It is of no State and of nobody.
    Nothing,
    /// The State of the address: `{state}`.
    StateInAddress,
    /// The State that the JSON sent names: `state`.
    StateInBody,
    /// Whoever asks.
    OneSelf,
}

/// The right that an address needs: verb and subject are part of its type.
#[derive(Debug)]
pub struct Right<V, S> {
    pub(crate) about: About,
    pub(crate) tier: Option<Tier>,
    pub(crate) rate: Rate,
    pub(crate) body: usize,
    marks: PhantomData<fn() -> (V, S)>,
}

impl<V, S> Clone for Right<V, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, S> Copy for Right<V, S> {}

/// The longest form, in bytes.
pub(crate) const FORM: usize = 64 << 10;

impl<V: VerbType, S: SubjectType> Right<V, S> {
    /// To do `V` to an `S` of no State and no tier.
    #[must_use]
    pub const fn to() -> Self {
        Self { about: About::Nothing, tier: None, rate: Rate::Page, body: FORM, marks: PhantomData }
    }

    /// Of the State that the address names in `{state}`.
    #[must_use]
    pub const fn of_state(self) -> Self {
        Self { about: About::StateInAddress, ..self }
    }

    /// Of the State that the JSON sent names in `state`.
    #[must_use]
    pub const fn of_state_in_body(self) -> Self {
        Self { about: About::StateInBody, ..self }
    }

    /// The asker's own.
    #[must_use]
    pub const fn own(self) -> Self {
        Self { about: About::OneSelf, ..self }
    }

    /// In a tier.
    #[must_use]
    pub const fn at(self, tier: Tier) -> Self {
        Self { tier: Some(tier), ..self }
    }

    /// Counted with others of its sort against a limit by address and account.
    #[must_use]
    pub const fn counted(self, rate: Rate) -> Self {
        Self { rate, ..self }
    }

    /// What is sent may be as long as this, in bytes.
    #[must_use]
    pub const fn takes(self, body: usize) -> Self {
        Self { body, ..self }
    }
}

/// That the request that a handler answers was allowed by the route's right. Only the gate makes one.
#[derive(Clone, Debug)]
pub struct Granted<V, S> {
    permit: Permit<V, S>,
    who: Arc<Who>,
}

impl<V: VerbType, S: SubjectType> Granted<V, S> {
    pub(crate) fn new(permit: Permit<V, S>, who: Arc<Who>) -> Self {
        Self { permit, who }
    }

    /// The permit, for the desk.
    #[must_use]
    pub fn permit(&self) -> &Permit<V, S> {
        &self.permit
    }

    /// The State asked about; `None` where the address names none that there could be.
    #[must_use]
    pub fn state(&self) -> Option<Iso3> {
        self.permit.subject().state
    }

    pub(crate) fn who(&self) -> &Who {
        &self.who
    }

    /// Whether the same asker has another right over something of the same State.
    #[must_use]
    pub fn may_also<W: VerbType, T: SubjectType>(&self, tier: Option<Tier>) -> bool {
        self.another::<W, T>(tier).is_some()
    }

    /// Another right of the same asker over something of the same State, if the asker has it. What is not public is used
    /// only when that is in the audit trail.
    pub(crate) async fn also<W: VerbType, T: SubjectType>(
        &self,
        app: &App,
        tier: Option<Tier>,
    ) -> Option<Permit<W, T>> {
        let permit = self.another(tier)?;
        let noted = permit.is_public() || app.note(&self.who, W::WORD, permit.subject(), Outcome::Done).await;
        noted.then_some(permit)
    }

    /// The same for what is asked in handfuls, as the tiles of a map: one entry for each minute and subject.
    pub(crate) async fn also_by_the_handful<W: VerbType, T: SubjectType>(
        &self,
        app: &App,
        tier: Option<Tier>,
    ) -> Option<Permit<W, T>> {
        let permit: Permit<W, T> = self.another(tier)?;
        if permit.is_public() || app.readings.is_noted(&self.who, W::WORD, permit.subject()) {
            return Some(permit);
        }
        let permit = self.also(app, tier).await?;
        app.readings.noted(&self.who, W::WORD, permit.subject());
        Some(permit)
    }

    fn another<W: VerbType, T: SubjectType>(&self, tier: Option<Tier>) -> Option<Permit<W, T>> {
        let subject = Subject { tier, ..Subject::of_state(T::WORD, self.state()) };
        permit(&self.who.actor, subject, self.who.today).ok()
    }
}

impl<V: VerbType, S: SubjectType, A: Sync> FromRequestParts<A> for Granted<V, S> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &A) -> Result<Self, Response> {
        // The gate put it there; without it, nothing was granted.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| StatusCode::FORBIDDEN.into_response())
    }
}

/// What a handler asks for: first of all, that the right of its address was granted.
#[diagnostic::on_unimplemented(
    message = "the first thing that a handler takes must be the `Granted` of its route's right",
    note = "write `async fn page(_: Granted<V, S>, …)` with the `V` and `S` of the `Right<V, S>`"
)]
pub trait Demands<V, S> {}

macro_rules! demands {
    ($($more:ident)*) => {
        impl<M, V, S, $($more,)*> Demands<V, S> for (M, Granted<V, S>, $($more,)*) {}
    };
}

demands!();
demands!(A);
demands!(A B);
demands!(A B C);
demands!(A B C D);

/// One address, and the right that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The address, with its parameters in braces.
    pub path: &'static str,
    /// What is done.
    pub verb: Verb,
    /// To what.
    pub subject: SubjectKind,
    /// In which tier.
    pub tier: Option<Tier>,
    /// Of which State, or whose.
    pub about: About,
}

/// The addresses of a site, each with its right. It alone makes the router.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    listed: Vec<Route>,
}

impl Routes {
    /// Adds an address.
    ///
    /// # Panics
    /// The address stands there already with this method, or the method is neither GET nor POST: the program is then
    /// wrong, and says so when it starts.
    #[must_use]
    pub fn add<V, S, H, T>(mut self, method: Method, path: &'static str, right: Right<V, S>, handler: H) -> Self
    where
        V: VerbType,
        S: SubjectType,
        H: Handler<T, App>,
        T: Demands<V, S> + 'static,
    {
        let (filter, method) = match method {
            Method::GET => (MethodFilter::GET, "GET"),
            Method::POST => (MethodFilter::POST, "POST"),
            other => panic!("{path}: {other} is no method of this site"),
        };
        let guarded = move |State(app): State<App>, request: Request| async move {
            gate::pass(app, request, right, |app, request| handler.call(request, app)).await
        };
        #[allow(clippy::disallowed_methods, reason = "the one place where an address is made")]
        let router = self.router.route(path, on(filter, guarded));
        self.router = router;
        let (verb, subject) = (V::WORD, S::WORD);
        self.listed.push(Route { method, path, verb, subject, tier: right.tier, about: right.about });
        self
    }

    /// Every address with its right.
    #[must_use]
    pub fn listed(&self) -> &[Route] {
        &self.listed
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }
}
