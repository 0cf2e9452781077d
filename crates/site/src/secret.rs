//! Random words, and comparing them without telling how far they agree.

use subtle::ConstantTimeEq as _;

/// A secret that somebody sent. It does not show itself in logs.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) String);

impl Hidden {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// A new random word of 256 bits, in letters that fit a cookie and a form.
pub(crate) fn fresh() -> Option<String> {
    use std::fmt::Write as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Whether two secrets are the same, in a time that does not depend on where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_long_and_never_the_same() {
        let (one, other) = (fresh().unwrap(), fresh().unwrap());
        assert_eq!((one.len(), other.len()), (64, 64));
        assert!(!same(&one, &other) && same(&one, &one.clone()));
        assert!(!same(&one, &one[..63]) && !same(&one, ""));
    }
}
