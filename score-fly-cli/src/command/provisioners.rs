//! `score-fly provisioners`

use clap::{Args, Subcommand};
use score_fly_core::resource::Selector;
use score_fly_engine::ops::provisioners::{self, New};
use score_fly_engine::provisioner::{Builtin, Cmd, Http, Kind, Protocol, Provisioner, Static, Timeout};
use serde_json::{Value, json};

use crate::args::{Global, ListFormat, OpenArgs};
use crate::exit::Exit;
use crate::process::Process;
use crate::table;

/// Show and change what creates the project's resources
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Provisioners {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Add(Box<Add>),
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
/// It replaces one with the same id.
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

    /// How long a call to the program or the server may take, such as `30s` or `5m` [default: 10m]
    #[arg(long, value_name = "TIME", conflicts_with_all = ["static_json", "builtin"])]
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

    /// A program that reads a request as JSON and prints outputs
    #[arg(long, value_name = "PROGRAM")]
    cmd_binary: Option<String>,

    /// A server that creates a resource on POST and takes it down on DELETE
    #[arg(long, value_name = "URL")]
    http_url: Option<String>,

    /// A built-in one: `postgres`, `postgres-instance`, `managed-postgres`, `redis` or `s3`, which create something
    /// at Fly that costs money there, or one that a new project has anyway
    #[arg(long, value_name = "NAME")]
    builtin: Option<String>,
}

/// Remove a provisioner
///
/// Resources that it created, or began to, first have to be taken down with `score-fly resources
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
pub(crate) fn run(args: Provisioners, global: Global) -> Exit {
    let process = Process::heeding(global);
    match args.command {
        Command::List(list) => {
            if let Some(all) = provisioners::list(&process.context()).result {
                process.data(&render(&all, list.format));
            }
        }
        Command::Add(add) => match add.kind() {
            Ok(kind) => {
                let Add { id, resource_type: kind_of, res_class: class, res_id: resource_id, open, .. } = *add;
                let new = New { id, selector: Selector { kind: kind_of, class, resource_id }, kind };
                provisioners::add(&process.context(), new, &open.options());
            }
            Err(sentence) => process.fail(&sentence),
        },
        Command::Remove(Remove { id, open }) => {
            provisioners::remove(&process.context(), &id, &open.options());
        }
    }
    process.finish()
}

fn render(all: &[Provisioner], format: ListFormat) -> String {
    let any = |part: &Option<String>| part.clone().unwrap_or_else(|| "(any)".to_owned());
    match format {
        ListFormat::Table => {
            let row = |one: &Provisioner| {
                let Selector { kind, class, resource_id } = &one.selector;
                [one.id.clone(), kind.clone(), any(class), any(resource_id), one.summary()]
            };
            let rows: Vec<_> = all.iter().map(row).collect();
            table::render(["ID", "TYPE", "CLASS", "RESOURCE ID", "KIND"], &rows)
        }
        ListFormat::Json => {
            let object = |one: &Provisioner| {
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
            };
            format!("{:#}\n", all.iter().map(object).collect::<Value>())
        }
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
            return Ok(Kind::Http(Http { url: url.clone(), timeout: self.timeout }));
        }
        if let Some(name) = &self.kind.builtin {
            let unknown = || {
                let names: Vec<&str> = Builtin::ALL.into_iter().map(Builtin::name).collect();
                format!("there is no built-in provisioner `{name}`, only {}", names.join(", "))
            };
            return Builtin::named(name).map(Kind::Builtin).ok_or_else(unknown);
        }
        let binary = self.kind.cmd_binary.clone().unwrap_or_default();
        let args = self.cmd_args.clone();
        Ok(Kind::Cmd(Cmd { binary, args, protocol: Protocol::ScoreFlyio, timeout: self.timeout }))
    }
}
