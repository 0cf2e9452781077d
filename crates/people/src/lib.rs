#![doc = include_str!("../README.md")]

mod actor;
mod api_token;
mod audit;

mod error;
mod identity;
mod invitation;
mod job;
mod mail;
mod organisation;
mod password;
mod people;
mod person;
mod privacy;
mod role;
mod schema;
mod second_factor;
mod secret;
mod session;
mod sign_in;
mod throttle;
mod weak;

pub use actor::{Actor, Holding, PersonId, Scope};
pub use api_token::{ApiToken, NewApiToken, NewToken};
pub use audit::{AuditEntry, Outcome, Through, TrailEntry, TrailFault, TrailFilter};
pub use error::{PeopleError, SignInError};
pub use identity::{IdentityError, Journey, Provider, ProviderSettings, Returned};
pub use invitation::{Invitation, Invited, Purpose};
pub use job::{Job, JobFilter, JobId, JobState, NewJob, back_off};
pub use mail::{Letter, MailError, Post};
pub use organisation::{NewOrganisation, Organisation, OrganisationId, OrganisationKind};
pub use password::{Passwords, Weak};
pub use people::{Limits, People};
pub use person::{NewPerson, Person};
pub use privacy::{RETENTION, Retention, Swept, over_before, retention};
pub use role::Role;
pub use second_factor::{Enrolment, RecoveryCode};
pub use secret::Secret;
pub use session::{NewSession, Session, SessionView};
pub use sign_in::SignIn;
pub use throttle::shut_for;
