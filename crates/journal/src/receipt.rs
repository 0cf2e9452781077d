//! Receipts, and their verification: pure, offline, without a database or a clock.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tlog_tiles::{EMPTY_HASH, Hash, check_record, check_tree, record_hash};
use treaty::act::Act;

use crate::journal::sha256_hex;
use crate::key::{SignedCheckpoint, VerifierKey};
use crate::memory::report_of;

/// The form of a receipt. A change of the form changes this text.
pub const RECEIPT_FORMAT: &str = "mineban-receipt/1";

/// The longest receipt that is looked at, in bytes. An act is some hundred bytes; a proof of 2^64 acts some 3000.
const MAX_RECEIPT: usize = 4 << 20;

/// A receipt: proof that an act is in a journal.
///
/// Its file is this structure as JSON, fields in this order, indented by two spaces, with one line feed at the end. There
/// is one spelling only: a file that differs in a single byte is refused, so nothing can hide in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_FORMAT`].
    pub format: String,
    /// The act's exact bytes, as recorded and hashed: JSON, carried as text.
    pub act: String,
    /// The act's position in the journal, from 0.
    pub index: u64,
    /// Number of acts under the checkpoint.
    pub tree_size: u64,
    /// RFC 6962 audit path from the act to the root, each hash in base64.
    pub proof: Vec<String>,
    /// The C2SP signed checkpoint, line feeds included.
    pub checkpoint: String,
    /// The C2SP verifier key of the journal. Compare it with the published one.
    pub key: String,
    /// SHA-256 of the report file in hexadecimal, when the act carries one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_sha256: Option<String>,
}

impl Receipt {
    pub(crate) fn new(
        act: String,
        index: u64,
        proof: Vec<String>,
        checkpoint: &SignedCheckpoint,
        key: &str,
        report: Option<&str>,
    ) -> Self {
        Self {
            format: RECEIPT_FORMAT.to_owned(),
            act,
            index,
            tree_size: checkpoint.size,
            proof,
            checkpoint: checkpoint.note.clone(),
            key: key.to_owned(),
            report_sha256: report.map(str::to_owned),
        }
    }

    /// The receipt's file, byte for byte.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Text, numbers and lists of text only: this cannot fail, and an empty answer would verify as nothing.
        serde_json::to_string_pretty(self).map(|json| json + "\n").unwrap_or_default()
    }
}

/// What a verified receipt proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The act.
    pub act: Act,
    /// The act's bytes, as recorded.
    pub act_json: String,
    /// Its position in the journal, from 0.
    pub index: u64,
    /// Number of acts in the journal that was signed.
    pub tree_size: u64,
    /// The root that was signed, in base64.
    pub root: String,
    /// The journal's name.
    pub origin: String,
    /// The key that signed.
    pub key: String,
    /// Whether that is the key the caller trusts. When `false`, the receipt itself named it: compare it with the
    /// published one, or the receipt proves nothing.
    pub key_was_given: bool,
    /// SHA-256 of the report that the act carries.
    pub report_sha256: Option<String>,
    /// Whether a report file was given, and is that report.
    pub report_was_given: bool,
    /// The steps of the proof, each a sentence.
    pub steps: Vec<String>,
}

/// The step at which a proof failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Not JSON, or not with these fields.
    #[error("this is no receipt: {reason}; ask for the file again where it was issued")]
    NotAReceipt {
        /// Why.
        reason: String,
    },
    /// A receipt of another version.
    #[error("this receipt has the form \"{found}\", and this program reads {RECEIPT_FORMAT}; update the program")]
    OtherFormat {
        /// The form that it names.
        found: String,
    },
    /// A byte more, less or other than when it was written.
    #[error(
        "the receipt is not byte for byte as it was issued; ask for the file again, and do not edit or reformat it"
    )]
    NotExact,
    /// The key text is malformed.
    #[error("the verifier key {which} is no C2SP key text (name+id+key); copy it again")]
    Key {
        /// Which one.
        which: &'static str,
    },
    /// Signed by somebody else.
    #[error("the receipt names the key {named}, and the key you trust is {trusted}; it was not issued by that journal")]
    OtherKey {
        /// The key in the receipt.
        named: String,
        /// The key that the caller trusts.
        trusted: String,
    },
    /// The signature step.
    #[error("the checkpoint {reason}; do not rely on this receipt")]
    Checkpoint {
        /// Why.
        reason: String,
    },
    /// Sizes differ.
    #[error("the proof is for {named} acts, and the signed checkpoint is of {signed}; do not rely on this receipt")]
    OtherSize {
        /// The size that the proof names.
        named: u64,
        /// The size that was signed.
        signed: u64,
    },
    /// A hash is no hash.
    #[error("hash {number} of the proof is not 32 bytes in base64; do not rely on this receipt")]
    ProofHash {
        /// Which one, from 1.
        number: usize,
    },
    /// The inclusion step.
    #[error(
        "the proof does not lead from the act to the signed root: the act was changed, or was never in the journal"
    )]
    NotIncluded,
    /// The consistency step.
    #[error(
        "the proof does not lead from the old root to the new one: the journal was rewritten, or the proof changed"
    )]
    NotConsistent,
    /// Proven, but of a kind not known here.
    #[error("the act is in the journal, but this program cannot read it ({reason}); update the program")]
    ActUnreadable {
        /// Why.
        reason: String,
    },
    /// Receipt and act disagree.
    #[error("the receipt names another report than the act that was signed; do not rely on this receipt")]
    ReportNameDiffers,
    /// The act carries no report.
    #[error("a report file was given, but the act carries no report; check which receipt belongs to the file")]
    NoReport,
    /// The file is not the one lodged.
    #[error("the report file is not the one that was lodged: its SHA-256 is {found}, the act says {lodged}")]
    ReportDiffers {
        /// SHA-256 of the file given.
        found: String,
        /// SHA-256 in the act.
        lodged: String,
    },
}

/// Verifies a receipt: that its act is in the journal whose key signed it, and, when the file is given, that the report
/// is the one lodged. Without `trusted_vkey`, only that the receipt agrees with the key that it names itself.
///
/// # Errors
/// The step at which the proof failed.
pub fn verify_receipt(
    receipt_json: &[u8],
    report: Option<&[u8]>,
    trusted_vkey: Option<&str>,
) -> Result<Verified, VerifyError> {
    let receipt = read(receipt_json)?;
    let mut steps = vec![format!("The file is a receipt in the form {RECEIPT_FORMAT}, byte for byte.")];
    let key = VerifierKey::parse(&receipt.key).map_err(|_| VerifyError::Key { which: "in the receipt" })?;
    if let Some(trusted) = trusted_vkey.map(str::trim) {
        VerifierKey::parse(trusted).map_err(|_| VerifyError::Key { which: "that you gave" })?;
        if trusted != key.text() {
            return Err(VerifyError::OtherKey { named: receipt.key, trusted: trusted.to_owned() });
        }
        steps.push(format!("The key is the one that you trust: {trusted}."));
    }
    let (checkpoint, root) = open(&key, &receipt.checkpoint)?;
    steps.push(format!("The key signed the checkpoint of {} with {} acts.", checkpoint.origin, checkpoint.size));
    if checkpoint.size != receipt.tree_size {
        return Err(VerifyError::OtherSize { named: receipt.tree_size, signed: checkpoint.size });
    }
    let leaf = record_hash(receipt.act.as_bytes());
    steps.push(format!("The act's {} bytes have the leaf hash {leaf}.", receipt.act.len()));
    check_record(&read_hashes(&receipt.proof)?, receipt.tree_size, root, receipt.index, leaf)
        .map_err(|_| VerifyError::NotIncluded)?;
    let hashes = receipt.proof.len();
    steps.push(format!("{hashes} hashes lead from the act, at position {}, to the signed root {root}.", receipt.index));
    let act: Act =
        serde_json::from_str(&receipt.act).map_err(|error| VerifyError::ActUnreadable { reason: error.to_string() })?;
    if report_of(&act) != receipt.report_sha256.as_deref() {
        return Err(VerifyError::ReportNameDiffers);
    }
    if let Some(bytes) = report {
        steps.push(check_report(bytes, &act)?);
    }
    Ok(Verified {
        act,
        act_json: receipt.act,
        index: receipt.index,
        tree_size: receipt.tree_size,
        root: checkpoint.root,
        origin: checkpoint.origin,
        key: receipt.key,
        key_was_given: trusted_vkey.is_some(),
        report_sha256: receipt.report_sha256,
        report_was_given: report.is_some(),
        steps,
    })
}

fn read(receipt_json: &[u8]) -> Result<Receipt, VerifyError> {
    if receipt_json.len() > MAX_RECEIPT {
        return Err(VerifyError::NotAReceipt { reason: format!("it is longer than {MAX_RECEIPT} bytes") });
    }
    let receipt: Receipt =
        serde_json::from_slice(receipt_json).map_err(|error| VerifyError::NotAReceipt { reason: error.to_string() })?;
    if receipt.format != RECEIPT_FORMAT {
        return Err(VerifyError::OtherFormat { found: receipt.format });
    }
    if receipt.to_json().as_bytes() == receipt_json { Ok(receipt) } else { Err(VerifyError::NotExact) }
}

fn open(key: &VerifierKey, note: &str) -> Result<(SignedCheckpoint, Hash), VerifyError> {
    key.open(note).map_err(|reason| VerifyError::Checkpoint { reason: reason.to_string() })
}

fn check_report(bytes: &[u8], act: &Act) -> Result<String, VerifyError> {
    let lodged = report_of(act).ok_or(VerifyError::NoReport)?;
    let found = sha256_hex(bytes);
    if found == lodged {
        Ok(format!("The report file is the one that was lodged: its SHA-256 is {found}, as the act says."))
    } else {
        Err(VerifyError::ReportDiffers { found, lodged: lodged.to_owned() })
    }
}

fn read_hashes(hashes: &[String]) -> Result<Vec<Hash>, VerifyError> {
    let read = |(number, text): (usize, &String)| {
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Hash).ok_or(VerifyError::ProofHash { number: number + 1 })
    };
    hashes.iter().enumerate().map(read).collect()
}

/// Proof that a journal begins with what it was earlier: nothing was changed or taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// Number of acts earlier.
    pub old_size: u64,
    /// Number of acts now.
    pub size: u64,
    /// RFC 6962 consistency proof, each hash in base64.
    pub proof: Vec<String>,
    /// The signed checkpoint of now.
    pub checkpoint: String,
}

/// Verifies that the journal which signed `old_checkpoint` has only been added to since. Pure and offline.
///
/// # Errors
/// The step at which the proof failed.
pub fn verify_consistency(old_checkpoint: &str, proof: &ConsistencyProof, vkey: &str) -> Result<(), VerifyError> {
    let key = VerifierKey::parse(vkey.trim()).map_err(|_| VerifyError::Key { which: "that you gave" })?;
    let (old, old_root) = open(&key, old_checkpoint)?;
    let (new, root) = open(&key, &proof.checkpoint)?;
    for (named, signed) in [(proof.old_size, old.size), (proof.size, new.size)] {
        if named != signed {
            return Err(VerifyError::OtherSize { named, signed });
        }
    }
    let hashes = read_hashes(&proof.proof)?;
    let holds = if old.size == 0 {
        // Every journal begins with the empty one.
        hashes.is_empty() && old_root == EMPTY_HASH
    } else {
        check_tree(&hashes, new.size, root, old.size, old_root).is_ok()
    };
    if holds { Ok(()) } else { Err(VerifyError::NotConsistent) }
}
