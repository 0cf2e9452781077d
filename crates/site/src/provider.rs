//! The identity provider of a site: met when it is first needed, and again after a while or an error.

use std::sync::Arc;
use std::time::Duration;

use desk::Timestamp;
use people::{IdentityError, Provider, ProviderSettings};
use tokio::sync::Mutex;

/// For how long its addresses and keys are used before it is asked again.
const FRESH: Duration = Duration::from_mins(10);
/// For how long it is left alone when it did not answer.
const PAUSE: Duration = Duration::from_secs(10);

/// An identity provider by its settings. Neither the start of the site nor any other page waits for it.
pub(crate) struct Identity {
    settings: ProviderSettings,
    host: String,
    met: Mutex<Met>,
}

enum Met {
    Never,
    At(Timestamp, Arc<Provider>),
    Away(Timestamp),
}

impl Identity {
    pub(crate) fn new(settings: ProviderSettings) -> Self {
        let bare = settings.issuer.split_once("://").map_or(settings.issuer.as_str(), |(_, rest)| rest);
        let host = bare.split('/').next().unwrap_or_default().to_owned();
        Self { settings, host, met: Mutex::new(Met::Never) }
    }

    /// What people know it by.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The provider. Those who ask at once wait for one answer.
    pub(crate) async fn provider(&self, now: Timestamp) -> Result<Arc<Provider>, IdentityError> {
        let mut met = self.met.lock().await;
        match &*met {
            Met::At(at, provider) if now.duration_since(*at).unsigned_abs() < FRESH => return Ok(Arc::clone(provider)),
            Met::Away(at) if now.duration_since(*at).unsigned_abs() < PAUSE => {
                return Err(IdentityError::Provider("it did not answer a moment ago".to_owned()));
            }
            _ => {}
        }
        match Provider::meet(&self.settings).await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *met = Met::At(now, Arc::clone(&provider));
                Ok(provider)
            }
            Err(error) => {
                tracing::warn!(%error, "the identity provider cannot be met");
                *met = Met::Away(now);
                Err(error)
            }
        }
    }

    /// Asks it anew next time.
    pub(crate) async fn forget(&self) {
        let mut met = self.met.lock().await;
        if matches!(&*met, Met::At(..)) {
            *met = Met::Never;
        }
    }
}
