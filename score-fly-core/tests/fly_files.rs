//! The fly.toml files of `fixtures/fly`, there and back again.

use score_fly_core::convert::Options;
use score_fly_core::fly::{self, Config, LoadedConfig};
use score_fly_core::import::{import, to_yaml};
use score_fly_core::local::LocalFiles;
use score_fly_core::map::SortedMap;
use score_fly_core::resolve::{Given, Missing};
use score_fly_core::{Code, Diagnostics, Input, Severity, Source, convert};
use score_fly_fixtures::fly_files;
use serde_json::Value;

fn sources() -> Vec<Source> {
    fly_files().into_iter().map(|(name, text)| Source::new(name, text)).collect()
}

/// Those that Fly takes: it no longer sells GPUs.
fn taken() -> impl Iterator<Item = Source> {
    sources().into_iter().filter(|source| source.name != "gpu.toml")
}

fn config(source: &Source) -> Config {
    let (file, diagnostics) = fly::read(source).into_result().unwrap_or_else(|found| panic!("{found:#?}"));
    assert!(file.unknown.is_empty(), "{}: {:?}", source.name, file.unknown);
    assert!(diagnostics.iter().all(|found| found.code != Code::UnknownFlyKey));
    file.config
}

fn errors(diagnostics: &Diagnostics) -> Vec<Code> {
    diagnostics.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code).collect()
}

fn codes(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect()
}

#[test]
fn there_are_enough() {
    assert!(sources().len() >= 40);
}

#[test]
fn none_has_errors() {
    for source in sources() {
        let diagnostics = LoadedConfig::read(&source).check(&LocalFiles::new());
        // Fly no longer sells GPUs.
        let expected = if source.name == "gpu.toml" { vec![Code::InvalidGuest; 1] } else { Vec::new() };
        assert_eq!(errors(&diagnostics), expected, "{}: {:?}", source.name, codes(&diagnostics));
    }
}

#[test]
fn what_is_written_reads_back_the_same() {
    for source in sources() {
        let config = config(&source);
        let written = Source::new("fly.toml", fly::emit(&config));
        let (again, diagnostics) = fly::read(&written).into_result().unwrap();
        assert_eq!(again.config, config, "{}", source.name);
        assert!(diagnostics.is_empty(), "{}: {:?}", source.name, codes(&diagnostics));
        assert_eq!(fly::emit(&again.config), written.text, "{}", source.name);
    }
}

#[test]
fn what_fly_does_not_take_becomes_no_score_file() {
    let source = sources().into_iter().find(|source| source.name == "gpu.toml").unwrap();
    let found = import(&LoadedConfig::read(&source)).into_result().unwrap_err();
    assert_eq!(errors(&found), [Code::InvalidGuest]);
}

/// The fly.toml of the Score file that a fly.toml becomes.
fn there_and_back(source: &Source) -> (Config, String) {
    let (workload, diagnostics) =
        import(&LoadedConfig::read(source)).into_result().unwrap_or_else(|found| panic!("{found:#?}"));
    assert!(
        diagnostics.iter().all(|found| found.code != Code::NotInScore),
        "{}: {:?}",
        source.name,
        codes(&diagnostics)
    );
    let score = Source::new("score.yaml", to_yaml(&workload));
    let given = Given { missing: Missing::Assume, ..Given::default() };
    let options = Options { inline_files: true, ..Options::default() };
    let converted = convert(Input::new(&score), &given, &options).into_result();
    let (app, _) = converted.unwrap_or_else(|found| panic!("{}:\n{}\n{found:#?}", source.name, score.text));
    assert!(app.secrets.is_empty() && app.files.is_empty());
    (app.config, score.text)
}

#[test]
fn a_score_file_of_it_becomes_the_same_app() {
    let with_one_group = taken().filter(|source| config(source).process_groups().len() == 1);
    for source in with_one_group {
        let (before, (after, score)) = (config(&source), there_and_back(&source));
        assert_eq!(after.clone().canonical(), before.clone().canonical(), "{}:\n{score}", source.name);

        let needs = LoadedConfig::read(&source).local_files(&LocalFiles::new());
        let files: LocalFiles = needs.into_iter().map(|need| (need.path, b"content".to_vec())).collect();
        let machine = |config: &Config| {
            fly::machine_config(config, None, &files).into_result().ok().map(|(machine, _)| comparable(&machine))
        };
        assert_eq!(machine(&after), machine(&before), "{}:\n{score}", source.name);
    }
}

#[test]
fn several_groups_come_back_as_well() {
    for source in taken() {
        let (before, (after, score)) = (config(&source), there_and_back(&source));
        assert_eq!(after.canonical(), before.canonical(), "{}:\n{score}", source.name);
    }
}

/// A machine config without what makes no difference to Fly: the order of services, ports and handlers,
/// and what is the default of a check.
fn comparable(machine: &fly::MachineConfig) -> Value {
    let mut machine = serde_json::to_value(machine).unwrap();
    let sort = |list: &mut Value| {
        if let Some(items) = list.as_array_mut() {
            items.sort_by_key(ToString::to_string);
        }
    };
    let without_defaults = |check: &mut Value| {
        let defaults = [
            ("method", "GET".into()),
            ("method", "get".into()),
            ("protocol", "http".into()),
            ("tls_skip_verify", Value::Bool(false)),
        ];
        let check = check.as_object_mut().unwrap();
        check.retain(|key, value| !defaults.iter().any(|(name, default)| key == name && value == default));
    };
    for service in machine["services"].as_array_mut().into_iter().flatten() {
        for port in service["ports"].as_array_mut().into_iter().flatten() {
            sort(&mut port["handlers"]);
        }
        sort(&mut service["ports"]);
        service["checks"].as_array_mut().into_iter().flatten().for_each(without_defaults);
    }
    sort(&mut machine["services"]);
    machine["checks"].as_object_mut().into_iter().flatten().for_each(|(_, check)| without_defaults(check));
    machine
}

#[test]
fn texts_survive_yaml() {
    let awkward = [
        "",
        " ",
        "a",
        "true",
        "Yes",
        "~",
        "null",
        "1",
        "1.5",
        "0x1f",
        "1e3",
        ".inf",
        "2024-01-01",
        "12:30:45",
        "-",
        "- a",
        "a: b",
        "a:b",
        "nginx:1.27",
        "ghcr.io/a/b@sha256:abc",
        "registry:5000/a:b",
        "a #b",
        "#a",
        "a,b",
        "[a]",
        "{a}",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "'a'",
        "\"a\"",
        "a\\b",
        "a\nb",
        "a\nb\n",
        "a\n\n\n",
        "\na\n",
        " a\nb\n",
        "a \nb\n",
        "a\n b\n\n  c",
        "a\tb\n\tc\n",
        "\ta\n",
        "a\r\nb\r\n",
        "a\rb",
        "\n",
        "\n\n",
        "\u{0}",
        "\u{7f}",
        "\u{85}\n",
        "\u{feff}a",
        "a\u{2028}b\n",
        "é\n日本\n😀",
        "---\na\n",
        "...\n",
        "a\n---\nb\n",
        "<<",
        "=",
        "http://a/b?c=d",
        "# only a comment\n",
        "key: |\n  text\n",
        "$${a}",
        "/",
        ".",
        "..",
        "./a",
        "y",
        "NO",
    ];
    let variables: SortedMap<String, String> =
        awkward.iter().enumerate().map(|(number, text)| (format!("V{number}"), (*text).to_owned())).collect();
    let annotations =
        awkward.iter().enumerate().map(|(number, text)| (format!("example.org/a{number}"), (*text).to_owned()));
    let source = Source::new("fly.toml", "app = 'web'\n[build]\nimage = 'nginx'\n");
    let (mut workload, _) = import(&LoadedConfig::read(&source)).into_result().unwrap();
    workload.metadata.annotations = annotations.collect();
    let container = workload.containers.values_mut().next().unwrap();
    container.variables = variables;
    container.args = Some(awkward.map(str::to_owned).to_vec());
    let text = to_yaml(&workload);
    let (again, _) = score_fly_core::load(Input::new(&Source::new("score.yaml", text.as_str())))
        .into_result()
        .unwrap_or_else(|found| panic!("{text}\n{found:#?}"));
    assert_eq!(again, workload, "{text}");
    let other: score_fly_core::score::Workload = serde_yaml::from_str(&text).unwrap();
    assert_eq!(other, workload, "{text}");
}
