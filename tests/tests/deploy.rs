//! What stands in `deploy/` is what the tools that read it take.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use whole_program::{Room, binary};

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy").join(name)
}

/// What a tool said, or `None` where it is not installed.
fn ran(program: &str, arguments: &[&str]) -> Option<Output> {
    let found = Command::new(program).args(arguments).output();
    if found.is_err() {
        println!("NOT RUN: {program} is not installed here");
    }
    found.ok()
}

fn whole(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

#[test]
fn systemd_takes_the_unit_and_finds_little_exposed() {
    let room = Room::new();
    let text = fs::read_to_string(deploy("mineban.service")).unwrap();
    // The program need not be installed for this.
    room.write("mineban.service", text.replace("/usr/local/bin/mineban", binary().to_str().unwrap()));
    let unit = room.path("mineban.service");
    let unit = unit.to_str().unwrap();
    let Some(verified) = ran("systemd-analyze", &["verify", "--man=no", unit]) else { return };
    let told = whole(&verified);
    assert!(!told.contains("mineban.service:"), "{told}");
    // 1.5 of 10: the network and the host's root folder are what remains.
    let exposed =
        ran("systemd-analyze", &["security", "--offline=true", "--no-pager", "--threshold=15", unit]).unwrap();
    assert!(exposed.status.success(), "{}", whole(&exposed));
    println!("{}", whole(&exposed).lines().last().unwrap_or_default());
}

#[test]
fn nginx_takes_its_example() {
    let room = Room::new();
    let Some(_) = ran("nginx", &["-v"]) else { return };
    let (key, certificate) = (room.path("key.pem"), room.path("certificate.pem"));
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    let made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
    let made = [&made[..], &["-subj", "/CN=mineban.example", "-keyout", key, "-out", certificate]].concat();
    assert!(ran("openssl", &made).expect("openssl is there where nginx is").status.success());
    let text = fs::read_to_string(deploy("nginx.conf")).unwrap();
    let text = text
        .replace("/etc/letsencrypt/live/mineban.example/fullchain.pem", certificate)
        .replace("/etc/letsencrypt/live/mineban.example/privkey.pem", key)
        .replace("/var/log/nginx/", &format!("{}/", room.path(".").display()));
    room.write("site.conf", text);
    let here = room.path("site.conf");
    let main =
        format!("pid {}/nginx.pid;\nevents {{}}\nhttp {{ include {}; }}\n", room.path(".").display(), here.display());
    room.write("nginx.conf", main);
    let tested = ran("nginx", &["-t", "-c", room.path("nginx.conf").to_str().unwrap()]).unwrap();
    assert!(tested.status.success(), "{}", whole(&tested));
}

#[test]
fn every_name_in_the_environment_is_an_option_of_serve() {
    let room = Room::new();
    let help = room.fine(&["serve", "--help"]).stdout;
    for file in ["environment.example", "mineban.service", "Containerfile"] {
        let text = fs::read_to_string(deploy(file)).unwrap();
        let named =
            text.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|word| word.starts_with("MINEBAN_"));
        let mut count = 0;
        for name in named {
            assert!(help.contains(name), "{file}: {name} is no option of `mineban serve`");
            count += 1;
        }
        assert!(count > 0, "{file} names none");
    }
}
