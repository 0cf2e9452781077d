//! Text that was damaged on its way: wrongly decoded, letters lost, hidden characters.

use crate::finding::FindingKind;
use crate::vocabulary::plain;
use encoding_rs::{Encoding, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1256};
use std::collections::HashMap;

/// What is wrong with one cell, whatever its column.
pub(crate) fn check(cell: &str) -> Option<FindingKind> {
    if cell.is_ascii() {
        return None;
    }
    if let Some((encoding, likely)) = wrongly_decoded(cell) {
        return Some(FindingKind::WronglyDecoded {
            encoding: encoding.to_owned(),
            likely: crate::finding::shorten(&likely),
        });
    }
    if cell.contains('\u{fffd}') {
        return Some(FindingKind::UnreadableCharacter {});
    }
    if hidden(cell) {
        return Some(FindingKind::ZeroWidth {});
    }
    cell.split(|c: char| !c.is_alphabetic()).any(mixed_scripts).then_some(FindingKind::MixedScripts {})
}

/// The encoding the text was read in by mistake, and what it was before: the cell goes back into bytes of that
/// encoding without loss, those bytes are UTF-8, fewer characters result, and all of them are letters of one script.
pub(crate) fn wrongly_decoded(cell: &str) -> Option<(&'static str, String)> {
    [WINDOWS_1252, WINDOWS_1250, WINDOWS_1251, WINDOWS_1256].into_iter().find_map(|encoding| {
        let likely = String::from_utf8(bytes_in(cell, encoding)?).ok()?;
        let shorter = likely.chars().count() < cell.chars().count();
        let readable = likely.chars().all(|c| c.is_ascii_graphic() || c == ' ' || is_letter_of_a_language(c));
        let whole = likely.split(|c: char| !c.is_alphabetic()).all(|word| !mixed_scripts(word));
        (shorter && readable && whole).then(|| (encoding.name(), likely))
    })
}

fn bytes_in(cell: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let (bytes, _, lost) = encoding.encode(cell);
    if !lost {
        return Some(bytes.into_owned());
    }
    // Latin-1 proper keeps the controls that windows-1252 has no place for.
    (encoding == WINDOWS_1252).then(|| cell.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect())?
}

/// Letters and marks met in place names; phonetic and rare Latin letters are left out on purpose: genuine capitals
/// of Polish or French would otherwise pass for wrongly decoded text (Ó followed by Ł once gave ӣ).
fn is_letter_of_a_language(c: char) -> bool {
    matches!(c,
        '\u{a0}'..='\u{17f}' | '\u{218}'..='\u{21b}' | '\u{370}'..='\u{45f}' | '\u{490}'..='\u{491}' | '\u{4d8}'..='\u{4e9}'
        | '\u{5d0}'..='\u{5ea}' | '\u{600}'..='\u{6ff}' | '\u{900}'..='\u{1fff}' | '\u{2010}'..='\u{2026}' | '\u{2116}' | '\u{20ac}'
        | '\u{200b}'..='\u{200f}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether a text of a script that divides words so holds a blank without width.
pub(crate) fn blank_without_width(cell: &str) -> bool {
    cell.contains('\u{200b}') && !hidden(cell)
}

/// Characters that cannot be seen. Khmer, Thai and Lao divide words with one, and Arabic, Persian and Indian scripts
/// join letters with others, so there it is no fault.
fn hidden(cell: &str) -> bool {
    let invisible =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}');
    let needs_them = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{900}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{1000}'..='\u{109f}');
    cell.chars().any(invisible) && !cell.chars().any(needs_them)
}

fn mixed_scripts(word: &str) -> bool {
    let script = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => 1u8,
        '\u{370}'..='\u{3ff}' => 2,
        '\u{400}'..='\u{52f}' => 4,
        _ => 0,
    };
    word.chars().map(script).fold(0, |all, one| all | one).count_ones() > 1
}

/// Whether a question mark stands between two letters.
fn question_mark_inside(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    !name.contains("://")
        && chars.windows(3).any(|three| matches!(three, [a, '?', b] if a.is_alphabetic() && b.is_alphabetic()))
}

/// Whether a word of five letters or more is in capitals but for one letter that is not its first. Shorter ones may be
/// initials, as of the Federation of Bosnia and Herzegovina (`FBiH`).
fn one_small_letter(name: &str) -> bool {
    name.split(|c: char| !c.is_alphabetic()).any(|word| {
        let small = word.chars().filter(|c| c.is_lowercase()).count();
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        small == 1 && capitals >= 4 && word.chars().next().is_some_and(char::is_uppercase) && !word.starts_with("Mc")
    })
}

/// The names in a column with how often each occurs.
pub(crate) type Names<'a> = HashMap<&'a str, u64>;

/// The damaged names of a column, each with what is wrong. `others` are names of the column's neighbours,
/// searched for the likely name when the column itself has none.
pub(crate) fn damaged<'a>(names: &Names<'a>, others: &Names<'_>) -> Vec<(&'a str, FindingKind)> {
    let in_capitals = |name: &str| !name.chars().any(char::is_lowercase);
    let capitals = names.keys().filter(|name| in_capitals(name)).count();
    let column_in_capitals = capitals * 2 >= names.len();
    let mut found = Vec::new();
    for name in names.keys() {
        let lost = name.contains('\u{fffd}') || question_mark_inside(name);
        let odd = column_in_capitals && one_small_letter(name);
        if !lost && !odd {
            continue;
        }
        let sound =
            |other: &&str| *other != *name && !other.contains(['\u{fffd}', '?']) && (!odd || !one_small_letter(other));
        let near = |names: &Names<'_>| {
            let best = names
                .iter()
                .filter(|(other, _)| sound(other) && one_apart(name, other))
                .max_by_key(|(other, n)| (**n, **other));
            best.map(|(other, _)| (*other).to_owned())
        };
        let kind = match near(names).or_else(|| near(others)) {
            Some(likely) => FindingKind::DamagedName { likely },
            None if lost => FindingKind::UnreadableCharacter {},
            None => FindingKind::OddCase {},
        };
        found.push((*name, kind));
    }
    found.sort_by_key(|(name, _)| *name);
    found
}

/// Whether two names differ by one letter at most when case and accents are put aside.
pub(crate) fn one_apart(a: &str, b: &str) -> bool {
    let fold = |text: &str| text.chars().flat_map(char::to_lowercase).map(plain).collect::<Vec<char>>();
    let (a, b) = (fold(a), fold(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 || long.len() < 4 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let skip = usize::from(short.len() == long.len());
    short.get(same + skip..).unwrap_or(&[]) == long.get(same + 1..).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn garble(text: &str, encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn text_once_decoded_wrongly_is_traced_back() {
        for (text, encoding) in [
            ("Bogotá", WINDOWS_1252),
            ("Bosanska Gradiška", WINDOWS_1250),
            ("Мина", WINDOWS_1251),
            ("حقل ألغام", WINDOWS_1256),
            ("NARIÑO", WINDOWS_1252),
        ] {
            let (_, likely) = wrongly_decoded(&garble(text, encoding)).unwrap_or_default();
            assert_eq!(likely, text);
        }
    }

    #[test]
    fn genuine_text_is_not_taken_for_wrongly_decoded() {
        for text in [
            "Bogotá",
            "PÓŁNOC",
            "KOŚCIÓŁ",
            "«CAFÉ»",
            "Рівне",
            "Старая мина(2015)",
            "Čapljina",
            "Côte d’Ivoire",
            "حقل",
            "ÑA",
            "Sjenčak – mine",
        ] {
            assert_eq!(check(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_with_one_small_letter_in_capitals_is_damaged() {
        let names: Names<'_> = [("CaRDOBA", 2), ("CÓRDOBA", 40), ("TAME", 9), ("Bogotá DC", 3)].into();
        let found = damaged(&names, &Names::new());
        assert_eq!(found, [("CaRDOBA", FindingKind::DamagedName { likely: "CÓRDOBA".to_owned() })]);
    }

    #[test]
    fn a_lost_letter_is_found_by_its_neighbour() {
        let names: Names<'_> = [("NARI\u{fffd}O", 1), ("Nariño", 5), ("Bogot?", 1), ("El Pe?on", 1)].into();
        let found = damaged(&names, &Names::new());
        assert_eq!(found.len(), 2);
        assert!(found.contains(&("NARI\u{fffd}O", FindingKind::DamagedName { likely: "Nariño".to_owned() })));
        assert!(found.contains(&("El Pe?on", FindingKind::UnreadableCharacter {})));
    }

    #[test]
    fn letters_of_two_alphabets_in_a_word_are_found() {
        assert_eq!(check("Мостaр"), Some(FindingKind::MixedScripts {}));
        assert_eq!(check("Ta\u{200b}me"), Some(FindingKind::ZeroWidth {}));
    }
}
