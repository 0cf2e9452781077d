//! Workbooks: sheets, types, damage.
#![allow(clippy::unwrap_used)] // a test may stop where it fails

mod common;
use common::{count, finding, intake, keys, options, victims};
use intake::{Format, Records, Sex};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook};

fn victims_book() -> Vec<u8> {
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Notes").unwrap();
    notes.write(0, 0, "Read me").unwrap();
    let sheet = book.add_worksheet().set_name("Victims").unwrap();
    sheet.write(0, 0, "Annex 3").unwrap();
    for (column, header) in (1u16..).zip(["Date", "Sex", "Age", "Outcome", "Code commune"]) {
        sheet.write(2, column, header).unwrap();
    }
    let style = Style::new().set_num_format("yyyy-mm-dd");
    let date = ExcelDateTime::from_ymd(2019, 3, 24).unwrap();
    sheet.write_with_format(3, 1, &date, &style).unwrap();
    sheet.write_row(3, 2, ["F", "34", "Injured", "05313"]).unwrap();
    sheet.write(4, 1, 43_548).unwrap();
    sheet.write_row(4, 2, ["M", "7", "Killed"]).unwrap();
    sheet.write(4, 5, 5313).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn the_sheet_and_the_row_with_known_names_are_chosen_and_said() {
    let intake = intake("a.xlsx", &victims_book(), &options());
    assert_eq!((intake.format, intake.sheet.as_deref()), (Format::Xlsx, Some("Victims")));
    assert_eq!(finding(&intake, "sheet-chosen").kind.args()[1], ("others", "Notes".to_owned()));
    assert_eq!(finding(&intake, "header-not-first").kind.args()[0], ("header_row", "3".to_owned()));
    let list = victims(&intake);
    assert_eq!((list[0].row, list[0].sex, list[0].age_years), (4, Sex::Female, Some(34)));
    assert_eq!(list[0].date, Some(jiff::civil::date(2019, 3, 24)));
    assert_eq!(list[1].date, Some(jiff::civil::date(2019, 3, 24)));
    assert_eq!(list[1].admin2_code.as_ref().unwrap().best(), "05313");
    assert_eq!(count(&intake, "leading-zero-lost"), 1);
}

#[test]
fn numbers_stored_as_text_are_read_and_said() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["year", "area cleared"]).unwrap();
    sheet.write_row(1, 0, ["2006", "1 500,5"]).unwrap();
    sheet.write_row(2, 0, [2007.0, 20.25]).unwrap();
    let intake = intake("a.xlsx", &book.save_to_buffer().unwrap(), &options());
    let Records::LandReleases(list) = &intake.taken else { panic!("{:?}", intake.kind) };
    let found: Vec<_> = list.iter().map(|r| (r.year, r.cleared_m2)).collect();
    assert_eq!(found, [(Some(2006), Some(1500.5)), (Some(2007), Some(20.25))]);
    assert_eq!(count(&intake, "numbers-as-text"), 2);
}

#[test]
fn a_stray_cell_in_the_last_corner_costs_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["year", "sex", "outcome"]).unwrap();
    sheet.write_row(1, 0, ["2006", "F", "killed"]).unwrap();
    sheet.write(1_048_575, 3, "x").unwrap();
    let found = intake("a.xlsx", &book.save_to_buffer().unwrap(), &options());
    assert_eq!((found.taken.len(), found.set_aside.len(), keys(&found).len()), (1, 1, 1));
    sheet_in_last_column();
}

fn sheet_in_last_column() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 16_383, "x").unwrap();
    let error = common::failure("a.xlsx", &book.save_to_buffer().unwrap());
    assert!(error.contains("2000 columns"), "{error}");
}

#[test]
fn a_workbook_cut_short_anywhere_is_refused_and_never_misread() {
    let whole = victims_book();
    for length in (60..whole.len()).step_by(97) {
        let error = common::failure("cut.xlsx", &whole[..length]);
        assert!(error.contains("damaged or cut short"), "{length}: {error}");
    }
}

#[test]
fn a_workbook_named_as_text_is_known_by_its_contents() {
    assert_eq!(intake("a.csv", &victims_book(), &options()).format, Format::Xlsx);
}

#[test]
fn a_sheet_and_a_header_row_can_be_named() {
    let mapped = |toml: &str| intake::Options { mapping: Some(intake::Mapping::from_toml(toml).unwrap()), ..options() };
    let found = intake("a.xlsx", &victims_book(), &mapped("sheet = 'Victims'\nrow_header = 3"));
    assert_eq!((found.taken.len(), keys(&found).contains(&"sheet-chosen")), (2, false));
    let error = common::read("a.xlsx", &victims_book(), &mapped("sheet = 'Opfer'")).unwrap_err().to_string();
    assert!(error.contains("\"Opfer\"") && error.contains("Notes, Victims"), "{error}");
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!((json["kind"].as_str(), json["taken"]["victims"][0]["sex"].as_str()), (Some("victim"), Some("female")));
}
