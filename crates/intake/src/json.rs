//! Finding the parts of a JSON text without reading them, so that one bad feature does not spoil the file.

/// Why a value could not be passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The text ends inside it.
    Ends,
    /// Something else stands where the byte says.
    Bad(usize, &'static str),
}

/// The first byte from there on that is no blank.
pub(crate) fn blank(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x1e)) {
        at += 1;
    }
    at
}

/// The end of the value that begins there.
pub(crate) fn pass(bytes: &[u8], start: usize, depth: usize) -> Result<usize, Lost> {
    let mut open: Vec<u8> = Vec::new();
    let mut at = start;
    loop {
        match bytes.get(at) {
            None if open.is_empty() && at > start => return Ok(at),
            None => return Err(Lost::Ends),
            Some(b'"') => at = pass_string(bytes, at)?,
            Some(b @ (b'{' | b'[')) => {
                open.push(if *b == b'{' { b'}' } else { b']' });
                if open.len() > depth {
                    return Err(Lost::Bad(at, "brackets inside brackets go too deep"));
                }
                at += 1;
            }
            Some(b @ (b'}' | b']')) => match open.pop() {
                None if at > start => return Ok(at),
                Some(wanted) if wanted == *b => at += 1,
                _ => return Err(Lost::Bad(at, "a bracket closes that was not opened")),
            },
            Some(b',' | b':' | b' ' | b'\n' | b'\r' | b'\t') if open.is_empty() => {
                return if at > start { Ok(at) } else { Err(Lost::Bad(at, "a value is missing")) };
            }
            Some(_) => at += 1,
        }
        let closed = at > start && matches!(bytes.get(at - 1), Some(b'}' | b']' | b'"'));
        if open.is_empty() && closed {
            return Ok(at);
        }
    }
}

fn pass_string(bytes: &[u8], start: usize) -> Result<usize, Lost> {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            None => return Err(Lost::Ends),
            Some(b'\\') => at += 2,
            Some(b'"') => return Ok(at + 1),
            Some(_) => at += 1,
        }
    }
}

/// The members of the object or the items of the array that begins there: `each` gets the key's bytes (empty in
/// an array) and where the value begins, and says where it ends.
pub(crate) fn walk(
    bytes: &[u8],
    start: usize,
    mut each: impl FnMut(&[u8], usize) -> Result<usize, Lost>,
) -> Result<usize, Lost> {
    let object = bytes.get(start) == Some(&b'{');
    let close = if object { b'}' } else { b']' };
    let mut at = blank(bytes, start + 1);
    if bytes.get(at) == Some(&close) {
        return Ok(at + 1);
    }
    loop {
        let mut key: &[u8] = &[];
        if object {
            if !matches!(bytes.get(at), Some(b'"') | None) {
                return Err(Lost::Bad(at, "a name in quotes is missing"));
            }
            let end = pass_string(bytes, at)?;
            key = bytes.get(at + 1..end - 1).unwrap_or(&[]);
            at = blank(bytes, end);
            match bytes.get(at) {
                Some(b':') => at = blank(bytes, at + 1),
                None => return Err(Lost::Ends),
                Some(_) => return Err(Lost::Bad(at, "a colon is missing")),
            }
        }
        at = blank(bytes, each(key, at)?);
        match bytes.get(at) {
            Some(b',') => at = blank(bytes, at + 1),
            Some(b) if *b == close => return Ok(at + 1),
            None => return Err(Lost::Ends),
            Some(_) => return Err(Lost::Bad(at, "a comma is missing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_passed_over_whatever_is_in_it() {
        for text in ["{\"a\":[1,{\"b\":\"]}\\\"\"}]}", "\"x\"", "12.5", "[]", "null"] {
            assert_eq!(pass(text.as_bytes(), 0, 64), Ok(text.len()), "{text}");
        }
        assert_eq!(pass(b"{\"a\":[1,", 0, 64), Err(Lost::Ends));
        assert_eq!(pass(b"[}", 0, 64), Err(Lost::Bad(1, "a bracket closes that was not opened")));
        assert!(pass(&[b'['; 1000], 0, 64).is_err());
    }
}
