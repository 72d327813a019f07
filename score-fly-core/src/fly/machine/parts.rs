//! Everything of a machine but its services.

use base64ct::{Base64, Encoding as _};

use super::group::Group;
use super::messages;
use super::model::{MachineGuest, MachineInit, MachineMetrics, MachineMount, MachineStatic};
use super::shared::{MachineFile, MachineRestart, StopConfig};
use crate::diagnostic::Diagnostics;
use crate::fly::config::{Experimental, Vm};
use crate::fly::words::PersistRootfs;
use crate::fly::{shlex, size, vm};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

impl<'s> Group<'s> {
    /// The elements of a list that belong to the group, with their places.
    fn of_group<T>(&self, items: &'s [T], processes: impl Fn(&T) -> &[String]) -> impl Iterator<Item = (usize, &'s T)> {
        items.iter().enumerate().filter(move |(_, item)| self.config.belongs(processes(item), self.name))
    }

    pub(super) fn env(&self) -> SortedMap<String, String> {
        let mut env = self.config.env.clone();
        env.insert("FLY_PROCESS_GROUP".to_owned(), self.name.to_owned());
        if let Some(region) = self.config.primary_region.as_ref().filter(|region| !region.is_empty()) {
            env.insert("PRIMARY_REGION".to_owned(), region.clone());
        }
        env
    }

    /// What the machine runs. A terminal and the kernel's arguments stay as the machine config has
    /// them.
    pub(super) fn init(&self, init: &mut MachineInit, diagnostics: &mut Diagnostics) {
        let Experimental { cmd, entrypoint, exec, .. } = self.config.experimental.clone().unwrap_or_default();
        let command = self.config.processes.get(self.name).map(String::as_str).unwrap_or_default();
        let words = shlex::split(command);
        if words.is_none() {
            diagnostics.push(messages::command(&Path::ROOT.key("processes").key(self.name)));
        }
        let words = words.filter(|words| !words.is_empty());
        init.cmd = words.or(cmd).unwrap_or_default();
        init.entrypoint = entrypoint.unwrap_or_default();
        init.exec = exec.unwrap_or_default();
        init.swap_size_mb = self.config.swap_size_mb;
    }

    /// The size, if there is one for the group: the entry that names it wins over one for all.
    pub(super) fn guest(&self, diagnostics: &mut Diagnostics) -> Option<MachineGuest> {
        let entries = &self.config.vm;
        let named = entries.iter().position(|vm| vm.processes.iter().any(|process| process == self.name));
        let index = named.or_else(|| entries.iter().position(|vm| vm.processes.is_empty()))?;
        let vm = entries.get(index)?;
        let list = Path::ROOT.key("vm");
        let at = list.index(index);
        diagnostics.extend(vm::unreadable(vm).map(|value| messages::unreadable_vm(&at, value)).collect());
        let asked = vm::asked(vm)?;
        let Vm { max_memory_mb, host_dedication_id, persist_rootfs, kernel_args, .. } = vm.clone();
        let preset = vm.size.as_deref().and_then(vm::gpu_of_size);
        Some(MachineGuest {
            cpu_kind: Some(asked.kind),
            cpus: Some(asked.cpus),
            memory_mb: u32::try_from(asked.memory_mib).ok(),
            max_memory_mb: max_memory_mb.filter(|memory| *memory > 0),
            gpus: vm.gpus.filter(|gpus| *gpus > 0).or(preset.map(|_| 1)),
            gpu_kind: vm.gpu_kind.clone().or(preset.map(str::to_owned)),
            host_dedication_id: host_dedication_id.or_else(|| self.config.host_dedication_id.clone()),
            persist_rootfs: persist_rootfs
                .filter(|word| !matches!(word.as_str(), "" | "none"))
                .map(|word| PersistRootfs::from(word.as_str())),
            kernel_args,
        })
    }

    pub(super) fn mounts(&self) -> Vec<MachineMount> {
        let gigabytes = |text: &Option<String>| {
            let size = text.as_deref().and_then(size::gigabytes)?;
            u32::try_from(size).ok().filter(|size| *size > 0)
        };
        self.of_group(&self.config.mounts, |mount| &mount.processes)
            .map(|(_, mount)| MachineMount {
                path: mount.destination.clone(),
                name: mount.source.clone(),
                extend_threshold_percent: mount.auto_extend_size_threshold.filter(|percent| *percent > 0),
                add_size_gb: gigabytes(&mount.auto_extend_size_increment),
                size_gb_limit: gigabytes(&mount.auto_extend_size_limit),
                ..MachineMount::default()
            })
            .collect()
    }

    pub(super) fn metrics(&self) -> Option<MachineMetrics> {
        let (_, metric) = self.of_group(&self.config.metrics, |metric| &metric.processes).next()?;
        Some(MachineMetrics {
            port: metric.port.filter(|port| *port > 0),
            path: metric.path.clone().filter(|path| !path.is_empty()),
            https: metric.https.filter(|https| *https),
        })
    }

    /// The statics of the app, which are not of a group.
    pub(super) fn statics(&self) -> Vec<MachineStatic> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let statics = self.config.statics.iter().map(|section| MachineStatic {
            guest_path: text(&section.guest_path),
            url_prefix: text(&section.url_prefix),
            tigris_bucket: text(&section.tigris_bucket),
            index_document: text(&section.index_document),
        });
        statics.collect()
    }

    /// The files of the app: `fly deploy` puts all of them into each machine. The later one of two at
    /// one path stays.
    pub(super) fn files(&self, diagnostics: &mut Diagnostics) -> Vec<MachineFile> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut files: Vec<MachineFile> = Vec::new();
        let list = Path::ROOT.key("files");
        for (index, file) in self.config.files.iter().enumerate() {
            let mut sent = MachineFile { guest_path: file.guest_path.clone(), ..MachineFile::default() };
            if let Some(path) = given(&file.local_path) {
                match self.files.content(&path) {
                    Some(content) => sent.raw_value = Some(Base64::encode_string(content)),
                    None => {
                        let at = list.index(index);
                        diagnostics.push(messages::missing_file(&at.key("local_path"), &path, self.files));
                    }
                }
            } else if let Some(secret) = given(&file.secret_name) {
                sent.secret_name = Some(secret);
            } else {
                sent.raw_value = given(&file.raw_value).map(|text| Base64::encode_string(text.as_bytes()));
            }
            match files.iter_mut().find(|other| other.guest_path == sent.guest_path) {
                Some(other) => *other = sent,
                None => files.push(sent),
            }
        }
        files
    }

    /// Of several entries the last one counts.
    pub(super) fn restart(&self) -> Option<MachineRestart> {
        let (_, restart) = self.of_group(&self.config.restart, |restart| &restart.processes).last()?;
        Some(MachineRestart {
            policy: Some(restart.policy?.in_machine()),
            max_retries: restart.retries.filter(|retries| *retries > 0),
        })
    }

    pub(super) fn stop_config(&self) -> Option<StopConfig> {
        let stop = StopConfig { timeout: self.config.kill_timeout, signal: self.config.kill_signal.clone() };
        (stop != StopConfig::default()).then_some(stop)
    }
}
