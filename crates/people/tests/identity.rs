//! Signing in at a real identity provider: npm's oidc-provider, started here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::similar_names, reason = "test code")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use database::Address;
use jiff::Timestamp;
use people::{IdentityError, NewPerson, People, Provider, ProviderSettings, SignIn};

const PROVIDER: &str = "oidc-provider@9.13.3";
const BACK: &str = "http://127.0.0.1:9/back";

struct Server {
    process: Child,
    issuer: String,
    /// Held open: a server that cannot say something dies of it.
    _says: BufReader<ChildStdout>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The folder with the provider's modules; `None`, said plainly, where there is no npm to install them with.
///
/// Tests run side by side, each in a process of its own: the first installs while the others wait, and the folder has its
/// name only once it is whole.
fn installed() -> Option<PathBuf> {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let turn = File::create(all.join("oidc-provider.lock")).unwrap();
    turn.lock().unwrap();
    let folder = all.join(PROVIDER);
    if folder.exists() {
        return Some(folder);
    }
    let begun = tempfile::tempdir_in(all).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--silent", PROVIDER]).arg("--prefix").arg(begun.path());
    let Ok(done) = npm.current_dir(begun.path()).status() else {
        eprintln!("NOT TESTED: there is no npm here to install an identity provider with");
        return None;
    };
    assert!(done.success(), "npm could not install {PROVIDER}");
    std::fs::rename(begun.keep(), &folder).unwrap();
    Some(folder)
}

/// Starts the provider; `None` where it cannot be installed.
fn provider() -> Option<Server> {
    let folder = installed()?;
    let script = include_str!("provider.mjs");
    let mut node = Command::new("node");
    // From standard input, a script finds the modules of the folder that it runs in.
    node.args(["--input-type=module", "-e", script]).current_dir(&folder);
    let mut process = node.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut issuer = String::new();
    let mut says = BufReader::new(process.stdout.take().unwrap());
    says.read_line(&mut issuer).unwrap();
    assert!(!issuer.is_empty(), "the provider ended without naming its address");
    Some(Server { process, issuer: issuer.trim().to_owned(), _says: says })
}

/// A browser: keeps cookies, follows redirects of the provider, fills in its two forms, and stops on the way back.
struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookies: BTreeMap::new() }
    }

    async fn go(&mut self, request: reqwest::RequestBuilder) -> (String, Option<String>) {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let next = answer.headers().get("location").map(|next| next.to_str().unwrap().to_owned());
        (answer.url().to_string(), next)
    }

    /// Signs in there as `login`; what came back: state and code.
    async fn visit(&mut self, address: &str, login: &str) -> (String, String) {
        let mut next = address.to_owned();
        for _ in 0..20 {
            if next.starts_with(BACK) {
                let back = reqwest::Url::parse(&next).unwrap();
                let value =
                    |key: &str| back.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
                return (value("state").unwrap(), value("code").unwrap_or_else(|| panic!("{next}")));
            }
            let (at, redirect) = self.go(self.http.get(&next)).await;
            next = match redirect {
                Some(redirect) => reqwest::Url::parse(&at).unwrap().join(&redirect).unwrap().to_string(),
                None => self.fill_in(&at, login).await,
            };
        }
        panic!("the provider leads in circles");
    }

    async fn fill_in(&mut self, at: &str, login: &str) -> String {
        let page = self.http.get(at);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let page = page.header("cookie", cookies.join("; ")).send().await.unwrap().text().await.unwrap();
        let form = if page.contains("name=\"login\"") {
            format!("prompt=login&login={login}&password=any")
        } else {
            "prompt=consent".to_owned()
        };
        let post = self.http.post(at).header("content-type", "application/x-www-form-urlencoded").body(form);
        let (at, next) = self.go(post).await;
        reqwest::Url::parse(&at).unwrap().join(&next.unwrap()).unwrap().to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_bound_at_an_invitation_and_known_by_issuer_and_subject_only() {
    let Some(server) = provider() else { return };
    let folder = tempfile::tempdir().unwrap();
    let people = People::open(&Address::File(folder.path().join("people.sqlite"))).await.unwrap();
    let settings = ProviderSettings {
        issuer: server.issuer.clone(),
        client: "mineban".to_owned(),
        secret: Some(people::Secret::given("a secret between the two")),
        back: BACK.to_owned(),
    };
    let provider = Provider::meet(&settings).await.unwrap();
    let (here, now) = ("192.0.2.7".parse().unwrap(), Timestamp::now());
    let ada = NewPerson { name: "Ada Quist".into(), email: "ada@example.org".into(), ..NewPerson::default() };
    let invitation = people.invite(None, &ada, now).await.unwrap();
    let token = invitation.token.reveal();

    // The provider says the right address for her, and that does not let anybody in.
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    assert!(journey.address.contains("code_challenge_method=S256") && journey.address.contains("nonce="));
    let (state, code) = Browser::new().visit(&journey.address, "ada@example.org").await;
    let unbound = people.come_back(&provider, journey.keep.reveal(), &state, &code, now).await;
    assert!(matches!(unbound, Err(IdentityError::NotBound)), "{unbound:?}");

    // She accepts her invitation with her account there.
    let journey = people.set_out(&provider, Some(token), here, now).await.unwrap();
    let (state, code) = Browser::new().visit(&journey.address, "subject-1").await;
    let accepted = people.come_back(&provider, journey.keep.reveal(), &state, &code, now).await.unwrap();
    let SignIn::Session(session) = accepted else { panic!("{accepted:?}") };
    assert_eq!(session.person, invitation.person);
    assert!(people.invitation(token, now).await.is_err(), "the invitation is used up");
    let again = people.come_back(&provider, journey.keep.reveal(), &state, &code, now).await;
    assert!(matches!(again, Err(IdentityError::NotBegun)), "{again:?}");

    // Next time the account is enough, and another account is not.
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    let (state, code) = Browser::new().visit(&journey.address, "subject-1").await;
    let known = people.come_back(&provider, journey.keep.reveal(), &state, &code, now).await.unwrap();
    assert!(matches!(known, SignIn::Session(session) if session.person == invitation.person));
    let journey = people.set_out(&provider, None, here, now).await.unwrap();
    let (state, code) = Browser::new().visit(&journey.address, "subject-2").await;
    let other = people.come_back(&provider, journey.keep.reveal(), &state, &code, now).await;
    assert!(matches!(other, Err(IdentityError::NotBound)), "{other:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_good_only_in_the_browser_that_set_out_for_it() {
    let Some(server) = provider() else { return };
    let folder = tempfile::tempdir().unwrap();
    let people = People::open(&Address::File(folder.path().join("people.sqlite"))).await.unwrap();
    let settings = ProviderSettings {
        issuer: server.issuer.clone(),
        client: "mineban".to_owned(),
        secret: Some(people::Secret::given("a secret between the two")),
        back: BACK.to_owned(),
    };
    let provider = Provider::meet(&settings).await.unwrap();
    let (here, now) = ("192.0.2.7".parse().unwrap(), Timestamp::now());
    let set_out = || people.set_out(&provider, None, here, now);
    let (mine, hers) = (set_out().await.unwrap(), set_out().await.unwrap());
    let (my_state, my_code) = Browser::new().visit(&mine.address, "mallory").await;
    let (her_state, _) = Browser::new().visit(&hers.address, "ada").await;

    // Another state than the one that this browser set out with.
    let wrong = people.come_back(&provider, hers.keep.reveal(), &my_state, &my_code, now).await;
    assert!(matches!(wrong, Err(IdentityError::NotBegun)), "{wrong:?}");
    // Her state with my code: the provider itself refuses, for the verifier is hers.
    let hers = set_out().await.unwrap();
    let (state, _) = Browser::new().visit(&hers.address, "ada").await;
    let slipped = people.come_back(&provider, hers.keep.reveal(), &state, &my_code, now).await;
    assert!(matches!(slipped, Err(IdentityError::Provider(_))), "{slipped:?}");
    // Nobody set out with this.
    let guessed = people.come_back(&provider, "guess", &her_state, &my_code, now).await;
    assert!(matches!(guessed, Err(IdentityError::NotBegun)), "{guessed:?}");
    // Too late.
    let late = set_out().await.unwrap();
    let (state, code) = Browser::new().visit(&late.address, "ada").await;
    let after = now + std::time::Duration::from_secs(601);
    let too_late = people.come_back(&provider, late.keep.reveal(), &state, &code, after).await;
    assert!(matches!(too_late, Err(IdentityError::NotBegun)), "{too_late:?}");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_named_as_the_reason() {
    let settings = ProviderSettings {
        issuer: "http://127.0.0.1:9".to_owned(),
        client: "mineban".to_owned(),
        secret: Some(people::Secret::given("never shown")),
        back: BACK.to_owned(),
    };
    let error = Provider::meet(&settings).await.unwrap_err();
    assert!(matches!(error, IdentityError::Provider(_)), "{error}");
    assert!(!format!("{settings:?}{error:?}").contains("never shown"));
}
