//! The question, asked for actors of every sort.

use people::{Holding, Role, Scope};
use treaty::date::Date;

use super::*;

const TODAY: Date = Date::constant(2026, 11, 23);

fn state(code: &str) -> Option<Iso3> {
    code.parse().ok()
}

fn actor(role: Role, of: &str) -> Actor {
    let held = Holding { role, state: state(of), from: TODAY, to: Some(TODAY) };
    Actor { person: Some(PersonId("p".into())), holdings: vec![held], second_factor: true, scope: None }
}

fn lodging_for(of: &str) -> Subject {
    Subject::of_state(SubjectKind::Report, state(of)).at(Tier::Public)
}

#[test]
fn an_approver_lodges_for_the_own_state_and_for_no_other() {
    let approver = actor(Role::NationalApprover, "COL");
    assert!(may(&approver, Verb::Lodge, &lodging_for("COL"), TODAY).is_allowed());
    assert!(!may(&approver, Verb::Lodge, &lodging_for("PER"), TODAY).is_allowed());
    assert!(
        !may(&approver, Verb::Lodge, &Subject::of_state(SubjectKind::Report, None).at(Tier::Public), TODAY)
            .is_allowed()
    );
}

#[test]
fn a_role_counts_on_the_days_on_which_it_is_held() {
    let approver = actor(Role::NationalApprover, "COL");
    for day in [TODAY.yesterday().unwrap(), TODAY.tomorrow().unwrap()] {
        assert!(!may(&approver, Verb::Lodge, &lodging_for("COL"), day).is_allowed(), "{day}");
    }
}

#[test]
fn without_a_second_factor_a_role_opens_nothing_more_than_the_public_has() {
    for role in Role::ALL {
        let actor = Actor { second_factor: false, ..actor(role, "COL") };
        for verb in Verb::ALL {
            for kind in SubjectKind::ALL.iter().filter(|kind| !kind.is_of_accounts()) {
                for tier in Tier::ALL.map(Some).into_iter().chain([None]) {
                    let subject = Subject { tier, ..Subject::of_state(*kind, state("COL")) };
                    let public = may(&Actor::public(), *verb, &subject, TODAY);
                    assert_eq!(may(&actor, *verb, &subject, TODAY), public, "{role:?} {verb:?} {subject:?}");
                }
            }
        }
    }
}

#[test]
fn a_token_does_what_it_was_made_for_and_no_more_than_its_owner() {
    let scope = |verbs: &[&str], states: &[&str]| Scope {
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        states: states.iter().filter_map(|code| state(code)).collect(),
    };
    let officer = |scope| Actor { scope: Some(scope), ..actor(Role::SecretariatOfficer, "") };
    assert!(may(&officer(scope(&["lodge"], &[])), Verb::Lodge, &lodging_for("COL"), TODAY).is_allowed());
    assert!(may(&officer(scope(&["lodge"], &["COL"])), Verb::Lodge, &lodging_for("COL"), TODAY).is_allowed());
    assert!(!may(&officer(scope(&["lodge"], &["PER"])), Verb::Lodge, &lodging_for("COL"), TODAY).is_allowed());
    assert!(!may(&officer(scope(&["see"], &[])), Verb::Lodge, &lodging_for("COL"), TODAY).is_allowed());
    let author = Actor { scope: Some(scope(&["lodge"], &[])), ..actor(Role::NationalAuthor, "COL") };
    assert!(!may(&author, Verb::Lodge, &lodging_for("COL"), TODAY).is_allowed(), "more than its owner");
    let facts = Subject::of_state(SubjectKind::RegisterFacts, state("COL")).at(Tier::Public);
    assert!(may(&officer(scope(&["lodge"], &["PER"])), Verb::See, &facts, TODAY).is_allowed(), "less than the public");
    let all: Vec<&str> = Verb::ALL.iter().map(|verb| verb.key()).collect();
    let token = officer(scope(&all, &[]));
    let own = Subject::of_person(SubjectKind::Token, token.person.clone());
    assert!(!may(&token, Verb::Issue, &own, TODAY).is_allowed(), "a token makes no tokens");
}

#[test]
fn a_committee_member_does_not_sit_on_the_own_state() {
    let member = actor(Role::CommitteeMember, "NOR");
    let evidence = |of| Subject::of_state(SubjectKind::AllegationEvidence, state(of)).at(Tier::StatesParties);
    assert!(may(&member, Verb::See, &evidence("COL"), TODAY).is_allowed());
    assert_eq!(may(&member, Verb::See, &evidence("NOR"), TODAY), Decision::Refused { may_know: false });
}

#[test]
fn an_account_is_its_owners() {
    let somebody = actor(Role::Donor, "");
    let own = Subject::of_person(SubjectKind::Session, Some(PersonId("p".into())));
    let other = Subject::of_person(SubjectKind::Session, Some(PersonId("q".into())));
    assert!(may(&somebody, Verb::Revoke, &own, TODAY).is_allowed());
    assert!(!may(&somebody, Verb::Revoke, &other, TODAY).is_allowed());
    assert!(!may(&Actor::public(), Verb::Revoke, &Subject::of_person(SubjectKind::Session, None), TODAY).is_allowed());
}

#[test]
fn a_permit_is_for_what_was_asked() {
    let approver = actor(Role::NationalApprover, "COL");
    let permit = permit::<verb::Lodge, subject::Report>(&approver, lodging_for("COL"), TODAY).unwrap();
    assert_eq!((permit.subject().state, permit.is_public()), (state("COL"), false));
    let refused = super::permit::<verb::Lodge, subject::Report>(&approver, lodging_for("PER"), TODAY);
    assert_eq!(refused.unwrap_err(), Refused { may_know: true });
}
