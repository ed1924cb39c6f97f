//! The models in memory: what serves, and what was asked for by name, up to a size; the least recently used goes
//! first and is read again when it is asked for.

use super::loaded::Loaded;
use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vakhta_domain::ids::{DatasetKey, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::trial::Arm;

/// A model of a workspace.
pub(super) type Place = (WorkspaceId, ModelKey);

/// The models in memory. A request takes one `Arc` and keeps it, so neither a switch nor the lack of room drops
/// a request.
pub struct Serving {
    champions: ArcSwap<HashMap<Place, Arc<Serves>>>,
    /// What answers beside them.
    arms: ArcSwap<HashMap<Place, Vec<Arm>>>,
    /// Versions that were asked for by name.
    named: Mutex<Vec<Arc<Kept>>>,
    /// The number of the newest version of every dataset.
    newest_rows: ArcSwap<HashMap<(WorkspaceId, DatasetKey), u32>>,
    /// The size of the saved models that may be in memory, bytes.
    room: u64,
    /// Counts uses: the clock of what was used last.
    uses: AtomicU64,
}

/// A version that serves.
struct Serves {
    version: VersionId,
    generation: u64,
    kept: Arc<Kept>,
}

/// A version that is in memory, or was.
struct Kept {
    place: Place,
    loaded: Mutex<Option<Arc<Loaded>>>,
    bytes: u64,
    used: AtomicU64,
}

impl Kept {
    fn loaded(&self) -> MutexGuard<'_, Option<Arc<Loaded>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the version that serves.
pub(super) enum Champion {
    /// It is in memory.
    Loaded(Arc<Loaded>),
    /// It is not, for lack of room.
    Cold(VersionId, u64),
}

/// The size that counts: that of the saved model, and something for what stands around it.
fn size(loaded: &Loaded) -> u64 {
    loaded.version.artifact.as_ref().map_or(0, |artifact| artifact.bytes) + 4096
}

impl Serving {
    /// Nothing in memory, and room for saved models of so many bytes together. One model is always kept,
    /// however large it is.
    pub fn new(room: u64) -> Self {
        Self {
            champions: ArcSwap::default(),
            arms: ArcSwap::default(),
            named: Mutex::default(),
            newest_rows: ArcSwap::default(),
            room,
            uses: AtomicU64::new(1),
        }
    }

    fn named_versions(&self) -> MutexGuard<'_, Vec<Arc<Kept>>> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a use.
    fn touch(&self, kept: &Kept) {
        kept.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    fn keep(&self, place: &Place, loaded: Option<&Arc<Loaded>>) -> Arc<Kept> {
        let kept = Kept {
            place: place.clone(),
            bytes: loaded.map_or(0, |loaded| size(loaded)),
            loaded: Mutex::new(loaded.cloned()),
            used: AtomicU64::default(),
        };
        self.touch(&kept);
        Arc::new(kept)
    }

    /// The number of a dataset's newest version.
    pub(super) fn newest_rows(&self, place: &(WorkspaceId, DatasetKey)) -> Option<u32> {
        self.newest_rows.load().get(place).copied()
    }

    /// Notes what versions datasets have.
    pub(super) fn note_newest_rows(&self, newest: Vec<(WorkspaceId, DatasetKey, u32)>) {
        let by_place = newest.into_iter().map(|(workspace, dataset, number)| ((workspace, dataset), number));
        self.newest_rows.store(Arc::new(by_place.collect()));
    }

    /// The versions that serve and are in memory.
    pub(super) fn champions_loaded(&self) -> Vec<(Arc<Loaded>, u64)> {
        let champions = self.champions.load();
        let loaded = champions.values().filter_map(|serves| {
            let loaded = serves.kept.loaded().clone()?;
            Some((loaded, serves.generation))
        });
        loaded.collect()
    }

    /// What answers beside a champion.
    pub(super) fn arms(&self, place: &Place) -> Vec<Arm> {
        self.arms.load().get(place).cloned().unwrap_or_default()
    }

    /// Replaces what answers beside champions.
    pub(super) fn set_arms(&self, arms: Vec<Arm>) {
        let mut by_place: HashMap<Place, Vec<Arm>> = HashMap::new();
        for arm in arms {
            by_place.entry((arm.workspace.clone(), arm.model.clone())).or_default().push(arm);
        }
        if **self.arms.load() != by_place {
            self.arms.store(Arc::new(by_place));
        }
    }

    /// The version that serves; none where this process knows of none.
    pub(super) fn champion(&self, place: &Place) -> Option<Champion> {
        let champions = self.champions.load();
        let serves = champions.get(place)?;
        self.touch(&serves.kept);
        let loaded = serves.kept.loaded().clone();
        Some(
            loaded
                .map_or_else(|| Champion::Cold(serves.version.clone(), serves.generation), Champion::Loaded),
        )
    }

    /// The generation of what serves here.
    pub(super) fn generation(&self, place: &Place) -> Option<u64> {
        self.champions.load().get(place).map(|serves| serves.generation)
    }

    /// Whether a model serves here that `serves` does not name.
    pub(super) fn has_others(&self, serves: impl Fn(&Place) -> bool) -> bool {
        self.champions.load().keys().any(|place| !serves(place))
    }

    /// Replaces the serving version unless a newer generation is there already.
    pub(super) fn put(&self, place: &Place, loaded: &Arc<Loaded>, generation: u64) {
        self.insert(place, &loaded.version.id, Some(loaded), generation);
        self.make_room();
    }

    /// Notes what serves and does not read it: it is read when it is asked for.
    pub(super) fn put_cold(&self, place: &Place, version: &VersionId, generation: u64) {
        self.insert(place, version, None, generation);
    }

    fn insert(&self, place: &Place, version: &VersionId, loaded: Option<&Arc<Loaded>>, generation: u64) {
        let kept = self.keep(place, loaded);
        self.champions.rcu(|old| {
            let mut new = HashMap::clone(old);
            if new.get(place).is_none_or(|there| there.generation <= generation) {
                let version = version.clone();
                new.insert(place.clone(), Arc::new(Serves { version, generation, kept: kept.clone() }));
            }
            new
        });
    }

    /// Versions in memory and the size of their saved models, bytes.
    pub fn taken(&self) -> (usize, u64) {
        let champions = self.champions.load();
        let named = self.named_versions();
        let kept = champions.values().map(|serves| &serves.kept).chain(named.iter());
        let loaded = kept.filter(|kept| kept.loaded().is_some());
        loaded.fold((0, 0), |(count, bytes), kept| (count + 1, bytes + kept.bytes))
    }

    /// Whether the models in memory take all the room there is.
    pub(super) fn is_full(&self) -> bool {
        self.taken().1 >= self.room
    }

    /// Keeps the models that `keep` names.
    pub(super) fn retain(&self, keep: impl Fn(&Place) -> bool) {
        self.champions.rcu(|old| {
            old.iter()
                .filter(|(place, _)| keep(place))
                .map(|(p, s)| (p.clone(), s.clone()))
                .collect::<HashMap<_, _>>()
        });
    }

    /// Takes a model out of memory.
    pub(crate) fn forget(&self, workspace: &WorkspaceId, model: &ModelKey) {
        self.retain(|(w, m)| (w, m) != (workspace, model));
        self.named_versions().retain(|kept| (&kept.place.0, &kept.place.1) != (workspace, model));
    }

    /// A version that was asked for by name before and is still in memory.
    pub(super) fn named(&self, workspace: &WorkspaceId, model: &ModelKey, name: &str) -> Option<Arc<Loaded>> {
        self.named_versions().iter().find_map(|kept| {
            let loaded = kept.loaded().clone().filter(|loaded| loaded.is(workspace, model, name))?;
            self.touch(kept);
            Some(loaded)
        })
    }

    /// Keeps a version that was asked for by name.
    pub(super) fn keep_named(&self, loaded: &Arc<Loaded>) {
        let place = (loaded.version.workspace.clone(), loaded.version.model.clone());
        let kept = self.keep(&place, Some(loaded));
        let mut named = self.named_versions();
        named.retain(|there| there.loaded().as_ref().is_some_and(|l| l.version.id != loaded.version.id));
        named.push(kept);
        drop(named);
        self.make_room();
    }

    /// Lets go of the least recently used models until the others fit; the one used last stays.
    fn make_room(&self) {
        let mut named = self.named_versions();
        let champions = self.champions.load();
        let mut all: Vec<&Arc<Kept>> =
            champions.values().map(|serves| &serves.kept).chain(named.iter()).collect();
        all.retain(|kept| kept.loaded().is_some());
        all.sort_by_key(|kept| std::cmp::Reverse(kept.used.load(Ordering::Relaxed)));
        let mut taken = 0;
        for (at, kept) in all.into_iter().enumerate() {
            taken += kept.bytes;
            if at > 0 && taken > self.room {
                *kept.loaded() = None;
                taken -= kept.bytes;
            }
        }
        named.retain(|kept| kept.loaded().is_some());
    }
}
