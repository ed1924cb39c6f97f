//! One list of checks that every database and every object store must pass. A new method of a port starts
//! here. The checks see a fresh store each, and nothing but its ports and clock.

mod accounts;
mod actuals;
mod alerts;
mod arms;
mod calendars;
mod chain;
mod datasets;
mod drift;
mod history;
mod identities;
mod inside;
mod isolation;
mod jobs;
mod models;
mod objects;
mod personal;
mod predictions;
mod races;
pub mod samples;
mod schedules;
mod second_factors;
mod serving;
mod sources;
mod workspaces;

use crate::{OpenError, Store, StoreConfig};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use vakhta_domain::ports::{Chance, Clock, Ports};

/// A clock that stands still until told otherwise.
#[derive(Debug)]
pub struct StandingClock(AtomicI64);

impl StandingClock {
    /// Stands at 2026-09-01T00:00:00Z.
    pub fn new() -> Arc<Self> {
        let start: Timestamp = "2026-09-01T00:00:00Z".parse().expect("a moment");
        Arc::new(Self(AtomicI64::new(start.as_microsecond())))
    }

    /// Goes on by that much.
    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).expect("a sane time"), Ordering::SeqCst);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("a moment")
    }
}

/// Numbers that look random and come again with the same seed (`SplitMix64`).
#[derive(Debug)]
pub struct SeededChance(AtomicU64);

impl SeededChance {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed)))
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// What a check works on.
#[derive(Clone)]
pub struct Bed {
    /// The store, fresh.
    pub store: Arc<Store>,
    /// Its ports.
    pub ports: Ports,
    /// Its clock.
    pub clock: Arc<StandingClock>,
}

impl Bed {
    /// Opens a store with a standing clock and repeatable chance.
    pub async fn open(config: &StoreConfig, seed: u64) -> Result<Self, OpenError> {
        let clock = StandingClock::new();
        let store = Store::open(config, Arc::<StandingClock>::clone(&clock), SeededChance::new(seed)).await?;
        Ok(Self { ports: store.ports(), store: Arc::new(store), clock })
    }

    /// The time by its clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// One check.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// Runs it; it panics where something is wrong.
    pub run: fn(Bed) -> BoxFuture<'static, ()>,
}

macro_rules! list {
    ($($module:ident: $($name:ident),+;)+) => {
        /// Every check.
        pub fn cases() -> Vec<Case> {
            vec![$($(Case {
                name: concat!(stringify!($module), "::", stringify!($name)),
                run: |bed| Box::pin($module::$name(bed)),
            }),+),+]
        }
    };
}

list! {
    accounts: names_are_unique_without_case, passwords_end_sessions, sessions_live_and_end, tokens_live_and_end,
        pages_of_users, lost_rights_end_sessions_and_tokens, a_deleted_name_is_free_again, the_last_system_admin_stays;
    actuals: late_and_corrected_ones_replace_and_stay, known_ones_are_listed_by_key, the_log_is_taken_in_once, days_become_due_and_are_done,
        parts_of_the_log_keep_their_names, no_day_is_missed_in_a_race;
    arms: a_challenger_begins_changes_and_ends, a_probation_comes_with_the_switch_and_ends_with_the_next,
        a_training_brings_a_challenger_once, both_are_paired_by_key, one_end_of_an_arm_wins;
    alerts: one_open_alert_a_rule_and_subject, a_change_is_whole_or_not_at_all, alerts_are_filtered,
        channels_keep_their_secrets_apart, deliveries_are_taken_in_turn_and_again, silences_begin_and_end,
        rules_are_set_whole, one_firing_and_one_taker_win;
    calendars: days_are_written_over_and_taken_back;
    chain: each_workspace_has_a_chain_of_its_own, the_database_refuses_to_change_events,
        a_hand_in_the_database_is_found, writers_at_once_make_one_chain;
    datasets: versions_are_numbered, hidden_and_revived, pages_of_datasets;
    drift: reports_are_made_again_and_read, a_report_and_its_training_are_one;
    identities: made_once_and_found, one_account_of_many_is_made;
    models: added_changed_hidden_revived, pages_of_models;
    serving: the_first_version_serves, a_lost_lease_writes_nothing, a_superseded_training_waits,
        aliases_are_unique, switching_and_going_back, refused_switches, decisions_that_change_nothing_are_kept,
        deleting_ends_service, infinite_reports_are_readable, pages_of_versions, an_imported_version_waits,
        nothing_is_imported_into_no_model;
    jobs: a_job_from_start_to_end, single_flight, cancelling, releasing, orphans_are_settled_once, an_orphan_waits_for_its_next_attempt,
        jobs_are_counted,
        late_workers_are_fenced_off, the_oldest_goes_first, logs_are_numbered, filters_and_pages;
    schedules: added_changed_deleted, a_due_one_fires_once_and_goes_on, those_of_a_spec_follow_it;
    second_factors: enrolled_confirmed_and_removed, what_is_shown_is_taken_once, a_deleted_account_leaves_none,
        one_of_many_gets_in_by_a_code, keys_are_made_once;
    sources: added_changed_deleted, a_run_ends_whole_or_not_at_all, a_failed_run_is_told, runs_are_numbered;
    history: events_are_filtered, pages_of_events, events_of_all_workspaces, answers_are_replayed,
        stale_keys_are_taken_over, bad_cursors_are_refused;
    objects: bytes_come_back, files_come_back, large_files_come_back, missing_and_misnamed_objects;
    personal: a_person_is_erased_and_the_chain_holds, origins_are_forgotten_when_their_time_is_over,
        what_is_kept_of_a_person_is_listed, networks_of_tokens_are_noted;
    predictions: appended_and_read, sealed_and_read, read_while_sealing;
    races: claims_never_double, one_single_flight_wins, one_firing_wins, one_settles_an_orphan, one_switch_wins,
        events_appear_in_order, numbers_have_no_gaps, one_taker_of_a_key, a_system_admin_stays, one_taker_of_a_name,
        dropped_transactions_leave_nothing;
    workspaces: made_once_and_listed, members_come_and_go;
    isolation: another_workspace_sees_nothing;
}
