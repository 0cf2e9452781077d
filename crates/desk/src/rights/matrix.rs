//! The table of rights, read from `matrix.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use people::{Actor, Holding, Role};
use serde::Serialize;
use treaty::date::Date;

use super::Subject;
use super::kinds::{SubjectKind, Tier, Verb};

/// The table, word for word.
pub const TEXT: &str = include_str!("matrix.csv");

/// Who a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody with an account.
    SignedIn,
    /// Whoever holds the role.
    Role(Role),
}

impl Who {
    /// The word for it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::SignedIn => "signed-in",
            Self::Role(role) => role.key(),
        }
    }

    fn of_key(key: &str) -> Option<Self> {
        match key {
            "anyone" => Some(Self::Anyone),
            "signed-in" => Some(Self::SignedIn),
            role => Role::of_key(role).map(Self::Role),
        }
    }
}

impl Serialize for Who {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

/// Of which State, or whose own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// Of whichever State.
    Any,
    /// Of the State that the role is held for.
    Own,
    /// Of every State but the member's own.
    Committee,
    /// The person's own.
    #[serde(rename = "self")]
    OneSelf,
    /// Of no State.
    #[serde(rename = "-")]
    Nobody,
}

impl Whose {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Any, Self::Own, Self::Committee, Self::OneSelf, Self::Nobody];

    /// The word for it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Own => "own",
            Self::Committee => "committee",
            Self::OneSelf => "self",
            Self::Nobody => "-",
        }
    }

    fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|whose| whose.key() == key)
    }
}

/// One permission: a row of the table, with one word in each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// What may be done.
    pub verb: Verb,
    /// To what.
    pub subject: SubjectKind,
    /// In which tier; `None` for things without one.
    pub tier: Option<Tier>,
    /// By whom.
    pub role: Who,
    /// Of which State, or whose own.
    pub whose: Whose,
    /// Whether a second factor is needed.
    pub second_factor: bool,
}

impl Permission {
    /// Whether this row lets the actor do it.
    pub(super) fn lets(self, actor: &Actor, subject: &Subject, today: Date) -> bool {
        let by_role = match self.role {
            // What everybody may do needs no sign-in, and a token with narrow limits does not lose it.
            Who::Anyone => return true,
            Who::SignedIn => actor.person.is_some() && self.reaches(None, actor, subject, today),
            Who::Role(role) => {
                let mut held = actor.holdings.iter().filter(|held| held.role == role && held.is_held_on(today));
                actor.person.is_some() && held.any(|held| self.reaches(Some(held), actor, subject, today))
            }
        };
        by_role && (actor.second_factor || !self.second_factor) && within_scope(actor, self.verb, subject)
    }

    fn reaches(self, held: Option<&Holding>, actor: &Actor, subject: &Subject, today: Date) -> bool {
        // A member of a committee looks at other States' papers: at none of a State that they speak for in any role.
        let own = || actor.holdings.iter().any(|held| held.state == subject.state && held.is_held_on(today));
        match self.whose {
            Whose::Any | Whose::Nobody => true,
            Whose::Own => subject.state.is_some() && held.is_some_and(|held| held.state == subject.state),
            Whose::Committee => subject.state.is_some() && held.is_some() && !own(),
            Whose::OneSelf => subject.person.is_some() && subject.person == actor.person,
        }
    }
}

/// A token does what it was made for, in the States that it was made for, and never touches accounts.
fn within_scope(actor: &Actor, verb: Verb, subject: &Subject) -> bool {
    actor.scope.as_ref().is_none_or(|scope| {
        let of_state = scope.states.is_empty() || subject.state.is_some_and(|state| scope.states.contains(&state));
        // To know that a thing exists goes with every verb.
        let of_verb = verb == Verb::Know || scope.verbs.iter().any(|allowed| allowed == verb.key());
        of_verb && of_state && !subject.kind.is_of_accounts()
    })
}

/// The permissions, in the order of the table; those of `anyone` first, for they need no sign-in.
static PERMISSIONS: LazyLock<Vec<Permission>> = LazyLock::new(|| {
    // A row that cannot be read permits nothing, and fails the test below.
    let mut rows: Vec<Permission> = read(TEXT).into_iter().flatten().flatten().collect();
    rows.sort_by_key(|row| row.role != Who::Anyone);
    rows
});

/// The same by verb and subject: every request asks.
static BY_VERB_AND_SUBJECT: LazyLock<HashMap<(Verb, SubjectKind), Vec<Permission>>> = LazyLock::new(|| {
    let mut rows: HashMap<_, Vec<Permission>> = HashMap::new();
    for row in permissions() {
        rows.entry((row.verb, row.subject)).or_default().push(*row);
    }
    rows
});

/// The permissions of a verb over a subject, those of `anyone` first.
pub(super) fn permissions_for(verb: Verb, subject: SubjectKind) -> &'static [Permission] {
    BY_VERB_AND_SUBJECT.get(&(verb, subject)).map_or(&[], Vec::as_slice)
}

/// Every permission of the table.
#[must_use]
pub fn permissions() -> &'static [Permission] {
    &PERMISSIONS
}

/// Each row of a table as the permissions that it stands for, or the line that cannot be read.
fn read(text: &str) -> Vec<Result<Vec<Permission>, String>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        let line = || row.iter().collect::<Vec<_>>().join(",");
        row_of(&row).ok_or_else(line)
    });
    rows.collect()
}

fn row_of(row: &csv::StringRecord) -> Option<Vec<Permission>> {
    let &[verbs, subjects, tiers, roles, whose, factor] = row.iter().collect::<Vec<_>>().as_slice() else {
        return None;
    };
    let verbs: Vec<Verb> = verbs.split(' ').map(Verb::of_key).collect::<Option<_>>()?;
    let subjects: Vec<SubjectKind> = subjects.split(' ').map(SubjectKind::of_key).collect::<Option<_>>()?;
    let tier = |key: &str| if key == "-" { Some(None) } else { Tier::of_key(key).map(Some) };
    let tiers: Vec<Option<Tier>> = tiers.split(' ').map(tier).collect::<Option<_>>()?;
    let roles: Vec<Who> = roles.split(' ').map(Who::of_key).collect::<Option<_>>()?;
    let whose = Whose::of_key(whose)?;
    let second_factor = match factor {
        "yes" => true,
        "no" => false,
        _ => return None,
    };
    let mut rows = Vec::new();
    for verb in verbs {
        for subject in &subjects {
            for tier in &tiers {
                for role in &roles {
                    let (subject, tier, role) = (*subject, *tier, *role);
                    rows.push(Permission { verb, subject, tier, role, whose, second_factor });
                }
            }
        }
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_no_permission_stands_twice() {
        for row in read(TEXT) {
            assert!(row.is_ok(), "this row is no permission: {}", row.unwrap_err());
        }
        let all = permissions();
        assert!(all.len() > 200, "{}", all.len());
        for (at, row) in all.iter().enumerate() {
            assert!(!all[..at].contains(row), "stands twice: {row:?}");
        }
    }

    #[test]
    fn what_is_not_public_is_done_by_people_with_a_second_factor() {
        for row in permissions() {
            let public = matches!(row.role, Who::Anyone);
            let own_account = row.whose == Whose::OneSelf;
            assert!(public || own_account || row.second_factor, "{row:?}");
        }
    }

    #[test]
    fn anyone_reads_only_what_is_public_and_learns_no_more_than_that_other_things_exist() {
        for row in permissions().iter().filter(|row| row.role == Who::Anyone) {
            let open = matches!(row.tier, Some(Tier::Public)) || row.verb == Verb::Know;
            let door = matches!(row.subject, SubjectKind::Program | SubjectKind::SignIn);
            assert!(open || door, "{row:?}");
        }
    }

    #[test]
    fn whoever_may_do_something_may_know_that_it_exists() {
        for row in permissions().iter().filter(|row| {
            row.verb != Verb::Know && !matches!(row.subject, SubjectKind::Program) && row.verb != Verb::Publish
        }) {
            let known = permissions().iter().any(|other| {
                other.verb == Verb::Know
                    && other.subject == row.subject
                    && other.tier == row.tier
                    && (other.role == Who::Anyone || other.role == row.role)
            });
            assert!(known, "{row:?}");
        }
    }

    #[test]
    fn an_administrator_reads_no_states_papers() {
        for row in permissions().iter().filter(|row| row.role == Who::Role(Role::Administrator)) {
            assert!(row.tier.is_none() && row.whose == Whose::Nobody, "{row:?}");
        }
    }

    #[test]
    fn what_belongs_to_the_state_alone_is_for_roles_of_that_state() {
        for row in permissions().iter().filter(|row| row.tier == Some(Tier::StateAlone)) {
            let Who::Role(role) = row.role else { panic!("{row:?}") };
            assert!(role.is_national() && row.whose == Whose::Own, "{row:?}");
        }
    }
}
