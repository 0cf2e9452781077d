use std::fs;

use whole_program::{Bucket, Passing, Proxy};

use super::*;

fn objects(variables: &[(&str, String)], address: &str, copies: &Path) -> Result<Objects, DeskError> {
    let known = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    Objects::s3(address, copies, known)
}

fn file(bytes: &[u8]) -> Key {
    Key::file(&sha256(bytes), "h.csv").unwrap()
}

/// With another value for a variable.
fn changed(bucket: &Bucket, name: &str, value: &str) -> Vec<(&'static str, String)> {
    let with = |(known, before)| (known, if known == name { value.to_owned() } else { before });
    bucket.variables().into_iter().map(with).collect()
}

#[tokio::test]
async fn what_was_put_while_its_answer_was_lost_is_there_once_and_is_put_again_without_harm() {
    let Some(bucket) = Bucket::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let line = Proxy::to(bucket.port());
    let through = objects(&Bucket::variables_at(line.port()), &bucket.address("x"), folder.path()).unwrap();
    let (key, bytes) = (file(b"a,b\n"), b"a,b\n");
    line.pass(Passing::NoAnswerToCommit);
    let error = through.put(&key, bytes).await.unwrap_err();
    assert!(error.is_unreachable() && line.commits_unanswered() > 1, "{error}");
    assert_eq!(fs::read(bucket.file("x").join(key.path())).unwrap(), bytes, "it was put all the same");
    line.pass(Passing::All);
    assert!(!through.put(&key, bytes).await.unwrap());
    assert_eq!(through.names("").await.unwrap(), [key]);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_named_and_no_secret_is() {
    let Some(bucket) = Bucket::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (address, key) = (bucket.address("x"), file(b"x"));
    let wrong = objects(&changed(&bucket, "AWS_SECRET_ACCESS_KEY", "guessed"), &address, folder.path()).unwrap();
    let no_bucket = objects(&bucket.variables(), "s3://elsewhere/x", folder.path()).unwrap();
    let here = objects(&bucket.variables(), &address, folder.path()).unwrap();
    here.answers().await.unwrap();
    let said = [
        (wrong.answers().await.unwrap_err(), "refuses our key"),
        (wrong.put(&key, b"x").await.unwrap_err(), "refuses our key"),
        (no_bucket.answers().await.unwrap_err(), "no such bucket"),
        (no_bucket.read(&key).await.unwrap_err(), "no such bucket"),
        (here.read(&key).await.unwrap_err(), "is not in the object store"),
    ];
    for (error, says) in said {
        assert!(error.to_string().contains(says) && error.to_string().contains("at http://127.0.0.1:"), "{error}");
        assert!(!error.is_unreachable());
    }
    bucket.kill();
    for error in [here.answers().await.unwrap_err(), here.put(&key, b"x").await.unwrap_err()] {
        let text = error.to_string();
        assert!(error.is_unreachable() && text.contains("s3://fields/x at http://127.0.0.1:"), "{text}");
        let shown = format!("{text} {error:?} {here:?} {here}");
        assert!(!shown.contains("secret") && !shown.contains("KEYOFTESTS"), "{shown}");
    }
    bucket.run();
    assert!(here.put(&key, b"x").await.unwrap());
}

#[test]
fn settings_that_lead_nowhere_are_named_without_their_values() {
    let all = [
        ("AWS_ENDPOINT_URL", "http://user:hidden@s3.example".to_owned()),
        ("AWS_ACCESS_KEY_ID", "hidden".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "hidden".to_owned()),
    ];
    let http = objects(&all, "s3://fields", Path::new("copies")).unwrap_err().to_string();
    let no_secret = objects(&all[1..2], "s3://fields", Path::new("copies")).unwrap_err().to_string();
    assert!(http.contains("AWS_ALLOW_HTTP") && no_secret.contains("AWS_SECRET_ACCESS_KEY"), "{http} {no_secret}");
    let mut addresses = Vec::new();
    for bad in ["s3://", "s3://hidden:hidden@fields", "fields", "https://fields", "s3://fields/../x", "s3://fields//x"]
    {
        addresses.push(objects(&all[1..], bad, Path::new("copies")).unwrap_err().to_string());
    }
    assert!(addresses.iter().all(|text| text.contains("s3://BUCKET")), "{addresses:?}");
    let secure = [("AWS_ENDPOINT_URL", "https://user:hidden@s3.example".to_owned()), all[1].clone(), all[2].clone()];
    let shown = objects(&secure, "s3://fields/a/b/", Path::new("copies")).unwrap().to_string();
    assert_eq!(shown, "s3://fields/a/b at s3.example");
    assert!(!format!("{http}{no_secret}{addresses:?}").contains("hidden"));
}

#[tokio::test]
async fn more_names_than_one_answer_holds_are_all_told() {
    let Some(bucket) = Bucket::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let here = objects(&bucket.variables(), &bucket.address("x"), folder.path()).unwrap();
    let mut put: Vec<Key> = (0..1234).map(|number| file(format!("{number}").as_bytes())).collect();
    for key in &put {
        let path = bucket.file("x").join(key.path());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    fs::write(bucket.file("x/objects/stray"), "").unwrap();
    put.sort();
    assert_eq!(here.names(FILES).await.unwrap(), put);
}

#[tokio::test]
async fn names_asked_for_often_are_those_known_last_while_the_store_is_away() {
    let Some(bucket) = Bucket::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let here = objects(&bucket.variables(), &bucket.address("x"), folder.path()).unwrap();
    let other = objects(&bucket.variables(), &bucket.address("x"), folder.path()).unwrap();
    here.put(&file(b"1"), b"1").await.unwrap();
    assert_eq!(here.recent_names("").await.unwrap().len(), 1);
    here.put(&file(b"2"), b"2").await.unwrap();
    assert_eq!(here.recent_names("").await.unwrap().len(), 2, "what a node puts there counts for it at once");
    other.put(&file(b"3"), b"3").await.unwrap();
    bucket.kill();
    let pause = std::time::Duration::from_millis(2100);
    tokio::time::sleep(pause).await;
    assert_eq!(here.recent_names("").await.unwrap().len(), 2);
    assert!(here.recent_names("XXA/").await.is_err(), "what nobody asked for before is not known to be nothing");
    bucket.run();
    tokio::time::sleep(pause).await;
    assert_eq!(here.recent_names("").await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_copy_on_this_machine_that_changed_is_fetched_again() {
    let Some(bucket) = Bucket::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let here = objects(&bucket.variables(), &bucket.address(""), &folder.path().join("copies")).unwrap();
    let key = file(b"a,b\n");
    here.put(&key, b"a,b\n").await.unwrap();
    let path = here.at_hand(&key).await.unwrap();
    fs::write(&path, b"x,y\n").unwrap();
    assert_eq!(fs::read(here.at_hand(&key).await.unwrap()).unwrap(), b"a,b\n");
    bucket.kill();
    assert_eq!(here.at_hand(&key).await.unwrap(), path, "and is read without the store");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join("copies")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "others on this machine do not look into the copies");
    }
}
