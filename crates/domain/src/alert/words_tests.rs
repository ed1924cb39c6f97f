use super::*;
use crate::alert::Did;
use crate::alert::delivery::DeliveryState;
use crate::ids::{AlertId, ChannelId, DeliveryId, ModelKey, VersionId, WorkspaceId};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn alert(rule: RuleKind) -> Alert {
    Alert {
        workspace: WorkspaceId::default_workspace(),
        id: AlertId::new("a_1"),
        rule,
        subject: "sales".into(),
        model: Some(ModelKey::new("sales")),
        severity: Severity::Critical,
        worst: Severity::Critical,
        state: State::Firing,
        value: Some(23.44),
        limit: Some(15.0),
        detail: Detail {
            answers: Some(84),
            days: Some(7),
            compared: Some(8.0),
            did: Some(Did {
                decision: "promoted".into(),
                version: VersionId::new("v_2"),
                at: at("2026-03-01T03:00:00Z"),
            }),
            ..Detail::default()
        },
        occurrence: String::new(),
        since: at("2026-03-10T04:00:00Z"),
        fired_at: Some(at("2026-03-10T04:10:00Z")),
        acknowledged: None,
        better_since: None,
        resolved_at: None,
        resolved_by: None,
        held: false,
        told: None,
        silenced_by: None,
        revision: 1,
    }
}

fn delivery(alerts: Vec<Alert>) -> Delivery {
    Delivery {
        workspace: WorkspaceId::default_workspace(),
        id: DeliveryId::new("dlv_1"),
        channel: ChannelId::new("ch_1"),
        group: "model:sales".into(),
        kind: DeliveryKind::Alerts,
        alerts,
        state: DeliveryState::Waiting,
        attempts: 0,
        created_at: at("2026-03-10T04:10:00Z"),
        next_at: at("2026-03-10T04:10:00Z"),
        ended_at: None,
        error: None,
    }
}

#[test]
fn an_alert_says_what_how_much_since_when_what_was_done_and_where_to_look() {
    let one = delivery(vec![alert(RuleKind::Mape)]);
    let told = message(&one, Language::En, Some("https://v.example.com/"));
    assert_eq!(
        plain(&told),
        "[CRITICAL] sales: MAPE 23.4%, the limit is 15%\n\
         Since 2026-03-10 04:10 UTC.\n\
         On the last 7 days, 84 answers with an actual.\n\
         The last decision (2026-03-01 03:00 UTC): the new version v_2 replaced the former one.\n\
         https://v.example.com/ui/models/sales"
    );
    let told = message(&one, Language::Ru, None);
    assert_eq!(
        plain(&told),
        "[КРИТИЧНО] sales: MAPE 23.4%, предел 15%\n\
         С 2026-03-10 04:10 UTC.\n\
         По последним дням: 7, ответов с фактом: 84.\n\
         Последнее решение (2026-03-01 03:00 UTC): новая версия v_2 заменила прежнюю."
    );
    assert_eq!(told.subject, told.alerts[0].title);
}

#[test]
fn every_rule_has_words_in_both_languages_and_no_hole_in_them() {
    for rule in RuleKind::ALL {
        for language in [Language::Ru, Language::En] {
            let told = told(&alert(rule), language, None);
            assert!(
                told.title.len() > "[CRITICAL] sales: ".len() && !told.title.contains('—')
                    || rule == RuleKind::Branches,
                "{told:?}"
            );
            let cyrillic = told.title.chars().any(|c| ('а'..='я').contains(&c));
            assert_eq!(cyrillic, language == Language::Ru, "{told:?}");
        }
    }
}

#[test]
fn several_are_counted_and_what_is_over_says_from_when_to_when() {
    let over = Alert {
        state: State::Resolved,
        resolved_at: Some(at("2026-03-11T05:00:00Z")),
        resolved_by: Some("anna".into()),
        ..alert(RuleKind::Bias)
    };
    let told = message(&delivery(vec![alert(RuleKind::Mape), over]), Language::En, None);
    assert_eq!(told.subject, "sales: 1 alerts, 1 resolved");
    let text = plain(&told);
    assert!(
        text.contains("[RESOLVED] sales")
            && text.contains("From 2026-03-10 04:10 UTC to 2026-03-11 05:00 UTC.")
    );
    assert!(text.contains("Resolved by: anna."), "{text}");
}
