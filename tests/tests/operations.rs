//! The running site as those who run it see it: its metrics, its log, and its end.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use whole_program::{Answer, Room, Site};

/// A site that writes its log to `log.jsonl` in the room.
fn logged(room: &Room, arguments: &[&str]) -> Site {
    let mut command = room.command(&[&["serve", "--port", "0", "--data", "data", "--log", "json"], arguments].concat());
    command.stderr(File::create(room.path("log.jsonl")).unwrap());
    Site::start_as(command)
}

fn log(room: &Room) -> Vec<Value> {
    room.read_text("log.jsonl").lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// Where the metrics are, by the log.
fn metrics_of(room: &Room) -> String {
    let said =
        log(room).into_iter().find(|line| line["message"] == "metrics are given out").expect("the log says where");
    said["address"].as_str().unwrap().to_owned()
}

fn terminate(process: u32) {
    assert!(Command::new("kill").args(["-TERM", &process.to_string()]).status().unwrap().success());
}

#[test]
fn metrics_count_by_route_template_and_are_not_on_the_public_address() {
    let room = Room::new();
    let site = logged(&room, &["--metrics", "127.0.0.1:0"]);
    for path in ["/states/COL", "/states/UKR?as_of=2020-01-01", "/states/ZZZ", "/nowhere/at/all"] {
        let _ = site.get(path);
    }
    assert_eq!(site.get("/metrics").status, 404, "the public address gives no metrics");
    let answer = Answer::ask(&metrics_of(&room), "GET", "/metrics", &[], "");
    assert_eq!(answer.status, 200);
    let text = answer.text();
    for line in [
        "mineban_requests_total{method=\"GET\",route=\"/states/{state}\",status=\"200\"} 2",
        "mineban_requests_total{method=\"GET\",route=\"/states/{state}\",status=\"404\"} 1",
        "mineban_requests_total{method=\"GET\",route=\"(none)\",status=\"404\"} 2",
        "mineban_request_duration_seconds_count{route=\"/states/{state}\"} 3",
        "mineban_register_behind_acts 0",
    ] {
        assert!(text.lines().any(|own| own == line), "{line} is not in\n{text}");
    }
    let acts = text.lines().find_map(|line| line.strip_prefix("mineban_journal_acts ")).unwrap();
    assert!(acts.parse::<u64>().unwrap() > 1000, "{acts}");
    for value in ["COL", "UKR", "ZZZ", "nowhere", "2020", "127.0.0.1"] {
        assert!(!text.contains(value), "{value} is in the metrics\n{text}");
    }
}

#[test]
fn metrics_that_other_machines_reach_need_a_token() {
    let room = Room::new();
    let open = ["serve", "--port", "0", "--data", "data", "--metrics", "0.0.0.0:0"];
    room.run(&open).refused(&["token", "--metrics-token-file"]);
    room.write("short", "0123456789\n");
    room.run(&[&open[..], &["--metrics-token-file", "short"]].concat()).refused(&["short", "32"]);
    let token = "correct-horse-battery-staple-0123456789";
    room.write("token", format!("{token}\n"));
    let site = logged(&room, &["--metrics", "127.0.0.1:0", "--metrics-token-file", "token"]);
    let address = metrics_of(&room);
    for (shown, status) in [("Bearer wrong", 401), ("", 401), (&format!("Bearer {token}"), 200)] {
        assert_eq!(Answer::ask(&address, "GET", "/metrics", &[("Authorization", shown)], "").status, status, "{shown}");
    }
    drop(site);
    assert!(!room.read_text("log.jsonl").contains(token));
}

#[test]
fn the_log_holds_nothing_that_a_caller_sent() {
    let room = Room::new();
    let site = logged(&room, &[]);
    let secrets =
        ["hunter2-secret", "tok_4f9a8b7c", "Aurelia-Ndiaye", "aurelia@example.org", "203.0.113.77", "10.99.88.77"];
    let [password, token, name, email, forwarded, _] = secrets;
    let headers = [
        ("Authorization", &*format!("Bearer {token}")),
        ("Cookie", &*format!("session={token}")),
        ("X-Forwarded-For", forwarded),
        ("X-Request-Id", token),
        ("User-Agent", name),
        ("Referer", &*format!("https://example.org/?email={email}")),
    ];
    for path in ["/", "/states", "/nowhere", "/states/COL", "/sign-in", "/readyz", "/api/reports"] {
        let _ = site.get_with(&format!("{path}?password={password}&name={name}&as_of={email}"), &headers);
        let _ = site.get_with(&format!("{path}/{name}/{email}"), &headers);
        let form = format!("email={email}&password={password}&code={token}&name={name}");
        for kind in ["application/x-www-form-urlencoded", "application/json"] {
            let headers = [&headers[..], &[("Content-Type", kind)]].concat();
            let _ = Answer::ask(site.address(), "POST", path, &headers, &form);
            let json = format!("{{\"name\": \"{name}\", \"email\": \"{email}\", \"password\": \"{password}\"}}");
            let _ = Answer::ask(site.address(), "POST", path, &headers, &json);
        }
        let _ = Answer::ask(site.address(), name, path, &headers, "");
    }
    assert!(site.stop().success());
    let text = room.read_text("log.jsonl");
    for secret in secrets.into_iter().chain(["127.0.0.1:", "example.org", "password"]) {
        let shown = text.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(shown, None, "{secret} is in the log");
    }
    let answered: Vec<Value> = log(&room).into_iter().filter(|line| line["message"] == "answered").collect();
    assert!(answered.len() >= 7 * 7, "{} lines", answered.len());
    for line in &answered {
        let mut keys: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let known = ["duration_us", "id", "level", "message", "method", "route", "status", "target", "timestamp"];
        assert_eq!(keys, known, "{line}");
        let route = line["route"].as_str().unwrap();
        assert!(route == "(none)" || route.starts_with('/'), "{line}");
    }
    assert!(answered.iter().any(|line| line["route"] == "/states/{state}" && line["status"] == 400));
    assert!(answered.iter().any(|line| line["method"] == "other"), "a method that nobody knows has no name");
}

#[test]
fn every_answer_names_its_line_in_the_log() {
    let room = Room::new();
    let site = logged(&room, &[]);
    let ids = ["/", "/nowhere", "/readyz"].map(|path| site.get(path).header("x-request-id"));
    assert!(site.stop().success());
    for id in ids {
        assert_eq!(id.len(), 16, "{id}");
        assert_eq!(log(&room).iter().filter(|line| line["id"] == id.as_str()).count(), 1, "{id}");
    }
}

/// A connection that is kept open from one request to the next, as browsers and load balancers do.
struct Line(BufReader<TcpStream>);

/// An answer read to its end, or why not.
enum Reached {
    Whole {
        status: u16,
        last: bool,
    },
    /// Not a byte came: the connection was closed while it was idle. A client asks again elsewhere.
    Nothing,
    Half,
}

impl Line {
    fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Self(BufReader::new(stream)))
    }

    fn get(&mut self, path: &str) -> Reached {
        let request = format!("GET {path} HTTP/1.1\r\nHost: site\r\n\r\n");
        if self.0.get_mut().write_all(request.as_bytes()).is_err() {
            return Reached::Nothing;
        }
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            match self.0.read_line(&mut line) {
                Ok(1..) if line == "\r\n" => break,
                Ok(1..) => head.push(line.trim_end().to_ascii_lowercase()),
                _ if head.is_empty() => return Reached::Nothing,
                _ => return Reached::Half,
            }
        }
        let length =
            head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).expect("a length");
        let mut body = vec![0; length];
        if self.0.read_exact(&mut body).is_err() {
            return Reached::Half;
        }
        let status = head[0].split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        Reached::Whole { status, last: head.iter().any(|line| line == "connection: close") }
    }
}

/// What many clients saw together.
#[derive(Debug, Default)]
struct Seen {
    whole: AtomicUsize,
    after: AtomicUsize,
    nothing: AtomicUsize,
    half: AtomicUsize,
    refused: AtomicUsize,
}

#[test]
fn told_to_end_under_load_it_first_says_that_it_is_not_ready_and_then_answers_every_request() {
    let room = Room::new();
    // Longer than the test takes: the second word ends it.
    let site = logged(&room, &["--drain", "600"]);
    let address = site.address().to_owned();
    let (ready, told, seen) = (AtomicBool::new(true), AtomicBool::new(false), Seen::default());
    let count = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::SeqCst);
    thread::scope(|scope| {
        for client in 0..16 {
            let (address, ready, told, seen) = (&address, &ready, &told, &seen);
            scope.spawn(move || {
                let path = ["/states", "/states/COL", "/index.json", "/"][client % 4];
                // As a load balancer does: no new connection to a site that is not ready.
                while ready.load(Ordering::SeqCst) {
                    let Ok(mut line) = Line::open(address) else {
                        count(&seen.refused);
                        break;
                    };
                    loop {
                        let after = told.load(Ordering::SeqCst);
                        match line.get(path) {
                            Reached::Whole { status, last } => {
                                assert_eq!(status, 200, "{path}");
                                count(&seen.whole);
                                if after {
                                    count(&seen.after);
                                }
                                if last {
                                    break;
                                }
                            }
                            Reached::Nothing => {
                                count(&seen.nothing);
                                break;
                            }
                            Reached::Half => {
                                count(&seen.half);
                                break;
                            }
                        }
                    }
                }
            });
        }
        while seen.whole.load(Ordering::SeqCst) < 200 {
            thread::sleep(Duration::from_millis(5));
        }
        told.store(true, Ordering::SeqCst);
        terminate(site.process());
        // While it drains it still takes calls, and says that it is not ready.
        let probe = loop {
            let probe = Answer::ask(&address, "GET", "/readyz", &[], "");
            if probe.status == 503 {
                break probe;
            }
        };
        assert_eq!(probe.json()["checks"][0]["reason"], "stopping");
        assert_eq!(Answer::ask(&address, "GET", "/healthz", &[], "").status, 200, "it is still alive");
        ready.store(false, Ordering::SeqCst);
    });
    assert!(site.stop().success(), "it ends well");
    println!("{seen:?}");
    for (what, counter) in [("half", &seen.half), ("nothing", &seen.nothing), ("refused", &seen.refused)] {
        assert_eq!(counter.load(Ordering::SeqCst), 0, "{what}: {seen:?}");
    }
    assert!(seen.after.load(Ordering::SeqCst) > 0, "none was answered after the signal: {seen:?}");
    assert!(log(&room).iter().any(|line| line["message"] == "stopped"));
    assert!(TcpStream::connect(&address).is_err(), "nobody listens any more");
}

#[test]
fn told_to_end_at_once_under_load_it_breaks_off_no_answer() {
    let room = Room::new();
    let site = logged(&room, &["--drain", "0"]);
    let address = site.address().to_owned();
    let seen = Seen::default();
    thread::scope(|scope| {
        for _ in 0..16 {
            let (address, seen) = (&address, &seen);
            scope.spawn(move || {
                while let Ok(mut line) = Line::open(address) {
                    loop {
                        match line.get("/states/COL.json") {
                            Reached::Whole { last, .. } => {
                                seen.whole.fetch_add(1, Ordering::SeqCst);
                                if last {
                                    break;
                                }
                            }
                            Reached::Nothing => break,
                            Reached::Half => {
                                seen.half.fetch_add(1, Ordering::SeqCst);
                                return;
                            }
                        }
                    }
                }
            });
        }
        while seen.whole.load(Ordering::SeqCst) < 200 {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(site.stop().success());
    });
    println!("{seen:?}");
    assert_eq!(seen.half.load(Ordering::SeqCst), 0, "{seen:?}");
}

#[test]
fn a_caller_that_never_ends_its_request_does_not_keep_the_site_from_ending() {
    let room = Room::new();
    let site = logged(&room, &["--finish", "1"]);
    let mut half = TcpStream::connect(site.address()).unwrap();
    half.write_all(b"GET /states HTTP/1.1\r\nHost: site\r\nX-Never: ").unwrap();
    // The site has taken the connection when it answers a later one.
    assert_eq!(site.get("/healthz").status, 200);
    assert!(site.stop().success());
    let cut = log(&room).into_iter().find(|line| line["message"].as_str().unwrap().contains("cut off"));
    assert_eq!(cut.expect("the log says so")["connections"], 1);
}

#[test]
fn options_are_read_from_the_environment_as_well() {
    let room = Room::new();
    let mut command = room.command(&["serve", "--data", "data"]);
    command.env("MINEBAN_PORT", "0").env("MINEBAN_LOG", "json").env("MINEBAN_METRICS", "127.0.0.1:0");
    command.stderr(File::create(room.path("log.jsonl")).unwrap());
    let site = Site::start_as(command);
    assert_eq!(site.get("/readyz").status, 200);
    assert_eq!(Answer::ask(&metrics_of(&room), "GET", "/metrics", &[], "").status, 200);
    let wrong = room.command(&["serve"]).env("MINEBAN_PORT", "eighty").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("eighty"));
}
