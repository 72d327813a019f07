//! From a fly.toml to a Score file that becomes an equal one.
//!
//! No rule of the conversion is repeated here: what a part of fly.toml may be in Score is tried, and
//! kept if the conversion makes that part of it again. All else goes to the annotation `config`, so
//! the whole is right even where Score has no word for a part.

mod attempt;
mod draft;
pub(crate) mod messages;
mod residue;
mod yaml;

pub use yaml::to_yaml;

use crate::convert::annotations::PREFIX;
use crate::diagnostic::{Code, Diagnostics, Outcome, Severity};
use crate::fly::field::Field;
use crate::fly::{self, Config, LoadedConfig};
use crate::local::LocalFiles;
use crate::prelude::*;
use crate::score::Workload;
use attempt::convert;

/// Makes a workload of a fly.toml. Converting it gives an app that flyctl makes the same machines of.
///
/// What Score and its annotations can't say stands in the annotation `config`, and is reported. There is
/// no value if the file has mistakes with which a workload can't be converted.
pub fn import(loaded: &LoadedConfig<'_>) -> Outcome<Workload> {
    loaded.and_then(|file| workload(&file.config))
}

fn workload(config: &Config) -> Outcome<Workload> {
    let Imported { workload, found, mut diagnostics } = Imported::from(config);
    let mut faults = fly::check(config, &LocalFiles::new());
    if let Some(error) = found.iter().find(|found| found.severity == Severity::Error) {
        if !faults.has_errors() {
            faults.push(messages::not_convertible(&error.message));
        }
        return Outcome::failed(faults);
    }
    // Such a value is as readable in the Score file.
    diagnostics.extend(faults.into_iter().filter(|fault| fault.code == Code::PlaintextSecret).collect());
    Outcome::new(workload, diagnostics)
}

/// A workload that was made of a configuration.
struct Imported {
    workload: Workload,
    /// What the conversion has to say about it.
    found: Diagnostics,
    /// What became of the parts of the configuration.
    diagnostics: Diagnostics,
}

impl Imported {
    fn from(config: &Config) -> Self {
        let wanted = config.clone().canonical();
        let mut workload = draft::workload(&wanted);
        let (made, _) = convert(&workload);
        let mut diagnostics = Diagnostics::new();
        let (wanted_tree, config_tree) = (wanted.write(), config.write());
        let fragment = residue::fragment(&made.write(), &wanted_tree, &config_tree, &mut diagnostics);
        if !fragment.entries.is_empty() {
            workload.metadata.annotations.insert(format!("{PREFIX}config"), fly::emit_mapping(&fragment));
        }
        let (made, found) = convert(&workload);
        residue::differences(&made.write(), &wanted_tree, &mut diagnostics);
        Self { workload, found, diagnostics }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::Options;
    use crate::fly::sample::{Dice, Sample};
    use crate::loaded::{Input, load};
    use crate::resolve::Given;
    use crate::source::Source;

    #[track_caller]
    fn imported(text: &str) -> (String, Vec<String>) {
        let (workload, diagnostics) =
            import(&LoadedConfig::read(&Source::new("fly.toml", text))).into_result().unwrap();
        (to_yaml(&workload), diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect())
    }

    #[test]
    fn says_in_score_what_score_can_say() {
        let text = "app = 'web'\nprimary_region = 'ams'\n[build]\nimage = 'nginx:1.27'\n[env]\nPRICE = '${x} $'\n\
                    [http_service]\ninternal_port = 8080\nforce_https = true\nauto_stop_machines = 'stop'\n\
                    [[http_service.checks]]\npath = '/up'\ninterval = '10s'\nheaders = { Host = 'a.example' }\n\
                    [[mounts]]\nsource = 'data'\ndestination = '/data'\ninitial_size = '3'\n\
                    [[files]]\nguest_path = '/etc/conf'\nraw_value = \"a\\nb\\n\"\n\
                    [[vm]]\nsize = 'performance-1x'\n";
        let expected = "\
apiVersion: score.dev/v1b1
metadata:
  name: web
  annotations:
    fly.score.dev/primary-region: ams
    fly.score.dev/probe-readiness-interval: 10s
    fly.score.dev/service-http-auto-stop: stop
    fly.score.dev/service-http-force-https: \"true\"
    fly.score.dev/vm-cpu-kind: performance
    fly.score.dev/volume-data-size: 3gb
service:
  ports:
    http:
      port: 80
      targetPort: 8080
    https:
      port: 443
      targetPort: 8080
containers:
  main:
    image: nginx:1.27
    variables:
      PRICE: \"$${x} $$\"
    files:
      /etc/conf:
        content: |
          a
          b
    volumes:
      /data:
        source: data
    readinessProbe:
      httpGet:
        host: a.example
        path: /up
        port: 8080
    resources:
      requests:
        cpu: \"1\"
        memory: 2048Mi
";
        assert_eq!(imported(text), (expected.to_owned(), Vec::new()));
    }

    #[test]
    fn keeps_what_it_can_not_say() {
        let text = "app = 'web'\n[build]\nimage = 'nginx'\n[deploy]\nstrategy = 'rolling'\nwait_timeout = '5m'\n\
                    [experimental]\nentrypoint = ['tini']\n";
        let expected = "\
apiVersion: score.dev/v1b1
metadata:
  name: web
  annotations:
    fly.score.dev/config: |
      [experimental]
      entrypoint = [\"tini\"]

      [deploy]
      wait_timeout = \"5m\"
    fly.score.dev/deploy-strategy: rolling
containers:
  main:
    image: nginx
";
        let kept = ["kept-as-config /deploy/wait_timeout", "kept-as-config /experimental"];
        assert_eq!(imported(text), (expected.to_owned(), kept.map(str::to_owned).to_vec()));
    }

    #[test]
    fn an_app_without_a_name_gets_one() {
        let (score, found) = imported("[build]\nimage = 'nginx'\n[http_service]\ninternal_port = 80\n");
        assert!(score.contains("  name: app\n") && score.contains("      port: 443\n"), "{score}");
        assert_eq!(found, ["not-in-score /app"]);
        assert_eq!(imported("app = ''\n[build]\nimage = 'nginx'\n").1, ["not-in-score /app"]);
        // A name that only Score does not take.
        let (score, found) = imported("app = 'x'\n[build]\nimage = 'nginx'\n");
        assert!(score.contains("    fly.score.dev/config: |\n      app = \"x\"\n"), "{score}");
        assert_eq!(found, ["kept-as-config /app"]);
    }

    #[test]
    fn what_builds_an_image_is_not_joined_by_a_dockerfile() {
        for build in ["builder = 'paketobuildpacks/builder:base'\n", "builtin = 'node'\n"] {
            let (score, found) = imported(&format!("app = 'web'\n[build]\n{build}"));
            assert_eq!(found, ["kept-as-config /build"], "{score}");
            let source = Source::new("score.yaml", score);
            let app = crate::convert(Input::new(&source), &Given::default(), &Options::default());
            let (app, _) = app.into_result().unwrap();
            let build = app.config.build.unwrap();
            assert_eq!((build.dockerfile, build.ignorefile), (None, None));
        }
    }

    #[test]
    fn secrets_are_told() {
        let (_, found) = imported("app = 'web'\n[build]\nimage = 'nginx'\n[env]\nAPI_KEY = 'abc'\n");
        assert_eq!(found, ["plaintext-secret /env/API_KEY"]);
    }

    #[test]
    fn mistakes_are_those_of_fly_toml() {
        let source = Source::new("fly.toml", "app = 'web'\n[[mounts]]\nsource = 'a-b'\ndestination = '/'\n");
        let found = import(&LoadedConfig::read(&source)).into_result().unwrap_err();
        let found: Vec<Code> = found.iter().filter(|found| found.location.is_some()).map(|found| found.code).collect();
        assert_eq!(found, [Code::InvalidVolume, Code::InvalidVolume]);
    }

    /// Random configurations are seldom right, but what comes of one is a Score file.
    #[test]
    fn whatever_comes_of_it_can_be_read() {
        for seed in 0..300 {
            let mut config = Config::sample(&mut Dice::new(seed));
            config.app = Some("web".to_owned());
            config.env.clear();
            config.mounts.clear();
            let Imported { workload, .. } = Imported::from(&config);
            let text = to_yaml(&workload);
            let (again, _) = load(Input::new(&Source::new("score.yaml", text.as_str()))).into_result().unwrap();
            assert_eq!(again, workload, "{text}");
        }
    }
}
