//! `/openapi.json`: every address of the site for programs, in the words of `OpenAPI` 3.1.
//!
//! The addresses and their rights come from the routes themselves, so none can be left out. What each means, and the shape of
//! its JSON, stands in `assets/openapi.json`, under the same addresses.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use desk::rights::{subject::Program, verb::See};
use serde_json::{Map, Value, json};

use crate::addresses;
use crate::routes::{Granted, Route};

/// What people wrote about the addresses.
const DESCRIBED: &str = include_str!("../assets/openapi.json");

/// The description, made once.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let described: Value = serde_json::from_str(DESCRIBED).unwrap_or_default();
    crate::asked::json_text(&document(described, addresses::routes().listed()))
});

/// `/openapi.json`
pub(crate) async fn get(_: Granted<See, Program>) -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, DOCUMENT.as_str())
}

/// The whole description.
fn document(mut described: Value, routes: &[Route]) -> Value {
    let known = described["paths"].take();
    let mut paths = Map::new();
    for route in routes {
        for path in forms(route.path, &known) {
            let method = route.method.to_lowercase();
            let operation = operation(route, &path, known[&path][&method].clone());
            let methods = paths.entry(path).or_insert_with(|| json!({}));
            methods[method] = operation;
        }
    }
    described["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    described["paths"] = Value::Object(paths);
    described
}

/// The address, and its JSON where that is asked for by `.json` at the end of the same address.
fn forms(path: &str, known: &Value) -> Vec<String> {
    let sibling = format!("{path}.json");
    let has_sibling = known.get(&sibling).is_some();
    if has_sibling { vec![path.to_owned(), sibling] } else { vec![path.to_owned()] }
}

/// One address and method: what people wrote, with what the route itself knows.
fn operation(route: &Route, path: &str, written: Value) -> Value {
    let mut operation = if written.is_object() { written } else { json!({}) };
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: Vec<&str> = words.collect();
    operation["operationId"] = json!(format!("{}_{}", route.method.to_lowercase(), name.join("_")));
    if operation["summary"].is_null() {
        operation["summary"] = json!(format!("{} {}", route.verb.key(), route.subject.key()));
    }
    operation["x-right"] = json!({
        "verb": route.verb, "subject": route.subject, "tier": route.tier, "about": route.about,
    });
    let mut parameters: Vec<Value> = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .collect();
    parameters.extend(operation["parameters"].as_array().cloned().unwrap_or_default());
    parameters.push(json!({ "$ref": "#/components/parameters/lang" }));
    parameters.push(json!({ "$ref": "#/components/parameters/as_of" }));
    operation["parameters"] = Value::Array(parameters);
    add_problems(route, path, &mut operation);
    operation
}

/// The answers that any address may give.
fn add_problems(route: &Route, path: &str, operation: &mut Value) {
    let in_json = path.starts_with("/api/");
    let problem =
        json!({ "$ref": format!("#/components/responses/{}", if in_json { "ProblemInJson" } else { "Problem" }) });
    if operation["responses"].is_null() {
        operation["responses"] =
            json!({ "200": { "description": "As asked" }, "303": { "description": "Done; go there" } });
    }
    let mut statuses = vec!["400", "401", "403", "404", "429", "500", "503"];
    if route.method == "POST" {
        statuses.extend(["409", "413", "415", "422"]);
    }
    for status in statuses {
        if operation["responses"][status].is_null() {
            operation["responses"][status] = problem.clone();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn described() -> Value {
        serde_json::from_str(DESCRIBED).unwrap()
    }

    #[test]
    fn every_address_is_described_and_nothing_else() {
        let routes = addresses::routes();
        let whole = document(described(), routes.listed());
        for route in routes.listed() {
            let operation = &whole["paths"][route.path][route.method.to_lowercase()];
            assert!(operation["x-right"].is_object(), "{} {} is not described", route.method, route.path);
        }
        let known = described();
        for (path, methods) in known["paths"].as_object().unwrap() {
            let of_route = |route: &Route| route.path == path || Some(route.path) == path.strip_suffix(".json");
            for method in methods.as_object().unwrap().keys() {
                let found =
                    routes.listed().iter().any(|route| of_route(route) && route.method.to_lowercase() == *method);
                assert!(found, "{method} {path} is described, and is no address");
            }
        }
        println!("{} addresses described", routes.listed().len());
    }

    #[test]
    fn what_programs_read_has_a_shape() {
        let routes = addresses::routes();
        let whole = document(described(), routes.listed());
        for (path, methods) in whole["paths"].as_object().unwrap() {
            if !path.starts_with("/api/") && path.strip_suffix(".json").is_none() {
                continue;
            }
            for (method, operation) in methods.as_object().unwrap() {
                let content = &operation["responses"]["200"]["content"]["application/json"]["schema"];
                let created = &operation["responses"]["201"]["content"]["application/json"]["schema"];
                assert!(content.is_object() || created.is_object(), "{method} {path} has no shape");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let whole = document(described(), addresses::routes().listed());
        let text = whole.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(whole.pointer(pointer).is_some(), "{pointer} is nowhere");
        }
    }
}
