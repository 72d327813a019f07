//! What is in an archive, for people and for programs.

use std::fmt::Write as _;

use score_fly_image::{Contents, Found, Layer};
use serde_json::{Value, json};

use crate::bars::size;
use crate::table;
use crate::untrusted::clean;

/// Each image, with its layers.
pub(super) fn table(contents: &Contents) -> String {
    let mut text = format!("{}, {}\n", contents.kind, count(contents.images.len(), "image"));
    for image in &contents.images {
        text.push('\n');
        for (name, value) in facts(image) {
            let _ = writeln!(text, "{name:12}{}", clean(&value));
        }
        if !image.layers.is_empty() {
            text.push('\n');
            let rows: Vec<_> = image.layers.iter().enumerate().map(row).collect();
            text.push_str(&table::render(
                ["LAYER", "UNPACKED", "IN ARCHIVE", "COMPRESSION", "DIFF ID", "CREATED BY"],
                &rows,
            ));
        }
    }
    text
}

/// What is known of an image, in the order in which it is shown.
fn facts(image: &Found) -> Vec<(&'static str, String)> {
    let process = &image.config.config;
    let keys = |map: &std::collections::BTreeMap<String, Value>| map.keys().cloned().collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        ("image", format!("@{} {}", image.index, image.names.join(", "))),
        ("id", image.id.to_string()),
        ("manifest", image.manifest.map(|digest| digest.to_string()).unwrap_or_default()),
        ("platform", image.config.platform().to_string()),
        ("created", image.config.created.clone().unwrap_or_default()),
        ("size", format!("{} unpacked, in {}", size(image.unpacked()), count(image.layers.len(), "layer"))),
        ("entrypoint", words(&process.entrypoint)),
        ("command", words(&process.cmd)),
        ("user", process.user.clone()),
        ("folder", process.working_dir.clone()),
        ("ports", keys(&process.exposed_ports)),
        ("volumes", keys(&process.volumes)),
        ("stop signal", process.stop_signal.clone().unwrap_or_default()),
    ];
    facts.extend(process.env.iter().map(|variable| ("variable", variable.clone())));
    facts.extend(process.labels.iter().map(|(name, value)| ("label", format!("{name}={value}"))));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// The words of a command, as JSON where they could be misread.
fn words(words: &[String]) -> String {
    let plain = |word: &String| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "\"'\\".contains(c));
    if words.iter().all(plain) { words.join(" ") } else { json!(words).to_string() }
}

fn row((index, layer): (usize, &Layer)) -> [String; 6] {
    /// More of what made a layer is in the JSON.
    const LONGEST: usize = 60;
    let diff_id = layer.diff_id.map(|id| id.hex().chars().take(12).collect()).unwrap_or_default();
    let made = layer.created_by.clone().unwrap_or_default();
    let made: String = made.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    [
        (index + 1).to_string(),
        size(layer.unpacked),
        size(layer.size),
        layer.codec.name().to_owned(),
        diff_id,
        clean(&made),
    ]
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// All of it as one JSON object.
pub(super) fn json(contents: &Contents) -> String {
    let layer = |layer: &Layer| {
        json!({
            "name": layer.name,
            "diffId": layer.diff_id,
            "digest": layer.digest,
            "size": layer.size,
            "unpackedSize": layer.unpacked,
            "compression": layer.codec.name(),
            "createdBy": layer.created_by,
        })
    };
    let image = |image: &Found| {
        let process = &image.config.config;
        let faults = image.faults.iter();
        json!({
            "index": image.index,
            "names": image.names,
            "id": image.id,
            "manifest": image.manifest,
            "platform": image.config.platform().to_string(),
            "created": image.config.created,
            "unpackedSize": image.unpacked(),
            "config": {
                "entrypoint": process.entrypoint,
                "command": process.cmd,
                "env": process.env,
                "user": process.user,
                "workingDir": process.working_dir,
                "ports": process.exposed_ports.keys().collect::<Vec<_>>(),
                "volumes": process.volumes.keys().collect::<Vec<_>>(),
                "labels": process.labels,
                "stopSignal": process.stop_signal,
            },
            "layers": image.layers.iter().map(layer).collect::<Value>(),
            "faults": faults
                .map(|fault| json!({"code": fault.code(), "message": fault.to_string(), "help": fault.help()}))
                .collect::<Value>(),
        })
    };
    let images: Value = contents.images.iter().map(image).collect();
    format!("{:#}\n", json!({"kind": contents.kind.to_string(), "images": images}))
}
