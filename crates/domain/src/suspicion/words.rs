//! Why something is suspicious, in Russian and English.

use super::{HISTORY_DAYS, Suspicion, SuspicionRule, WINDOW};
use crate::alert::Language;

/// The reason in one sentence.
pub fn reason(found: &Suspicion, language: Language) -> String {
    let Suspicion { about, count, usual, .. } = found;
    let minutes = WINDOW.as_mins();
    let network = found.detail.as_deref().unwrap_or("?");
    if language == Language::Ru {
        return match found.rule {
            SuspicionRule::FailedSignInsFromAddress => {
                format!("неудачных входов с адреса {about}: {count}; серия — от {usual} за {minutes} минут")
            }
            SuspicionRule::FailedSignInsOfName => {
                format!(
                    "неудачных входов под именем «{about}»: {count}; серия — от {usual} за {minutes} минут"
                )
            }
            SuspicionRule::NewNetwork => {
                format!(
                    "токен «{about}» использован из сети {network}, откуда его раньше не было; знакомых сетей: {usual}"
                )
            }
            SuspicionRule::DeniedAccess => {
                format!("отказов в доступе у «{about}»: {count}; серия — от {usual} за {minutes} минут")
            }
            SuspicionRule::OddVolume => {
                format!(
                    "действий «{about}» за день: {count}; за {HISTORY_DAYS} дней до того не больше {usual} в день"
                )
            }
        };
    }
    match found.rule {
        SuspicionRule::FailedSignInsFromAddress => {
            format!("{count} failed sign-ins from {about}; {usual} within {minutes} minutes are a series")
        }
        SuspicionRule::FailedSignInsOfName => {
            format!("{count} failed sign-ins as “{about}”; {usual} within {minutes} minutes are a series")
        }
        SuspicionRule::NewNetwork => {
            format!(
                "the token “{about}” was used from {network}, where it never came from; {usual} networks were known"
            )
        }
        SuspicionRule::DeniedAccess => {
            format!("“{about}” was refused {count} times; {usual} within {minutes} minutes are a series")
        }
        SuspicionRule::OddVolume => {
            format!(
                "“{about}” did {count} things in a day; at most {usual} a day in the {HISTORY_DAYS} days before"
            )
        }
    }
}
