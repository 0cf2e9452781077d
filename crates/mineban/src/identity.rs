//! The identity provider that people may sign in at: `mineban serve --identity-provider …`.

use std::path::PathBuf;

use clap::Args;
use desk::DeskError;
use desk::people::{ProviderSettings, Secret};

/// Where the provider sends people back to, on this site.
const BACK: &str = "/sign-in/identity/back";

/// An identity provider (`OpenID` Connect).
#[derive(Debug, Default, Args)]
pub(crate) struct Identity {
    /// Issuer of an identity provider (OIDC) that people may sign in at, as in `https://id.example.org`. It must
    /// know this site's address `/sign-in/identity/back`. The second factor is asked for here all the same
    #[arg(long = "identity-provider", value_name = "ISSUER", env = "MINEBAN_IDENTITY_PROVIDER", value_parser = issuer,
          requires = "client")]
    pub(crate) provider: Option<String>,
    /// What the identity provider calls this site (`client_id`)
    #[arg(long = "identity-client", value_name = "ID", env = "MINEBAN_IDENTITY_CLIENT", requires = "provider")]
    pub(crate) client: Option<String>,
    /// File with the secret between the identity provider and this site (`client_secret`); without one, this site has to be
    /// a client without a secret there
    #[arg(
        long = "identity-secret-file",
        value_name = "FILE",
        env = "MINEBAN_IDENTITY_SECRET_FILE",
        requires = "provider"
    )]
    pub(crate) secret_file: Option<PathBuf>,
}

impl Identity {
    /// The provider, as it was agreed with those who run it; `None` where there is none. It is not asked yet.
    pub(crate) fn settings(&self, site: &str) -> Result<Option<ProviderSettings>, DeskError> {
        let (Some(issuer), Some(client)) = (&self.provider, &self.client) else { return Ok(None) };
        let secret = match &self.secret_file {
            None => None,
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|source| DeskError::Read { path: path.clone(), source })?;
                let text = text.trim();
                if text.is_empty() {
                    let says = "is empty; it should hold the secret that the identity provider gave";
                    return Err(DeskError::Setting(format!("{} {says}", path.display())));
                }
                Some(Secret::given(text))
            }
        };
        let back = format!("{site}{BACK}");
        Ok(Some(ProviderSettings { issuer: issuer.clone(), client: client.clone(), secret, back }))
    }
}

/// An issuer is compared letter by letter: it is taken as it is written. What travels to it is secret, so only a provider on
/// this very machine is reached without TLS.
fn issuer(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let here = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
    let plain = !host.is_empty() && !text.contains(['?', '#', '@', ' ']);
    if plain && (scheme == "https" || (scheme == "http" && here)) {
        Ok(text.to_owned())
    } else {
        Err("write the issuer's address as the provider does, as in https://id.example.org".to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_elsewhere_is_reached_by_tls_only() {
        for right in ["https://id.example.org", "https://id.example.org/realms/x/", "http://127.0.0.1:4000"] {
            assert_eq!(issuer(right).unwrap(), right);
        }
        for wrong in ["http://id.example.org", "id.example.org", "https://", "https://a@b", "https://id.example.org?x"]
        {
            assert!(issuer(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_secret_comes_from_its_file_only_and_is_never_shown() {
        let folder = std::env::temp_dir().join(format!("mineban-identity-{}", std::process::id()));
        std::fs::write(&folder, "agreed between the two\n").unwrap();
        let identity = Identity {
            provider: Some("https://id.example.org".to_owned()),
            client: Some("mineban".to_owned()),
            secret_file: Some(folder.clone()),
        };
        let settings = identity.settings("https://mineban.example").unwrap().unwrap();
        std::fs::write(&folder, " \n").unwrap();
        let empty = identity.settings("https://mineban.example").unwrap_err();
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(settings.secret.as_ref().unwrap().reveal(), "agreed between the two");
        assert_eq!(settings.back, "https://mineban.example/sign-in/identity/back");
        assert!(!format!("{settings:?}{identity:?}").contains("agreed"));
        assert!(empty.to_string().contains("is empty"), "{empty}");
    }
}
