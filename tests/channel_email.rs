//! The email channel against a real mail server (aiosmtpd).

mod common;
#[path = "smtp/mail_server.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod mail_server;

use std::fs;

use mail_server::{MailServer, PASSWORD, header, parcel};
use wirewatch::channel::{Channel, DeliveryError, Parcel};

#[tokio::test]
async fn a_mail_goes_out_over_starttls_and_tls_with_a_log_in() {
    for mode in ["starttls", "tls"] {
        let Some(server) = MailServer::start(mode) else {
            return;
        };
        fs::write(server.dir.path().join("password"), format!("{PASSWORD}\n")).expect("a file");
        for password in [
            "password_file = \"password\"",
            "password_env = \"MAIL_PASSWORD\"",
        ] {
            let keys =
                format!("tls = \"{mode}\"\nca_file = \"ca.pem\"\nuser = \"ana\"\n{password}");
            let channel = server.channel("ana@example.org", &keys).expect("a channel");
            channel.deliver(&parcel("g1.post")).await.expect("taken");
        }
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(header(&mails[0], "X-Wirewatch-Delivery"), Some("g1.post"));
        assert_eq!(header(&mails[0], "To"), Some("ana@example.org"));
        let ids: Vec<_> = mails
            .iter()
            .map(|mail| header(mail, "Message-ID"))
            .collect();
        assert!(ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
        assert!(mails[0].contains("text/plain") && mails[0].contains("text/html"));
    }
}

#[tokio::test]
async fn a_wrong_password_is_permanent_and_not_told() {
    let Some(server) = MailServer::start("starttls") else {
        return;
    };
    fs::write(server.dir.path().join("password"), "hunter2").expect("a file");
    let keys = "ca_file = \"ca.pem\"\nuser = \"ana\"\npassword_file = \"password\"";
    let channel = server.channel("ana@example.org", keys).expect("a channel");
    let error = channel.deliver(&parcel("g1.post")).await.expect_err("535");
    assert!(
        matches!(error, DeliveryError::Permanent { .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("535") && !error.to_string().contains("hunter2"),
        "{error}"
    );
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_when_named() {
    let Some(server) = MailServer::start_with("starttls", &[]) else {
        return;
    };
    let keys = "ca_file = \"cert.pem\"\nuser = \"ana\"\npassword_env = \"MAIL_PASSWORD\"";
    let channel = server.channel("ana@example.org", keys).expect("a channel");
    channel.deliver(&parcel("g1.post")).await.expect("taken");
}

#[tokio::test]
async fn a_server_whose_certificate_is_unknown_gets_nothing() {
    let Some(server) = MailServer::start("starttls") else {
        return;
    };
    let channel = server.channel("ana@example.org", "").expect("a channel");
    let error = channel
        .deliver(&parcel("g1.post"))
        .await
        .expect_err("no trust");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_unless_it_may() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let channel = server.channel("ana@example.org", "").expect("a channel");
    let error = channel
        .deliver(&parcel("g1.post"))
        .await
        .expect_err("no STARTTLS");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(server.mails().is_empty());
    let channel = server
        .channel("ana@example.org", "tls = \"none\"")
        .expect("a channel");
    channel.deliver(&parcel("g1.post")).await.expect("taken");
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_greylisting_server_is_tried_again_and_a_refusal_is_final() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let grey = server
        .channel("grey@example.org", "tls = \"none\"")
        .expect("a channel");
    for _ in 0..2 {
        let error = grey.deliver(&parcel("g1.post")).await.expect_err("451");
        assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
        assert!(error.to_string().contains("come back later"), "{error}");
    }
    grey.deliver(&parcel("g1.post")).await.expect("taken");
    let never = server
        .channel("never@example.org", "tls = \"none\"")
        .expect("a channel");
    let error = never.deliver(&parcel("g2.post")).await.expect_err("550");
    assert!(
        matches!(error, DeliveryError::Permanent { .. }),
        "{error:?}"
    );
    assert_eq!(server.mails().len(), 1);
}

/// One after the other, as the send stage does with what waits for a channel.
async fn deliver_all(channel: &dyn Channel, parcels: &[Parcel]) -> Vec<Result<(), DeliveryError>> {
    let mut results = Vec::new();
    for parcel in parcels {
        results.push(channel.deliver(parcel).await);
    }
    channel.rest().await;
    results
}

#[tokio::test]
async fn a_batch_goes_over_one_connection_and_a_new_one_where_the_server_hangs_up() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let to = "ana@example.org";
    let channel = server.channel(to, "tls = \"none\"").expect("a channel");
    let batch: Vec<_> = (1..=5).map(|n| parcel(&format!("g{n}.post"))).collect();
    let results = deliver_all(&*channel, &batch).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((server.mails().len(), server.connections()), (5, 1));

    // This recipient's server says good-bye behind every mail.
    let channel = server
        .channel("hangup@example.org", "tls = \"none\"")
        .expect("a channel");
    let results = deliver_all(&*channel, &batch).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((server.mails().len(), server.connections()), (10, 6));
    let keys: Vec<_> = server.mails()[5..]
        .iter()
        .map(|mail| header(mail, "X-Wirewatch-Delivery").map(str::to_owned))
        .collect();
    let expected: Vec<_> = batch
        .iter()
        .map(|parcel| Some(parcel.key.clone()))
        .collect();
    assert_eq!(keys, expected, "in order, each once");
}

#[tokio::test]
async fn a_refused_recipient_does_not_keep_the_mail_from_the_others() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let to = "never@example.org\", \"ana@example.org\", \"ben@example.org";
    let channel = server.channel(to, "tls = \"none\"").expect("a channel");
    channel
        .deliver(&parcel("g1.post"))
        .await
        .expect("two of three");
    assert_eq!(server.recipients(1), ["ana@example.org", "ben@example.org"]);
}

#[tokio::test]
async fn who_was_put_off_gets_it_later_and_the_others_not_again() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let to = "grey@example.org\", \"never@example.org\", \"ana@example.org";
    let channel = server.channel(to, "tls = \"none\"").expect("a channel");
    for _ in 0..2 {
        let error = channel.deliver(&parcel("g1.post")).await.expect_err("451");
        assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
        assert!(error.to_string().contains("grey@example.org"), "{error}");
    }
    channel.deliver(&parcel("g1.post")).await.expect("taken");
    assert_eq!(server.recipients(1), ["ana@example.org"]);
    assert_eq!(server.recipients(2), ["grey@example.org"]);
    assert_eq!(server.mails().len(), 2);
}

#[tokio::test]
async fn a_mail_whose_acknowledgement_was_lost_comes_again_under_the_same_id() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let channel = server
        .channel("lostack@example.org", "tls = \"none\"")
        .expect("a channel");
    let error = channel.deliver(&parcel("g1.post")).await.expect_err("cut");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    channel.deliver(&parcel("g1.post")).await.expect("taken");
    let mails = server.mails();
    let ids: Vec<_> = mails
        .iter()
        .map(|mail| header(mail, "Message-ID"))
        .collect();
    assert_eq!(ids.len(), 2);
    assert!(ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let keys = "tls = \"none\"\ntimeout = \"100ms\"";
    let channel = server
        .channel_at(port, "ana@example.org", keys)
        .expect("a channel");
    let error = channel.deliver(&parcel("g1.post")).await.expect_err("mute");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(
        error.to_string().contains("did not answer in time"),
        "{error}"
    );
}
