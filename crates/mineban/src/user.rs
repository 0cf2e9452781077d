//! `mineban user`: who may sign in.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use desk::people::{
    self, Holding, NewOrganisation, NewPerson, Organisation, OrganisationKind, Person, PersonId, Role, TrailFilter,
    account, letters,
};
use desk::{Date, DeskError, Iso3, Lang, Timestamp, Value};

use crate::cli::{Done, Given, date};
use crate::output;

/// `user add|list|invite|role|disable|second-factor|trail`
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Enter somebody and print the link of their invitation
    #[command(after_help = "Example: mineban user add --administrator --name \"Ada Quist\" --email ada@example.org")]
    Add(Add),
    /// List everybody with their roles
    List,
    /// Print another link: an invitation, or a link for a new password for whoever has accepted theirs
    Invite {
        /// Address or id
        person: String,
        #[command(flatten)]
        site: Site,
    },
    /// Give somebody a role, or end one
    #[command(after_help = "Example: mineban user role ada@example.org national-approver --state COL --to 2027-12-31")]
    Role(GiveRole),
    /// Let somebody in no more: their sessions end and their tokens are void
    Disable {
        /// Address or id
        person: String,
        /// Let them in again
        #[arg(long)]
        undo: bool,
    },
    /// Take the second factor of somebody away who lost it; they enrol a new one when they next sign in
    SecondFactor {
        /// Address or id
        person: String,
    },
    /// Check the audit trail and show its latest entries
    #[command(after_help = "Example: mineban user trail --subject report/COL/ --since 2026-11-01")]
    Trail(Trail),
}

/// Where links lead.
#[derive(Debug, Args)]
pub(crate) struct Site {
    /// Address of the site as people reach it
    #[arg(long, value_name = "ADDRESS", env = "MINEBAN_SITE", default_value = "http://127.0.0.1:8080")]
    site: String,
}

/// `user add`
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Their name, as they write it
    #[arg(long)]
    name: String,
    /// Their e-mail address
    #[arg(long)]
    email: String,
    /// Make them an administrator
    #[arg(long)]
    administrator: bool,
    /// Give them a role from today on; a national one with its State, as in national-author:COL
    #[arg(long = "role", value_name = "ROLE", value_parser = role_and_state)]
    roles: Vec<(Role, Option<Iso3>)>,
    /// The organisation where they work
    #[arg(long, value_name = "NAME", requires = "organisation_kind")]
    organisation: Option<String>,
    /// What sort it is: state-authority, secretariat, isu, committee, united-nations, international-organisation, icrc,
    /// ngo or donor
    #[arg(long, value_name = "KIND", value_parser = kind, requires = "organisation")]
    organisation_kind: Option<OrganisationKind>,
    /// The State of a State's authority
    #[arg(long, value_name = "STATE", requires = "organisation")]
    organisation_state: Option<Iso3>,
    /// The year of a committee
    #[arg(long, value_name = "YEAR", requires = "organisation")]
    organisation_year: Option<i16>,
    /// The language of their letters: ar, en, es, fr, ru or zh [default: that of this command]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    letters: Option<Lang>,
    #[command(flatten)]
    site: Site,
}

/// `user role`
#[derive(Debug, Args)]
pub(crate) struct GiveRole {
    /// Address or id
    person: String,
    /// The role, as in national-author
    #[arg(value_parser = role)]
    role: Role,
    /// The State that it is held for
    #[arg(long)]
    state: Option<Iso3>,
    /// Its first day [default: today]
    #[arg(long, value_parser = date, conflicts_with = "end")]
    from: Option<Date>,
    /// Its last day
    #[arg(long, value_parser = date, conflicts_with = "end")]
    to: Option<Date>,
    /// End it: this is its last day
    #[arg(long, value_name = "DATE", value_parser = date)]
    end: Option<Date>,
}

/// `user trail`
#[derive(Debug, Args)]
pub(crate) struct Trail {
    /// Only what this person did (address or id)
    #[arg(long)]
    person: Option<String>,
    /// Only on this subject; on all that begin with it where it ends in a slash
    #[arg(long)]
    subject: Option<String>,
    /// Only from this day on
    #[arg(long, value_parser = date)]
    since: Option<Date>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: u16,
}

fn role(text: &str) -> Result<Role, String> {
    Role::of_key(text).ok_or_else(|| format!("write one of {}", Role::ALL.map(Role::key).join(", ")))
}

fn role_and_state(text: &str) -> Result<(Role, Option<Iso3>), String> {
    match text.split_once(':') {
        None => Ok((role(text)?, None)),
        Some((of, state)) => Ok((role(of)?, Some(state.parse().map_err(|error| format!("{error}"))?))),
    }
}

fn kind(text: &str) -> Result<OrganisationKind, String> {
    let all = OrganisationKind::ALL.map(OrganisationKind::key).join(", ");
    OrganisationKind::of_key(text).ok_or_else(|| format!("write one of {all}"))
}

fn language(text: &str) -> Result<Lang, String> {
    Lang::of_code(text).ok_or_else(|| format!("write one of {}", Lang::ALL.map(Lang::code).join(", ")))
}

impl User {
    pub(crate) async fn run(&self, given: &Given) -> Result<Done, DeskError> {
        let people = people::open(&given.place, None).await?;
        let done = match self {
            Self::Add(add) => {
                let (new, organisation) = add.wanted(given);
                show_link(given, account::add(&people, &new, organisation.as_ref(), &add.site.site, given.now).await?)
            }
            Self::Invite { person, site } => {
                show_link(given, account::link(&people, person, &site.site, given.now).await?)
            }
            Self::List => {
                let (everybody, organisations) = account::list(&people).await?;
                show_people(given, &everybody, &organisations)
            }
            Self::Role(wanted) => {
                let person = match wanted.end {
                    Some(last) => {
                        account::end_role(&people, &wanted.person, wanted.role, wanted.state, last, given.now).await?
                    }
                    None => account::role(&people, &wanted.person, &wanted.holding(given.today()), given.now).await?,
                };
                show_people(given, &[person], &[])
            }
            Self::Disable { person, undo } => {
                show_people(given, &[account::disable(&people, person, *undo, given.now).await?], &[])
            }
            Self::SecondFactor { person } => {
                show_people(given, &[account::forget_second_factor(&people, person, given.now).await?], &[])
            }
            Self::Trail(trail) => trail.show(given, &people).await,
        };
        people.close().await;
        done.map(|()| Done::Fine)
    }
}

impl Add {
    fn wanted(&self, given: &Given) -> (NewPerson, Option<NewOrganisation>) {
        let administrator = self.administrator.then_some((Role::Administrator, None));
        let roles = self.roles.iter().copied().chain(administrator);
        let holdings = roles.map(|(role, state)| Holding { role, state, from: given.today(), to: None }).collect();
        let organisation = self.organisation.as_ref().zip(self.organisation_kind).map(|(name, kind)| NewOrganisation {
            name: name.clone(),
            kind,
            state: self.organisation_state,
            year: self.organisation_year,
        });
        let language = self.letters.unwrap_or_else(|| given.words.lang()).code().to_owned();
        let new =
            NewPerson { name: self.name.clone(), email: self.email.clone(), organisation: None, holdings, language };
        (new, organisation)
    }
}

impl GiveRole {
    fn holding(&self, today: Date) -> Holding {
        Holding { role: self.role, state: self.state, from: self.from.unwrap_or(today), to: self.to }
    }
}

impl Trail {
    async fn show(&self, given: &Given, people: &people::People) -> Result<(), DeskError> {
        let person = match &self.person {
            // Whoever was erased has no address any more; their id still finds what they did.
            Some(text) if !text.contains('@') => Some(PersonId(text.clone())),
            Some(text) => Some(people.named(text).await?.id),
            None => None,
        };
        let since = self.since.map(|day| format!("{day}T00:00:00Z").parse()).transpose();
        let since: Option<Timestamp> = since.map_err(|_| DeskError::Nothing("that day is beyond the calendar"))?;
        let subject = self.subject.clone();
        let filter = TrailFilter { person, subject, since, limit: self.limit, ..TrailFilter::default() };
        let (entries, shown) = account::trail(people, &filter).await?;
        if given.json {
            return output::print_json(&shown);
        }
        let mut text = String::new();
        let rows: Vec<Vec<String>> = shown
            .iter()
            .map(|row| {
                let who = row.entry.actor.as_ref().map_or("-".to_owned(), |actor| actor.0.clone());
                let at = row.entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                let done = format!("{} {}", row.entry.verb, row.entry.outcome.key());
                vec![row.position.to_string(), at, who, done, row.entry.subject.clone()]
            })
            .collect();
        output::table(&rows, &mut text);
        let whole = [("entries", Value::from(entries))];
        let _ = writeln!(text, "{}", given.words.with("trail-whole", &whole));
        output::print(&text)
    }
}

fn show_link(given: &Given, link: account::Link) -> Result<(), DeskError> {
    if given.json {
        return output::print_json(&link);
    }
    let until = link.until.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let address = Value::Text(link.link.clone());
    let values = [("email", Value::Text(link.email)), ("link", address), ("until", Value::Text(until))];
    output::print(&(letters::bare(&given.words.with("link-made", &values), &link.link) + "\n"))
}

fn show_people(given: &Given, everybody: &[Person], organisations: &[Organisation]) -> Result<(), DeskError> {
    if given.json {
        return output::print_json(&everybody);
    }
    let rows: Vec<Vec<String>> = everybody
        .iter()
        .map(|person| {
            let roles: Vec<String> = person.holdings.iter().map(shown).collect();
            let organisation = organisations.iter().find(|known| Some(&known.id) == person.organisation.as_ref());
            let standing = if person.disabled_at.is_some() {
                "disabled"
            } else if person.second_factor {
                "enrolled"
            } else if person.password {
                "password"
            } else {
                "invited"
            };
            let works_for = organisation.map(|organisation| organisation.name.clone()).unwrap_or_default();
            vec![person.email.clone(), person.name.clone(), works_for, standing.to_owned(), roles.join(", ")]
        })
        .collect();
    let mut text = String::new();
    output::table(&rows, &mut text);
    output::print(&text)
}

/// A role as it is typed, with its last day.
fn shown(held: &Holding) -> String {
    let state = held.state.map(|state| format!(":{state}")).unwrap_or_default();
    let until = held.to.map(|last| format!(" to {last}")).unwrap_or_default();
    format!("{}{state}{until}", held.role.key())
}
