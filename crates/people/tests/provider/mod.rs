//! A real identity provider (npm's oidc-provider), installed once and started for a test, and somebody who visits it.
//! The tests of `people` and of `site` share this file.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code; not every test uses it all"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use people::{ProviderSettings, Secret};
use reqwest::Url;

const MODULE: &str = "oidc-provider@9.13.3";
pub struct Server {
    process: Child,
    pub issuer: String,
    /// Held open: a server that cannot say something dies of it.
    _says: BufReader<ChildStdout>,
}

impl Server {
    /// How a site is told of it.
    pub fn settings(&self, back: &str) -> ProviderSettings {
        ProviderSettings {
            issuer: self.issuer.clone(),
            client: "mineban".to_owned(),
            secret: Some(Secret::given("a secret between the two")),
            back: back.to_owned(),
        }
    }
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
    let folder = all.join(MODULE);
    if folder.exists() {
        return Some(folder);
    }
    let begun = tempfile::tempdir_in(all).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--silent", MODULE]).arg("--prefix").arg(begun.path());
    let Ok(done) = npm.current_dir(begun.path()).status() else {
        eprintln!("NOT TESTED: there is no npm here to install an identity provider with");
        return None;
    };
    assert!(done.success(), "npm could not install {MODULE}");
    std::fs::rename(begun.keep(), &folder).unwrap();
    Some(folder)
}

/// Starts the provider, which sends people back to `back`; `None` where it cannot be installed.
pub fn provider(back: &str) -> Option<Server> {
    let folder = installed()?;
    let mut node = Command::new("node");
    // From standard input, a script finds the modules of the folder that it runs in.
    node.args(["--input-type=module", "-e", include_str!("provider.mjs")]).current_dir(&folder).env("BACK", back);
    let mut process = node.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut issuer = String::new();
    let mut says = BufReader::new(process.stdout.take().unwrap());
    says.read_line(&mut issuer).unwrap();
    assert!(!issuer.is_empty(), "the provider ended without naming its address");
    Some(Server { process, issuer: issuer.trim().to_owned(), _says: says })
}

/// Somebody's browser at the provider: keeps cookies, follows redirects, fills in the two forms, and stops on the way back.
pub struct Visitor {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    back: String,
}

impl Visitor {
    pub fn new(back: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookies: BTreeMap::new(), back: back.to_owned() }
    }

    async fn ask(&mut self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Signs in there as `login`; what came back: state and code.
    pub async fn visit(&mut self, address: &str, login: &str) -> (String, String) {
        let back = self.way_back(address, Some(login)).await;
        let value = |key: &str| back.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
        (value("state").unwrap(), value("code").unwrap_or_else(|| panic!("{back}")))
    }

    /// Signs in there as `login`, or gives it up; the address that leads back.
    pub async fn way_back(&mut self, address: &str, login: Option<&str>) -> Url {
        let mut next = Url::parse(address).unwrap();
        for _ in 0..20 {
            if next.as_str().starts_with(&self.back) {
                return next;
            }
            let answer = self.ask(self.http.get(next.clone())).await;
            let led = answer.headers().get("location").map(|next| next.to_str().unwrap().to_owned());
            next = match led {
                Some(led) => next.join(&led).unwrap(),
                None => self.fill_in(&next, &answer.text().await.unwrap(), login).await,
            };
        }
        panic!("the provider leads in circles");
    }

    async fn fill_in(&mut self, at: &Url, page: &str, login: Option<&str>) -> Url {
        let request = match login {
            None => self.http.get(format!("{at}/abort")),
            Some(login) => {
                let form = if page.contains("name=\"login\"") {
                    format!("prompt=login&login={login}&password=any")
                } else {
                    "prompt=consent".to_owned()
                };
                let kind = "application/x-www-form-urlencoded";
                self.http.post(at.clone()).header("content-type", kind).body(form)
            }
        };
        let answer = self.ask(request).await;
        at.join(answer.headers()["location"].to_str().unwrap()).unwrap()
    }
}
