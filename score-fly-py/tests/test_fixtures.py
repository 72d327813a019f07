"""The shared cases, through the public API. See fixtures/README.md."""

import base64
import dataclasses
import json
import pathlib
from typing import Any

import pytest
import score_fly

CASES = pathlib.Path(__file__).parents[2] / "fixtures/cases"
NAMES: list[str] = json.loads((CASES / "index.json").read_text())


def test_there_are_cases() -> None:
    assert len(NAMES) >= 80
    assert sorted(NAMES) == sorted(
        str(path.parent.relative_to(CASES)) for path in CASES.glob("*/*/case.json")
    )


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CASES / name
    request = with_texts(folder, json.loads((folder / "case.json").read_text())["request"])
    expected = json.loads((folder / "expected.json").read_text())
    monkeypatch.chdir(tmp_path)
    found = run(request)
    if expected["status"] == "success":
        expected["toml"] = (folder / "expected.toml").read_bytes().decode()
    if request.pop("positionEncoding") != "utf-32":  # Python counts characters
        for diagnostic in expected["diagnostics"] + found["diagnostics"]:
            del diagnostic["location"]
    assert found == expected


def with_texts(folder: pathlib.Path, value: Any) -> Any:
    """The request with the case's files in their places."""
    if isinstance(value, list):
        return [with_texts(folder, item) for item in value]
    if isinstance(value, dict):
        return {
            "text" if key == "file" and isinstance(item, str) else key: (folder / item).read_bytes().decode()
            if key == "file" and isinstance(item, str)
            else with_texts(folder, item)
            for key, item in value.items()
        }
    return value


def run(request: dict[str, Any]) -> dict[str, Any]:
    """The facade's response, put together from the public API's answer."""
    request = dict(request)
    options = dict(request.pop("options", {}))
    given = request.pop("files", {})
    files = {path: read_content(content) for path, content in given.items() if content is not None}
    outputs = request.pop("outputs", None)
    outputs_text = request.pop("outputsText", None)
    if outputs and outputs_text:  # the API takes one of them; the request's data wins
        outputs, outputs_text = json.loads(outputs_text["text"]) | outputs, None
    existing = request.pop("existing", None)
    score, toml_dir = place(request.pop("score"), options.pop("paths", None))
    arguments: dict[str, Any] = {
        "overrides": [pair(override) for override in request.pop("overrides", [])],
        "override_properties": request.pop("overrideProperties", []),
        "outputs": pair(outputs_text) if outputs_text else outputs,
        "existing": pair(existing) if existing else None,
        # A function knows all files, so what it does not give is missing.
        "files": files.get if None in given.values() else files,
        "image": options.pop("image", None),
        "app_prefix": options.pop("appPrefix", ""),
        "region": options.pop("region", None),
        "inline_files": options.pop("inlineFiles", False),
        "containers": options.pop("containers", "auto"),
        "toml_dir": toml_dir,
    }
    # Every field of a request has a parameter: a new one must be given a place here.
    assert not options, options
    assert set(request) <= {"positionEncoding"}, request
    try:
        app = score_fly.convert(score, **arguments)
    except score_fly.ScoreFlyError as error:
        return {"status": "failure", "diagnostics": [view(found) for found in error.diagnostics]}
    return {
        "status": "success",
        "toml": app.toml,
        "secrets": dict(app.secrets),
        "secretsText": app.secrets.to_text(),
        **({"scale": dict(app.scale)} if app.scale else {}),
        "files": {path: content_view(content) for path, content in app.files.items()},
        "diagnostics": [view(found) for found in app.diagnostics],
    }


def pair(source: dict[str, str]) -> tuple[str, str]:
    return source["name"], source["text"]


def place(source: dict[str, str], paths: dict[str, str] | None) -> tuple[Any, str]:
    """The Score file as the API takes it: on disk where it matters where it stands."""
    if paths is None:
        return pair(source), "."
    path = pathlib.Path(paths["scoreFromWork"]) / source["name"]
    path.parent.mkdir()
    path.write_text(source["text"])
    return path, paths["tomlFromWork"]


def view(diagnostic: score_fly.Diagnostic) -> dict[str, Any]:
    fields = dataclasses.asdict(diagnostic)
    return {**fields, "related": list(fields["related"])}


def read_content(content: dict[str, str]) -> str | bytes:
    return content["text"] if "text" in content else base64.b64decode(content["base64"])


def content_view(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}
