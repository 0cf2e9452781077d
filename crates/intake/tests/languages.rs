//! Small invented tables in each language: names of columns, words for values, digits, months. All rows are invented.

mod common;
use common::{intake, keys, options, victims};
use intake::{AreaKind, HazardousArea, LandRelease, Outcome, Records, Sex};

fn releases(text: &str) -> Vec<LandRelease> {
    let intake = intake("a.csv", text.as_bytes(), &options());
    let Records::LandReleases(list) = intake.taken else { panic!("{text}: {:?}", intake.columns) };
    list
}

fn areas(text: &str) -> Vec<HazardousArea> {
    let intake = intake("a.csv", text.as_bytes(), &options());
    let Records::HazardousAreas(list) = intake.taken else { panic!("{text}: {:?}", intake.columns) };
    list
}

/// Two victims: a girl of 12 injured on 5 January 2006, and a man killed in 2007.
#[test]
fn victims_are_read_in_every_language() {
    for text in [
        "التاريخ;المحافظة;المديرية;الجنس;العمر;نوع الإصابة\n٥ كانون الثاني ٢٠٠٦;تعز;المخا;أنثى;١٢;جريحة\n٢٠٠٧;تعز;موزع;ذكر;بالغ;متوفى\n",
        "日期,省,县,性别,年龄,伤亡情况\n2006年1月5日,云南,麻栗坡,女,１２,受伤\n2007年,云南,富宁,男,成人,死亡\n",
        "Дата;Область;Район;Пол;Возраст;Исход\n5 января 2006 г.;Хатлон;Шамсиддин;женский;12;ранена\n2007;Хатлон;Шамсиддин;муж.;взрослый;погиб\n",
        "Дата;Область;Громада;Стать;Вік;Наслідок\n5 січня 2006;Харківська;Ізюмська;жіноча;12;поранена\n2007;Харківська;Ізюмська;чоловік;дорослий;загинув\n",
        "Data;Província;Distrito;Sexo;Idade;Consequência\n5 de janeiro de 2006;Moxico;Luau;Feminino;12;Ferida\n2007;Moxico;Luau;Homem;Adulto;Morto\n",
        "Datum nesreće;Entitet;Općina;Spol;Dob;Ishod\n5. siječnja 2006.;FBiH;Doboj;Ž;12;ranjena\n2007;RS;Doboj;M;odrasli;poginuo\n",
        "Датум несреће;Ентитет;Општина;Пол;Старост;Исход\n5. јануара 2006;РС;Добој;женски;12;повријеђена\n2007;РС;Добој;мушки;одрасли;погинуо\n",
        "ថ្ងៃខែឆ្នាំ,ខេត្ត,ស្រុក,ភេទ,អាយុ,លទ្ធផល\nថ្ងៃទី៥ ខែមករា ឆ្នាំ២០០៦,បាត់ដំបង,សំឡូត,ស្រី,១២,រង\u{200b}របួស\n២០០៧,បាត់ដំបង,សំឡូត,ប្រុស,ពេញវ័យ,ស្លាប់\n",
        "تاریخ,ولایت,ولسوالی,جنسیت,سن,نتیجه\n۲۰۰۶/۰۱/۰۵,کابل,بگرامی,اناث,۱۲,زخمی\n۲۰۰۷,كابل,بگرامي,ذکور,کاهل,شهید\n",
        "date,province,district,sex,age,outcome\n5 January 2006,A,B,F,12,injured\n2007,A,B,M,adult,killed\n",
        "fecha,departamento,municipio,sexo,edad,estado\n5 de enero de 2006,A,B,Mujer,12,Herida\n2007,A,B,Hombre,adulto,Muerto\n",
        "date,province,commune,sexe,âge,état\n5 janvier 2006,A,B,femme,12,blessée\n2007,A,B,homme,adulte,tué\n",
    ] {
        let intake = intake("a.csv", text.as_bytes(), &options());
        let [girl, man] = victims(&intake) else { panic!("{text}") };
        assert_eq!(girl.date, Some(jiff::civil::date(2006, 1, 5)), "{text}");
        assert_eq!((girl.sex, girl.age_years, girl.outcome), (Sex::Female, Some(12), Outcome::Injured), "{text}");
        assert_eq!((man.year, man.sex, man.outcome), (Some(2007), Sex::Male, Outcome::Killed), "{text}");
        assert_eq!(man.age, intake::Age::Adult, "{text}");
        assert!(girl.admin1.is_some() && girl.admin2.is_some(), "{text}");
        // In the Dari table the names of places are typed on two keyboards; in the Khmer one a blank has no width.
        let expected: &[&str] = match text {
            _ if text.contains("كابل") => &["name-written-two-ways"; 2],
            _ if text.contains('\u{200b}') => &["zero-width-between-words"],
            _ => &[],
        };
        assert_eq!(keys(&intake), expected, "{text}");
    }
}

/// In 2006: 12,500.5 square metres cleared with 3 anti-personnel mines and 1 other item; in 2007: 2 hectares.
#[test]
fn released_land_is_read_in_every_language() {
    for text in [
        "السنة;المحافظة;المساحة المطهرة (م2);ألغام مضادة للأفراد;ذخائر غير منفجرة\n٢٠٠٦;تعز;١٢٥٠٠٫٥;٣;١\n٢٠٠٧;تعز;٢ هكتار;٠;٠\n",
        "年份,省,清除面积（平方米）,杀伤人员地雷,未爆弹药\n2006,云南,12500.5,3,1\n2007,云南,2公顷,0,0\n",
        "Год;Область;Очищенная площадь, м²;ПП мины;НВБ\n2006;Хатлон;12 500,5;3;1\n2007;Хатлон;2 га;0;0\n",
        "Рік;Область;Площа очищена (кв. м);ПП міни;НВБ\n2006;Харківська;12 500,5;3;1\n2007;Харківська;2 га;0;0\n",
        "Ano;Província;Área desminada (m²);Minas antipessoal;UXO\n2006;Moxico;12.500,5;3;1\n2007;Moxico;2 ha;0;0\n",
        "Godina;Općina;Očišćena površina u m2;PPM;NUS\n2006;Doboj;12.500,5;3;1\n2007;Doboj;2 ha;0;0\n",
        "Година;Општина;Очишћена површина;Противпјешадијске мине;НУС\n2006;Добој;12.500,5;3;1\n2007;Добој;2 хектара;0;0\n",
        "ឆ្នាំ,ខេត្ត,ផ្ទៃដីបោសសម្អាត (ម២),មីនប្រឆាំងមនុស្ស,គ្រាប់មិនទាន់ផ្ទុះ\n២០០៦,ប៉ៃលិន,១២៥០០.៥,៣,១\n២០០៧,ប៉ៃលិន,២ ហិកតា,០,០\n",
        "سال,ولایت,مساحت پاک شده (متر مربع),ماین ضد پرسونل,مهمات منفجر ناشده\n۲۰۰۶,کابل,۱۲۵۰۰٫۵,۳,۱\n۲۰۰۷,کابل,۱۰ جریب,۰,۰\n",
    ] {
        let list = releases(text);
        let [first, second] = list.as_slice() else { panic!("{text}") };
        assert_eq!((first.year, second.year), (Some(2006), Some(2007)), "{text}");
        assert_eq!((first.cleared_m2, second.cleared_m2), (Some(12_500.5), Some(20_000.0)), "{text}");
        assert_eq!((first.ap_mines, first.uxo, second.ap_mines), (Some(3), Some(1), Some(0)), "{text}");
    }
}

/// A suspected area of 5,000 square metres and a confirmed one of which no area is known.
#[test]
fn hazardous_areas_are_read_in_every_language() {
    for text in [
        "رقم المنطقة,نوع المنطقة,خط العرض,خط الطول,المساحة\nA-1,منطقة خطرة مشتبه بها,13.5,44.1,5000\nA-2,مؤكدة,13.6,44.2,غير معروف\n",
        "编号,区域类型,纬度,经度,面积\nA-1,疑似危险区,13.5,44.1,5000\nA-2,确认危险区,13.6,44.2,未知\n",
        "Номер участка;Тип района;Широта;Долгота;Площадь\nA-1;подозреваемый опасный район;13,5;44,1;5000\nA-2;подтверждённый;13,6;44,2;нет данных\n",
        "Номер ділянки;Тип ділянки;Широта;Довгота;Площа\nA-1;підозрювана;13,5;44,1;5000\nA-2;підтверджена;13,6;44,2;невідомо\n",
        "Código da área;Tipo de área;Latitude;Longitude;Superfície\nA-1;Suspeita;13,5;44,1;5000\nA-2;Confirmada;13,6;44,2;desconhecida\n",
        "Šifra područja;Vrsta područja;Geografska širina;Geografska dužina;Površina\nA-1;sumnjiva;13,5;44,1;5000\nA-2;potvrđena;13,6;44,2;nepoznato\n",
        "លេខសម្គាល់,ប្រភេទតំបន់,រយៈទទឹង,រយៈបណ្ដោយ,ផ្ទៃដី\nA-1,តំបន់សង្ស័យ,13.5,44.1,៥០០០\nA-2,តំបន់\u{200b}បញ្ជាក់,13.6,44.2,មិនដឹង\n",
        "شماره ساحه,نوع ساحه,عرض البلد,طول البلد,مساحت\nA-1,ساحه مشکوک,۱۳٫۵,۴۴٫۱,۵۰۰۰\nA-2,تایید شده,۱۳٫۶,۴۴٫۲,نامعلوم\n",
    ] {
        let list = areas(text);
        let [first, second] = list.as_slice() else { panic!("{text}") };
        assert_eq!((first.id.as_deref(), second.id.as_deref()), (Some("A-1"), Some("A-2")), "{text}");
        assert_eq!((first.kind, second.kind), (AreaKind::Suspected, AreaKind::Confirmed), "{text}");
        assert_eq!((first.stated_area_m2, second.stated_area_m2), (Some(5000.0), None), "{text}");
        let place = first.position.unwrap_or_else(|| panic!("{text}"));
        assert_eq!((place.lon, place.lat), (44.1, 13.5), "{text}");
    }
}

#[test]
fn a_header_with_a_letter_of_the_other_alphabet_is_known_and_said() {
    let intake = intake("a.csv", "yеar,sех,outcome\n2006,F,killed\n".as_bytes(), &options());
    assert_eq!((victims(&intake)[0].year, victims(&intake)[0].sex), (Some(2006), Sex::Female));
    assert_eq!(keys(&intake), ["mixed-scripts", "mixed-scripts"]);
}

#[test]
fn a_row_that_sums_the_others_is_known_in_every_language() {
    for (header, total) in [
        ("السنة;الجنس;النتيجة", "المجموع"),
        ("Год;Пол;Исход", "Итого"),
        ("Година;Пол;Исход", "Укупно"),
        ("年份;性别;结果", "合计"),
    ] {
        let intake = intake("a.csv", format!("{header}\n2006;F;killed\n{total};2;2\n").as_bytes(), &options());
        assert_eq!((intake.taken.len(), intake.set_aside[0].reason.kind.key()), (1, "total-row"), "{total}");
    }
}
