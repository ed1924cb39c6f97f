//! Versions beside the champion: probations that pass and that end in a way back, challengers, canaries and shares, all
//! by what their answers turned out to be worth.

mod common;

use common::{House, sales, spec, training};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use vakhta_domain::arms::Canary;
use vakhta_domain::daily::Role;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::spec::{ModelSpec, PromoteMode, PromotePolicy};
use vakhta_domain::trial::{Arm, Mode, Part};
use vakhta_domain::version::VersionState;
use vakhta_lifecycle::metrics::summary::summary;
use vakhta_lifecycle::metrics::{self, Asked, MetricsError};
use vakhta_lifecycle::serve::{AnsweredAs, ForecastAnswer, ForecastRequest, forecast};
use vakhta_lifecycle::trials::{self, ChallengerError};
use vakhta_lifecycle::{deploy, models, training as trainings};

/// Days of sales up to 28 February 2026, the day before the clock starts.
const DAYS: i32 = 424;
/// A model that hardly learns, and one that does.
const BAD: u32 = 1;
const GOOD: u32 = 40;

struct Story {
    house: House,
    model: ModelKey,
    /// Days since the clock started.
    day: i32,
}

fn with(rounds: u32, mode: PromoteMode) -> ModelSpec {
    let mut spec = spec(rounds);
    let policy = PromotePolicy { probation_days: 9, mode, ..PromotePolicy::default() };
    spec.policies.promote = Some(policy);
    spec
}

impl Story {
    async fn begin() -> Self {
        let house = House::running().await;
        house.upload("sales", &sales(DAYS)).await;
        models::create(&house.app, &house.actor, with(BAD, PromoteMode::Champion))
            .await
            .expect("a right spec");
        Self { house, model: ModelKey::new("sales"), day: 0 }
    }

    /// Trains; the version and what was decided about it.
    async fn trained(&self, rounds: u32, mode: PromoteMode) -> (String, String) {
        let house = &self.house;
        models::apply(&house.app, &house.actor, with(rounds, mode)).await.expect("a right spec");
        let job = trainings::request(&house.app, &house.actor, training(&self.model)).await.expect("queued");
        let job = house.ended(&job.id).await;
        assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
        let result = job.result.expect("a result");
        let text = |field: &str| result[field].as_str().expect("a text").to_owned();
        (text("version"), text("decision"))
    }

    async fn deployed(&self, version: &str) {
        let house = &self.house;
        deploy::deploy(&house.app, &house.actor, &self.model, version, None).await.expect("it serves");
    }

    /// Computes the metrics and looks after what answers beside the champion.
    async fn watched(&self) {
        loop {
            let asked =
                metrics::request(&self.house.app, &self.house.actor, &self.model, Asked::default()).await;
            match asked {
                Ok(job) => {
                    let job = self.house.ended(&job.id).await;
                    assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
                    return;
                }
                // The upload asked already.
                Err(MetricsError::Running(job)) => {
                    self.house.ended(&job).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The next day comes with the rows of the one before.
    async fn next_day(&mut self) {
        self.house.clock.advance(SignedDuration::from_hours(24));
        self.day += 1;
        self.house.upload("sales", &sales(DAYS + self.day)).await;
        self.watched().await;
    }

    async fn champion(&self) -> String {
        let found = self.house.ports.models.model(&self.house.actor.workspace, &self.model).await;
        found.expect("works").expect("is there").champion.expect("one serves").to_string()
    }

    async fn arms(&self) -> Vec<Arm> {
        self.house.ports.arms.arms(&self.house.actor.workspace, &self.model).await.expect("works")
    }

    async fn decisions(&self) -> Vec<Decision> {
        let (workspace, page) = (&self.house.actor.workspace, PageQuery::first(50));
        let page = self.house.ports.versions.decisions(workspace, &self.model, &page).await;
        page.expect("works").items
    }

    /// The newest decision of a kind; schedules may have asked others since.
    async fn newest(&self, kind: DecisionKind) -> Decision {
        let found = self.decisions().await.into_iter().find(|decision| decision.kind == kind);
        found.unwrap_or_else(|| panic!("nothing was {kind:?}"))
    }

    async fn state(&self, version: &str) -> VersionState {
        let found =
            self.house.ports.versions.version(&self.house.actor.workspace, &self.model, version).await;
        found.expect("works").expect("is there").state
    }

    async fn forecast(&self) -> ForecastAnswer {
        let request = ForecastRequest::of(self.model.clone());
        forecast(&self.house.app, &self.house.actor, request).await.expect("it forecasts")
    }

    async fn begun(&self, version: &str, mode: Mode) -> Result<Arm, ChallengerError> {
        let asked = trials::Asked { version: version.into(), mode, days: None, reason: None };
        trials::begin(&self.house.app, &self.house.actor, &self.model, asked).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_equal_version_passes_its_probation() {
    let mut story = Story::begin().await;
    let (first, _) = story.trained(BAD, PromoteMode::Champion).await;
    assert_eq!(story.arms().await, [], "nothing served before the first");
    let (equal, decided) = story.trained(BAD, PromoteMode::Champion).await;
    assert_eq!(decided, "kept");
    story.deployed(&equal).await;
    let arms = story.arms().await;
    assert_eq!((arms[0].part, arms[0].version.as_str(), arms[0].days), (Part::Former, first.as_str(), 9));
    story.watched().await;
    for _ in 0..8 {
        story.next_day().await;
        assert_eq!(story.arms().await.len(), 1, "it is watched on day {}", story.day);
    }
    story.next_day().await;
    assert_eq!(story.arms().await, [], "nine days are over");
    assert_eq!(story.champion().await, equal);
    let passed = story.newest(DecisionKind::ProbationPassed).await;
    assert_eq!(passed.version.as_str(), equal);
    assert_eq!(passed.evidence["days"].as_array().expect("days").len(), 8, "2 to 9 March");
    assert_eq!(passed.evidence["verdict"]["reason"]["code"], "not_worse");
    story.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worse_version_is_rolled_back_by_itself() {
    let mut story = Story::begin().await;
    let (bad, _) = story.trained(BAD, PromoteMode::Champion).await;
    let (good, decided) = story.trained(GOOD, PromoteMode::Champion).await;
    assert_eq!(decided, "promoted");
    assert_eq!(story.arms().await[0].version.as_str(), bad, "a promotion begins a probation too");
    deploy::rollback(&story.house.app, &story.house.actor, &story.model, None, None).await.expect("back");
    assert_eq!(story.arms().await, [], "a way back by hand ends it");
    story.deployed(&good).await;
    story.deployed(&bad).await;
    story.watched().await;
    let mut days = 0;
    while story.champion().await == bad {
        days += 1;
        assert!(days <= 9, "it should have been rolled back by now");
        story.next_day().await;
    }
    assert_eq!(story.champion().await, good);
    assert_eq!((story.state(&bad).await, story.arms().await), (VersionState::Archived, vec![]));
    let back = story.newest(DecisionKind::AutoRollback).await;
    assert_eq!(back.decided_by, "system");
    assert_eq!((back.version.as_str(), back.previous.as_ref().map(VersionId::as_str)), (&*good, Some(&*bad)));
    assert_eq!(back.evidence["verdict"]["outcome"], "roll_back");
    assert!(back.reason.contains(&format!("deploy {bad} to take it back")), "{}", back.reason);
    let rows = back.evidence["days"][0]["rows"].as_u64().expect("rows");
    assert_eq!(rows, 3, "a day of three branches, one day ahead");
    assert_eq!(story.forecast().await.version.as_str(), good, "the good one answers");
    story.next_day().await;
    assert_eq!(story.champion().await, good, "and goes on to");
    story.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenger_in_shadow_wins_by_evidence() {
    let mut story = Story::begin().await;
    let (bad, _) = story.trained(BAD, PromoteMode::Challenger).await;
    let (good, decided) = story.trained(GOOD, PromoteMode::Challenger).await;
    assert_eq!(decided, "challenger", "the policy tries it first");
    let arms = story.arms().await;
    assert_eq!(
        (arms[0].part, arms[0].version.as_str(), &arms[0].mode),
        (Part::Challenger, &*good, &Mode::Shadow)
    );
    let (_, decided) = story.trained(GOOD, PromoteMode::Challenger).await;
    assert_eq!(decided, "challenger", "so says the job");
    assert_eq!(story.decisions().await[0].kind, DecisionKind::Kept, "one is tried at a time");
    assert_eq!(story.champion().await, bad);
    story.watched().await;
    let mut days = 0;
    while story.champion().await == bad {
        days += 1;
        assert!(days <= 9, "it should have won by now");
        story.next_day().await;
    }
    assert_eq!(story.champion().await, good);
    let won = story.newest(DecisionKind::Promoted).await;
    assert_eq!(won.evidence["verdict"]["reason"]["code"], "better_live");
    let arms = story.arms().await;
    assert_eq!((arms.len(), arms[0].part, arms[0].version.as_str()), (1, Part::Former, &*bad));
    story.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_advances_and_another_aborts() {
    let mut story = Story::begin().await;
    let (bad, _) = story.trained(BAD, PromoteMode::Champion).await;
    let (good, _) = story.trained(GOOD, PromoteMode::Champion).await;
    deploy::rollback(&story.house.app, &story.house.actor, &story.model, None, None).await.expect("back");
    let canary = |steps: &[f64], days| {
        let canary = Canary { steps: steps.to_vec(), days };
        Mode::Canary { canary, step: 0 }
    };
    let refused = story.begun(&good, canary(&[0.5, 0.2], 2)).await;
    assert!(matches!(refused, Err(ChallengerError::BadInput(_))), "{refused:?}");
    let refused = story.begun(&bad, Mode::Shadow).await;
    assert!(matches!(refused, Err(ChallengerError::AlreadyServes(_))), "{refused:?}");
    story.begun(&good, canary(&[0.2, 0.6], 2)).await.expect("tried");
    let refused = story.begun(&good, Mode::Shadow).await;
    assert!(matches!(refused, Err(ChallengerError::Busy(_))), "{refused:?}");
    story.watched().await;
    let mut shares = vec![];
    for _ in 0..4 {
        story.next_day().await;
        let challenger = story.arms().await.into_iter().find(|arm| arm.part == Part::Challenger);
        shares.push(challenger.map(|arm| arm.mode.share()));
    }
    assert_eq!(shares, [Some(0.2), Some(0.6), Some(0.6), None], "two days a step");
    assert_eq!(story.champion().await, good);
    let asked = |decision: &&Decision| decision.kind != DecisionKind::NotRetrained;
    let decisions = story.decisions().await;
    let kinds: Vec<DecisionKind> = decisions.iter().filter(asked).take(3).map(|d| d.kind).collect();
    assert_eq!(kinds, [DecisionKind::Promoted, DecisionKind::CanaryStep, DecisionKind::Challenger]);

    // The bad one does not get far. (The good one's probation goes on beside it.)
    story.begun(&bad, canary(&[0.1, 1.0], 8)).await.expect("tried");
    for _ in 0..9 {
        story.next_day().await;
        if story.arms().await.iter().all(|arm| arm.part != Part::Challenger) {
            break;
        }
    }
    let ended = story.newest(DecisionKind::ChallengerEnded).await;
    assert_eq!((ended.version.as_str(), &ended.evidence["next"]["code"]), (&*bad, &"abort".into()));
    assert_eq!(story.champion().await, good);
    story.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_series_is_answered_by_the_challenger_and_stays_there() {
    let mut story = Story::begin().await;
    let (bad, _) = story.trained(BAD, PromoteMode::Champion).await;
    let (good, _) = story.trained(GOOD, PromoteMode::Champion).await;
    story.begun(&bad, Mode::Ab { share: 0.5 }).await.expect("tried");
    let split = |answer: &ForecastAnswer| -> BTreeSet<String> {
        let challenged = answer.series.iter().filter(|s| {
            let answered = s.answered.as_ref().expect("told");
            let theirs = answered.arm == AnsweredAs::Challenger;
            assert_eq!(answered.version.as_str(), if theirs { &bad } else { &good });
            theirs
        });
        challenged.map(|s| s.series.join("|")).collect()
    };
    let first = split(&story.forecast().await);
    let arm = &story.arms().await.into_iter().find(|arm| arm.part == Part::Challenger).expect("tried");
    let wanted: BTreeSet<String> =
        ["north", "south", "центр"].into_iter().filter(|key| arm.takes(key)).map(str::to_owned).collect();
    assert_eq!(first, wanted);
    story.watched().await;
    for _ in 0..3 {
        assert_eq!(split(&story.forecast().await), first, "the same series each time");
        // What was answered in shadow is written a moment later.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        story.next_day().await;
    }
    let model = story.house.ports.models.model(&story.house.actor.workspace, &story.model).await;
    let model = model.expect("works").expect("is there");
    let told = summary(&story.house.app, &story.house.actor.workspace, &model, 30).await.expect("works");
    let lines: BTreeSet<(String, Role)> =
        told.by_version.iter().map(|line| (line.of.0.to_string(), line.of.1)).collect();
    let shadows = lines.iter().filter(|(_, role)| *role == Role::Shadow).count();
    // Which series a challenger gets is drawn by its own salt: of three it may be all or none.
    let both = (1..=2).contains(&first.len());
    assert_eq!(shadows, if both { 2 } else { 1 }, "each answers the other's series in shadow: {lines:?}");
    let words: u64 = told
        .by_version
        .iter()
        .filter(|line| line.of.1 == Role::Champion)
        .map(|line| line.measured.answers)
        .sum();
    assert_eq!(words, 3 * 2, "one word a series and day that is over, whoever gave it");
    trials::drop_challenger(&story.house.app, &story.house.actor, &story.model, None).await.expect("ended");
    assert!(story.forecast().await.series.iter().all(|s| s.answered.is_none()));
    let none = trials::drop_challenger(&story.house.app, &story.house.actor, &story.model, None).await;
    assert!(matches!(none, Err(ChallengerError::NoChallenger(_))), "{none:?}");
    story.house.close().await;
}
