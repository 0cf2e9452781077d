//! How often one address, and one account, may ask for what costs much or tempts much.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use desk::Timestamp;

/// A sort of request that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rate {
    /// Pages and files of the program: not counted.
    Page,
    /// Passwords, codes, invitations.
    SignIn,
    /// Lists that are searched.
    Search,
    /// Files taken away.
    Export,
    /// Tiles of a map.
    Tiles,
    /// Reports handed in.
    Lodging,
}

impl Rate {
    /// How many a minute, and how many at once; `None` for what is not counted. A page of the map asks for some forty
    /// tiles, and one office may share an address.
    const fn limit(self) -> Option<(f64, f64)> {
        match self {
            Self::Page => None,
            Self::SignIn => Some((30.0, 30.0)),
            Self::Search => Some((600.0, 300.0)),
            Self::Export => Some((120.0, 60.0)),
            Self::Tiles => Some((6_000.0, 3_000.0)),
            Self::Lodging => Some((12_000.0, 2_000.0)),
        }
    }
}

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    /// An address; of IPv6, the network of one customer.
    Address(IpAddr),
    /// An account, from wherever it comes.
    Account(String),
}

impl Counted {
    pub(crate) fn address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(six) => {
                let [a, b, c, d, ..] = six.segments();
                Self::Address(IpAddr::from([a, b, c, d, 0, 0, 0, 0]))
            }
            four @ IpAddr::V4(_) => Self::Address(four),
        }
    }
}

/// How many keys are held at most, so that whoever changes address at will fills no memory.
const MOST: usize = 100_000;

/// What each has left.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<(Rate, Counted), Bucket>>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Bucket {
    fn filled(self, (per_minute, most): (f64, f64), now: Timestamp) -> f64 {
        // A clock that was set back fills nothing.
        let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
        (self.left + passed * per_minute / 60.0).min(most)
    }
}

impl Rates {
    /// Takes one; if there is none left, the seconds to wait.
    pub(crate) fn take(&self, rate: Rate, who: &Counted, now: Timestamp) -> Result<(), u64> {
        let Some(limit) = rate.limit() else { return Ok(()) };
        // Counts are plain numbers: a thread that fell over while it held them left them whole.
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|(rate, _), bucket| rate.limit().is_some_and(|limit| bucket.filled(limit, now) < limit.1));
        }
        if buckets.len() >= MOST {
            buckets.clear();
        }
        let bucket = buckets.entry((rate, who.clone())).or_insert(Bucket { left: limit.1, at: now });
        let left = bucket.filled(limit, now);
        *bucket = Bucket { left: if left >= 1.0 { left - 1.0 } else { left }, at: now.max(bucket.at) };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds, never negative")]
        if left >= 1.0 { Ok(()) } else { Err(((1.0 - left) * 60.0 / limit.0).ceil() as u64) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn who_asks_too_often_waits_and_then_may_again() {
        let rates = Rates::default();
        let one = Counted::address("192.0.2.1".parse().unwrap());
        let other = Counted::address("192.0.2.2".parse().unwrap());
        for _ in 0..30 {
            rates.take(Rate::SignIn, &one, at(0)).unwrap();
        }
        assert_eq!(rates.take(Rate::SignIn, &one, at(0)), Err(2));
        assert_eq!(rates.take(Rate::SignIn, &other, at(0)), Ok(()), "another address is counted by itself");
        assert_eq!(rates.take(Rate::Tiles, &one, at(0)), Ok(()), "so is another sort");
        assert_eq!(rates.take(Rate::SignIn, &one, at(-600)), Err(2), "a clock set back gives nothing");
        assert_eq!(rates.take(Rate::SignIn, &one, at(4)), Ok(()));
    }

    #[test]
    fn the_addresses_of_one_network_count_as_one() {
        let one = Counted::address("2001:db8::1".parse().unwrap());
        assert_eq!(one, Counted::address("2001:db8::ffff:2".parse().unwrap()));
        assert_ne!(one, Counted::address("2001:db8:0:1::1".parse().unwrap()));
        let mapped = Counted::address("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped, Counted::address("192.0.2.1".parse().unwrap()));
    }
}
