//! A browser without a script: it keeps cookies, finds links and forms, and follows them.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;

use crate::house::{Answer, Asker, Credential, House, stranger};

/// What a browser holds.
pub struct Browser<'a> {
    pub house: &'a House,
    pub cookies: BTreeMap<String, String>,
    /// Those that come along only from this site's own pages.
    strict: BTreeSet<String>,
    /// Whom the site counts.
    pub asker: Asker,
}

/// A form as it stands in a page.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub upload: bool,
    pub fields: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub fn new(house: &'a House, address: u8) -> Self {
        let asker = Asker { address, credential: Credential::Nothing, ..stranger() };
        Self { house, cookies: BTreeMap::new(), strict: BTreeSet::new(), asker }
    }

    async fn ask(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        let from_elsewhere = parts.headers.get("sec-fetch-site").is_some_and(|from| from == "cross-site");
        let comes_along = |name: &String| !from_elsewhere || !self.strict.contains(name);
        let cookies = self.cookies.iter().filter(|(name, _)| comes_along(name));
        let cookies: Vec<String> = cookies.map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            parts.headers.insert("cookie", cookies.join("; ").parse().unwrap());
        }
        parts.headers.entry("sec-fetch-site").or_insert("same-origin".parse().unwrap());
        let answer = self.house.ask(&self.asker, Request::from_parts(parts, body)).await;
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("SameSite=Strict") {
                self.strict.insert(name.to_owned());
            }
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Comes from another site.
    pub async fn arrive(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path).header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap()).await
    }

    /// Sends a form as it stands, with these fields changed.
    pub async fn send(&mut self, form: &Form, change: &[(&str, &str)]) -> Answer {
        let mut fields = form.fields.clone();
        for (name, value) in change {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        if form.upload {
            return self.upload(&form.action, &fields, None).await;
        }
        let body = serde_urlencoded::to_string(fields).unwrap();
        let kind = "application/x-www-form-urlencoded";
        self.ask(Request::post(&form.action).header("content-type", kind).body(body.into()).unwrap()).await
    }

    /// Sends an upload.
    pub async fn upload(&mut self, action: &str, fields: &[(String, String)], file: Option<&[u8]>) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| name != "file") {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        if let Some(file) = file {
            body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x.html\"\r\nContent-Type: text/html\r\n\r\n");
            body.extend(file);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let kind = "multipart/form-data; boundary=edge";
        self.ask(Request::post(action).header("content-type", kind).body(body.into()).unwrap()).await
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(unescaped(value))
}

/// Where a page leads, within this site.
pub fn links(html: &str) -> Vec<String> {
    let all = html.split("<a ").skip(1).filter_map(|rest| attribute(&format!(" {}", rest.split('>').next()?), "href"));
    all.filter(|link| link.starts_with('/')).collect()
}

/// The forms of a page that are sent by POST.
pub fn forms(html: &str) -> Vec<Form> {
    let all = html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default());
    let form = |text: &str| {
        let tag = text.split('>').next()?;
        if attribute(tag, "method")? != "post" {
            return None;
        }
        let mut fields = Vec::new();
        for input in text.split("<input").skip(1) {
            let input = input.split('>').next()?;
            if let Some(name) = attribute(input, "name") {
                fields.push((name, attribute(input, "value").unwrap_or_default()));
            }
        }
        for select in text.split("<select").skip(1) {
            let name = attribute(select.split('>').next()?, "name")?;
            let first = select.split("<option").nth(1).and_then(|option| attribute(option.split('>').next()?, "value"));
            fields.push((name, first.unwrap_or_default()));
        }
        for area in text.split("<textarea").skip(1) {
            let name = attribute(area.split('>').next()?, "name")?;
            let value = area.split_once('>')?.1.split("</textarea>").next()?;
            fields.push((name, unescaped(value)));
        }
        Some(Form { action: attribute(tag, "action")?, upload: tag.contains("multipart/form-data"), fields })
    };
    all.filter_map(form).collect()
}

/// What stands between two texts.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map_or("", |(found, _)| found)
}
