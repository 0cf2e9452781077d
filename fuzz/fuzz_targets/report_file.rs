#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::report::report_file(bytes));
