//! The journal in memory: acts, tree and register, always at the same size.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tlog_tiles::{Error, Hash, record_hash};
use treaty::act::{Act, ActId, Deed};
use treaty::register::Register;

use crate::error::Fault;
use crate::store::Row;
use crate::tree::{Growth, Tree};

/// What has been read and checked so far.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    pub(crate) acts: Arc<Vec<Arc<Act>>>,
    pub(crate) register: Arc<Register>,
    pub(crate) tree: Tree,
    index: HashMap<ActId, u64>,
    reports: HashSet<String>,
}

/// An act together with the bytes that stand for it.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) act: Act,
    pub(crate) body: String,
}

impl Written {
    pub(crate) fn leaf(&self) -> Hash {
        record_hash(self.body.as_bytes())
    }
}

/// The report file that an act names, by its SHA-256.
pub(crate) fn report_of(act: &Act) -> Option<&str> {
    match &act.deed {
        Deed::ReportLodged { report_sha256, .. } => Some(report_sha256),
        _ => None,
    }
}

impl Memory {
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    pub(crate) fn position(&self, id: &ActId) -> Option<u64> {
        self.index.get(id).copied()
    }

    pub(crate) fn at(&self, position: u64) -> Option<&Arc<Act>> {
        usize::try_from(position).ok().and_then(|position| self.acts.get(position))
    }

    /// Whether an act names this report file.
    pub(crate) fn has_report(&self, sha256: &str) -> bool {
        self.reports.contains(sha256)
    }

    pub(crate) fn reports(&self) -> &HashSet<String> {
        &self.reports
    }

    /// Takes in the next row of the table, checking everything that the row says of itself.
    pub(crate) fn take_in(&mut self, row: &Row) -> Result<(), Fault> {
        let position = self.size();
        let id = || row.id.clone();
        if u64::try_from(row.position).ok() != Some(position) {
            return Err(Fault::Gap { position });
        }
        let leaf = record_hash(row.body.as_bytes());
        if leaf.to_string() != row.leaf {
            return Err(Fault::ActChanged { position, id: id() });
        }
        let unreadable = |reason: String| Fault::ActUnreadable { position, id: id(), reason };
        let act: Act = serde_json::from_str(&row.body).map_err(|error| unreadable(error.to_string()))?;
        if act.id.0 != row.id || self.index.contains_key(&act.id) {
            return Err(Fault::ActChanged { position, id: id() });
        }
        let admitted = Arc::make_mut(&mut self.register).admit(&act);
        admitted.map_err(|refusal| Fault::Contradiction { position, id: act.id.clone(), refusal })?;
        self.push(act, leaf).map_err(unreadable)
    }

    /// Takes in acts that were admitted to `register` and are in the database by now.
    pub(crate) fn advance(&mut self, new: Vec<Written>, register: Register, growth: Growth) -> Result<(), Error> {
        self.tree.grow(growth)?;
        for Written { act, .. } in new {
            self.note(act);
        }
        self.register = Arc::new(register);
        Ok(())
    }

    fn push(&mut self, act: Act, leaf: Hash) -> Result<(), String> {
        self.tree.push(leaf).map_err(|error| error.to_string())?;
        self.note(act);
        Ok(())
    }

    fn note(&mut self, act: Act) {
        let acts = Arc::make_mut(&mut self.acts);
        self.index.insert(act.id.clone(), acts.len() as u64);
        self.reports.extend(report_of(&act).map(str::to_owned));
        acts.push(Arc::new(act));
    }
}
