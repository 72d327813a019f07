//! The resources of several workloads: which are one, what they need, and in which order.

use score_fly_core::graph::{Graph, graph};
use score_fly_core::local::LocalFiles;
use score_fly_core::resource::{Selector, Uid, first_match};
use score_fly_core::{Code, Input, Loaded, Outcome, Source};

/// A workload with these resources, as YAML lines.
fn workload(name: &str, resources: &str) -> Source {
    let resources = format!("  {}", resources.replace('\n', "\n  "));
    let score = format!(
        "apiVersion: score.dev/v1b1\nmetadata:\n  name: {name}\ncontainers:\n  main:\n    image: nginx\n    variables:\n      \
         URL: x\nresources:\n{resources}"
    );
    Source::new(format!("{name}.yaml"), score)
}

fn graph_of(sources: &[Source]) -> Outcome<Graph> {
    let loaded: Vec<Loaded<'_>> = sources.iter().map(|source| Loaded::read(Input::new(source))).collect();
    assert!(loaded.iter().all(|loaded| !loaded.diagnostics().has_errors()), "{loaded:?}");
    let files = LocalFiles::new();
    let workloads: Vec<(&Loaded<'_>, &LocalFiles)> = loaded.iter().map(|loaded| (loaded, &files)).collect();
    graph(&workloads)
}

fn sound(sources: &[Source]) -> Graph {
    graph_of(sources).into_result().unwrap_or_else(|errors| panic!("{errors:?}")).0
}

fn uids(graph: &Graph) -> Vec<Vec<&str>> {
    graph.levels.iter().map(|level| level.iter().map(Uid::as_str).collect()).collect()
}

/// The only diagnostic: its code, place as `source:line`, message, and the related places.
fn fault(sources: &[Source]) -> (Code, String, String, Vec<String>) {
    let (_, diagnostics) = graph_of(sources).into_parts();
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    let diagnostic = diagnostics.into_iter().next().unwrap();
    let place = |location: &Option<score_fly_core::diagnostic::Location>| {
        let location = location.as_ref().unwrap();
        let source = sources.iter().find(|source| source.name == location.source).unwrap();
        let line = source.text[..location.span.start as usize].matches('\n').count() + 1;
        format!("{}:{line}", location.source)
    };
    let related = diagnostic.related.iter().map(|related| place(&related.location)).collect();
    (diagnostic.code, place(&diagnostic.location), diagnostic.message, related)
}

/// score-go's examples: `res-type.default#work.my-res` and so on.
#[test]
fn uids_are_read_back() {
    for (text, parts) in [
        ("res-type.default#work.my-res", ("res-type", "default", "work.my-res")),
        ("res-type.something#work.my-res", ("res-type", "something", "work.my-res")),
        ("res-type.default#something", ("res-type", "default", "something")),
        ("a.b#c#d.e", ("a", "b", "c#d.e")),
    ] {
        let uid: Uid = text.parse().unwrap();
        assert_eq!((uid.kind(), uid.class(), uid.id()), parts);
        assert_eq!(uid.to_string(), text);
    }
    for text in ["", "a", "a.b", "a#b", "a.b#", ".b#c", "a.#c", "#a.b"] {
        assert!(text.parse::<Uid>().is_err(), "{text}");
    }
}

#[test]
fn the_first_selector_that_matches_wins() {
    let select = |kind: &str, class: Option<&str>, id: Option<&str>| Selector {
        kind: kind.to_owned(),
        class: class.map(str::to_owned),
        resource_id: id.map(str::to_owned),
    };
    let all = [
        select("redis", Some("big"), None),
        select("redis", None, Some("web.cache")),
        select("redis", None, None),
        select("postgres", None, None),
    ];
    let index = |uid: &str| {
        let found = first_match(&all, |selector| selector, &uid.parse().unwrap())?;
        all.iter().position(|selector| selector == found)
    };
    assert_eq!(index("redis.big#web.cache"), Some(0));
    assert_eq!(index("redis.default#web.cache"), Some(1));
    assert_eq!(index("redis.default#main"), Some(2));
    assert_eq!(index("postgres.default#main"), Some(3));
    assert_eq!(index("mysql.default#main"), None);
}

#[test]
fn a_shared_resource_is_one() {
    let graph = sound(&[
        workload("wb", "cache:\n  type: redis\n  id: main"),
        workload("wa", "store:\n  type: redis\n  id: main\n  params: {size: 1}\nown:\n  type: redis"),
    ]);
    assert_eq!(uids(&graph), [["redis.default#main", "redis.default#wa.own"]]);
    let shared = &graph.resources[&"redis.default#main".parse().unwrap()];
    assert_eq!((shared.workload.as_str(), shared.name.as_str()), ("wa", "store"));
    assert_eq!(shared.params.as_ref().unwrap()["size"], 1);
}

/// score-go orders such a resource by its definition without params too, and then twice.
#[test]
fn params_in_one_workload_order_a_resource_for_all() {
    let graph = sound(&[
        workload("wa", "shared:\n  type: route\n  id: front"),
        workload(
            "wb",
            "shared:\n  type: route\n  id: front\n  params: {nested: [{host: '${resources.rz.host}'}]}\nrz:\n  type: dns",
        ),
    ]);
    assert_eq!(uids(&graph), [["dns.default#wb.rz"], ["route.default#front"]]);
}

#[test]
fn levels_follow_from_placeholders_in_params() {
    let graph = sound(&[workload(
        "ww",
        "ra:\n  type: tt\n  params: {x: '${resources.rb.o}', y: '${resources.rc.o}'}\n\
         rb:\n  type: tt\n  params: {x: '${resources.rd.o}'}\n\
         rc:\n  type: tt\n  params: {x: '$${resources.ra.o}'}\n\
         rd:\n  type: tt\n  params: {'${resources.ra.o}': 1}",
    )]);
    assert_eq!(
        uids(&graph),
        [vec!["tt.default#ww.rc", "tt.default#ww.rd"], vec!["tt.default#ww.rb"], vec!["tt.default#ww.ra"]]
    );
    let part = graph.needed_for(&"tt.default#ww.rb".parse().unwrap());
    assert_eq!(uids(&part), [["tt.default#ww.rd"], ["tt.default#ww.rb"]]);
    assert_eq!(part.resources.len(), 2);
}

#[test]
fn differing_params_name_both_places() {
    let sources = [
        workload("wa", "cache:\n  type: redis\n  id: main\n  params: {size: 1}"),
        workload("wb", "rx:\n  type: dns\ncache:\n  type: redis\n  id: main\n  params: {size: 2}"),
    ];
    let (code, place, message, related) = fault(&sources);
    assert_eq!(code, Code::ConflictingResource);
    assert_eq!(
        message,
        "the params of the shared resource `redis.default#main` differ from those in the workload `wa`"
    );
    assert_eq!((place.as_str(), related), ("wb.yaml:15", vec!["wa.yaml:13".to_owned()]));
}

#[test]
fn params_are_compared_by_what_they_mean() {
    let with = |name: &str, params: &str, more: &str| {
        workload(name, &format!("one:\n  type: redis\n  id: main\n  params: {params}\n{more}"))
    };
    // The same shared resource under different names.
    sound(&[
        with("wa", "{host: '${resources.rx.host}'}", "rx:\n  type: dns\n  id: site"),
        with("wb", "{host: '${resources.ry.host}'}", "ry:\n  type: dns\n  id: site"),
    ]);
    // Different resources, or metadata, behind the same text.
    for params in
        ["{host: '${resources.rx.host}'}", "{host: '${metadata.name}'}", "{deep: [{er: 'a${metadata.name}'}]}"]
    {
        let sources = [with("wa", params, "rx:\n  type: dns"), with("wb", params, "rx:\n  type: dns")];
        assert_eq!(fault(&sources).0, Code::ConflictingResource, "{params}");
    }
    // No params at all and none in particular are not the same.
    assert_eq!(fault(&[with("wa", "{}", ""), with("wb", "{x: 1}", "")]).0, Code::ConflictingResource);
}

#[test]
fn differing_metadata_is_a_conflict() {
    let sources = [
        workload("wa", "cache:\n  type: redis\n  id: main\n  metadata: {annotations: {key: v}}"),
        workload("wb", "cache:\n  type: redis\n  id: main\n  metadata: {annotations: {key: w}}"),
        workload("wc", "cache:\n  type: redis\n  id: main"),
        workload("wd", "cache:\n  type: redis\n  id: main\n  class: other\n  metadata: {annotations: {key: x}}"),
    ];
    let (code, place, message, _) = fault(&sources);
    assert_eq!((code, place.as_str()), (Code::ConflictingResource, "wb.yaml:13"));
    assert!(message.starts_with("the metadata of"), "{message}");
}

#[test]
fn a_circle_is_named_with_its_way() {
    let sources = [workload(
        "ww",
        "ra:\n  type: tt\n  params: {x: '${resources.rc.o}'}\n\
         rb:\n  type: tt\n  params: {x: '${resources.ra.o}'}\n\
         rc:\n  type: tt\n  params: {x: '${resources.rb.o}'}\n\
         rd:\n  type: tt\n  params: {x: '${resources.ra.o}'}",
    )];
    let (code, place, message, related) = fault(&sources);
    assert_eq!((code, place.as_str()), (Code::ResourceCycle, "ww.yaml:12"));
    assert_eq!(
        message,
        "the params of resources need each other's outputs in a circle: `tt.default#ww.ra` needs `tt.default#ww.rc` needs \
         `tt.default#ww.rb` needs `tt.default#ww.ra`"
    );
    assert_eq!(related, ["ww.yaml:18", "ww.yaml:15"]);
}

#[test]
fn a_resource_may_not_need_itself() {
    let (code, _, message, _) = fault(&[workload("ww", "ra:\n  type: tt\n  params: {x: '${resources.ra.o}'}")]);
    assert_eq!(code, Code::ResourceCycle);
    assert!(message.ends_with("`tt.default#ww.ra` needs `tt.default#ww.ra`"), "{message}");
}

#[test]
fn wanted_outputs_come_from_all_workloads() {
    let user = |name: &str, output: &str| {
        let mut source = workload(name, "cache:\n  type: redis\n  id: main");
        source.text = source.text.replace("URL: x", &format!("URL: ${{resources.cache.{output}}}"));
        source
    };
    let graph = sound(&[user("wa", "host"), user("wb", "auth.password")]);
    let wanted: Vec<&str> = graph.resources.values().flat_map(|one| &one.wanted).map(String::as_str).collect();
    assert_eq!(wanted, ["auth.password", "host"]);
}
