//! Every rule holds on SQLite and on PostgreSQL. On SQLite each case is a test of its own; on PostgreSQL one test starts
//! a cluster and runs them all in it, each in an empty database.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod audit;
mod common;
mod invitations;
mod jobs;
mod privacy;
mod second_factor;
mod sessions;
mod sign_in;

use std::future::Future;
use std::pin::Pin;

use database::Address;
use database::cluster::Cluster;

type Case = fn(Address) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($module:ident: $($case:ident),+;)+) => {
        mod on_sqlite {
            $(mod $module { $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let folder = tempfile::tempdir().unwrap();
                    crate::$module::$case(database::Address::File(folder.path().join("people.sqlite"))).await;
                }
            )+ })+
        }
        const EVERY_CASE: &[(&str, Case)] = &[
            $($((stringify!($module::$case), |address| Box::pin(crate::$module::$case(address)))),+),+
        ];
    };
}

cases! {
    invitations:
        an_invitation_opens_once_and_looking_at_it_changes_nothing, a_link_ends_with_its_time,
        a_link_serves_its_own_purpose_only, a_weak_password_leaves_the_invitation_good, an_address_belongs_to_one_person,
        a_national_role_names_its_state, the_last_administrator_stays, two_who_accept_at_once_are_one,
        a_new_password_voids_every_link, two_administrators_do_not_remove_each_other;
    sign_in:
        an_unknown_address_is_answered_like_a_wrong_password, an_account_waits_after_five_failures_from_one_address,
        tries_made_side_by_side_are_all_counted, an_address_waits_after_twenty_failures,
        who_guesses_the_present_password_waits_as_at_the_door, a_success_takes_its_try_back, a_disabled_person_is_out_at_once, a_new_password_ends_every_session,
        asking_for_a_new_password_tells_nothing_and_queues_one_mail, who_holds_no_role_needs_no_second_factor;
    second_factor:
        a_role_needs_a_second_factor_before_it_has_a_session, no_code_is_taken_twice, a_recovery_code_serves_once,
        five_wrong_codes_end_the_sign_in, a_forgotten_factor_is_enrolled_again;
    sessions:
        a_session_ends_when_it_is_not_used, a_session_ends_with_its_time, a_session_is_revoked_by_its_owner_only,
        signing_out_ends_the_session, a_token_is_good_for_its_scope_and_its_time, no_secret_is_kept,
        a_form_shows_whose_it_is;
    jobs:
        a_key_is_queued_once, each_job_goes_to_one_worker, a_dead_workers_job_goes_to_another,
        a_job_that_fails_comes_back_later_and_is_given_up, a_job_that_was_given_up_is_tried_again;
    audit:
        the_trail_says_who_did_what, the_trail_cannot_be_changed, a_changed_trail_is_found,
        many_who_write_at_once_make_one_chain, nodes_that_start_together_make_the_tables_once;
    privacy:
        what_is_over_its_time_is_swept_and_nothing_else,
        an_account_that_nobody_uses_is_forgotten_when_its_last_role_is_long_over,
        everything_about_a_person_is_told_and_no_secret,
        whoever_is_erased_is_nowhere_but_for_an_opaque_id_in_the_trail, the_last_administrator_is_not_erased;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_holds_on_postgresql() {
    let cluster = Cluster::start().expect("PostgreSQL 15 is needed: apt-get install postgresql-15");
    let mut broken = Vec::new();
    for (name, case) in EVERY_CASE {
        let address = cluster.database().await.unwrap();
        if tokio::spawn(case(address)).await.is_err() {
            broken.push(*name);
        }
    }
    println!("{} rules on PostgreSQL", EVERY_CASE.len());
    assert!(broken.is_empty(), "broken on PostgreSQL: {broken:?}");
}
