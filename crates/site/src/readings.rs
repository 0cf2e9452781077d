//! Readings that come by the handful: a map asks for some forty tiles of one State. One a minute stands in the trail, so that
//! it says who read what, and no vandal with a right fills it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use desk::Timestamp;
use desk::rights::{Subject, Verb};

use crate::who::Who;

/// For how long one entry stands for what follows it.
const ONE_ENTRY: Duration = Duration::from_mins(1);
/// How many are held at most.
const MOST: usize = 10_000;

/// By which session or token, what, and of what.
type Reading = (String, Verb, String);

/// When each was last written into the trail.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<HashMap<Reading, Timestamp>>);

impl Readings {
    /// Whether such a reading by this session or token stands in the trail already, and not long ago.
    pub(crate) fn is_noted(&self, who: &Who, verb: Verb, subject: &Subject) -> bool {
        self.held().get(&reading(who, verb, subject)).is_some_and(|at| is_near(*at, who.now))
    }

    /// A reading now stands in the trail.
    pub(crate) fn noted(&self, who: &Who, verb: Verb, subject: &Subject) {
        let mut held = self.held();
        if held.len() >= MOST {
            held.retain(|_, at| is_near(*at, who.now));
        }
        if held.len() >= MOST {
            // Forgetting writes more entries, never fewer.
            held.clear();
        }
        held.insert(reading(who, verb, subject), who.now);
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Reading, Timestamp>> {
        // Times are plain: a thread that fell over while it held them left them whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_near(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).unsigned_abs() < ONE_ENTRY
}

fn reading(who: &Who, verb: Verb, subject: &Subject) -> Reading {
    let by = who.session.as_ref().map(|session| session.id.clone()).or_else(|| who.token.clone());
    (by.unwrap_or_default(), verb, subject.name())
}
