use super::*;

fn source_files(folder: &std::path::Path, texts: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            source_files(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

fn is_key(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.contains('-') && !text.starts_with('-') && !text.ends_with('-') && text.chars().all(plain)
}

fn keys(lang: Lang) -> Vec<&'static str> {
    lang.source()
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .filter(|key| is_key(key))
        .collect()
}

/// The words of the table of rights, each with its sort.
fn rights_words() -> Vec<(&'static str, &'static str)> {
    use crate::rights::{SubjectKind, Tier, Verb, Whose};
    let verbs = Verb::ALL.iter().map(|verb| ("verb", verb.key()));
    let subjects = SubjectKind::ALL.iter().map(|subject| ("subject", subject.key()));
    let tiers = Tier::ALL.into_iter().map(|tier| ("tier", tier.key()));
    let roles = people::Role::ALL.into_iter().map(|role| ("role", role.key()));
    let roles = roles.chain([("role", "anyone"), ("role", "signed-in")]);
    let whose = Whose::ALL.into_iter().filter(|whose| *whose != Whose::Nobody).map(|whose| ("whose", whose.key()));
    verbs.chain(subjects).chain(tiers).chain(roles).chain(whose).collect()
}

/// The keys that the sources name: what stands in `say!(…)`, `.text(…)`, `.with(…)`, and every literal that begins as
/// a key of the locales does.
fn keys_in_sources() -> Vec<String> {
    let mut texts = String::new();
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for room in ["treaty", "desk", "site", "mineban"] {
        source_files(&crates.join(room).join("src"), &mut texts);
    }
    let beginnings: Vec<&str> =
        keys(Lang::En).into_iter().filter_map(|key| key.split('-').next()).filter(|first| first.len() > 2).collect();
    let mut found = Vec::new();
    let parts: Vec<&str> = texts.split('"').collect();
    for (at, literal) in parts.iter().copied().enumerate() {
        let before = parts.get(at.wrapping_sub(1)).copied().unwrap_or_default();
        let said = ["say!(", ".text(", ".with("].iter().any(|call| before.trim_end().ends_with(call));
        // The words of the table of rights are no keys by themselves: `verb-…`, `subject-…` and so on are, below.
        let of_rights = rights_words().iter().any(|(_, word)| *word == literal);
        let begins = !of_rights && literal.split('-').next().is_some_and(|first| beginnings.contains(&first));
        if is_key(literal) && (said || begins) {
            found.push(literal.to_owned());
        }
    }
    found.extend(rights_words().into_iter().map(|(sort, word)| format!("{sort}-{word}")));
    found.extend((1..=12).map(|month| format!("month-{month}")));
    found.extend(intake::FindingKind::all_keys().iter().map(|key| format!("intake-{key}")));
    found.extend(
        ["year", "opening", "found", "corrected", "cancelled", "reduced", "cleared", "closing"]
            .map(|head| format!("balance-{head}")),
    );
    found.extend(intake::findings_file::HEADINGS.map(|(key, _)| format!("findings-{key}")));
    found.extend(["initial", "annual", "voluntary"].map(|kind| format!("report-kind-{kind}")));
    found.extend(treaty::article7::report::SectionKey::ALL.map(|section| format!("section-{}", section.as_str())));
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_language_has_the_same_keys() {
    for lang in Lang::ALL {
        assert_eq!(sorted(keys(lang)), sorted(keys(Lang::En)), "{}", lang.code());
    }
}

fn sorted(mut keys: Vec<&'static str>) -> Vec<&'static str> {
    keys.sort_unstable();
    keys
}

#[test]
fn no_string_is_missing_in_any_of_the_six_languages() {
    let keys = keys_in_sources();
    assert!(keys.len() > 100, "only {} keys were found in the sources: the search is broken", keys.len());
    let mut missing = Vec::new();
    for lang in Lang::ALL {
        let (_, errors) = match FluentResource::try_new(lang.source().to_owned()) {
            Ok(resource) => (resource, Vec::new()),
            Err(wrong) => wrong,
        };
        assert!(errors.is_empty(), "locales/{}.ftl: {errors:?}", lang.code());
        missing
            .extend(keys.iter().filter(|key| !Words::of(lang).has(key)).map(|key| format!("{}: {key}", lang.code())));
    }
    assert!(missing.is_empty(), "{} missing: {missing:#?}", missing.len());
}

#[test]
fn every_language_puts_in_the_same_values_as_english() {
    let values = |lang: Lang| -> HashMap<String, Vec<String>> {
        let mut found: HashMap<String, Vec<String>> = HashMap::new();
        let mut key = String::new();
        for line in lang.source().lines() {
            if let Some((name, _)) = line.split_once(" =")
                && !line.starts_with([' ', '#'])
            {
                name.clone_into(&mut key);
            }
            for part in line.split("{ $").skip(1) {
                found.entry(key.clone()).or_default().push(part.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        for names in found.values_mut() {
            names.sort();
            names.dedup();
        }
        found
    };
    let english = values(Lang::En);
    for lang in Lang::ALL {
        let other = values(lang);
        for (key, names) in &english {
            assert_eq!(other.get(key), Some(names), "{}: {key}", lang.code());
        }
    }
}

#[test]
fn every_state_has_a_name_in_every_language() {
    for file in treaty::register::Register::fold(&crate::founding::acts().unwrap()).unwrap().states() {
        for lang in Lang::ALL {
            assert_ne!(Words::of(lang).state(file.state.state), file.state.state.to_string(), "{}", lang.code());
        }
        assert_eq!(Words::of(Lang::En).state(file.state.state), file.state.name);
    }
}

#[test]
fn figures_and_dates_are_written_as_the_language_does() {
    let (en, fr) = (Words::of(Lang::En), Words::of(Lang::Fr));
    assert_eq!(en.area(2_170_631.03), "2,170,631.03\u{a0}m²");
    assert_eq!(fr.area(2_170_631.0), "2\u{202f}170\u{202f}631\u{a0}m²");
    assert_eq!(en.count(-1234), "\u{2212}1,234");
    assert_eq!(en.date("2001-03-01".parse().unwrap()), "1 March 2001");
    assert_eq!(fr.date("2001-03".parse().unwrap()), "mars 2001");
    assert_eq!(en.date("2026".parse().unwrap()), "2026");
    let arabic = Words::of(Lang::Ar);
    assert_eq!(arabic.date("2001-03-01".parse().unwrap()), "1 آذار/مارس 2001");
    let article = arabic.with("article-number", &[("article", Value::from("5(1)"))]);
    assert!(article.contains("\u{2068}5(1)\u{2069}"), "without isolation it is shown as (1)5");
}

#[test]
fn a_header_of_languages_is_read_in_its_order() {
    assert_eq!(Lang::of_header("de-CH,fr-CH;q=0.9,en;q=0.5"), Lang::Fr);
    assert_eq!(Lang::of_header("en;q=0.1, fr;q=0.9"), Lang::Fr);
    assert_eq!(Lang::of_header("xx"), Lang::En);
}

#[test]
fn a_number_chooses_its_word_and_is_grouped() {
    let days = |lang, days: u32| {
        Words::of(lang).with("kept-days", &[("days", Value::from(days))]).replace(['\u{2068}', '\u{2069}'], "")
    };
    assert_eq!((days(Lang::En, 1), days(Lang::En, 1_095)), ("1 day".to_owned(), "1,095 days".to_owned()));
    let russian = [1, 3, 30, 1_095].map(|number| days(Lang::Ru, number));
    assert_eq!(russian, ["1 день", "3 дня", "30 дней", "1\u{202f}095 дней"]);
    let arabic = [1, 2, 3, 30].map(|number| days(Lang::Ar, number));
    assert_eq!(arabic, ["يوم واحد", "يومان", "3 أيام", "30 يوماً"]);
}
