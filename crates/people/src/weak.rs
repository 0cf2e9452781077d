//! Passwords that are known to be weak: common ones, and a file of breached ones.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sha1::{Digest as _, Sha1};

use crate::error::PeopleError;

/// Words that common passwords are made of, in lower case, without the digits and signs that people put around them.
const COMMON: &str = include_str!("../common_passwords.txt");

static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| COMMON.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect());

/// Rows of keys and of signs, forwards; they are looked for backwards too.
const ROWS: [&str; 10] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "йцукенгшщзхъ",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
];

/// Whether anybody would try it among the first: few different characters, one part over and over, a row of keys, or a
/// common word with ornaments.
pub(crate) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let letters: Vec<char> = lower.chars().collect();
    let different: HashSet<&char> = letters.iter().collect();
    if different.len() < 5 || repeats(&letters) || without_rows(&lower) < 4 {
        return true;
    }
    let bare = |text: &str| text.trim_matches(|letter: char| !letter.is_alphabetic()).to_owned();
    // Ornaments are taken off before the letters behind the signs are read, and after.
    let (asked, plain) = (bare(&lower), bare(&unmasked(&lower)));
    let bare = unmasked(&asked);
    if [&lower, &asked, &plain, &bare].into_iter().any(|word| WORDS.contains(word.as_str())) {
        return true;
    }
    // Common words only, one after the other.
    !bare.is_empty()
        && bare.split(|letter: char| !letter.is_alphabetic()).all(|word| word.is_empty() || is_two_words(word))
        && bare.chars().filter(|letter| letter.is_alphabetic()).count() < 14
}

/// Whether a text is one common word, or two.
fn is_two_words(text: &str) -> bool {
    let cuts = text.char_indices().map(|(at, _)| at).skip(1);
    WORDS.contains(text) || cuts.into_iter().any(|at| WORDS.contains(&text[..at]) && WORDS.contains(&text[at..]))
}

/// Whether a part of at most a third of the whole fills it.
fn repeats(letters: &[char]) -> bool {
    (1..=letters.len() / 2).any(|part| letters.iter().zip(letters.iter().skip(part)).all(|(a, b)| a == b))
}

/// How many characters are left when rows of keys of four and more are taken out.
fn without_rows(text: &str) -> usize {
    let mut left = text.to_owned();
    for row in ROWS {
        let back: String = row.chars().rev().collect();
        for row in [row, &back] {
            let row: Vec<char> = row.chars().collect();
            for length in (4..=row.len()).rev() {
                for part in row.windows(length) {
                    let part: String = part.iter().collect();
                    left = left.replace(&part, "");
                }
            }
        }
    }
    left.chars().count()
}

/// The letters that digits and signs stand for.
fn unmasked(text: &str) -> String {
    let plain = |letter| match letter {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// A file of the SHA-1 of breached passwords, in order, looked up where it lies: 40 gigabytes need no memory.
#[derive(Debug)]
pub(crate) struct Breached {
    path: PathBuf,
}

/// Fewer digits than this would refuse too many passwords that nobody stole.
const SHORTEST_PREFIX: usize = 10;

impl Breached {
    pub(crate) fn open(path: &Path) -> Result<Self, PeopleError> {
        let list = Self { path: path.to_owned() };
        let file = File::open(path).map_err(|error| list.wrong(&error.to_string()))?;
        let mut first = String::new();
        BufReader::new(file.take(200)).read_line(&mut first).map_err(|error| list.wrong(&error.to_string()))?;
        let hash = first.trim().split(':').next().unwrap_or_default();
        if hash.len() < SHORTEST_PREFIX || hash.len() > 40 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(list.wrong("its first line is no SHA-1 of ten to forty hexadecimal digits"));
        }
        Ok(list)
    }

    fn wrong(&self, reason: &str) -> PeopleError {
        PeopleError::Breached { path: self.path.display().to_string(), reason: reason.to_owned() }
    }

    /// Whether the list holds a password.
    pub(crate) fn holds(&self, password: &str) -> Result<bool, PeopleError> {
        let wanted = crate::secret::hex(&Sha1::digest(password.as_bytes())).to_ascii_uppercase();
        self.search(&wanted).map_err(|error| self.wrong(&error.to_string()))
    }

    /// Halves the file until the line is found that would hold it.
    fn search(&self, wanted: &str) -> std::io::Result<bool> {
        let mut file = BufReader::new(File::open(&self.path)?);
        let (mut low, mut high) = (0, file.get_ref().metadata()?.len());
        // Invariant: a line that begins before `low` is less; one that begins at `high` or later is not.
        while low < high {
            let middle = low + (high - low) / 2;
            let (start, line) = line_from(&mut file, middle, low)?;
            match line {
                None => high = middle,
                Some(line) if start >= high => {
                    let _ = line;
                    high = middle;
                }
                Some(line) => {
                    let hash = line.split(':').next().unwrap_or_default().trim().to_ascii_uppercase();
                    if hash.len() >= SHORTEST_PREFIX && wanted.starts_with(&hash) {
                        return Ok(true);
                    }
                    if hash.as_str() < wanted { low = start + line.len() as u64 } else { high = middle }
                }
            }
        }
        Ok(false)
    }
}

/// The first line that begins at `at` or later, `low` being the beginning of one; with its place and its line feed.
fn line_from(file: &mut BufReader<File>, at: u64, low: u64) -> std::io::Result<(u64, Option<String>)> {
    let mut start = at;
    if at > low {
        file.seek(SeekFrom::Start(at - 1))?;
        let mut rest = Vec::new();
        start = at - 1 + file.read_until(b'\n', &mut rest)? as u64;
    } else {
        file.seek(SeekFrom::Start(at))?;
    }
    let mut line = String::new();
    let read = file.read_line(&mut line)?;
    Ok((start, (read > 0).then_some(line)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_anybody_would_try_first_is_common() {
        for password in [
            "password1234",
            "P@ssw0rd2026!",
            "qwertyuiop12",
            "123456789012",
            "aaaaaaaaaaaab",
            "abcabcabcabc",
            "letmeinletmein",
            "iloveyou2026!",
            "administrator",
            "Welcome12345",
            "1q2w3e4r5t6y",
            "zaq12wsxcde3",
            "superman1234",
            "987654321098",
            "passwordpassword",
            "dragonmaster",
            "йцукенгшщзхъ",
        ] {
            assert!(is_common(password), "{password}");
        }
        for password in ["correct horse battery staple", "kettle-drum-osprey", "Xk29fjq0vmPz", "four wet boots hum"] {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn a_breached_password_is_found_wherever_it_stands_in_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let stolen: Vec<String> = (0..500).map(|number| format!("stolen password {number}")).collect();
        let mut hashes: Vec<String> =
            stolen.iter().map(|text| crate::secret::hex(&Sha1::digest(text)).to_ascii_uppercase()).collect();
        hashes.sort();
        for digits in [40, 16] {
            let path = folder.path().join(format!("{digits}.txt"));
            let mut file = File::create(&path).unwrap();
            for (at, hash) in hashes.iter().enumerate() {
                // Lines of different length, as the counts have; Windows ends them with two signs.
                write!(file, "{}:{}\r\n", &hash[..digits], at * at).unwrap();
            }
            drop(file);
            let list = Breached::open(&path).unwrap();
            for text in &stolen {
                assert!(list.holds(text).unwrap(), "{text}");
            }
            for number in 0..500 {
                assert!(!list.holds(&format!("kept password {number}")).unwrap());
            }
        }
    }

    #[test]
    fn a_file_that_is_no_list_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "dear diary\n").unwrap();
        let error = Breached::open(&path).unwrap_err().to_string();
        assert!(error.contains("notes.txt") && error.contains("SHA-1"), "{error}");
        assert!(Breached::open(&folder.path().join("absent")).is_err());
    }
}
