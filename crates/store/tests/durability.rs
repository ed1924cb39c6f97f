//! What is left after a crash, and who is kept out: SQLite and local files.

use bytes::Bytes;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use vakhta_domain::ids::{JobId, ModelKey};
use vakhta_domain::ports::StoreError;
use vakhta_store::conformance::{Bed, samples};
use vakhta_store::{OpenError, S3Options, StoreConfig, migrate};

fn config(folder: &Path) -> StoreConfig {
    StoreConfig {
        database_url: format!("sqlite://{}", folder.join("vakhta.db").display()),
        objects_url: format!("file://{}", folder.join("objects").display()),
        feeds: vakhta_store::FeedOptions::default(),
        s3: S3Options::default(),
        data_dir: folder.to_owned(),
    }
}

async fn open(folder: &Path, seed: u64) -> Bed {
    Bed::open(&config(folder), seed).await.expect("a store")
}

async fn close(bed: Bed) {
    let Bed { store, ports, .. } = bed;
    drop(ports);
    std::sync::Arc::into_inner(store).expect("nobody else holds it").close().await;
}

async fn logged(bed: &Bed) -> Vec<u32> {
    let all = bed.ports.predictions.read(&samples::home(), &ModelKey::new("visits"), 0, 100_000).await;
    all.expect("works").iter().map(|prediction| prediction.latency_us).collect()
}

/// The segment files of the prediction log, by name.
fn segments(folder: &Path) -> Vec<PathBuf> {
    let dir = folder.join("predictions");
    let mut found: Vec<_> = fs::read_dir(dir).expect("a folder").map(|e| e.expect("a file").path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    found.sort();
    found
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let bed = open(folder.path(), 1).await;
    samples::add_model(&bed, "visits").await;
    samples::train(&bed, "visits", "v_1", true, None).await;
    let object = bed.ports.objects.put(Bytes::from_static(b"bytes")).await.expect("works");
    bed.ports.predictions.append(vec![samples::prediction("visits", 1, bed.now())]).await.expect("works");
    close(bed).await;
    let bed = open(folder.path(), 2).await;
    assert_eq!(bed.ports.versions.champions().await.expect("works").len(), 1);
    assert_eq!(bed.ports.objects.get(&object).await.expect("works"), Bytes::from_static(b"bytes"));
    assert_eq!(logged(&bed).await, [1]);
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let bed = open(folder.path(), 1).await;
    let refused =
        [Bed::open(&config(folder.path()), 2).await.err(), migrate(&config(folder.path())).await.err()];
    for error in refused {
        let Some(OpenError::InUse { path }) = &error else { panic!("{error:?}") };
        assert_eq!(path, folder.path());
    }
    // Nor may another data folder use the same database file.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let same_file = StoreConfig { data_dir: elsewhere.path().to_owned(), ..config(folder.path()) };
    assert!(matches!(Bed::open(&same_file, 3).await.err(), Some(OpenError::InUse { .. })));
    close(bed).await;
    close(open(folder.path(), 4).await).await;
}

#[tokio::test]
async fn only_the_owner_reads_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("made/here");
    let bed = open(&data, 1).await;
    samples::add_model(&bed, "visits").await;
    bed.ports.predictions.append(vec![samples::prediction("visits", 1, bed.now())]).await.expect("works");
    let object = bed.ports.objects.put(Bytes::from_static(b"x")).await.expect("works");
    let hash = object.sha256;
    let blob = data.join("objects").join(&hash[..2]).join(&hash[2..4]).join(&hash);
    let mut files = vec![data.join("vakhta.db"), data.join("vakhta.db-wal"), blob];
    files.extend(segments(&data));
    assert_eq!(files.len(), 4);
    for file in files {
        let mode = fs::metadata(&file).expect("is there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    assert_eq!(fs::metadata(&data).expect("is there").permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn damaged_objects_are_found_and_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let bed = open(folder.path(), 1).await;
    let bytes = Bytes::from(vec![1; 1000]);
    let object = bed.ports.objects.put(bytes.clone()).await.expect("works");
    let hash = &object.sha256;
    let path = folder.path().join("objects").join(&hash[..2]).join(&hash[2..4]).join(hash);
    let mut damaged = bytes.to_vec();
    damaged[500] ^= 1;
    for wrong in [damaged, bytes[..999].to_vec(), Vec::new()] {
        fs::write(&path, wrong).expect("it is written");
        let read = bed.ports.objects.get(&object).await;
        let Err(StoreError::Damaged { name, .. }) = &read else { panic!("{read:?}") };
        assert_eq!(name, hash);
        let to = folder.path().join("copy");
        let copied = bed.ports.objects.get_file(&object, &to).await;
        assert!(matches!(copied, Err(StoreError::Damaged { .. })), "{copied:?}");
        assert!(!to.exists());
    }
    assert_eq!(bed.ports.objects.put(bytes.clone()).await.expect("works"), object);
    assert_eq!(bed.ports.objects.get(&object).await.expect("mended"), bytes);
    assert_eq!(fs::read_dir(folder.path().join("objects/passing")).expect("a folder").count(), 0);
}

#[tokio::test]
async fn a_torn_prediction_log_keeps_every_whole_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut expected = Vec::new();
    for round in 0..4_u32 {
        let bed = open(folder.path(), u64::from(round)).await;
        assert_eq!(logged(&bed).await, expected, "round {round}");
        for n in round * 10..round * 10 + 3 {
            let record = samples::prediction("visits", n, bed.now());
            bed.ports.predictions.append(vec![record]).await.expect("works");
            expected.push(n);
        }
        close(bed).await;
        // What a power cut may leave behind the last record: part of a record, zeros, rubbish.
        let newest = segments(folder.path()).pop().expect("a segment");
        let tail: &[u8] = match round {
            0 => &[200, 0, 0, 0, 1, 2, 3],
            1 => &[0; 4096],
            2 => b"\x05\x00\x00\x00\xff\xff\xff\xffhello",
            _ => b"",
        };
        let mut file = fs::OpenOptions::new().append(true).open(&newest).expect("it opens");
        file.write_all(tail).expect("it is written");
        // And a file that was made but never written.
        fs::write(newest.with_file_name(format!("00000000000000000001-{round}.log")), b"")
            .expect("it is written");
    }
    let bed = open(folder.path(), 9).await;
    assert_eq!(logged(&bed).await, expected);
    let sealed = bed.store.seal_predictions(true).await.expect("works");
    assert_eq!(sealed.records, 12);
    assert_eq!(logged(&bed).await, expected);
    assert_eq!(segments(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_crash_while_sealing_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let bed = open(folder.path(), 1).await;
    for n in 0..5 {
        let record = samples::prediction("visits", n, bed.now());
        bed.ports.predictions.append(vec![record]).await.expect("works");
    }
    let file = segments(folder.path()).pop().expect("a segment");
    let kept = fs::read(&file).expect("it is read");
    bed.store.seal_predictions(true).await.expect("works");
    close(bed).await;
    // The process died after noting the sealed part and before removing its file.
    fs::write(&file, kept).expect("it is written");
    let bed = open(folder.path(), 2).await;
    assert!(!file.exists());
    assert_eq!(logged(&bed).await, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_damaged_part_of_the_log_is_kept_and_holds_up_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let bed = open(folder.path(), 1).await;
    let append = |n| bed.ports.predictions.append(vec![samples::prediction("visits", n, bed.now())]);
    append(1).await.expect("works");
    let bad = segments(folder.path()).pop().expect("a segment");
    bed.clock.advance(jiff::SignedDuration::from_mins(11));
    append(2).await.expect("works");
    let mut bytes = fs::read(&bad).expect("it is read");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&bad, bytes).expect("it is written");
    let sealed = bed.store.seal_predictions(true).await.expect("works");
    assert_eq!((sealed.segments, sealed.records), (1, 1));
    assert_eq!(segments(folder.path()), [bad]);
    let read = bed.ports.predictions.read(&samples::home(), &ModelKey::new("visits"), 0, 9).await;
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
}

#[tokio::test]
async fn closed_stores_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let bed = open(folder.path(), 1).await;
    let (ports, now) = (bed.ports.clone(), bed.now());
    close(bed).await;
    let log = ports.predictions.append(vec![samples::prediction("visits", 1, now)]).await;
    assert!(matches!(log, Err(StoreError::Unavailable { part: "prediction log", .. })), "{log:?}");
    let users = ports.accounts.count_users().await;
    assert!(matches!(users, Err(StoreError::Unavailable { part: "database", .. })), "{users:?}");
}

/// Names the folder in which this test, started again by itself, plays the process that is killed.
const VICTIM: &str = "VAKHTA_TEST_VICTIM";

/// Kills a working process at many moments. Whatever it was told is stored is there afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_to_kill_9() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        return work_until_killed(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (mut predictions, mut jobs, mut champion) = (Vec::new(), Vec::new(), 0);
    for round in 0..6_u64 {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "nothing_acknowledged_is_lost_to_kill_9", "--nocapture"])
            .env(VICTIM, folder.path())
            .env("VAKHTA_TEST_ROUND", round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        // The reader ends by itself when the other end is gone.
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(700 + 137 * round));
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        let told = reader.join().expect("the reader ends");
        for line in &told {
            match line.split_once(' ') {
                Some(("prediction", n)) => predictions.push(n.parse::<u32>().expect("a number")),
                Some(("job", id)) => jobs.push(id.to_owned()),
                Some(("champion", n)) => champion = champion.max(n.parse().expect("a number")),
                _ => {}
            }
        }
        let bed = open(folder.path(), 1000 + round).await;
        let found = logged(&bed).await;
        for n in &predictions {
            assert_eq!(found.iter().filter(|found| *found == n).count(), 1, "prediction {n}, round {round}");
        }
        for id in &jobs {
            let job = bed.ports.jobs.job(&samples::home(), &JobId::new(id)).await.expect("works");
            assert!(job.is_some(), "job {id}, round {round}");
        }
        let champions = bed.ports.versions.champions().await.expect("works");
        assert!(champions.len() == 1 || champion == 0, "always one champion: {champions:?}");
        if let Some(now) = champions.first() {
            assert!(now.generation >= champion, "generation {champion} was acknowledged");
        }
        close(bed).await;
    }
    assert!(
        predictions.len() > 20 && jobs.len() > 5 && champion > 3,
        "too little happened to prove anything"
    );
}

/// Works and says what it was told is stored, until somebody kills it.
async fn work_until_killed(folder: &Path) {
    let round: u32 = std::env::var("VAKHTA_TEST_ROUND").expect("a round").parse().expect("a number");
    let bed = open(folder, u64::from(round)).await;
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{text}").and_then(|()| out.flush()).expect("somebody listens");
    };
    if round == 0 {
        samples::add_model(&bed, "visits").await;
    }
    let mut serving = bed.ports.versions.champions().await.expect("works").pop();
    // A job that the last round left running or queued is in the way of none: its key is its round's.
    for n in round * 100_000.. {
        bed.ports.predictions.append(vec![samples::prediction("visits", n, bed.now())]).await.expect("works");
        say(format!("prediction {n}"));
        if n % 10 == 1 {
            bed.store.seal_predictions(true).await.expect("works");
        }
        let version = format!("v_{n}");
        let id = format!("job_{version}");
        let queued = samples::enqueue(&bed, &samples::job(&id, &format!("m{n}"), bed.now())).await;
        say(format!("job {}", queued.id));
        // An orphan of the last round comes first here; the training below is of whatever was claimed.
        let claimed = samples::claim(&bed, "w").await.expect("a job");
        let previous = serving.as_ref().map(|now| now.version.as_str().to_owned());
        let lease = samples::lease(&claimed);
        let done = samples::training(&lease, "visits", &version, true, previous.as_deref(), bed.now());
        assert!(bed.ports.versions.finish_training(&done).await.expect("works"));
        serving = bed.ports.versions.champions().await.expect("works").pop();
        say(format!("champion {}", serving.as_ref().expect("one serves").generation));
    }
}
