//! Why something was decided, in Russian, from the code and the numbers that stand in the decision's evidence. The web
//! UI words the same codes the same way; what has no words here is shown as the program said it.

use serde_json::Value;
use vakhta_domain::decision::{Decision, DecisionKind};

/// The reason of a decision in Russian; none where only the program's own words are known.
pub(crate) fn in_russian(decision: &Decision) -> Option<String> {
    let evidence = &decision.evidence;
    let reason = Reason(&evidence["verdict"]["reason"]);
    if evidence["live"].is_object() {
        return of_challenger(&reason);
    }
    if evidence["probation"].is_object() {
        return of_probation(decision, &reason);
    }
    let words = match decision.kind {
        DecisionKind::FirstChampion => "Первая версия, прошедшая проверки.".into(),
        DecisionKind::NotRetrained => return of_refusal(evidence),
        DecisionKind::Promoted | DecisionKind::Rejected | DecisionKind::Kept => return of_promotion(&reason),
        _ => return None,
    };
    Some(words)
}

/// A code with its numbers, as the rules of `domain` write them.
struct Reason<'a>(&'a Value);

impl Reason<'_> {
    fn code(&self) -> &str {
        self.0["code"].as_str().unwrap_or_default()
    }

    fn text(&self, field: &str) -> String {
        match &self.0[field] {
            Value::Number(number) => number.to_string().replace('.', ","),
            Value::String(text) => text.clone(),
            _ => "—".into(),
        }
    }

    fn share(&self, field: &str) -> String {
        self.0[field].as_f64().map_or_else(|| "—".into(), |share| comma(&format!("{:.1} %", 100.0 * share)))
    }

    fn chance(&self, field: &str) -> String {
        match self.0[field].as_f64() {
            None => "p неизвестно".into(),
            Some(p) if p < 0.001 => "p < 0,001".into(),
            Some(p) => comma(&format!("p = {p:.3}")),
        }
    }
}

fn comma(number: &str) -> String {
    number.replace('.', ",")
}

fn of_promotion(reason: &Reason<'_>) -> Option<String> {
    let (share, text, chance) = (|f| reason.share(f), |f| reason.text(f), |f| reason.chance(f));
    Some(match reason.code() {
        "broken_answers" => format!("Ответов, которых нет или которые не числа: {}.", text("count")),
        "unanswered" => format!(
            "Отвечающая версия знает ответ, а эта нет: строк {} ({}, допустимо {}).",
            text("rows"),
            share("share"),
            share("limit")
        ),
        "out_of_range" => {
            format!("Ответ несоразмерен истории; разумно не более {} её наибольших значений.", text("limit"))
        }
        "too_slow" => format!("Ответ занимает {} мс, допустимо {}.", text("ms"), text("limit")),
        "too_large" => format!("Модель занимает {} байт, допустимо {}.", text("bytes"), text("limit")),
        "segment_harm" => format!(
            "На «{}» хуже на {}, и это не случайность; допустимо {}.",
            text("segment"),
            share("harm"),
            share("limit")
        ),
        "forced" => {
            format!("Велено не проверять пользу и доказательства. Измеренное улучшение: {}.", share("gain"))
        }
        "not_compared" => {
            "Пока нет строк, которых не видела ни одна из версий: сравнить их не на чем.".into()
        }
        "no_gain" => format!("Улучшение {} не больше {}.", share("gain"), share("floor")),
        "unproven" => format!(
            "Улучшение {} может быть случайным ({}, нужно меньше {}).",
            share("gain"),
            chance("p"),
            text("level")
        ),
        "gain" => format!(
            "Лучше на {}, и это не случайность ({}, меньше {}).",
            share("gain"),
            chance("p"),
            text("level")
        ),
        _ => return None,
    })
}

fn of_probation(decision: &Decision, reason: &Reason<'_>) -> Option<String> {
    let (share, text) = (|f| reason.share(f), |f| reason.text(f));
    let seen = match reason.code() {
        "broken_answers" => format!("Ответов, которые не числа: {}.", text("count")),
        "worse" => {
            format!("Дней в работе: {}. Хуже на {}, и это не случайность.", text("days"), share("harm"))
        }
        "slightly_worse" => format!(
            "Дней в работе: {}. Хуже на {}, этим можно пренебречь: допустимо {}.",
            text("days"),
            share("harm"),
            share("floor")
        ),
        "not_worse" => format!("Дней в работе: {}. Не показала себя хуже.", text("days")),
        "too_few_days" => format!("Дней с фактом: {}, нужно {}.", text("days"), text("wanted")),
        _ => return None,
    };
    let next = Reason(&decision.evidence["next"]);
    Some(match (decision.kind, &decision.previous) {
        (DecisionKind::AutoRollback, Some(former)) => {
            format!("{seen} Чтобы вернуть её, разверните {former}.")
        }
        (DecisionKind::CanaryStep, _) => format!("{seen} Теперь её доля ответов — {}.", next.share("share")),
        _ => seen,
    })
}

fn of_challenger(reason: &Reason<'_>) -> Option<String> {
    let (share, text) = (|f| reason.share(f), |f| reason.text(f));
    Some(match reason.code() {
        "broken_live" => format!("Ответов в работе, которые не числа: {}.", text("count")),
        "worse_live" => format!(
            "Дней в работе: {}. Хуже отвечающей версии на {}, и это не случайность.",
            text("days"),
            share("harm")
        ),
        "better_live" => format!(
            "Дней в работе: {}. Лучше отвечающей версии на {}, и это не случайность.",
            text("days"),
            share("gain")
        ),
        "harms_live" => format!(
            "В целом лучше, но на «{}» хуже на {}; допустимо {}.",
            text("segment"),
            share("harm"),
            share("limit")
        ),
        "unproven_live" => format!(
            "Срок вышел. Дней в работе: {}; улучшение {} ничего не доказывает.",
            text("days"),
            share("gain")
        ),
        _ => return None,
    })
}

fn of_refusal(evidence: &Value) -> Option<String> {
    let refusal = Reason(&evidence["refusal"]);
    Some(match refusal.code() {
        "too_few_rows" => {
            format!("Строк {}, нужно не меньше {}.", refusal.text("rows"), refusal.text("wanted"))
        }
        "source_stopped" => format!(
            "Самой новой строке {} дн.; после {} источник считается остановившимся.",
            refusal.text("days"),
            refusal.text("limit")
        ),
        "failed_checks" => "Данные не прошли проверки.".into(),
        "" if evidence["trigger"].is_object() => {
            "С обучения отвечающей версии не изменились ни строки, ни описание.".into()
        }
        "" => "Ничто этого не требует.".into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use vakhta_domain::ids::{DecisionId, ModelKey, VersionId};

    fn decision(kind: DecisionKind, evidence: Value) -> Decision {
        Decision {
            id: DecisionId::new("d_1"),
            model: ModelKey::new("sales"),
            kind,
            version: VersionId::new("v_1"),
            previous: Some(VersionId::new("v_2")),
            reason: "as the program says it".into(),
            evidence,
            decided_by: "system".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_the_rules_write_is_worded() {
        use vakhta_domain::promotion::Reason as Promotion;
        use vakhta_domain::rollback::Reason as Rollback;
        let told = |kind, evidence| in_russian(&decision(kind, evidence));
        let unproven = Promotion::Unproven {
            gain: 0.0312,
            size: vakhta_domain::promotion::Size::Minor,
            p: Some(0.2),
            check: None,
            level: 0.05,
        };
        assert_eq!(
            told(DecisionKind::Rejected, json!({"verdict": {"reason": unproven}})).expect("worded"),
            "Улучшение 3,1 % может быть случайным (p = 0,200, нужно меньше 0,05)."
        );
        let worse = Rollback::Worse { harm: Some(0.1), days: 9, level: 0.05 };
        assert_eq!(
            told(DecisionKind::AutoRollback, json!({"probation": {}, "verdict": {"reason": worse}}))
                .expect("worded"),
            "Дней в работе: 9. Хуже на 10,0 %, и это не случайность. Чтобы вернуть её, разверните v_2."
        );
        assert_eq!(told(DecisionKind::NotRetrained, json!({})).expect("worded"), "Ничто этого не требует.");
    }

    #[test]
    fn what_is_unknown_is_left_to_the_program() {
        assert_eq!(in_russian(&decision(DecisionKind::Deploy, json!({}))), None);
        let new = json!({"verdict": {"reason": {"code": "of_tomorrow"}}});
        assert_eq!(in_russian(&decision(DecisionKind::Rejected, new)), None);
    }
}
