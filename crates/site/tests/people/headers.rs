//! The headers of every address, whoever asks.

use people::Role;
use site::Settings;

use crate::house::{House, OWN, stranger};

#[tokio::test]
async fn every_address_carries_the_headers_that_keep_strangers_out() {
    let house = House::new(Settings::default()).await;
    let administrator = house.signed_in("admin", Some(Role::Administrator), 9).await;
    let mut checked = 0;
    for route in site::routes().listed() {
        let path = route.path.replace("{state}", OWN).replace("{year}", "2025").replace("{z}/{x}/{y}", "4/6/7.mvt");
        let path = path.replace("{symbol}", "75-52").replace("{file}", "areas.js").replace(['{', '}'], "");
        for asker in [&stranger(), &administrator] {
            let answer = match route.method {
                "GET" => house.get(asker, &path).await,
                // Without the proof of a form: refused, and still with every header.
                _ => house.post(&crate::house::Asker { csrf: "none".to_owned(), ..asker.clone() }, &path, &[]).await,
            };
            let of = format!("{} {path} for {}", route.method, asker.name);
            checked += 1;
            let policy = answer.header("content-security-policy");
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
                assert!(policy.contains(part), "{of}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{of}: {policy}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-frame-options", "DENY"),
            ] {
                assert_eq!(answer.header(name), value, "{of}: {name}");
            }
            assert_eq!(answer.header("strict-transport-security"), "", "{of}: this site has no TLS");
            let html = answer.header("content-type").starts_with("text/html");
            let text = answer.text();
            let inline = ["<script>", "javascript:", " onload=", " onclick=", " style=\"", "<style"];
            assert!(!html || inline.iter().all(|sign| !text.contains(sign)), "{of} runs something of its own");
            assert!(
                route.method != "POST" || answer.status >= 400,
                "{of} was taken without a proof: {}",
                answer.status
            );
        }
    }
    println!("headers: {checked} answers of {} addresses", site::routes().listed().len());
}

#[tokio::test]
async fn a_page_that_carries_a_proof_is_not_compressed() {
    use axum::body::Body;
    use axum::http::Request;
    let house = House::new(Settings::default()).await;
    for (path, encoding) in [("/", "gzip"), ("/states", "gzip"), ("/sign-in", ""), ("/password", "")] {
        let request = Request::get(path).header("accept-encoding", "gzip").body(Body::empty()).unwrap();
        assert_eq!(house.ask(&stranger(), request).await.header("content-encoding"), encoding, "{path}");
    }
}

#[tokio::test]
async fn behind_tls_the_browser_is_held_to_it() {
    let house = House::new(Settings { behind_tls: true, ..Settings::default() }).await;
    let answer = house.get(&stranger(), "/sign-in").await;
    assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"));
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.contains("__Host-mineban-form=") && cookie.contains("; Secure") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
}

#[tokio::test]
async fn what_a_stranger_says_of_their_address_counts_only_from_a_proxy_that_is_trusted() {
    use axum::body::Body;
    use axum::http::Request;
    // 40 tries with a new address in the header each time: counted as one, unless the peer is a trusted proxy.
    for (trusted, expected) in [(vec![], true), (vec!["192.0.2.1".parse().unwrap()], false)] {
        let house = House::new(Settings { trusted_proxies: trusted, ..Settings::default() }).await;
        let mut slowed = false;
        for try_ in 0..40 {
            let request = Request::get(format!("/invitations/{}", "k".repeat(43)))
                .header("x-forwarded-for", format!("203.0.113.{try_}"))
                .body(Body::empty())
                .unwrap();
            let answer = house.ask(&stranger(), request).await;
            slowed |= answer.status == 429;
            assert!(answer.status != 429 || !answer.header("retry-after").is_empty());
        }
        assert_eq!(slowed, expected);
    }
}
