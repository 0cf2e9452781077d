//! Words made comparable: what differs only in writing becomes equal.

use crate::number;

/// Lower case, no accents, letters and digits only, in one way of writing for each script.
///
/// Latin accents, Arabic vowel marks, forms of alif, ya, kaf and ta marbuta, the Arabic article, Khmer zero-width spaces
/// and the two ways of writing its subscript ta, full-width letters and the digits of any script do not matter.
pub(crate) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut word, mut subscript) = (0, false);
    for c in text.chars() {
        let below = std::mem::replace(&mut subscript, c == '\u{17d2}');
        match c {
            '²' => out.push('2'),
            '\u{300}'..='\u{36f}'
            | 'ª'
            | 'º'
            | '\u{640}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{17d2}' => {}
            'ß' => out.push_str("ss"),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            'ដ' if below => out.push('ត'),
            _ if c.is_alphanumeric() => match number::digit(c) {
                Some(digit) => out.push(digit),
                None => out.extend(narrow(c).to_lowercase().map(plain).filter(|c| c.is_alphanumeric())),
            },
            _ => {
                drop_article(&mut out, word);
                word = out.len();
            }
        }
    }
    drop_article(&mut out, word);
    out
}

/// The Arabic article before a word says nothing; a word that begins alike without hamza loses it as well, both times.
fn drop_article(out: &mut String, word: usize) {
    const ARTICLE: &str = "ال";
    while let Some(rest) = out.get(word..).and_then(|rest| rest.strip_prefix(ARTICLE)) {
        if rest.chars().count() < 3 {
            return;
        }
        out.replace_range(word..word + ARTICLE.len(), "");
    }
}

/// A full-width letter as an ordinary one.
fn narrow(c: char) -> char {
    match c {
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A small letter without its accent, or in the commonest of its forms.
pub(crate) fn plain(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ī' | 'į' | 'ı' => 'i',
        'ķ' => 'k',
        'ł' | 'ĺ' | 'ľ' | 'ļ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ŕ' | 'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ё' | 'ѐ' => 'е',
        'й' | 'ѝ' => 'и',
        'ї' => 'і',
        'ґ' => 'г',
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ى' | 'ئ' | 'ی' | 'ې' | 'ۍ' => 'ي',
        'ک' => 'ك',
        'ة' | 'ۀ' | 'ۂ' | 'ھ' | 'ہ' | 'ۃ' => 'ه',
        _ => c,
    }
}

/// Letters of the two alphabets that look alike, Latin first.
const ALIKE: [(char, char); 15] = [
    ('a', 'а'),
    ('e', 'е'),
    ('o', 'о'),
    ('p', 'р'),
    ('c', 'с'),
    ('y', 'у'),
    ('x', 'х'),
    ('i', 'і'),
    ('j', 'ј'),
    ('s', 'ѕ'),
    ('k', 'к'),
    ('m', 'м'),
    ('t', 'т'),
    ('h', 'н'),
    ('b', 'в'),
];

/// The Latin letter that a small Cyrillic one looks like, or the letter itself.
pub(crate) fn look_alike(c: char) -> char {
    ALIKE.iter().find(|(_, cyrillic)| *cyrillic == c).map_or(c, |(latin, _)| *latin)
}

/// What a word that mixes Latin and Cyrillic letters was most likely meant to be: wholly the one, or wholly the other.
pub(crate) fn of_one_alphabet(word: &str) -> [Option<String>; 2] {
    let latin = |c: char| c.is_ascii_alphabetic();
    let cyrillic = |c: char| matches!(c, '\u{400}'..='\u{52f}');
    if !(word.chars().any(latin) && word.chars().any(cyrillic)) {
        return [None, None];
    }
    let swap = |to_latin: bool| {
        let pair = |c: char| ALIKE.iter().find(|(l, k)| if to_latin { *k == c } else { *l == c });
        word.chars().map(|c| pair(c).map_or(c, |(l, k)| if to_latin { *l } else { *k })).collect::<String>()
    };
    [
        Some(swap(true)).filter(|word| !word.chars().any(cyrillic)),
        Some(swap(false)).filter(|word| !word.chars().any(latin)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_word_are_equal() {
        for (a, b) in [
            ("Tipo_de évento (m²)", "tipodeeventom2"),
            ("المحافظة", "محافظه"),
            ("الألغام", "ألغام"),
            ("الالغام", "الألغام"),
            ("مُحَافَظَـة", "محافظة"),
            ("ولسوالی", "ولسوالي"),
            ("کشته", "كشته"),
            ("រយៈបណ្តោយ", "រយៈបណ្ដោយ"),
            ("ភូមិ\u{200b}ថ្មី", "ភូមិថ្មី"),
            ("ＡＲＥＡ１２", "area12"),
            ("٢٠٠٦", "2006"),
            ("អាយុ១៨", "អាយុ18"),
            ("Широта́", "широта"),
            ("Район", "раион"),
        ] {
            assert_eq!(normal(a), normal(b), "{a} {b}");
        }
        assert_ne!(normal("год"), normal("рік"));
    }

    #[test]
    fn a_word_in_two_alphabets_is_read_in_one() {
        assert_eq!(of_one_alphabet("sех")[0].as_deref(), Some("sex"));
        assert_eq!(of_one_alphabet("рaйон")[1].as_deref(), Some("район"));
        assert_eq!(of_one_alphabet("sex"), [None, None]);
    }
}
