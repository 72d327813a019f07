//! `score-fly provisioners`

use clap::{Args, Subcommand};
use score_fly_core::resource::{Selector, Uid};
use score_fly_engine::State;
use score_fly_engine::provisioner::{Cmd, Http, Kind, Protocol, Provisioner, Static, Timeout};
use score_fly_engine::state::ResourceRecord;
use serde_json::{Value, json};

use crate::Exit;
use crate::cli::{Global, ListFormat, OpenArgs};
use crate::output::{Reporter, Stream};
use crate::project::{self, open, save};
use crate::table;

/// Show and change what makes the resources of the project
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Provisioners {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Add(Add),
    Remove(Remove),
}

/// List the provisioners, in the order in which they are tried
#[derive(Debug, Args)]
struct List {
    /// How to show them
    #[arg(short, long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Add a provisioner, to be tried before all others
///
/// It takes the place of one with the same id.
#[derive(Debug, Args)]
struct Add {
    /// What to call it
    #[arg(value_name = "PROVISIONER_ID")]
    id: String,

    /// The type of the resources that it is for
    resource_type: String,

    /// Only for resources of this class
    #[arg(long, value_name = "CLASS")]
    res_class: Option<String>,

    /// Only for the resource with this id
    #[arg(long, value_name = "ID")]
    res_id: Option<String>,

    #[command(flatten)]
    kind: KindArgs,

    /// An argument of the program; may be repeated, or separated by commas
    ///
    /// In it, `$SCORE_PROVISIONER_MODE` stands for `provision` or `deprovision`.
    #[arg(long, value_name = "ARG", requires = "cmd_binary", value_delimiter = ',', allow_hyphen_values = true)]
    cmd_args: Vec<String>,

    /// How long a call of the program or the server may take, as `30s` or `5m` [default: 10m]
    #[arg(long, value_name = "TIME", conflicts_with = "static_json")]
    timeout: Option<Timeout>,

    #[command(flatten)]
    open: OpenArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct KindArgs {
    /// Always these outputs, as a JSON object: values, or `{"values": {…}, "secrets": {…}}`
    #[arg(long, value_name = "JSON")]
    static_json: Option<String>,

    /// A program that takes a request as JSON, and answers outputs
    #[arg(long, value_name = "PROGRAM")]
    cmd_binary: Option<String>,

    /// A server that makes resources for POST, and takes them down for DELETE
    #[arg(long, value_name = "URL")]
    http_url: Option<String>,
}

/// Remove a provisioner
///
/// Resources that it made, or began, have to be taken down first with `score-fly resources
/// deprovision`, or forgotten with `score-fly resources deprovision --forget`.
#[derive(Debug, Args)]
struct Remove {
    /// The provisioner
    #[arg(value_name = "PROVISIONER_ID")]
    id: String,

    #[command(flatten)]
    open: OpenArgs,
}

/// Runs it.
pub(crate) fn run(args: &Provisioners, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    match &args.command {
        Command::List(list) => self::list(list.format, &mut reporter),
        Command::Add(add) => self::add(add, &mut reporter),
        Command::Remove(remove) => self::remove(remove, &mut reporter),
    }
    reporter.finish()
}

fn list(format: ListFormat, reporter: &mut Reporter) {
    let Some(state) = project::read(reporter) else { return };
    let any = |part: &Option<String>| part.clone().unwrap_or_else(|| "(any)".to_owned());
    let text = match format {
        ListFormat::Table => {
            let rows: Vec<[String; 5]> = state
                .provisioners
                .iter()
                .map(|one| {
                    let Selector { kind, class, resource_id } = &one.selector;
                    [one.id.clone(), kind.clone(), any(class), any(resource_id), one.summary()]
                })
                .collect();
            table::render(["ID", "TYPE", "CLASS", "RESOURCE ID", "KIND"], &rows)
        }
        ListFormat::Json => {
            let all: Value = state
                .provisioners
                .iter()
                .map(|one| {
                    json!({
                        "ID": one.id,
                        "Type": one.selector.kind,
                        "Class": any(&one.selector.class),
                        "ResourceID": any(&one.selector.resource_id),
                        "Kind": one.summary(),
                        "Params": one.supported_params.clone().unwrap_or_default(),
                        "Outputs": one.expected_outputs.clone().unwrap_or_default(),
                        "Description": one.description.clone().unwrap_or_default(),
                    })
                })
                .collect();
            format!("{all:#}\n")
        }
    };
    reporter.data(&text);
}

fn add(args: &Add, reporter: &mut Reporter) {
    let kind = match args.kind() {
        Ok(kind) => kind,
        Err(sentence) => {
            reporter.fail(&sentence);
            return;
        }
    };
    let selector =
        Selector { kind: args.resource_type.clone(), class: args.res_class.clone(), resource_id: args.res_id.clone() };
    if args.id.is_empty() || args.id.contains(|c: char| c.is_whitespace() || c.is_control()) {
        reporter
            .fail(&format!("`{}` can't be a provisioner's id: it needs a character, and none may be a space", args.id));
    }
    if let Err(error) = selector.check() {
        reporter.fail(&error.to_string());
    }
    if reporter.exit() != Exit::Done {
        return;
    }
    let Some(mut project) = open(&args.open, reporter) else { return };
    let provisioner = Provisioner {
        id: args.id.clone(),
        selector,
        description: None,
        supported_params: None,
        expected_outputs: None,
        kind,
    };
    let done = if project.state.provisioner(&args.id).is_some() { "replaced" } else { "added" };
    project.state.put_first(vec![provisioner]);
    if save(&mut project, reporter) {
        reporter.say(&format!("{done} the provisioner {}", args.id));
    }
}

fn remove(args: &Remove, reporter: &mut Reporter) {
    let Some(mut project) = open(&args.open, reporter) else { return };
    let Some(provisioner) = project.state.provisioner(&args.id) else {
        reporter
            .fail(&format!("there is no provisioner `{}`; `score-fly provisioners list` shows all of them", args.id));
        return;
    };
    if let Some(uid) = made_by(&project.state, provisioner) {
        let answered = project.state.resources.get(&uid).is_some_and(ResourceRecord::is_answered);
        let made = if answered { "was made by" } else { "was begun with" };
        let command = "score-fly resources deprovision";
        reporter.fail(&format!(
            "`{uid}` {made} `{}`, and only it can take that down: run `{command} '{uid}'` first, or `{command} \
             --forget '{uid}'` if there is nothing to take down",
            args.id
        ));
        return;
    }
    forget(&mut project.state, &args.id);
    if save(&mut project, reporter) {
        reporter.say(&format!("removed the provisioner {}", args.id));
    }
}

/// A resource that a provisioner made, and has to take down.
fn made_by(state: &State, provisioner: &Provisioner) -> Option<Uid> {
    let made = |id: &Option<String>| id.as_ref() == Some(&provisioner.id);
    let mut resources = state.resources.iter().filter(|_| provisioner.leaves_traces());
    resources.find(|(_, record)| made(&record.provisioner)).map(|(uid, _)| uid.clone())
}

/// Removes a provisioner that left nothing behind.
fn forget(state: &mut State, id: &str) {
    state.provisioners.retain(|one| one.id != id);
    for record in state.resources.values_mut().filter(|record| record.provisioner.as_deref() == Some(id)) {
        record.provisioner = None;
    }
}

impl Add {
    /// The kind. The error is one sentence.
    fn kind(&self) -> Result<Kind, String> {
        if let Some(json) = &self.kind.static_json {
            const EXAMPLE: &str = r#"write an object of outputs, such as `{"host": "db.internal"}`"#;
            // What serde says of a value may quote it, and it may be a secret.
            let outputs = match serde_json::from_str(json) {
                Ok(Value::Object(outputs)) => outputs,
                Ok(_) => return Err(format!("--static-json is JSON, and no object: {EXAMPLE}")),
                Err(error) => {
                    let (line, column) = (error.line(), error.column());
                    return Err(format!("--static-json is no JSON in line {line}, column {column}: {EXAMPLE}"));
                }
            };
            let outputs = Static::new(outputs).map_err(|error| format!("--static-json: {error}"))?;
            return Ok(Kind::Static(outputs));
        }
        if let Some(url) = &self.kind.http_url {
            let http = Http { url: url.clone(), timeout: self.timeout };
            return if http.is_web() {
                Ok(Kind::Http(http))
            } else {
                Err("--http-url is no address of a server".to_owned())
            };
        }
        let binary = self.kind.cmd_binary.clone().unwrap_or_default();
        let cmd = Cmd { binary, args: self.cmd_args.clone(), protocol: Protocol::ScoreFlyio, timeout: self.timeout };
        if cmd.is_there() { Ok(Kind::Cmd(cmd)) } else { Err(format!("there is no program `{}`", cmd.binary)) }
    }
}
