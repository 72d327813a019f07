//! How the outputs of a resource are printed: as JSON, as YAML, or by a template.

use std::str::FromStr;

use serde_json::{Map, Value};

/// How outputs are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OutputsFormat {
    Json,
    Yaml,
    /// A Go template, as score-compose takes it, as far as it only names outputs.
    Template(Vec<Part>),
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    /// The keys that lead to a value.
    Output(Vec<String>),
}

impl FromStr for OutputsFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "yaml" => Ok(Self::Yaml),
            _ if text.contains("{{") => template(text).map(Self::Template),
            _ => Err("give `json`, `yaml`, or a template such as `{{.host}}:{{.port}}`".to_owned()),
        }
    }
}

fn template(mut text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    while let Some((before, rest)) = text.split_once("{{") {
        let (action, after) = rest.split_once("}}").ok_or("`{{` is not closed by `}}`")?;
        parts.push(Part::Text(before.to_owned()));
        parts.push(Part::Output(keys(action.trim())?));
        text = after;
    }
    parts.push(Part::Text(text.to_owned()));
    Ok(parts)
}

fn keys(action: &str) -> Result<Vec<String>, String> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let keys = action.strip_prefix('.').map(|path| path.split('.').map(str::to_owned).collect::<Vec<_>>());
    let keys = keys.filter(|keys| keys.iter().all(|key| is_name(key)));
    keys.ok_or_else(|| format!("`{{{{{action}}}}}` is more than the name of an output, such as `{{{{.host}}}}`"))
}

impl OutputsFormat {
    /// The outputs as text.
    pub(crate) fn render(&self, outputs: &Map<String, Value>) -> Result<String, String> {
        match self {
            Self::Json => Ok(format!("{:#}\n", Value::from(outputs.clone()))),
            Self::Yaml => serde_yaml::to_string(outputs).map_err(|error| error.to_string()),
            Self::Template(parts) => parts.iter().map(|part| part.render(outputs)).collect(),
        }
    }
}

impl Part {
    fn render(&self, outputs: &Map<String, Value>) -> Result<String, String> {
        let keys = match self {
            Self::Text(text) => return Ok(text.clone()),
            Self::Output(keys) => keys,
        };
        let mut found = outputs.get(keys.first().map_or("", String::as_str));
        for key in keys.iter().skip(1) {
            found = found.and_then(|value| value.get(key.as_str()));
        }
        match found {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(value) => Ok(value.to_string()),
            None => {
                let known: Vec<&str> = outputs.keys().map(String::as_str).collect();
                Err(format!("there is no output `{}`; there are {}", keys.join("."), known.join(", ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::OutputsFormat;

    fn render(format: &str) -> Result<String, String> {
        let outputs = json!({"host": "db.internal", "port": 5432, "tls": {"mode": "require"}});
        format.parse::<OutputsFormat>()?.render(outputs.as_object().unwrap())
    }

    #[test]
    fn templates_name_outputs() {
        for (template, text) in [
            ("{{.host}}", "db.internal"),
            ("{{ .host }}:{{ .port }}\n", "db.internal:5432\n"),
            ("{{.tls.mode}} {{.tls}}", "require {\"mode\":\"require\"}"),
        ] {
            assert_eq!(render(template).as_deref(), Ok(text));
        }
        assert_eq!(render("{{.user}}").unwrap_err(), "there is no output `user`; there are host, port, tls");
        for wrong in ["toml", "{{.host", "{{.host | upper}}", "{{host}}", "{{.}}"] {
            assert!(wrong.parse::<OutputsFormat>().is_err(), "{wrong}");
        }
    }
}
