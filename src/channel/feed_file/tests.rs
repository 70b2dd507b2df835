//! What is in the files after revisions, second tries, crashes and damage.

use super::*;
use crate::channel::tests::{alert, digest, health, late, parcel, surroundings, view};
use crate::model::{AlertKind, Message};

const FORMS: [Form; 2] = [Form::Atom, Form::Json];

fn channel(dir: &Path, form: Form, keys: &str) -> FeedFile {
    let options: FeedFileOptions = toml::from_str(keys).expect("options");
    surroundings(dir, |around| options.build("feed", form, around)).expect("a channel")
}

fn read(form: Form, path: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(path).expect("a file");
    form.read(&text).expect("a whole feed")
}

/// Revision `revision` of alert `number`.
fn revision(number: i64, revision: i64) -> Parcel {
    let mut view = view();
    view.id = crate::model::AlertId(number);
    view.title = format!("Story {number}, told for the {revision}. time");
    let mut parcel = parcel(Message::Alert {
        alert: Box::new(view),
        correction: None,
    });
    parcel.key = format!("a{number}.{revision}");
    parcel.thread = (revision > 1).then(|| format!("a{number}.1"));
    parcel.created_at += jiff::SignedDuration::from_mins(10 * number + revision);
    parcel
}

#[tokio::test]
async fn the_same_delivery_twice_is_one_entry_and_the_same_bytes() {
    for form in FORMS {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("out");
        channel(dir.path(), form, "path = \"out\"")
            .deliver(&revision(1, 1))
            .await
            .expect("written");
        let first = fs::read(&path).expect("a file");
        let mut again = revision(1, 1);
        again.sent_at += jiff::SignedDuration::from_hours(1);
        // A new channel is what a new process has.
        let restarted = channel(dir.path(), form, "path = \"out\"");
        restarted.deliver(&again).await.expect("written");
        assert!(fs::read(&path).expect("a file") == first, "{form:?}");
        restarted.deliver(&revision(1, 2)).await.expect("written");
        restarted.deliver(&again).await.expect("written");
        let entries = read(form, &path);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].keys, ["a1.1", "a1.2"]);
        assert!(entries[0].title.contains("told for the 2. time"));
        assert!(entries[0].updated > entries[0].published);
    }
}

#[tokio::test]
async fn the_latest_are_kept_in_order() {
    for form in FORMS {
        let dir = tempfile::tempdir().expect("a directory");
        let channel = channel(dir.path(), form, "path = \"out\"\nentries = 3");
        for number in 1..=5 {
            channel
                .deliver(&revision(number, 1))
                .await
                .expect("written");
        }
        let entries = read(form, &dir.path().join("out"));
        let keys: Vec<_> = entries.iter().map(|entry| entry.keys[0].as_str()).collect();
        assert_eq!(keys, ["a5.1", "a4.1", "a3.1"]);
    }
}

#[tokio::test]
async fn every_sort_of_message_survives_being_read_back() {
    let mut hostile = view();
    hostile.title = "]]> <script>alert(1)</script> &amp; \u{b}\u{fffe}\r\n\u{202e}x \"'".to_owned();
    hostile.watch = "überfall".to_owned();
    hostile.lang = None;
    hostile.articles[0].url = "javascript:alert(1)".to_owned();
    let hostile = Message::Alert {
        alert: Box::new(hostile),
        correction: None,
    };
    for form in FORMS {
        for (n, message) in [alert(), hostile.clone(), late(), digest(), health()]
            .into_iter()
            .enumerate()
        {
            let mut parcel = parcel(message);
            parcel.key = format!("k{n}");
            let dir = tempfile::tempdir().expect("a directory");
            let channel = channel(
                dir.path(),
                form,
                "path = \"out\"\nurl = \"https://a.example/f?a=1&b=2\"",
            );
            channel.deliver(&parcel).await.expect("written");
            let path = dir.path().join("out");
            let before = fs::read_to_string(&path).expect("text");
            let entries = read(form, &path);
            let feed = Feed {
                title: "wirewatch".to_owned(),
                address: Some("https://a.example/f?a=1&b=2".to_owned()),
                entries,
            };
            assert_eq!(form.write(&feed), before);
            assert!(!before.contains("javascript:alert(1)\""), "{before}");
            assert!(!before.contains(['\u{b}', '\u{202e}']), "{before}");
            if form == Form::Atom {
                assert!(!before.contains('\u{fffe}'), "XML cannot hold it");
                let parsed = feed_rs::parser::parse(before.as_bytes()).expect("Atom");
                assert_eq!(parsed.entries.len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn a_damaged_file_is_set_aside() {
    for form in FORMS {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("out");
        channel(dir.path(), form, "path = \"out\"")
            .deliver(&revision(1, 1))
            .await
            .expect("written");
        let whole = fs::read(&path).expect("a file");
        for damaged in [&whole[..whole.len() / 2], b"<html>", b"\xff\xfe", b"[]"] {
            fs::write(&path, damaged).expect("a file");
            let channel = channel(dir.path(), form, "path = \"out\"");
            channel.deliver(&revision(2, 1)).await.expect("begun anew");
            assert_eq!(read(form, &path).len(), 1);
            let aside = dir.path().join("out.damaged-20261122T073000Z");
            assert_eq!(fs::read(&aside).expect("kept"), damaged);
            fs::remove_file(aside).expect("it is there");
        }
    }
}

#[tokio::test]
async fn a_folder_has_a_feed_for_each_watch_too() {
    for form in FORMS {
        let dir = tempfile::tempdir().expect("a directory");
        let keys = "dir = \"feeds\"\nurl = \"https://a.example/feeds/\"";
        let channel = channel(dir.path(), form, keys);
        channel.deliver(&revision(1, 1)).await.expect("written");
        channel.deliver(&parcel(digest())).await.expect("written");
        let mut escaping = revision(2, 1);
        if let Message::Alert { alert, .. } = &mut escaping.message {
            alert.watch = "../../outside".to_owned();
        }
        channel.deliver(&escaping).await.expect("written");
        let file = |name: &str| {
            let name = format!("{name}.{}", form.extension());
            dir.path().join("feeds").join(name)
        };
        assert_eq!(read(form, &file("all")).len(), 3);
        assert_eq!(read(form, &file("china-russia")).len(), 1);
        assert_eq!(read(form, &file(".._.._outside")).len(), 1);
        let text = fs::read_to_string(file("china-russia")).expect("text");
        let own = format!("https://a.example/feeds/china-russia.{}", form.extension());
        assert!(text.contains(&own) && text.contains("wirewatch: China–Russia diplomacy"));
    }
}

#[tokio::test]
async fn a_crash_between_two_files_is_made_good() {
    let dir = tempfile::tempdir().expect("a directory");
    let channel = channel(dir.path(), Form::Atom, "dir = \"feeds\"");
    channel.deliver(&revision(1, 1)).await.expect("written");
    let of_watch = dir.path().join("feeds/china-russia.atom");
    fs::remove_file(&of_watch).expect("as if it had not been written");
    channel.deliver(&revision(1, 1)).await.expect("written");
    assert_eq!(read(Form::Atom, &of_watch).len(), 1);
    assert_eq!(
        read(Form::Atom, &dir.path().join("feeds/all.atom")).len(),
        1
    );
}

#[test]
fn options_that_cannot_work_are_refused() {
    for (keys, words) in [
        ("", "give `path`"),
        ("path = \"a\"\ndir = \"b\"", "both"),
        ("path = \"a\"\nentries = 0", "at least 1"),
        (
            "path = \"a\"\ntemplate = { body = \"{{ a \" }",
            "`body`, line 1",
        ),
    ] {
        let options: FeedFileOptions = toml::from_str(keys).expect("options");
        let built = surroundings(Path::new("."), |around| {
            options.build("f", Form::Atom, around)
        });
        let error = built.err().expect(words).to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn kinds_are_told_in_the_title() {
    let mut ended = revision(1, 2);
    ended.kind = AlertKind::Ended;
    let dir = tempfile::tempdir().expect("a directory");
    let shown = channel(dir.path(), Form::Atom, "path = \"out\"").preview(&ended);
    assert!(
        shown.contains("ENDED China–Russia diplomacy: Story 1"),
        "{shown}"
    );
}
