//! Tries that are counted, in the tables, so that several nodes count together.
//!
//! A try is counted before it is decided and taken back when it succeeds: tries made side by side cannot slip through.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use crate::error::{PeopleError, SignInError};
use crate::people::{People, after, millis, moment};
use crate::secret::kept;

const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// How long a gate stays shut after so many failures, of which the first `free` cost nothing: half a minute, then twice
/// as long for each further one, and never longer than a quarter of an hour.
#[must_use]
pub fn shut_for(failures: i64, free: i64) -> Duration {
    let over = failures.saturating_sub(free);
    if over < 0 {
        return Duration::ZERO;
    }
    let doubled = u32::try_from(over).ok().and_then(|over| 2_u32.checked_pow(over));
    doubled.and_then(|times| FIRST_WAIT.checked_mul(times)).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

/// What is counted, and how often it may fail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gate {
    name: String,
    free: i64,
    /// Whether a success forgives the failures before it.
    forgiving: bool,
}

/// A try that was counted at some gates.
#[derive(Debug)]
#[must_use = "a try that succeeded is taken back"]
pub(crate) struct Tried(Vec<(Gate, i64)>);

/// The part of an address that belongs to one household: all of IPv4, the first half of IPv6.
pub(crate) fn household(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl People {
    /// The gates of a sign-in.
    pub(crate) fn sign_in_gates(&self, email_key: &str, from: IpAddr) -> Vec<Gate> {
        let from = household(from);
        vec![
            Gate {
                name: kept(&format!("account {email_key} from {from}")),
                free: self.limits.tries_of_account_from_address,
                forgiving: true,
            },
            self.gate_of(&from),
            Gate { name: kept(&format!("account {email_key}")), free: self.limits.tries_of_account, forgiving: false },
        ]
    }

    /// The gate of everything that is tried from one address.
    pub(crate) fn address_gate(&self, from: IpAddr) -> Gate {
        self.gate_of(&household(from))
    }

    fn gate_of(&self, household: &str) -> Gate {
        Gate { name: kept(&format!("from {household}")), free: self.limits.tries_from_address, forgiving: false }
    }

    /// The gate of somebody's second factor.
    pub(crate) fn factor_gate(&self, person: &str) -> Vec<Gate> {
        vec![Gate { name: kept(&format!("factor {person}")), free: self.limits.tries_of_factor, forgiving: true }]
    }

    /// Counts a try, or says until when the way is shut.
    pub(crate) async fn try_at(&self, mut gates: Vec<Gate>, now: Timestamp) -> Result<Tried, SignInError> {
        const COUNT: &str = "INSERT INTO throttles (gate, failures, last_at, shut_until) VALUES ($1, 1, $2, 0) \
            ON CONFLICT (gate) DO UPDATE SET last_at = $2, \
            failures = CASE WHEN throttles.last_at < $3 THEN 1 ELSE throttles.failures + 1 END \
            RETURNING failures, shut_until";
        // In one order, so that two tries never wait for each other.
        gates.sort();
        let forgotten = now.checked_sub(self.limits.memory).unwrap_or(Timestamp::MIN);
        let mut transaction = self.begin().await?;
        let mut tried = Vec::with_capacity(gates.len());
        for gate in gates {
            let count = sqlx::query_as::<_, (i64, i64)>(COUNT).bind(&gate.name).bind(millis(now));
            let count = count.bind(millis(forgotten)).fetch_one(&mut *transaction).await;
            let (failures, shut) = count.map_err(|error| self.failed(error))?;
            if shut > millis(now) {
                // Not counted: whoever keeps knocking does not make it longer for the one who may come in.
                return Err(SignInError::Throttled { until: moment(shut)? });
            }
            let wait = shut_for(failures, gate.free);
            let shut = if wait.is_zero() { 0 } else { millis(after(now, wait)) };
            let set = sqlx::query("UPDATE throttles SET shut_until = $1 WHERE gate = $2").bind(shut).bind(&gate.name);
            set.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
            tried.push((gate, shut));
        }
        self.commit(transaction).await?;
        Ok(Tried(tried))
    }

    /// Takes a try back that succeeded. What others shut meanwhile stays shut.
    pub(crate) async fn take_back(&self, Tried(tried): Tried) -> Result<(), PeopleError> {
        const TAKE_BACK: &str = "UPDATE throttles SET failures = CASE WHEN $1 = 1 OR failures < 1 THEN 0 ELSE failures - 1 END, \
            shut_until = CASE WHEN shut_until = $2 THEN 0 ELSE shut_until END WHERE gate = $3";
        let mut transaction = self.begin().await?;
        for (gate, shut) in tried {
            let back = sqlx::query(TAKE_BACK).bind(i64::from(gate.forgiving)).bind(shut).bind(&gate.name);
            back.execute(&mut *transaction).await.map_err(|error| self.failed(error))?;
        }
        self.commit(transaction).await
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_wait_begins_when_the_free_tries_are_used_and_doubles() {
        let seconds: Vec<u64> = (3..=11).map(|failures| shut_for(failures, 5).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 30, 60, 120, 240, 480, 900, 900]);
    }

    #[test]
    fn neighbours_of_one_ipv6_network_are_one_household() {
        let of = |text: &str| household(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    proptest! {
        #[test]
        fn more_failures_never_wait_less_and_never_longer_than_the_longest(failures in 0_i64..i64::MAX, free in 0_i64..1000) {
            let (now, next) = (shut_for(failures, free), shut_for(failures.saturating_add(1), free));
            prop_assert!(now <= next && next <= LONGEST_WAIT);
            prop_assert_eq!(now.is_zero(), failures < free);
        }
    }
}
