//! Acts made up in few words, for the tests beside the rules.

use jiff::civil::date;

use crate::act::{Act, ActId, Deed, InstrumentKind};
use crate::date::Timestamp;
use crate::register::Register;
use crate::state::{Iso3, State, UnStatus};

pub(crate) fn state(code: &str) -> Iso3 {
    code.parse().unwrap()
}

#[derive(Default)]
pub(crate) struct Acts(pub(crate) Vec<Act>);

impl Acts {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn deed(mut self, on: &str, deed: Deed) -> Self {
        let recorded_at: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let id = ActId(format!("act-{}", self.0.len()));
        self.0.push(Act {
            id,
            effective_on: on.parse().unwrap(),
            recorded_at,
            source: "invented".into(),
            note: None,
            deed,
        });
        self
    }

    pub(crate) fn listed(self, code: &str) -> Self {
        let listed = State {
            state: state(code),
            iso2: code[..2].to_owned(),
            m49: "999".into(),
            name: format!("State {code}"),
            un_status: UnStatus::Member,
            un_group: None,
        };
        self.deed("1997-12-03", Deed::StateListed(listed))
    }

    pub(crate) fn accession(self, code: &str, on: &str) -> Self {
        let (instrument, runs_from) = (InstrumentKind::Accession, None);
        self.deed(on, Deed::InstrumentDeposited { state: state(code), instrument, runs_from })
    }

    pub(crate) fn succession(self, code: &str, on: &str, independence: &str) -> Self {
        let (instrument, runs_from) = (InstrumentKind::Succession, independence.parse().ok());
        self.deed(on, Deed::InstrumentDeposited { state: state(code), instrument, runs_from })
    }

    pub(crate) fn register(&self) -> Register {
        Register::fold(&self.0).unwrap()
    }

    pub(crate) fn refusal(&self) -> String {
        Register::fold(&self.0).unwrap_err().1.to_string()
    }
}

#[test]
fn a_withdrawal_by_a_state_that_is_not_a_party_is_refused() {
    let notice = Deed::WithdrawalNotified { state: state("FIN") };
    let refusal = Acts::new().listed("FIN").deed("2025-07-10", notice.clone()).refusal();
    assert!(refusal.contains("FIN is not a State Party"), "{refusal}");
    // Deposited, but not yet in force.
    let refusal = Acts::new().listed("FIN").accession("FIN", "2025-06-01").deed("2025-07-10", notice.clone()).refusal();
    assert!(refusal.contains("not a State Party on 2025-07-10"), "{refusal}");
    let twice = Acts::new().listed("FIN").accession("FIN", "2012-01-09").deed("2025-07-10", notice.clone());
    assert!(twice.deed("2025-08-10", notice).refusal().contains("already"));
}

#[test]
fn a_state_acts_once_and_in_its_turn() {
    let sign = |on| Acts::new().listed("FIN").deed(on, Deed::ConventionSigned { state: state("FIN") });
    assert!(sign("1999-03-01").refusal().contains("cannot sign"));
    assert!(sign("1997-12-02").refusal().contains("cannot sign"));
    assert!(sign("1997-12-03").accession("FIN", "1999-05-05").refusal().contains("cannot accede"));
    assert!(Acts::new().listed("FIN").listed("FIN").refusal().contains("already"));
    assert!(Acts::new().accession("FIN", "1999-05-05").refusal().contains("not in the register"));
    let twice = Acts::new().listed("FIN").accession("FIN", "1999-05-05").accession("FIN", "2000-05-05");
    assert!(twice.refusal().contains("already"));
    let ratification =
        Deed::InstrumentDeposited { state: state("FIN"), instrument: InstrumentKind::Ratification, runs_from: None };
    assert!(Acts::new().listed("FIN").deed("1999-05-05", ratification).refusal().contains("did not sign"));
}

#[test]
fn a_refused_act_leaves_the_register_as_it_was() {
    let acts = Acts::new().listed("FIN");
    let mut register = acts.register();
    let bad = Acts::new().deed("2025-07-10", Deed::WithdrawalNotified { state: state("FIN") });
    assert!(register.admit(&bad.0[0]).is_err());
    assert_eq!(register.size(), 1);
    assert_eq!(register.state(state("FIN")).unwrap().acts.len(), 1);
}

#[test]
fn what_was_not_yet_known_is_left_out_of_the_register_as_known_then() {
    let acts = Acts::new().listed("FIN").accession("FIN", "2012-01-09");
    let then = Register::known_on(&acts.0, date(2026, 11, 22)).unwrap();
    assert_eq!(then.size(), 0);
    assert_eq!(Register::known_on(&acts.0, date(2026, 11, 23)).unwrap().size(), 2);
}
