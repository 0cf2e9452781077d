//! Signing in at an identity provider (OIDC): authorization code with PKCE, nonce and state.
//!
//! An account there is known by issuer and subject, bound when an invitation is accepted with it. Its e-mail address is
//! never asked for: whoever gets an address at some provider does not get the account here. The second factor of this
//! program is asked for all the same: what a provider says of how sure it was (`amr`, `acr`) is a promise of its own
//! making, and each keeps it otherwise.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse as _,
};

use crate::actor::PersonId;
use crate::audit::{AuditEntry, Outcome, Through};
use crate::error::SignInError;
use crate::invitation::Purpose;
use crate::people::{People, after, millis};
use crate::secret::{Secret, derived, kept, same};
use crate::sign_in::SignIn;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the audit trail calls it.
const AT_PROVIDER: &str = "sign-in-at-provider";

/// An identity provider, as it was agreed with those who run it.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Its issuer, as in `https://id.example.org`.
    pub issuer: String,
    /// What it calls this site.
    pub client: String,
    /// What this site shows it.
    pub secret: Option<Secret>,
    /// Where it sends people back to.
    pub back: String,
}

/// Why signing in at an identity provider did not work.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A setting is wrong.
    #[error("the identity provider's settings cannot be used: {0}")]
    Settings(String),
    /// It does not answer as it should.
    #[error("the identity provider does not answer as it should: {0}")]
    Provider(String),
    /// What came back was not begun in this browser, or too long ago.
    #[error("this sign-in was not begun here, or too long ago; begin again")]
    NotBegun,
    /// What it said of the person cannot be trusted.
    #[error("what the identity provider answered cannot be trusted: {0}")]
    NotTrusted(String),
    /// Nobody is bound to that account.
    #[error("nobody here signs in with that account; open your invitation first")]
    NotBound,
    /// The account belongs to somebody already, or the invitation is not valid any more.
    #[error("this invitation cannot be accepted with that account")]
    NotAccepted,
    /// The rest of the sign-in failed.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

impl From<crate::error::PeopleError> for IdentityError {
    fn from(error: crate::error::PeopleError) -> Self {
        Self::SignIn(error.into())
    }
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// An identity provider that has introduced itself.
#[derive(Debug)]
pub struct Provider {
    client: Client,
    http: reqwest::Client,
    issuer: String,
}

impl Provider {
    /// Asks the provider for its addresses and keys.
    ///
    /// # Errors
    /// The settings cannot be used, or it does not answer.
    pub async fn meet(settings: &ProviderSettings) -> Result<Self, IdentityError> {
        let wrong = |error: &dyn std::fmt::Display| IdentityError::Settings(error.to_string());
        // No redirect is followed: the provider's own addresses are the only ones that are asked.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build();
        let http = http.map_err(|error| wrong(&error))?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| wrong(&error))?;
        let back = RedirectUrl::new(settings.back.clone()).map_err(|error| wrong(&error))?;
        let about = CoreProviderMetadata::discover_async(issuer, &http).await;
        let about = about.map_err(|error| IdentityError::Provider(chain(&error)))?;
        let secret = settings.secret.as_ref().map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        let client = CoreClient::from_provider_metadata(about, ClientId::new(settings.client.clone()), secret);
        Ok(Self { client: client.set_redirect_uri(back), http, issuer: settings.issuer.clone() })
    }

    /// Where the browser is sent.
    fn address(&self, verifier: &PkceCodeVerifier, nonce: String, state: String) -> String {
        let asked = self.client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state.clone()),
            move || Nonce::new(nonce.clone()),
        );
        let (address, _, _) = asked.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(verifier)).url();
        address.to_string()
    }

    /// Hands the code in and reads who it was, if the answer was made for this journey: issuer and subject.
    async fn who(&self, code: &str, nonce: String, verifier: String) -> Result<(String, String), IdentityError> {
        let unset = |error: openidconnect::ConfigurationError| IdentityError::Provider(error.to_string());
        let code = self.client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(unset)?;
        let answer = code.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request_async(&self.http).await;
        let answer = answer.map_err(|error| match &error {
            // Only the kind: the rest may quote what a caller sent.
            RequestTokenError::ServerResponse(said) => IdentityError::NotTrusted(format!("it said {}", said.error())),
            _ => IdentityError::Provider(chain(&error)),
        })?;
        let token = answer.id_token().ok_or_else(|| IdentityError::NotTrusted("it names nobody".to_owned()))?;
        let claims = token.claims(&self.client.id_token_verifier(), &Nonce::new(nonce));
        let claims = claims.map_err(|error| IdentityError::NotTrusted(chain(&error)))?;
        Ok((claims.issuer().to_string(), claims.subject().to_string()))
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A sign-in that sets out.
#[derive(Clone, Debug)]
pub struct Journey {
    /// Where the browser goes now.
    pub address: String,
    /// What the browser keeps meanwhile, in a cookie: nobody else can finish this journey.
    pub keep: Secret,
}

/// What a browser brings back.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// What it kept.
    pub keep: &'a str,
    /// What travelled.
    pub state: &'a str,
    /// What the provider gave it.
    pub code: &'a str,
    /// Who says so (RFC 9207), where the provider does say.
    pub issuer: Option<&'a str>,
}

/// A journey that is over: the invitation it was for, by its hash, and the address that it set out from.
struct Ended {
    link: Option<String>,
    from: IpAddr,
}

impl People {
    /// Sets out to an identity provider: to sign in, or to accept an invitation with an account there.
    ///
    /// # Errors
    /// The invitation is not valid; or the database failed.
    pub async fn set_out(
        &self,
        provider: &Provider,
        invitation: Option<&str>,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<Journey, IdentityError> {
        if let Some(token) = invitation {
            self.invitation(token, now).await?;
        }
        let (keep, state) = (Secret::new()?, Secret::new()?);
        // Nonce and verifier follow from what the browser keeps, so that they are kept nowhere else.
        let verifier = PkceCodeVerifier::new(derived("verifier", keep.reveal()));
        let address = provider.address(&verifier, derived("nonce", keep.reveal()), state.reveal().to_owned());
        let add = "INSERT INTO journeys (token, state, link, address, expires_at) VALUES ($1, $2, $3, $4, $5)";
        let add = sqlx::query(add).bind(keep.kept()).bind(state.kept()).bind(invitation.map(kept));
        let add = add.bind(from.to_string()).bind(millis(after(now, self.limits.pending)));
        add.execute(self.database.pool()).await.map_err(|error| self.failed(error))?;
        Ok(Journey { address, keep })
    }

    /// Comes back from an identity provider.
    ///
    /// # Errors
    /// The journey was not begun in this browser, was ended before or took too long; it was tried too often; the
    /// provider's answer cannot be trusted; or nobody is bound to the account.
    pub async fn come_back(
        &self,
        provider: &Provider,
        back: Returned<'_>,
        now: Timestamp,
    ) -> Result<SignIn, IdentityError> {
        let journey = self.end_journey(back.keep, back.state, now).await?;
        let tried = self.try_at(vec![self.address_gate(journey.from)], now).await?;
        let person = match self.who_came_back(provider, &back, journey.link.as_deref(), now).await {
            Ok(person) => person,
            Err(error) => {
                self.note_turned_back(now).await?;
                return Err(error);
            }
        };
        self.take_back(tried).await?;
        self.note(&AuditEntry::own(now, &person, AT_PROVIDER, Outcome::Done)).await?;
        // What the provider says of how it was sure (`amr`, `acr`) is not asked: the second factor here is.
        Ok(self.let_on(&person, journey.from, "sign-in", now).await?)
    }

    /// Comes back from an identity provider that signed nobody in: the journey is over, and nothing has changed.
    ///
    /// # Errors
    /// The journey was not begun in this browser, was ended before or took too long.
    pub async fn turn_back(&self, keep: &str, state: &str, now: Timestamp) -> Result<(), IdentityError> {
        self.end_journey(keep, state, now).await?;
        Ok(self.note_turned_back(now).await?)
    }

    /// Ends a journey, at once, so that nothing is tried twice.
    async fn end_journey(&self, keep: &str, state: &str, now: Timestamp) -> Result<Ended, IdentityError> {
        const TAKE: &str = "DELETE FROM journeys WHERE token = $1 AND expires_at > $2 RETURNING state, link, address";
        let taken = sqlx::query_as::<_, (String, Option<String>, String)>(TAKE).bind(kept(keep)).bind(millis(now));
        let taken = taken.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        let (expected, link, address) = taken.ok_or(IdentityError::NotBegun)?;
        if !same(&expected, &kept(state)) {
            return Err(IdentityError::NotBegun);
        }
        Ok(Ended { link, from: address.parse().map_err(|_| IdentityError::NotBegun)? })
    }

    async fn who_came_back(
        &self,
        provider: &Provider,
        back: &Returned<'_>,
        link: Option<&str>,
        now: Timestamp,
    ) -> Result<PersonId, IdentityError> {
        if back.issuer.is_some_and(|issuer| issuer != provider.issuer) {
            return Err(IdentityError::NotTrusted("another provider says so".to_owned()));
        }
        let (nonce, verifier) = (derived("nonce", back.keep), derived("verifier", back.keep));
        let (issuer, subject) = provider.who(back.code, nonce, verifier).await?;
        match link {
            Some(link) => self.bind(link, &issuer, &subject, now).await,
            None => self.bound(&issuer, &subject).await?.ok_or(IdentityError::NotBound),
        }
    }

    /// Whoever came back is not known to be anybody.
    async fn note_turned_back(&self, now: Timestamp) -> Result<(), crate::error::PeopleError> {
        let entry = AuditEntry {
            at: now,
            actor: None,
            verb: AT_PROVIDER.to_owned(),
            subject: "person/unknown".to_owned(),
            outcome: Outcome::Failed,
            from: Through::Site,
        };
        self.note(&entry).await
    }

    /// Who is bound to an account.
    async fn bound(&self, issuer: &str, subject: &str) -> Result<Option<PersonId>, IdentityError> {
        let bound = "SELECT i.person FROM identities i JOIN people p ON p.id = i.person \
            WHERE i.issuer = $1 AND i.subject = $2 AND p.disabled_at IS NULL";
        let bound = sqlx::query_scalar::<_, String>(bound).bind(issuer).bind(subject);
        let bound = bound.fetch_optional(self.database.pool()).await.map_err(|error| self.failed(error))?;
        Ok(bound.map(PersonId))
    }

    /// Accepts an invitation, by the hash of its token, with an account that nobody has yet.
    async fn bind(&self, link: &str, issuer: &str, subject: &str, now: Timestamp) -> Result<PersonId, IdentityError> {
        let mut transaction = self.begin().await?;
        let person = self.use_link_by_hash(&mut transaction, link, Purpose::Invitation, now).await;
        let person = person.map_err(|_| IdentityError::NotAccepted)?;
        let bind = "INSERT INTO identities (issuer, subject, person, bound_at) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (issuer, subject) DO NOTHING";
        let bind = sqlx::query(bind).bind(issuer).bind(subject).bind(&person.0).bind(millis(now));
        let done = bind.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        if done.rows_affected() == 0 {
            return Err(IdentityError::NotAccepted);
        }
        let entry = AuditEntry::own(now, &person, "accept-invitation", Outcome::Done);
        self.note_in(&mut transaction, &entry).await?;
        self.commit(transaction).await?;
        Ok(person)
    }
}
