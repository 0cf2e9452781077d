//! The steps that make the tables of this room.

use database::Migration;

/// All of them, in order. One that was released is never changed.
pub(crate) const STEPS: &[Migration] = &[Migration {
    version: 1,
    name: "people",
    sql: include_str!("../migrations/0001_people.sql"),
    sqlite: include_str!("../migrations/0001_sqlite.sql"),
    postgres: include_str!("../migrations/0001_postgres.sql"),
}];
