//! The company's days.

use super::Bed;
use super::samples::{company_day, event, home};
use jiff::SignedDuration;
use jiff::civil::date;
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::spec::{Country, DayKind};

pub(super) async fn days_are_written_over_and_taken_back(bed: Bed) {
    let calendars = &bed.ports.calendars;
    let told = event("calendar.changed", bed.now());
    let all = || async { calendars.company_days(&home(), Country::RU).await.expect("works") };
    assert_eq!(all().await, []);
    let late = company_day(bed.now());
    let early = CompanyDay {
        date: date(2026, 12, 5),
        kind: DayKind::DayOff,
        note: None,
        set_by: None,
        ..late.clone()
    };
    for day in [&late, &early] {
        calendars.set_company_day(&home(), day, &told).await.expect("works");
    }
    assert_eq!(all().await, [early.clone(), late.clone()], "by date");

    bed.clock.advance(SignedDuration::from_secs(1));
    let over = CompanyDay { kind: DayKind::Working, set_at: bed.now(), note: None, ..late.clone() };
    calendars.set_company_day(&home(), &over, &told).await.expect("works");
    assert_eq!(all().await, [early.clone(), over]);

    assert!(calendars.clear_company_day(&home(), Country::RU, late.date, &told).await.expect("works"));
    assert!(!calendars.clear_company_day(&home(), Country::RU, late.date, &told).await.expect("works"));
    assert_eq!(all().await, [early]);
}
