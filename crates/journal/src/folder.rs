//! The folder that a journal lives in: its files, its lock and its keys.
//!
//! `journal.sqlite` comes last and by one rename, so where it stands, everything stands.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::JournalError;
use crate::key::{SigningKey, VerifierKey};

/// The paths.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// As a sentence names it.
    pub(crate) fn shown(&self) -> String {
        self.0.display().to_string()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("journal.sqlite")
    }

    /// Whether a log lies beside the database that is part of it: of write-ahead, or of a rollback to do.
    pub(crate) fn has_log(&self) -> bool {
        self.beside("-wal") || self.has_rollback()
    }

    /// Whether a process was killed in the middle of a change that is to be rolled back.
    pub(crate) fn has_rollback(&self) -> bool {
        self.beside("-journal")
    }

    fn beside(&self, suffix: &str) -> bool {
        let mut path = self.database().into_os_string();
        path.push(suffix);
        fs::metadata(path).is_ok_and(|log| log.len() > 0)
    }

    /// The database while it is being made.
    pub(crate) fn unfinished_database(&self) -> PathBuf {
        self.0.join("journal.sqlite.new")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("journal.key")
    }

    fn vkey(&self) -> PathBuf {
        self.0.join("journal.vkey")
    }

    pub(crate) fn vouched(&self) -> PathBuf {
        self.0.join("journal.vouched")
    }

    fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// Makes the folder, for its owner's eyes only, when there is none.
    pub(crate) fn make(&self) -> Result<(), JournalError> {
        if self.0.is_file() {
            return Err(JournalError::NotAFolder { place: self.shown() });
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(|source| self.not_writable(self.0.clone(), source))
    }

    /// Says what is amiss when there is no finished journal here.
    pub(crate) fn must_hold_a_journal(&self) -> Result<(), JournalError> {
        let place = self.shown();
        match fs::metadata(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(JournalError::Missing { place }),
            Err(source) => return Err(JournalError::NotReadable { path: self.0.clone(), source }),
            Ok(found) if !found.is_dir() => return Err(JournalError::NotAFolder { place }),
            Ok(_) => {}
        }
        if self.database().is_file() {
            Ok(())
        } else if self.unfinished_database().exists() || self.key().exists() {
            Err(JournalError::HalfCreated { place })
        } else {
            Err(JournalError::Missing { place })
        }
    }

    /// Takes the folder for this process alone, until the file returned is dropped or the process ends, however it ends.
    pub(crate) fn take(&self) -> Result<File, JournalError> {
        let path = self.lock();
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|source| self.not_writable(path.clone(), source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                // Only for the message: where a locked file cannot be read, the sentence is less exact.
                let _ = file.read_to_string(&mut by);
                let by = if by.trim().is_empty() { "another process".to_owned() } else { by.trim().to_owned() };
                return Err(JournalError::InUse { place: self.shown(), by });
            }
            Err(TryLockError::Error(source)) => return Err(self.not_writable(path, source)),
        }
        let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", this_process()));
        noted.map_err(|source| self.not_writable(path, source))?;
        Ok(file)
    }

    /// The secret key, made now if there is none. One that an interrupted creation left is used.
    pub(crate) fn make_keys(&self, origin: &str) -> Result<SigningKey, JournalError> {
        if !self.key().exists() {
            let text = SigningKey::generate(origin)
                .map_err(|error| JournalError::NoRandomness { reason: error.to_string() })?;
            self.write_once(&self.key(), &text)?;
        }
        let key = self.signing_key()?;
        if key.origin() != origin {
            return Err(JournalError::KeyMismatch { place: self.shown() });
        }
        if !self.vkey().exists() {
            self.write_once(&self.vkey(), key.verifier())?;
        }
        Ok(key)
    }

    /// Puts a secret key here that was kept elsewhere. The same key twice is no mistake.
    pub(crate) fn put_key(&self, secret: &str, verifier: &str) -> Result<(), JournalError> {
        let parsed = SigningKey::parse(secret.trim_end()).ok().filter(|key| key.verifier() == verifier);
        let parsed = parsed.ok_or_else(|| JournalError::NotThisKey { key: verifier.to_owned() })?;
        self.make()?;
        if self.key().exists() {
            let same = self.signing_key()?.verifier() == verifier;
            return if same { Ok(()) } else { Err(JournalError::KeyMismatch { place: self.shown() }) };
        }
        self.write_once(&self.key(), secret.trim_end())?;
        self.write_once(&self.vkey(), parsed.verifier())
    }

    /// The secret key.
    pub(crate) fn signing_key(&self) -> Result<SigningKey, JournalError> {
        let path = self.key();
        let text = read_key(&path)?;
        SigningKey::parse(text.trim_end()).map_err(|_| JournalError::KeyUnreadable { path })
    }

    /// The public key.
    pub(crate) fn verifier_key(&self) -> Result<VerifierKey, JournalError> {
        let path = self.vkey();
        let text = read_key(&path)?;
        VerifierKey::parse(text.trim_end()).map_err(|_| JournalError::KeyUnreadable { path })
    }

    /// Both keys, which must be a pair.
    pub(crate) fn key_pair(&self) -> Result<(SigningKey, VerifierKey), JournalError> {
        let (secret, public) = (self.signing_key()?, self.verifier_key()?);
        if secret.verifier() == public.text() {
            Ok((secret, public))
        } else {
            Err(JournalError::KeyMismatch { place: self.shown() })
        }
    }

    /// Clears what an interrupted creation left of the database.
    pub(crate) fn clear_unfinished(&self) -> Result<(), JournalError> {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let mut path = self.unfinished_database().into_os_string();
            path.push(suffix);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.not_writable(path.into(), error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The one step that makes a journal of the folder.
    pub(crate) fn finish_database(&self) -> Result<(), JournalError> {
        let (new, path) = (self.unfinished_database(), self.database());
        let synced = OpenOptions::new().read(true).write(true).open(&new).and_then(|file| file.sync_all());
        synced.and_then(|()| fs::rename(&new, &path)).map_err(|source| self.not_writable(path, source))?;
        self.sync()
    }

    /// Writes a small file whole or not at all, readable by its owner only.
    fn write_once(&self, path: &Path, text: &str) -> Result<(), JournalError> {
        let new = path.with_extension("new");
        let written = (|| {
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&new)?;
            writeln!(file, "{text}")?;
            file.sync_all()?;
            fs::rename(&new, path)
        })();
        written.map_err(|source| self.not_writable(path.to_owned(), source))?;
        self.sync()
    }

    /// Notes the newest checkpoint that this node has served, beside the journal itself: a witness against an older database
    /// in its place. Where it cannot be written, the witness is an older one, and nothing else is lost.
    pub(crate) fn vouch(&self, note: &str) {
        let new = self.vouched().with_extension("vouched-new");
        let _ = fs::write(&new, note).and_then(|()| fs::rename(&new, self.vouched()));
    }

    /// The newest checkpoint that this node has served, if it is known.
    pub(crate) fn vouched_for(&self) -> Option<String> {
        fs::read_to_string(self.vouched()).ok()
    }

    /// A rename is only sure to survive a power cut once the folder itself is on disk.
    fn sync(&self) -> Result<(), JournalError> {
        #[cfg(unix)]
        File::open(&self.0)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| self.not_writable(self.0.clone(), source))?;
        Ok(())
    }

    fn not_writable(&self, path: PathBuf, source: io::Error) -> JournalError {
        if source.kind() == io::ErrorKind::StorageFull {
            JournalError::DiskFull { place: self.shown() }
        } else {
            JournalError::NotWritable { path, source }
        }
    }
}

fn read_key(path: &Path) -> Result<String, JournalError> {
    fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => JournalError::KeyMissing { path: path.to_owned() },
        io::ErrorKind::InvalidData => JournalError::KeyUnreadable { path: path.to_owned() },
        _ => JournalError::NotReadable { path: path.to_owned(), source },
    })
}

/// `process 123 (mineban serve)`: the program's name and its first argument, when that is a plain word.
fn this_process() -> String {
    let mut args = std::env::args_os();
    let program = args.next().map(PathBuf::from);
    let program = program.as_deref().and_then(Path::file_stem).map(|name| name.to_string_lossy().into_owned());
    let word = |arg: &String| arg.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !arg.starts_with('-');
    let command = args.next().and_then(|arg| arg.into_string().ok()).filter(word);
    let doing = [program, command].into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!("process {} ({doing})", std::process::id())
}
