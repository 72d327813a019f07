//! What the apps of a run are to be, and which need which others.

use std::collections::BTreeMap;
use std::path::PathBuf;

use score_fly_core::deploy;
use score_fly_core::graph::needs_of_workloads;
use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::score::Workload;

use super::super::generate::ProjectOptions;
use super::super::options::ScoreOptions;
use super::super::wanted::{Image, Wanted};
use super::memory::Memory;

/// All apps of a run.
#[derive(Debug)]
pub(in super::super) struct Fleet {
    /// The apps, each behind those that it needs.
    pub(in super::super) members: Vec<Member>,
    /// What is remembered of them.
    pub(in super::super) memory: Memory,
}

/// One app of a run.
#[derive(Debug)]
pub(in super::super) struct Member {
    /// Its name.
    pub(in super::super) app: String,
    /// What it is to be; nothing, if that can't be known, which was noted then.
    pub(in super::super) wanted: Option<Wanted>,
    /// The places of the apps that it needs.
    pub(in super::super) needs: Vec<usize>,
}

/// What is said of the apps of a run.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Said<'o> {
    /// The files: Score's and Fly's.
    pub(in super::super) files: &'o [PathBuf],
    /// What is done to Score files on their way.
    pub(in super::super) score: &'o ScoreOptions,
    /// How resources are provisioned.
    pub(in super::super) project: &'o ProjectOptions,
    /// What is said beyond the files.
    pub(in super::super) beyond: &'o deploy::Options,
    /// Where the image is from of a workload that names none.
    pub(in super::super) image: Image,
    /// How far the run goes.
    pub(in super::super) aim: Aim,
}

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Aim {
    /// It only looks: nothing is made, and nothing is kept.
    Look,
    /// It does what is to be done.
    Do,
}

/// Apps as they are read, with the workload that each comes from, if it is one.
#[derive(Debug, Default)]
pub(super) struct Unordered {
    pub(super) members: Vec<(String, Option<Wanted>, Option<String>)>,
    /// Which workloads need which others.
    needs: SortedMap<String, SortedSet<String>>,
}

impl Unordered {
    pub(super) fn learn_needs<'w>(&mut self, workloads: impl Iterator<Item = &'w Workload>) {
        self.needs = needs_of_workloads(workloads);
    }

    /// Each app behind those that it needs, and otherwise in the order in which they are named.
    pub(super) fn ordered(self) -> Vec<Member> {
        let Self { members, needs } = self;
        let place: BTreeMap<String, usize> = members
            .iter()
            .enumerate()
            .filter_map(|(index, (_, _, workload))| Some((workload.clone()?, index)))
            .collect();
        let of = |workload: &Option<String>| -> Vec<usize> {
            let needs = workload.as_ref().and_then(|workload| needs.get(workload));
            needs.into_iter().flat_map(SortedSet::iter).filter_map(|need| place.get(need).copied()).collect()
        };
        let mut left: Vec<(usize, String, Option<Wanted>, Vec<usize>)> = members
            .into_iter()
            .enumerate()
            .map(|(index, (app, wanted, workload))| (index, app, wanted, of(&workload)))
            .collect();
        let (mut ordered, mut placed) = (Vec::new(), BTreeMap::new());
        while !left.is_empty() {
            // Needs are never in a circle, so there is always one.
            let next = left.iter().position(|(_, _, _, needs)| needs.iter().all(|need| placed.contains_key(need)));
            let (index, app, wanted, needs) = left.remove(next.unwrap_or(0));
            let needs = needs.iter().filter_map(|need| placed.get(need).copied()).collect();
            placed.insert(index, ordered.len());
            ordered.push(Member { app, wanted, needs });
        }
        ordered
    }
}
