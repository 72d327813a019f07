//! Reading the annotations of a workload.
//!
//! Port and volume names may contain dashes, so an annotation is read from both ends: what stands
//! between the start and the end of its pattern is the name.

use super::messages;
use super::model::{Annotations, AppAnnotations, PREFIX, SCORE_FLYIO_PREFIX};
use super::table::{Annotation, TABLE};
use crate::convert::volumes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::ResolvedWorkload;
use crate::suggest::nearest;

/// Reads the annotations under our prefixes; all others belong to somebody else.
pub(in crate::convert) fn read(resolved: &ResolvedWorkload<'_>, diagnostics: &mut Diagnostics) -> Annotations {
    let subjects = Subjects::of(resolved);
    let mut annotations = subjects.unannotated();
    let metadata = Path::ROOT.key("metadata");
    let at = metadata.key("annotations");
    let all = &resolved.workload.metadata.annotations;
    for (key, value) in all {
        let at_key = at.key(key);
        let (name, score_flyio) = match (key.strip_prefix(PREFIX), key.strip_prefix(SCORE_FLYIO_PREFIX)) {
            (Some(name), _) => (name, false),
            (None, Some(name)) => (name, true),
            (None, None) => continue,
        };
        let Some((row, subject)) = find(name).filter(|(row, _)| row.in_score_flyio || !score_flyio) else {
            diagnostics.push(subjects.unknown(&at_key, key, name, score_flyio));
            continue;
        };
        if let Some(known) = subjects.of_row(row)
            && !known.iter().any(|known| known == subject)
        {
            diagnostics.push(subjects.unknown_subject(&at_key, key, name, row, subject, known));
            continue;
        }
        let ours = || all.get_key_value(&format!("{PREFIX}{name}"));
        if score_flyio && let Some((first, _)) = ours() {
            diagnostics.push(messages::annotation_twice(&at_key, key, &at.key(first), first));
            continue;
        }
        if let Err(problem) = row.read.into_slot(&mut annotations, subject, key, value) {
            diagnostics.push(messages::invalid_annotation_value(&at_key, key, row, &problem));
        }
    }
    annotations
}

/// The row of an annotation, and the name in it.
fn find(name: &str) -> Option<(&'static Annotation, &str)> {
    TABLE.iter().find_map(|row| Some((row, row.subject_in(name)?)))
}

/// What the names in annotations can refer to.
struct Subjects {
    ports: Vec<String>,
    probes: Vec<String>,
    volumes: Vec<String>,
    /// The container that probably has the probe or volume that is meant.
    container: String,
}

impl Subjects {
    fn of(resolved: &ResolvedWorkload<'_>) -> Self {
        let workload = resolved.workload;
        let ports = workload.service.iter().flat_map(|service| service.ports.keys().cloned()).collect();
        let mut probes = Vec::new();
        let mut volumes = Vec::new();
        for container in resolved.containers.values() {
            let written = container.written;
            for (kind, probe) in [("liveness", &written.liveness_probe), ("readiness", &written.readiness_probe)] {
                if probe.is_some() {
                    probes.push(kind.to_owned());
                }
            }
            let sources = container.volumes.values().filter_map(|volume| volume.source.as_ref());
            volumes.extend(sources.flat_map(volumes::names));
        }
        probes.sort();
        probes.dedup();
        volumes.sort();
        volumes.dedup();
        let container = workload.containers.keys().next().cloned().unwrap_or_default();
        Self { ports, probes, volumes, container }
    }

    /// Annotations that say nothing about any of them.
    fn unannotated(&self) -> Annotations {
        fn each<T: Default>(names: &[String]) -> SortedMap<String, T> {
            names.iter().map(|name| (name.clone(), T::default())).collect()
        }
        Annotations {
            ports: each(&self.ports),
            probes: each(&self.probes),
            volumes: each(&self.volumes),
            app: AppAnnotations::default(),
        }
    }

    /// The names that an annotation takes, if it takes one.
    fn of_row(&self, row: &Annotation) -> Option<&[String]> {
        match row.subject()? {
            "port" => Some(&self.ports),
            "volume" => Some(&self.volumes),
            _ => Some(&self.probes),
        }
    }

    /// The annotation that was probably meant.
    fn nearest(&self, name: &str, score_flyio: bool) -> Option<String> {
        let candidates: Vec<String> = TABLE
            .iter()
            .filter(|row| row.in_score_flyio || !score_flyio)
            .flat_map(|row| match self.of_row(row) {
                Some(subjects) => subjects.iter().map(|subject| row.name_for(subject)).collect(),
                None => vec![row.name.to_owned()],
            })
            .collect();
        let prefix = if score_flyio { SCORE_FLYIO_PREFIX } else { PREFIX };
        // Some ask by a part of the name, or by what it does.
        let part = if matches!(name, "scale" | "replicas" | "count") { "min-running" } else { name };
        let named = |candidate: &&String| {
            candidate.strip_suffix(part).is_some_and(|start| start.ends_with('-'))
                || candidate.strip_prefix(part).is_some_and(|end| end.starts_with('-'))
        };
        let near = nearest(name, candidates.iter().map(String::as_str));
        candidates.iter().find(named).map(String::as_str).or(near).map(|name| format!("{prefix}{name}"))
    }

    /// Something may be missing only because it is broken, which has been reported.
    fn unknown_subject(
        &self,
        at: &Path<'_>,
        key: &str,
        name: &str,
        row: &Annotation,
        subject: &str,
        known: &[String],
    ) -> Diagnostic {
        let prefix = key.strip_suffix(name).unwrap_or(PREFIX);
        let near = nearest(subject, known.iter().map(String::as_str));
        let suggestion = near.map(|subject| format!("{prefix}{}", row.name_for(subject)));
        let diagnostic = messages::unknown_subject(at, key, row, subject, known, suggestion.as_deref());
        let (service, containers) = (Path::ROOT.key("service"), Path::ROOT.key("containers"));
        let container = containers.key(&self.container);
        match row.subject() {
            Some("port") => diagnostic.because_of(&service.key("ports").key(subject)),
            Some("volume") => diagnostic.because_of(&container.key("volumes")),
            _ => diagnostic.because_of(&container.key(&format!("{subject}Probe"))),
        }
    }

    fn unknown(&self, at: &Path<'_>, key: &str, name: &str, score_flyio: bool) -> Diagnostic {
        let only_ours = score_flyio && find(name).is_some();
        let suggestion = if only_ours { Some(format!("{PREFIX}{name}")) } else { self.nearest(name, score_flyio) };
        messages::unknown_annotation(at, key, suggestion.as_deref())
    }
}
