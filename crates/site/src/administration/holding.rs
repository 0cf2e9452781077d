//! The fields of a role that somebody is given, and what they say.

use desk::{Date, Iso3};
use maud::{Markup, html};
use people::{Holding, Role};

use crate::asked::Asked;
use crate::forms::field;
use crate::sent::Sent;

pub(super) fn holding_fields(asked: &Asked, today: Date) -> Markup {
    let words = asked.words;
    html! {
        p.field {
            label for="role" { (words.text("people-role")) }
            select id="role" name="role" {
                @for role in Role::ALL { option value=(role.key()) { (words.text(&format!("role-{}", role.key()))) } }
            }
        }
        p.field {
            label for="state" { (words.text("people-of-state")) }
            input id="state" name="state" type="text" dir="ltr" maxlength="3" placeholder="COL" autocomplete="off";
        }
        (field(&words.text("people-from"), "from", "date", &today.to_string(), "off"))
        p.field {
            label for="to" { (words.text("people-to")) }
            input id="to" name="to" type="date";
        }
    }
}

/// The role that a form names; `None` where it is none.
pub(super) fn holding(sent: &Sent) -> Option<Holding> {
    let state = match sent.field("state").trim() {
        "" => None,
        code => Some(code.parse::<Iso3>().ok()?),
    };
    let to = match sent.field("to") {
        "" => None,
        day => Some(day.parse().ok()?),
    };
    Some(Holding { role: Role::of_key(sent.field("role"))?, state, from: sent.field("from").parse().ok()?, to })
}
