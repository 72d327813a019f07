//! Use cases, as a program calls them that works in several folders at once.
#![allow(clippy::disallowed_methods, reason = "tests make a world of their own")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use score_fly_core::Code;
use score_fly_core::diagnostic::Levels;
use score_fly_core::resource::Selector;
use score_fly_engine::ops::{self, Context, Failure, InProject, Note, Observer, OpenOptions, Report, Unfinished};
use score_fly_engine::progress::Progress;
use score_fly_engine::provisioner::{Cmd, Kind};
use score_fly_engine::{CancelToken, Environment, Root};
use tempfile::TempDir;

const SCORE: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main:
    image: .
    variables: {HOST: '${resources.cache.host}', ZONE: '${resources.env.ZONE}'}
    files:
      /etc/motd: {source: motd}
resources:
  cache: {type: redis}
  env: {type: environment}
";

/// Says that it is at work, and answers what it sees once it may go on. When it is to end, it says how far it came.
const MAKE: &str = r#"
trap 'echo "{\"state\": {\"half\": \"$ZONE\"}}"; exit 1' TERM
echo "making $ZONE" >&2
echo > at-work
until [ -e go ]; do sleep 0.02; done
echo "{\"values\": {\"host\": \"$ZONE.$(basename "$PWD").internal\"}}"
"#;

/// The folder in which this process works, and in which nothing is to happen.
fn elsewhere() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::env::set_current_dir(folder.path()).unwrap();
        folder
    });
    folder.path()
}

/// A folder with an environment of its own.
struct Place {
    _temporary: TempDir,
    root: Root,
    environment: Environment,
    cancel: CancelToken,
    levels: Levels,
}

impl Place {
    /// A project called `name`, in whose environment `ZONE` is `zone`.
    fn new(name: &str, zone: &str) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join(name);
        fs::create_dir(&folder).unwrap();
        for (name, text) in [("score.yaml", SCORE), ("make.sh", MAKE), ("motd", name)] {
            fs::write(folder.join(name), text).unwrap();
        }
        let path = std::env::var_os("PATH").unwrap();
        let variables: [(OsString, OsString); 2] = [("PATH".into(), path), ("ZONE".into(), zone.into())];
        let place = Self {
            _temporary: temporary,
            root: Root::new(folder),
            environment: Environment::new(variables),
            cancel: CancelToken::new(),
            levels: Levels::default(),
        };
        let options = ops::init::Options {
            app_prefix: Some(format!("{name}-")),
            region: None,
            sample: None,
            import: false,
            provisioners: Vec::new(),
            encrypt_to: Vec::new(),
            default_provisioners: true,
            open: OpenOptions::default(),
        };
        assert!(ops::init(&place.context(&()), &options).is_sound());
        let cmd = Cmd { binary: "sh".to_owned(), args: vec!["./make.sh".to_owned()], ..Cmd::default() };
        let new = ops::provisioners::New {
            id: "caches".to_owned(),
            selector: Selector { kind: "redis".to_owned(), class: None, resource_id: None },
            kind: Kind::Cmd(cmd),
        };
        assert!(ops::provisioners::add(&place.context(&()), new, &OpenOptions::default()).is_sound());
        place
    }

    fn context<'p>(&'p self, observer: &'p dyn Observer) -> Context<'p> {
        Context {
            root: &self.root,
            environment: &self.environment,
            observer,
            levels: &self.levels,
            cancel: &self.cancel,
        }
    }

    fn generate(&self, observer: &dyn Observer) -> Report<Vec<ops::Generated>> {
        let options = ops::generate::Options { files: vec!["score.yaml".into()], ..Default::default() };
        ops::generate(&self.context(observer), &options)
    }

    fn wait_for_work(&self) {
        let start = Instant::now();
        while !self.root.at(Path::new("at-work")).exists() {
            assert!(start.elapsed() < Duration::from_secs(30), "the provisioner does not start");
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn let_go(&self) {
        fs::write(self.root.at(Path::new("go")), "").unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.root.at(Path::new(name))).unwrap()
    }

    /// The files in it, without those that it was made with.
    fn written(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.starts_with("fly_"));
        names.sort();
        names
    }
}

#[derive(Default)]
struct Watcher {
    said: Mutex<Vec<String>>,
    noted: Mutex<usize>,
}

impl Observer for Watcher {
    fn noted(&self, _: &Note) {
        *self.noted.lock().unwrap() += 1;
    }

    fn progressed(&self, progress: Progress<'_>) {
        if let Progress::Said(uid, line) = progress {
            self.said.lock().unwrap().push(format!("{uid} | {line}"));
        }
    }
}

#[test]
fn two_folders_are_generated_at_once_from_a_third() {
    let here = elsewhere();
    let (one, other) = (Place::new("one", "blue"), Place::new("other", "green"));
    let (watcher, other_watcher) = (Watcher::default(), Watcher::default());
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| one.generate(&watcher));
        let second = scope.spawn(|| other.generate(&other_watcher));
        // Neither ends before the other one is at work.
        one.wait_for_work();
        other.wait_for_work();
        one.let_go();
        other.let_go();
        (first.join().unwrap(), second.join().unwrap())
    });
    for (place, report, watcher, name, zone) in
        [(&one, first, watcher, "one", "blue"), (&other, second, other_watcher, "other", "green")]
    {
        assert!(report.is_sound(), "{:?}", report.notes);
        let toml = place.read("fly_web.toml");
        assert!(toml.contains(&format!("app = \"{name}-web\"")), "{toml}");
        assert!(toml.contains(&format!("HOST = \"{zone}.{name}.internal\"\nZONE = \"{zone}\"")), "{toml}");
        // As if `fly deploy` ran there.
        assert!(toml.contains("local_path = \"motd\"") || toml.contains("local_path = \"fly_web_files"), "{toml}");
        assert!(!toml.contains(place.root.path().to_str().unwrap()), "{toml}");
        assert_eq!(place.read("motd"), name);

        let written: Vec<PathBuf> = report.written().map(Path::to_owned).collect();
        assert_eq!(written.last().unwrap(), Path::new("fly_web.toml"));
        let generated = &report.result.as_ref().unwrap()[0];
        assert_eq!(
            (&generated.app, &generated.toml),
            (&format!("{name}-web"), &ops::Toml::In(written.last().unwrap().clone()))
        );
        assert_eq!(*watcher.said.lock().unwrap(), [format!("redis.default#web.cache | making {zone}")]);
        assert_eq!(*watcher.noted.lock().unwrap(), report.notes.len());
    }
    assert_eq!(std::env::current_dir().unwrap().canonicalize().unwrap(), here.canonicalize().unwrap());
    assert_eq!(fs::read_dir(here).unwrap().count(), 0);
}

#[test]
fn one_run_is_cancelled_another_goes_on_and_a_third_starts() {
    elsewhere();
    let (one, other) = (Place::new("one", "blue"), Place::new("other", "green"));
    let (cancelled, done) = thread::scope(|scope| {
        let first = scope.spawn(|| one.generate(&()));
        let second = scope.spawn(|| other.generate(&()));
        one.wait_for_work();
        other.wait_for_work();
        assert!(one.cancel.is_heeded());
        one.cancel.cancel();
        let cancelled = first.join().unwrap();
        other.let_go();
        (cancelled, second.join().unwrap())
    });
    assert!(done.is_sound(), "{:?}", done.notes);
    assert!(!cancelled.is_sound() && cancelled.result.is_none());
    let unfinished = cancelled.notes.iter().find_map(|note| match note {
        Note::Cancelled(unfinished) => Some(*unfinished),
        _ => None,
    });
    assert_eq!(unfinished, Some(Unfinished::Provisioning { made: 1, resources: 2 }));
    assert_eq!(cancelled.diagnostics().count(), 0, "{:?}", cancelled.notes);
    assert!(one.written().is_empty());
    assert!(one.read(".score-fly/state.yaml").contains("half: blue"));
    assert!(!one.cancel.is_heeded());

    // Where the first one was, with a token of its own.
    let third = Place { cancel: CancelToken::new(), ..one };
    third.let_go();
    let report = third.generate(&());
    assert!(report.is_sound(), "{:?}", report.notes);
    assert!(third.read("fly_web.toml").contains("HOST = \"blue.one.internal\""));
}

#[test]
fn a_report_says_what_is_wrong_and_where() {
    elsewhere();
    let place = Place::new("one", "blue");
    fs::write(place.root.at(Path::new("score.yaml")), SCORE.replace("image:", "imagine:")).unwrap();
    let report = place.generate(&());
    assert!(!report.is_sound() && report.result.is_none());
    let codes: Vec<Code> = report.diagnostics().map(|found| found.code).collect();
    assert!(codes.contains(&Code::UnknownField), "{codes:?}");
    let found = report.notes.iter().find_map(|note| match note {
        Note::Found(findings) => Some(findings),
        _ => None,
    });
    let texts: BTreeMap<&str, bool> =
        found.unwrap().texts.iter().map(|text| (&*text.source.name, text.is_file)).collect();
    assert_eq!(texts, BTreeMap::from([("score.yaml", true)]));

    let options = ops::convert::Options { file: "nowhere.yaml".into(), ..Default::default() };
    let report = ops::convert(&place.context(&()), &options);
    let found: Vec<(Code, &str)> = report.diagnostics().map(|found| (found.code, &*found.message)).collect();
    assert_eq!(found, [(Code::UnreadableFile, "cannot read `nowhere.yaml`: No such file or directory")]);

    let report = ops::resources::deprovision(
        &place.context(&()),
        &["redis.default#nobody".parse().unwrap()],
        &OpenOptions::default(),
        &|_| true,
    );
    let failure = report.failures().next().unwrap();
    assert!(matches!(failure, Failure::InProject(InProject::NotTakenDown(_))), "{failure}");
}

/// Whoever calls says what there is: a library does not read what the process is given to read.
#[test]
fn there_is_no_standard_input_unless_one_is_given() {
    elsewhere();
    let place = Place::new("one", "blue");
    let options = ops::convert::Options { file: "-".into(), ..Default::default() };
    let report = ops::convert(&place.context(&()), &options);
    let found: Vec<(Code, &str)> = report.diagnostics().map(|found| (found.code, &*found.message)).collect();
    assert_eq!(found, [(Code::UnreadableFile, "cannot read standard input: there is none")]);

    let environment = Environment::default().with_standard_input(|| {
        Ok(Box::new(
            "{apiVersion: score.dev/v1b1, metadata: {name: web}, containers: {main: {image: nginx}}}".as_bytes(),
        ))
    });
    let context = Context { environment: &environment, ..place.context(&()) };
    let converted = ops::convert(&context, &options).result.unwrap();
    assert!(converted.toml.contains("image = \"nginx\""), "{}", converted.toml);
}
