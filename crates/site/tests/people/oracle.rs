//! The table of rights, read a second time and by other means, to hold the site's answers against.

use people::Role;
use site::routes::{About, Route};

use crate::house::{Asker, OWN};

/// What the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    Yes { public: bool },
    No { may_know: bool },
}

/// What the table says of an address, for somebody, about a State.
pub fn says(route: &Route, asker: &Asker, state: Option<&str>) -> Says {
    let verb = route.verb.key();
    let of = |verb: &str| rows().into_iter().find(|row| permits(row, verb, route, asker, state));
    match of(verb) {
        Some(row) => Says::Yes { public: row[3].split(' ').any(|role| role == "anyone") },
        None => Says::No { may_know: of("know").is_some() },
    }
}

fn rows() -> Vec<[&'static str; 6]> {
    let lines = desk::rights::matrix::TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let cells = |line: &'static str| -> [&'static str; 6] { line.split(',').collect::<Vec<_>>().try_into().unwrap() };
    let mut rows: Vec<_> = lines.skip(1).map(cells).collect();
    rows.sort_by_key(|row| row[3] != "anyone");
    rows
}

fn permits(row: &[&str; 6], verb: &str, route: &Route, asker: &Asker, state: Option<&str>) -> bool {
    let [verbs, subjects, tiers, roles, whose, factor] = *row;
    let has = |cell: &str, word: &str| cell.split(' ').any(|one| one == word);
    let tier = route.tier.map_or("-", |tier| tier.key());
    if !has(verbs, verb) || !has(subjects, route.subject.key()) || !has(tiers, tier) {
        return false;
    }
    if has(roles, "anyone") {
        return true;
    }
    let signed_in = asker.person.is_some();
    let by_role = has(roles, "signed-in") || asker.role.is_some_and(|role: Role| has(roles, role.key()));
    let reaches = match whose {
        "own" => asker.role.is_some_and(Role::is_national) && state == Some(OWN),
        "committee" => state.is_some(),
        "self" => route.about == About::OneSelf,
        _ => true,
    };
    let in_scope = asker.scope.as_ref().is_none_or(|scope| {
        let of_accounts = ["account", "session", "token", "person", "invitation"].contains(&route.subject.key());
        let of_state = scope.states.is_empty()
            || state.is_some_and(|state| scope.states.iter().any(|one| one.to_string() == state));
        !of_accounts && of_state && (verb == "know" || scope.verbs.iter().any(|one| one == verb))
    });
    signed_in && by_role && (factor == "no" || asker.factor) && reaches && in_scope
}
