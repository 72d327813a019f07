"""The public API, from the installed wheel."""

import base64
import concurrent.futures
import datetime
import inspect
import io
import json
import os
import pathlib
import pickle
import stat
import subprocess
import sys
import typing

import pytest
import score_fly

WEB = """\
apiVersion: score.dev/v1b1
metadata:
  name: web
containers:
  main:
    image: nginx
    variables:
      GREETING: hello
      PASSWORD: ${resources.db.password}
resources:
  db:
    type: postgres
"""

OUTPUTS = {"db": {"values": {"host": "h"}, "secrets": {"password": "hunter2"}}}

WITH_FILE = """\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main:
    image: nginx
    files:
      /etc/motd:
        source: motd.txt
"""


def test_text_bytes_mapping_and_path_give_the_same(tmp_path: pathlib.Path) -> None:
    data = {
        "apiVersion": "score.dev/v1b1",
        "metadata": {"name": "web"},
        "containers": {"main": {"image": "nginx"}},
    }
    text = json.dumps(data)
    path = tmp_path / "score.yaml"
    path.write_text(text)
    expected = 'app = "web"\n\n[build]\nimage = "nginx"\n'
    for score in (data, text, text.encode(), text.encode("utf-16"), path):
        assert score_fly.convert(score).toml == expected


def test_a_name_may_come_along() -> None:
    assert str(score_fly.check(("web.yaml", WEB.replace("image", "imge")))[0]).startswith("web.yaml:")
    with pytest.raises(score_fly.ScoreFlyError, match="extra.yaml:1:1"):
        score_fly.convert(WEB, outputs=OUTPUTS, overrides=[("extra.yaml", "5")])


def test_a_conversion_hides_its_secrets() -> None:
    app = score_fly.convert(WEB, outputs=OUTPUTS)
    assert app.config["env"] == {"GREETING": "hello"}
    assert dict(app.secrets) == {"PASSWORD": "hunter2"}
    assert "hunter2" in app.secrets.to_text()
    assert "PASSWORD" in repr(app)
    assert "hunter2" not in repr(app) + repr(app.secrets) + str(app.secrets) + app.toml


def test_every_mistake_is_in_the_error() -> None:
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.convert("apiVersion: score.dev/v1b1\nmetadata:\n  name: 5\ncontainers:\n  main:\n    imge: nginx\n")
    error = caught.value
    assert isinstance(error, ValueError)
    assert {diagnostic.code for diagnostic in error.diagnostics} == {"unknown-field", "wrong-type"}
    unknown = next(diagnostic for diagnostic in error.diagnostics if diagnostic.code == "unknown-field")
    assert unknown.severity == "error"
    assert unknown.pointer == "/containers/main/imge"
    assert unknown.location is not None
    assert (unknown.location.source, unknown.location.start.line, unknown.location.start.column) == ("score", 6, 5)
    assert unknown.help is not None and "image" in unknown.help
    assert "score:6:5: error[unknown-field]" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_columns_count_characters() -> None:
    text = WEB.replace("GREETING: hello", 'GREETING: "é🎉 ${resources.nope.x}"')
    found = score_fly.check(text)
    location = next(diagnostic.location for diagnostic in found if diagnostic.code == "unknown-resource")
    assert location is not None
    assert text.splitlines()[location.start.line - 1][location.start.column - 1 :].startswith("${resources.nope.x}")
    assert text[location.start.offset : location.end.offset] == "${resources.nope.x}"


def test_bytes_that_are_not_text() -> None:
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.convert(b"apiVersion: \xff\n")
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["invalid-encoding"]
    assert [diagnostic.code for diagnostic in score_fly.check(b"\xff")] == ["invalid-encoding"]


def test_overrides_and_options() -> None:
    app = score_fly.convert(
        WEB,
        overrides=[{"containers": {"main": {"image": "."}}}, "metadata: {name: other}\n"],
        override_properties=["containers.main.variables.PASSWORD=", "resources="],
        image="nginx:2",
        app_prefix="acme-",
        region="ams",
    )
    assert app.config["app"] == "acme-other"
    assert app.config["build"] == {"image": "nginx:2"}
    assert app.config["primary_region"] == "ams"
    assert len(app.secrets) == 0


def test_outputs_from_a_file_are_located(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "outputs.yaml"
    path.write_text("db:\n  secrets:\n    password: hunter2\n")
    assert score_fly.convert(WEB, outputs=path).secrets["PASSWORD"] == "hunter2"
    path.write_text("db: 5\n")
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.convert(WEB, outputs=path)
    location = caught.value.diagnostics[0].location
    assert location is not None and location.source == str(path)


def test_files_are_read_beside_a_path_and_asked_for_otherwise(tmp_path: pathlib.Path) -> None:
    (tmp_path / "motd.txt").write_text("I am ${metadata.name}\n")
    path = tmp_path / "score.yaml"
    path.write_text(WITH_FILE)
    assert score_fly.convert(path, inline_files=True).config["files"][0]["raw_value"] == "I am web\n"

    asked: list[str] = []

    def give(name: str) -> bytes:
        asked.append(name)
        return b"hello\n"

    assert score_fly.convert(WITH_FILE, files=give, inline_files=True).config["files"][0]["guest_path"] == "/etc/motd"
    assert asked == ["motd.txt"]
    assert score_fly.convert(WITH_FILE, files={"motd.txt": "hello\n"}).toml
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.convert(WITH_FILE)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["missing-source-file"]


def test_side_files_are_bytes() -> None:
    app = score_fly.convert(WITH_FILE.replace("source: motd.txt", "binaryContent: AP8="))
    assert list(app.files.values()) == [b"\x00\xff"]
    assert app.config["files"][0]["local_path"] in app.files


def test_containers() -> None:
    app = score_fly.convert(WEB, outputs=OUTPUTS, containers="always")
    assert app.config["machine_config"] in app.files
    assert app.config["container"]
    two = WEB.replace("containers:\n", "containers:\n  other:\n    image: other\n", 1)
    found = score_fly.check(two, containers="never")
    assert "needs-containers" in [diagnostic.code for diagnostic in found]


def test_existing_keeps_its_comments() -> None:
    existing = '# ours\napp = "old"\n\n[http_service]\n# kept\ninternal_port = 80\n'
    toml = score_fly.convert(WEB, outputs=OUTPUTS, existing=existing).toml
    assert "# ours" in toml and "# kept" in toml and 'app = "web"' in toml


def test_requirements() -> None:
    needs = score_fly.requirements(WEB)
    assert [(resource["name"], resource["uid"], resource["outputs"]) for resource in needs["resources"]] == [
        ("db", "postgres.default#web.db", ["password"])
    ]


FLY = """\
app = "web"

[build]
image = "nginx"
dockerfile = "Dockerfile"

[env]
GREETING = "hello"

[http_service]
internal_port = 8080

[[files]]
guest_path = "/etc/motd"
local_path = "motd.txt"
"""


def codes(diagnostics: typing.Iterable[score_fly.Diagnostic]) -> list[str]:
    return [diagnostic.code for diagnostic in diagnostics]


def test_check_fly_finds_mistakes_and_mends_them() -> None:
    text = FLY.replace("[build]", "kill_timeout = 5 # seconds\nap = 1\n[build]")
    found = score_fly.check_fly(text)
    assert found.files == ("Dockerfile", "motd.txt")
    assert codes(found.diagnostics) == ["implied-unit", "unknown-fly-key", "ineffective-setting"]
    unknown = found.diagnostics[1]
    assert str(unknown.location) == "fly.toml:4:1"
    assert unknown.help is not None and "app" in unknown.help
    assert found.fixed == text.replace("= 5", '= "5s"').replace('dockerfile = "Dockerfile"\n', "")
    assert score_fly.check_fly('app = "web"\n').fixed is None
    assert codes(score_fly.check_fly(("x.toml", "a = [")).diagnostics) == ["invalid-fly-config"]
    assert codes(score_fly.check_fly(b"\xff").diagnostics) == ["invalid-encoding"]


def test_local_files_are_looked_for_as_flyctl_does(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "deploy"
    folder.mkdir()
    path = folder / "fly.toml"
    path.write_text(FLY.replace('image = "nginx"\n', ""))
    monkeypatch.chdir(tmp_path)

    def missing() -> list[str]:
        found = score_fly.check_fly(path).diagnostics
        return [diagnostic.pointer for diagnostic in found if diagnostic.code == "missing-source-file"]

    # A Dockerfile is looked for in fly.toml's folder only; `fly deploy FOLDER` finds all others there as well.
    (tmp_path / "Dockerfile").write_text("FROM nginx")
    assert missing() == ["/build/dockerfile", "/files/0/local_path"]
    (folder / "motd.txt").write_text("hi")
    (folder / "Dockerfile").write_text("FROM nginx")
    assert missing() == []
    assert score_fly.machine_config(path)["files"] == [{"guest_path": "/etc/motd", "raw_value": "aGk="}]
    (tmp_path / "motd.txt").write_bytes(b"\x00\xff")
    assert score_fly.machine_config(path)["files"] == [{"guest_path": "/etc/motd", "raw_value": "AP8="}]
    # What is given stands in for what is there.
    machine = score_fly.machine_config(path, files={"motd.txt": "hello"})
    assert machine["files"][0]["raw_value"] == base64.b64encode(b"hello").decode()


def test_local_files_of_a_text_are_asked_for() -> None:
    asked: list[str] = []

    def give(name: str) -> None:
        asked.append(name)

    found = score_fly.check_fly(FLY, files=give).diagnostics
    assert asked == ["Dockerfile", "motd.txt"]
    assert codes(found).count("missing-source-file") == 2
    assert "missing-source-file" not in codes(score_fly.check_fly(FLY).diagnostics)
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.machine_config(FLY)
    assert "missing-source-file" in codes(caught.value.diagnostics)


def test_a_file_that_cannot_be_read_says_why(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "score.yaml"
    path.write_text(WITH_FILE)

    def message() -> str:
        with pytest.raises(score_fly.ScoreFlyError) as caught:
            score_fly.convert(path)
        return caught.value.diagnostics[0].message

    assert message() == "there is no file `motd.txt`"
    (tmp_path / "motd.txt").mkdir()
    assert message() == "the file `motd.txt` could not be read: it is not a file"


TWO_CONTAINERS = WITH_FILE + """\
  side:
    image: side
    files:
      /etc/side.conf:
        content: "a = 1"
"""


def test_files_that_a_machine_config_names_are_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = score_fly.convert(TWO_CONTAINERS, files={"motd.txt": "I am ${metadata.name}\n"})
    # The containers stand in a file of their own, which names the other two.
    assert len(app.files) == 3 and app.config["machine_config"] in app.files

    def contents(machine: score_fly.types.MachineConfig) -> dict[str, bytes]:
        files = [file for container in machine["containers"] for file in container["files"]]
        return {str(file["guest_path"]): base64.b64decode(str(file["raw_value"])) for file in files}

    expected = {"/etc/motd": b"I am web\n", "/etc/side.conf": b"a = 1"}
    assert score_fly.check_fly(app.toml, files=app.files).diagnostics == ()
    assert contents(score_fly.machine_config(app.toml, files=app.files)) == expected
    assert contents(score_fly.machine_config(app.toml, files=app.files.get)) == expected

    (tmp_path / "fly.toml").write_text(app.toml)
    for name, content in app.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    found = score_fly.check_fly(pathlib.Path("fly.toml"))
    assert found.diagnostics == ()
    assert set(found.files) == set(app.files)
    assert contents(score_fly.machine_config(pathlib.Path("fly.toml"))) == expected

    gone = next(name for name in app.files if name.endswith("side.conf"))
    (tmp_path / gone).unlink()
    assert codes(score_fly.check_fly(pathlib.Path("fly.toml")).diagnostics) == ["missing-source-file"]
    with pytest.raises(score_fly.ScoreFlyError, match=f"there is no file `{gone}`"):
        score_fly.machine_config(pathlib.Path("fly.toml"))


def test_import_fly(tmp_path: pathlib.Path) -> None:
    toml = FLY.replace('dockerfile = "Dockerfile"\n', "") + '\n[experimental]\nentrypoint = ["tini"]\n'
    imported = score_fly.import_fly(toml)
    assert imported.score.startswith("apiVersion: score.dev/v1b1\n")
    assert "kept-as-config" in codes(imported.diagnostics)
    config = score_fly.convert(imported.score, files={"motd.txt": "hi"}).config
    assert config["experimental"] == {"entrypoint": ["tini"]}
    assert config["env"] == {"GREETING": "hello"}

    path = tmp_path / "fly.toml"
    path.write_text(toml)
    from_path = score_fly.import_fly(path)
    assert from_path.score == imported.score
    # The same notes, each with the name of its text.
    assert codes(from_path.diagnostics) == codes(imported.diagnostics)
    places = [note.location for note in from_path.diagnostics if note.location]
    assert places and {place.source for place in places} == {str(path)}
    with pytest.raises(score_fly.ScoreFlyError, match="fly.toml:1:7: .*must be text"):
        score_fly.import_fly("app = 5\n[env]\nFLY_A = '1'\n")


def test_stamp() -> None:
    # As `GET /v1/apps/shop/machines` shows it.
    metadata = {
        "fly_platform_version": "v2",
        "fly_process_group": "app",
        "fly_release_version": "9",
        "score_fly_version": "1.4.2",
        "score_fly_revision": "5a7c9d1-dirty",
        "score_fly_note": "Faster",
        "score_fly_deploy": "01JABC.3287eeeb342085",
    }
    stamp = score_fly.stamp({"id": "3287eeeb342085", "config": {"image": "nginx", "metadata": metadata}})
    assert stamp is not None
    assert (stamp["release"], stamp["version"], stamp["revision"]) == (9, "1.4.2", "5a7c9d1-dirty")
    assert (stamp["note"], stamp["backTo"], stamp["deploy"]) == ("Faster", None, "01JABC")
    assert score_fly.stamp(metadata) == stamp
    assert score_fly.stamp({"config": {"metadata": {"fly_process_group": "app"}}}) is None


def test_plan() -> None:
    toml = 'app = "web"\nprimary_region = "fra"\n[build]\nimage = "nginx@sha256:ab"\n'
    first = score_fly.plan(toml, options={"organization": "acme", "scale": {"ha": False}})
    assert [(step["action"], step["target"]) for step in first["steps"]] == [("createApp", "web"), ("createMachine", "app/1")]
    assert first["text"].startswith("web:\n  + create app `web` in organization `acme`\n")
    # A machine as Fly's API answers it, made by flyctl from another image.
    machine: score_fly.types.ObservedMachine = {
        "id": "3287eeeb342085",
        "state": "started",
        "region": "fra",
        "instance_id": "01JABC",
        "config": {
            "image": "nginx@sha256:aa",
            "env": {"FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra"},
            "metadata": {"fly_platform_version": "v2", "fly_process_group": "app"},
        },
        "host_status": "ok",
    }
    observed: score_fly.types.Observed = {"app": {"name": "web"}, "machines": [machine]}
    update = score_fly.plan(toml, observed=observed)
    assert [(step["action"], step["impact"]) for step in update["steps"]] == [("updateMachine", "downtime")]
    assert [change["pointer"] for change in update["steps"][0]["changes"]] == ["/image"]
    assert score_fly.plan(toml, observed=observed, policy={"excludeMachines": ["3287eeeb342085"]})["steps"] == []
    with pytest.raises(score_fly.ScoreFlyError, match="process group"):
        score_fly.plan(toml, options={"groups": {"worker": {"count": 2}}})
    with pytest.raises(score_fly.ScoreFlyError, match="loose"):
        score_fly.plan(toml, policy={"loose": {}})  # type: ignore[arg-type]


def test_codes_can_be_silenced_and_denied() -> None:
    text = 'app = "web"\nprimary_region = "sea"\nkill_timeout = 5\n'
    assert codes(score_fly.check_fly(text).diagnostics) == ["retired-region", "implied-unit"]
    assert codes(score_fly.check_fly(text, levels={"allow": ["implied-unit"]}).diagnostics) == ["retired-region"]
    denied = score_fly.check_fly(text, levels={"denyWarnings": True}).diagnostics
    assert [found.severity for found in denied] == ["error", "note"]
    unknown = score_fly.check_fly(text, levels={"deny": ["implied-units"]}).diagnostics
    assert codes(unknown)[0] == "unknown-code" and unknown[0].help == "did you mean `implied-unit`?"
    with pytest.raises(score_fly.ScoreFlyError, match="volume-renamed"):
        score_fly.convert(
            {
                "apiVersion": "score.dev/v1b1",
                "metadata": {"name": "web"},
                "containers": {"main": {"image": "a", "volumes": {"/d": {"source": "my-data"}}}},
            },
            levels={"deny": ["volume-renamed"]},
        )


def test_machine_config_of_a_process_group() -> None:
    text = (
        'app = "web"\n[build]\nimage = "nginx"\n[processes]\nweb = "serve"\njob = "work --all"\n'
        '[http_service]\ninternal_port = 8080\nprocesses = ["web"]\n'
    )
    machine = score_fly.machine_config(text, group="job")
    assert machine["init"] == {"cmd": ["work", "--all"]}
    assert machine["metadata"]["fly_process_group"] == "job"
    assert machine.get("services", []) == []
    assert [service["internal_port"] for service in score_fly.machine_config(text, group="web")["services"]] == [8080]
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.machine_config(text, group="jobs")
    assert codes(caught.value.diagnostics) == ["unknown-process-group"]


def test_a_conversion_becomes_a_machine() -> None:
    app = score_fly.convert(WITH_FILE.replace("source: motd.txt", 'content: "hello\\n"'))
    machine = score_fly.machine_config(app.toml, files=app.files)
    assert machine["image"] == "nginx"
    assert machine["files"] == [{"guest_path": "/etc/motd", "raw_value": "aGVsbG8K"}]
    assert score_fly.machine_config(app.config, files=app.files) == machine
    assert score_fly.machine_config(("app", app.config), files=app.files) == machine


def test_explain_and_schema() -> None:
    assert score_fly.explain("unknown-field").startswith("# unknown-field")
    with pytest.raises(KeyError):
        score_fly.explain("no-such-code")
    assert score_fly.schema()["required"] == ["apiVersion", "metadata", "containers"]
    assert "Request" in score_fly.schema("facade")["$defs"]


def test_a_string_that_is_a_path_is_refused() -> None:
    with pytest.raises(TypeError, match="looks like a path"):
        score_fly.convert("score.yaml")
    with pytest.raises(TypeError, match="looks like a path"):
        score_fly.check_fly("fly.toml")
    with pytest.raises(TypeError, match="not int"):
        score_fly.convert(5)  # type: ignore[arg-type]


def test_threads_get_the_same_answers() -> None:
    expected = score_fly.convert(WEB, outputs=OUTPUTS).toml
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda _: score_fly.convert(WEB, outputs=OUTPUTS).toml, range(200))
    assert set(found) == {expected}


def test_the_command(tmp_path: pathlib.Path) -> None:
    (tmp_path / "score.yaml").write_text(WITH_FILE.replace("source: motd.txt", "content: hi"))
    for command in (["score-fly"], [sys.executable, "-m", "score_fly"]):
        executable = [str(pathlib.Path(sys.executable).parent / command[0]), *command[1:]]
        done = subprocess.run([*executable, "convert", "score.yaml"], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith('app = "web"\n')
        version = subprocess.run([*executable, "--version"], capture_output=True, text=True)
        assert version.stdout == f"score-fly {score_fly.__version__}\n"
        broken = subprocess.run([*executable, "convert", "-"], input="a: [", capture_output=True, text=True)
        assert (broken.returncode, broken.stdout) == (2, "")


def test_types_of_everything_public_can_be_asked_for() -> None:
    for name in score_fly.__all__:
        value = getattr(score_fly, name)
        if inspect.isfunction(value):
            assert "return" in typing.get_type_hints(value), name
        elif inspect.isclass(value) and value is not score_fly.Secrets:
            assert typing.get_type_hints(value), name
    assert typing.get_type_hints(score_fly.Conversion)["config"] is score_fly.types.Config
    assert "unknown-field" in typing.get_args(score_fly.Code)
    assert typing.get_args(score_fly.Severity) == ("error", "warning", "note")
    assert bytes in typing.get_args(score_fly.Text)


def test_types_are_loaded_when_they_are_asked_for() -> None:
    program = """
import sys, score_fly
score_fly.check("[]")
print(object.__getattribute__(sys.modules["score_fly.types"], "__class__").__name__, score_fly.types.Config.__name__, type(score_fly.types).__name__)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "_LazyModule Config module\n"


def test_a_text_is_no_list() -> None:
    properties: typing.Any = "metadata.name=shop"
    with pytest.raises(TypeError, match=r"override_properties takes a list: pass \['metadata.name=shop'\]"):
        score_fly.check(WEB, override_properties=properties)
    overrides: typing.Any = "metadata: {name: shop}"
    with pytest.raises(TypeError, match="overrides takes a list"):
        score_fly.check(WEB, overrides=overrides)
    wrong: typing.Any
    for wrong in ({"metadata": {}}, pathlib.Path("o.yaml"), b"a: 1"):
        with pytest.raises(TypeError, match="overrides takes a list"):
            score_fly.requirements(WEB, overrides=wrong)


def test_open_files_and_buffers(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "score.yaml"
    path.write_text("apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {main: {imge: x}}\n")
    data = path.read_bytes()
    unnamed: list[score_fly.Text] = [data.decode(), bytearray(data), memoryview(data), io.StringIO(data.decode()), io.BytesIO(data)]
    found = {str(score_fly.check(score)[0].location) for score in unnamed}
    assert found == {"score:3:21"}
    for mode in ("r", "rb"):
        with open(path, mode) as file:
            assert str(score_fly.check(file)[0].location) == f"{path}:3:21"


def test_data_is_told_by_paths() -> None:
    data: dict[str, typing.Any] = {
        "apiVersion": "score.dev/v1b1",
        "metadata": {"name": "web"},
        "containers": {"main": {"image": "nginx", "variables": {"SINCE": datetime.date(2026, 1, 2)}}},
    }
    assert 'SINCE = "2026-01-02"' in score_fly.convert(data).toml
    data["containers"]["main"]["imge"] = "x"
    (found,) = score_fly.check(data)
    assert found.location is None
    assert str(found).startswith("/containers/main/imge: error[unknown-field]: ")
    (found,) = score_fly.check_fly({"app": "web", "kill_timeout": True}).diagnostics
    assert (found.location, found.pointer) == (None, "/kill_timeout")
    with pytest.raises(TypeError, match="object is nothing that a YAML or TOML file holds"):
        score_fly.check({"apiVersion": object()})


def test_an_encoding_error_names_its_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: 1\nb: é".encode("latin-1"))
    (found,) = score_fly.check(path)
    assert (found.code, str(found.location)) == ("invalid-encoding", f"{path}:2:4")


def test_a_conversion_is_hashable_and_written(tmp_path: pathlib.Path) -> None:
    text = WEB.replace("image: nginx", "image: nginx\n    files: {/etc/motd: {content: Hello.}}\n")
    app = score_fly.convert(text, outputs=OUTPUTS)
    assert {app, score_fly.convert(text, outputs=OUTPUTS)} == {app}
    assert app != score_fly.convert(text, outputs={"db": {"secrets": {"password": "another"}}})
    folder = tmp_path / "out"
    written = app.write(folder)
    assert [os.path.relpath(path, folder) for path in written] == ["fly.toml", *app.files, "secrets.env"]
    assert (folder / "fly.toml").read_text() == app.toml
    assert {path: (folder / path).read_bytes() for path in app.files} == app.files
    assert (folder / "secrets.env").read_text() == app.secrets.to_text()
    assert stat.S_IMODE((folder / "secrets.env").stat().st_mode) == 0o600
    # Again, over what is there, and with nothing left beside it.
    assert app.write(folder, secrets_file=None) == written[:-1]
    there = [path for path in folder.rglob("*") if path.is_file()]
    assert sorted(map(str, there)) == sorted(written)
    (folder / "fly.toml").unlink()
    (folder / "fly.toml").mkdir()
    with pytest.raises(OSError):
        app.write(folder)
    assert not list(folder.glob(".score-fly-*"))


def test_nothing_is_dropped(tmp_path: pathlib.Path) -> None:
    found: list[score_fly.Diagnostic] = []
    score_fly.machine_config('app = "web"\nkill_timeout = 5\n[build]\nimage = "x"\n', on_diagnostic=found.append)
    assert codes(found) == ["implied-unit"]
    found.clear()
    toml = 'app = "web"\nprimary_region = "fra"\nkill_timeout = 5\n[build]\nimage = "x"\n'
    score_fly.plan(toml, options={"organization": "acme"}, on_diagnostic=found.append)
    assert "implied-unit" in codes(found)
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "fly.toml").write_text('app = "web"\n[build]\ndockerfile = "Dockerfile.web"\n')
    checked = score_fly.check_fly(folder / "fly.toml")
    assert checked.dockerfile in checked.files
    assert codes(score_fly.check(WEB, region="nowhere")) == codes(error_of(WEB, region="nowhere"))


def error_of(score: str, region: str) -> tuple[score_fly.Diagnostic, ...]:
    with pytest.raises(score_fly.ScoreFlyError) as caught:
        score_fly.convert(score, outputs=OUTPUTS, region=region)
    return caught.value.diagnostics
