//! One form for configurations that flyctl makes the same machines of.

use super::config::{Build, Check, Config, Deploy, Experimental, HttpCheck, Service, Vm};
use super::guest::Guest;
use super::{shlex, size, vm};
use crate::map;
use crate::prelude::*;

/// What flyctl builds from if nothing is said.
const DOCKERFILE: &str = "Dockerfile";
const IGNOREFILE: &str = ".dockerignore";

impl Config {
    /// The same app, written in the one way that two configurations have in common if flyctl makes no
    /// difference between them: `[http_service]` as a service, sizes as numbers, what is the default
    /// left out, and lists whose order means nothing sorted.
    pub fn canonical(mut self) -> Self {
        self.app.take_if(|app| app.is_empty());
        self.inline_only_group();
        self.one_for_each_machine();
        self.expand_http_service();
        for service in &mut self.services {
            canonical_service(service);
        }
        let place = |service: &Service| (service.ports.first().and_then(|port| port.port), service.protocol);
        map::sort_by(&mut self.services, |a, b| place(a).cmp(&place(b)));
        for check in self.checks.values_mut() {
            canonical_check(check);
        }
        for vm in &mut self.vm {
            canonical_vm(vm);
        }
        for mount in &mut self.mounts {
            let sizes =
                [&mut mount.initial_size, &mut mount.auto_extend_size_increment, &mut mount.auto_extend_size_limit];
            for size in sizes {
                gigabytes(size);
            }
        }
        if let Some(vm) = self.deploy.as_mut().and_then(|deploy| deploy.release_command_vm.as_mut()) {
            canonical_vm(vm);
        }
        self.build.iter_mut().for_each(canonical_build);
        self.build.take_if(|build| *build == Build::default());
        if let Some(experimental) = &mut self.experimental {
            canonical_experimental(experimental);
        }
        self.experimental.take_if(|experimental| *experimental == Experimental::default());
        self.deploy.take_if(|deploy| *deploy == Deploy::default());
        self
    }

    /// The group `app`, if there is no other, is there without being named.
    fn inline_only_group(&mut self) {
        if self.process_groups() != ["app"] {
            return;
        }
        if let Some(words) = self.processes.get("app").and_then(|command| shlex::split(command)) {
            self.processes.clear();
            if !words.is_empty() {
                self.experimental.get_or_insert_default().cmd = Some(words);
            }
        }
        let lists = self.mounts.iter_mut().map(|mount| &mut mount.processes);
        let lists = lists.chain(self.services.iter_mut().map(|service| &mut service.processes));
        let lists = lists.chain(self.http_service.iter_mut().map(|service| &mut service.processes));
        let lists = lists.chain(self.checks.values_mut().map(|check| &mut check.processes));
        let lists = lists.chain(self.files.iter_mut().map(|file| &mut file.processes));
        let lists = lists.chain(self.restart.iter_mut().map(|restart| &mut restart.processes));
        let lists = lists.chain(self.metrics.iter_mut().map(|metric| &mut metric.processes));
        for processes in lists.filter(|processes| processes.iter().any(|group| group == "app")) {
            processes.clear();
        }
    }

    /// Of what a machine has once, the entry that flyctl takes.
    fn one_for_each_machine(&mut self) {
        if !self.processes.is_empty() {
            return;
        }
        let names = |processes: &[String]| processes.iter().any(|group| group == "app");
        let index = self.vm.iter().position(|vm| names(&vm.processes));
        let index = index.or_else(|| self.vm.iter().position(|vm| vm.processes.is_empty()));
        self.vm = index.map(|index| self.vm.swap_remove(index)).into_iter().collect();
        self.vm.iter_mut().for_each(|vm| vm.processes.clear());
        if let Some(last) = self.restart.pop_if(|restart| restart.processes.is_empty()) {
            self.restart = vec![last];
        }
    }

    /// `[http_service]` stands for a service on 80 and 443. A check without a port takes its.
    fn expand_http_service(&mut self) {
        let Some(http) = self.http_service.take() else { return };
        for check in self.checks.values_mut().filter(|check| check.processes == http.processes) {
            check.port = check.port.or(http.internal_port);
        }
        self.services.insert(0, http.to_service());
    }
}

fn canonical_experimental(experimental: &mut Experimental) {
    let Experimental { cmd, entrypoint, exec, auto_rollback, enable_consul, enable_etcd, .. } = experimental;
    for command in [cmd, entrypoint, exec] {
        command.take_if(|command| command.is_empty());
    }
    // flyctl does not look at these.
    for switch in [auto_rollback, enable_consul, enable_etcd] {
        *switch = None;
    }
}

fn canonical_service(service: &mut Service) {
    for port in &mut service.ports {
        port.handlers.sort_unstable();
        port.force_https.take_if(|force| !*force);
    }
    map::sort_by(&mut service.ports, |a, b| (a.port, a.start_port).cmp(&(b.port, b.start_port)));
    for HttpCheck { method, protocol, tls_skip_verify, .. } in &mut service.http_checks {
        drop_defaults(method, protocol, tls_skip_verify);
    }
}

/// flyctl writes the method of these checks in upper case.
fn canonical_check(check: &mut Check) {
    let Check { method, protocol, tls_skip_verify, .. } = check;
    if let Some(method) = method {
        method.make_ascii_uppercase();
    }
    drop_defaults(method, protocol, tls_skip_verify);
}

fn drop_defaults(method: &mut Option<String>, protocol: &mut Option<String>, skip: &mut Option<bool>) {
    method.take_if(|method| method.eq_ignore_ascii_case("GET"));
    protocol.take_if(|protocol| protocol == "http");
    skip.take_if(|skip| !*skip);
}

/// Cpus and memory as numbers, unless the size stands for a GPU as well.
fn canonical_vm(machine: &mut Vm) {
    if machine.size.as_deref().is_some_and(|size| vm::gpu_of_size(size).is_some()) {
        return;
    }
    let Some(asked) = vm::asked(machine) else { return };
    let (Ok(cpus), Ok(memory_mib)) = (u16::try_from(asked.cpus), u32::try_from(asked.memory_mib)) else { return };
    machine.size = None;
    machine.memory_mb = None;
    machine.memory = Some(Guest { kind: asked.kind, cpus, memory_mib }.memory_text());
    machine.cpu_kind = Some(asked.kind);
    machine.cpus = Some(cpus);
}

/// flyctl reads a bare number as gigabytes.
fn gigabytes(text: &mut Option<String>) {
    if let Some(size) = text.as_deref().and_then(size::gigabytes).filter(|size| *size > 0) {
        *text = Some(format!("{size}gb"));
    }
}

/// Only the source of the image that flyctl takes, and nothing where that is the Dockerfile here.
fn canonical_build(build: &mut Build) {
    if build.image.is_some() || build.builder.is_some() {
        (build.dockerfile, build.builtin) = (None, None);
    }
    if build.dockerfile.is_some() {
        build.builtin = None;
    }
    for (path, usual) in [(&mut build.dockerfile, DOCKERFILE), (&mut build.ignorefile, IGNOREFILE)] {
        path.take_if(|path| path.strip_prefix("./").unwrap_or(path) == usual);
    }
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::fly::sample::config;

    #[track_caller]
    fn assert_same(one: &str, other: &str) {
        let (one, other): (Config, Config) = (config(one).canonical(), config(other).canonical());
        assert_eq!(one, other);
        assert_eq!(one.clone().canonical(), one);
    }

    #[test]
    fn http_service_is_a_service() {
        assert_same(
            "[http_service]\ninternal_port = 8080\nforce_https = true\n[http_service.tls_options]\nalpn = ['h2']\n\
             [[http_service.checks]]\npath = '/'\nmethod = 'get'\n[checks.a]\ntype = 'tcp'\n",
            "[[services]]\nprotocol = 'tcp'\ninternal_port = 8080\nhttp_checks = [{ path = '/' }]\n\
             [[services.ports]]\nport = 443\nhandlers = ['http', 'tls']\ntls_options = { alpn = ['h2'] }\n\
             [[services.ports]]\nport = 80\nhandlers = ['http']\nforce_https = true\n\
             [checks.a]\nport = 8080\ntype = 'tcp'\n",
        );
    }

    #[test]
    fn the_only_group_needs_no_name() {
        assert_same(
            "[processes]\napp = \"serve 'a b'\"\n[[vm]]\nsize = 'shared-cpu-1x'\n[[vm]]\nmemory = '1gb'\n\
             processes = ['app']\n[[mounts]]\nsource = 'a'\ndestination = '/a'\nprocesses = ['app']\n",
            "[experimental]\ncmd = ['serve', 'a b']\n[[vm]]\nmemory_mb = 1024\n\
             [[mounts]]\nsource = 'a'\ndestination = '/a'\n",
        );
    }

    #[test]
    fn images_come_from_one_source() {
        assert_same("", "[build]\ndockerfile = './Dockerfile'\nignorefile = '.dockerignore'\n");
        assert_same("[build]\nimage = 'a'\ndockerfile = 'b'\n", "[build]\nimage = 'a'\n");
    }
}
