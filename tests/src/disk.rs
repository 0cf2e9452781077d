//! A small disk of its own, to be filled up or made read-only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A small disk. It is unmounted with the value.
#[derive(Debug)]
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts one at a path that is not there yet; nothing where mounting is not permitted, and it says so.
    #[must_use]
    pub fn at(place: &Path, size: &str) -> Option<Self> {
        fs::create_dir(place).expect("the disk's place is made");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=0777"), "tmpfs"])
            .arg(place)
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(place.to_owned()));
        }
        println!("skipped: mounting a small disk is not permitted here");
        None
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// From now on it can only be read.
    pub fn make_read_only(&self) {
        let done = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status().expect("mount runs");
        assert!(done.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
