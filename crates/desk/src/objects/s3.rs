//! Objects in a bucket of an S3-compatible store.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, RetryConfig,
};
use tokio::time::{sleep, timeout};

use super::{Key, ObjectsError};

/// A list, a question or the next piece of a file that takes longer has failed.
const SOON: Duration = Duration::from_secs(15);
/// The same for a whole file on its way there.
const LONG: Duration = Duration::from_mins(10);
/// How often something is put before it is given up.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// What may be set from outside, by its usual name.
const VARIABLES: [(&str, AmazonS3ConfigKey); 4] = [
    ("AWS_ENDPOINT_URL", AmazonS3ConfigKey::Endpoint),
    ("AWS_REGION", AmazonS3ConfigKey::Region),
    ("AWS_SESSION_TOKEN", AmazonS3ConfigKey::Token),
    ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", AmazonS3ConfigKey::VirtualHostedStyleRequest),
];

/// A folder of a bucket.
pub(super) struct S3 {
    store: AmazonS3,
    /// Before each name; empty, or with a slash at its end.
    folder: String,
    /// Bucket and endpoint, for people.
    name: String,
}

impl S3 {
    pub(super) fn new(address: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ObjectsError> {
        let within = address.strip_prefix("s3://").ok_or(ObjectsError::Address)?.trim_end_matches('/');
        let (bucket, folder) = within.split_once('/').unwrap_or((within, ""));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let parts_are_plain = folder.is_empty()
            || folder.split('/').all(|part| part.chars().all(is_plain) && !matches!(part, "" | "." | ".."));
        if bucket.is_empty() || !bucket.chars().all(is_plain) || !parts_are_plain {
            return Err(ObjectsError::Address);
        }
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let needed =
            |name: &'static str, reason: &'static str| given(name).ok_or(ObjectsError::Setting { name, reason });
        let endpoint = given("AWS_ENDPOINT_URL");
        let http = given("AWS_ALLOW_HTTP").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if !http && endpoint.as_deref().is_some_and(|endpoint| !endpoint.starts_with("https://")) {
            let reason = "the endpoint is not https, and without TLS it is used only where this is \"true\"";
            return Err(ObjectsError::Setting { name: "AWS_ALLOW_HTTP", reason });
        }
        let options = ClientOptions::new().with_allow_http(http).with_timeout(LONG);
        let retry = RetryConfig {
            backoff: BackoffConfig { init_backoff: FIRST_WAIT, max_backoff: Duration::from_secs(2), base: 2.0 },
            max_retries: 3,
            retry_timeout: SOON,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_access_key_id(needed("AWS_ACCESS_KEY_ID", "it names the key")?)
            .with_secret_access_key(needed("AWS_SECRET_ACCESS_KEY", "it is the secret of the key")?)
            .with_client_options(options.with_connect_timeout(Duration::from_secs(5)))
            .with_retry(retry);
        for (name, key) in VARIABLES {
            if let Some(value) = given(name) {
                builder = builder.with_config(key, value);
            }
        }
        let reason = "the endpoint or the region cannot be read; write an address as in https://s3.example.org";
        // What the builder says may hold what it was given.
        let store = builder.build().map_err(|_| ObjectsError::Setting { name: "AWS_ENDPOINT_URL", reason })?;
        let at = endpoint.as_deref().map_or("Amazon", without_user);
        Ok(Self { store, name: format!("s3://{within} at {at}"), folder: slash_after(folder) })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn path(&self, name: &str) -> Result<Path, ObjectsError> {
        Path::parse(format!("{}{name}", self.folder)).map_err(|_| ObjectsError::FileName(name.to_owned()))
    }

    /// Whether it was not there. A lost answer is followed by another try, which finds what the first one put.
    pub(super) async fn put(&self, key: &Key, bytes: &[u8]) -> Result<bool, ObjectsError> {
        let path = self.path(key.path())?;
        let payload = PutPayload::from(bytes.to_vec());
        let (mut wait, mut tries) = (FIRST_WAIT, 0);
        loop {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            let answer = self.store.put_opts(&path, payload.clone(), options).await;
            tries += 1;
            match answer {
                Ok(_) => return Ok(true),
                Err(Error::AlreadyExists { .. }) => return Ok(false),
                Err(error) => match self.why(&error) {
                    ObjectsError::Unreachable { .. } if tries < TRIES => sleep(wait).await,
                    error => return Err(error),
                },
            }
            wait *= 2;
        }
    }

    pub(super) async fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, ObjectsError> {
        let path = self.path(key.path())?;
        let answer = match self.soon(self.store.get(&path)).await? {
            Err(Error::NotFound { .. }) => return self.answers().await.map(|()| None),
            answer => answer.map_err(|error| self.why(&error))?,
        };
        let mut bytes = Vec::with_capacity(usize::try_from(answer.meta.size).unwrap_or_default());
        let mut pieces = answer.into_stream();
        while let Some(piece) = self.soon(pieces.next()).await? {
            bytes.extend_from_slice(&piece.map_err(|error| self.why(&error))?);
        }
        Ok(Some(bytes))
    }

    /// The names that begin so; those that are not ours are passed over.
    pub(super) async fn names(&self, beginning: &str) -> Result<Vec<Key>, ObjectsError> {
        let path = self.path(beginning.trim_end_matches('/'))?;
        let mut found = self.store.list(Some(&path).filter(|path| !path.as_ref().is_empty()));
        let mut names = Vec::new();
        while let Some(about) = self.soon(found.try_next()).await?.map_err(|error| self.why(&error))? {
            names.extend(about.location.as_ref().strip_prefix(&self.folder).and_then(Key::parse));
        }
        Ok(names)
    }

    /// Whether it answers, lets us in and has the bucket: a list that is empty.
    pub(super) async fn answers(&self) -> Result<(), ObjectsError> {
        let nothing = self.path("nothing")?;
        match self.soon(self.store.list(Some(&nothing)).try_next()).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(self.why(&error)),
        }
    }

    async fn soon<T>(&self, answer: impl Future<Output = T>) -> Result<T, ObjectsError> {
        let late = |_| ObjectsError::Unreachable { store: self.name.clone(), reason: String::new() };
        timeout(SOON, answer).await.map_err(late)
    }

    /// In our own words: theirs may hold what was sent, and the name of the key.
    fn why(&self, error: &Error) -> ObjectsError {
        let store = self.name.clone();
        let status = status(error);
        match error {
            Error::NotFound { .. } => ObjectsError::NoBucket { store },
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ObjectsError::Refused { store },
            // Asked for a list, the library tells these by their number only.
            _ if matches!(status, Some(401 | 403)) => ObjectsError::Refused { store },
            _ if status == Some(404) => ObjectsError::NoBucket { store },
            other => {
                let reason = status.map(|status| format!(" as it should (status {status})"));
                ObjectsError::Unreachable { store, reason: reason.unwrap_or_else(|| system(other)) }
            }
        }
    }
}

/// The status that was answered: the library has it in its text only.
fn status(error: &Error) -> Option<u16> {
    error.to_string().split_once("status code: ")?.1.get(..3)?.parse().ok()
}

/// What the system said.
fn system(error: &Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(system) = error.downcast_ref::<std::io::Error>() {
            return format!(": {}", system.kind());
        }
        cause = error.source();
    }
    String::new()
}

/// Scheme and host: a user and a password before the host are not for everybody.
fn without_user(endpoint: &str) -> &str {
    endpoint.rsplit_once('@').map_or(endpoint, |(_, host)| host).split('?').next().unwrap_or_default()
}

fn slash_after(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}
