"""From Python's values to the request that the native half takes."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _native
from ._diagnostics import ScoreFlyError, read

if TYPE_CHECKING:
    from . import types

Content: TypeAlias = "str | bytes | Mapping[str, Any]"
"""What a document holds: its text, its bytes, or its data."""

Text: TypeAlias = "Content | os.PathLike[str] | tuple[str, Content]"
"""A document: what it holds, the path of a file, or a name for diagnostics and what it holds."""

Files: TypeAlias = "Mapping[str, str | bytes] | Callable[[str], str | bytes | None]"
"""The content of files by path as the document has it, or a function that gives it, or None for a missing one."""


def source(document: Text, name: str) -> types.SourceText:
    """A document as a named text; a path is read, and is its own name."""
    if isinstance(document, os.PathLike):
        name = os.fspath(document)
        with open(document, "rb") as file:
            document = file.read()
    elif isinstance(document, tuple):
        name, document = document
    if isinstance(document, Mapping):
        return {"name": name, "text": json.dumps(document, ensure_ascii=False)}
    if isinstance(document, bytes):
        answer: types.DecodeResponse = json.loads(_native.decode_json(name, document))
        if answer["status"] == "failure":
            raise ScoreFlyError(read(answer["diagnostics"]))
        return {"name": name, "text": answer["text"]}
    if isinstance(document, str):
        if "\n" not in document and document.endswith((".yaml", ".yml", ".json", ".toml")):
            raise TypeError(f"{document!r} looks like a path: pass pathlib.Path({document!r})")
        return {"name": name, "text": document}
    raise TypeError(f"expected str, bytes, os.PathLike, a mapping, or a name with one of them, not {type(document).__name__}")


def request(
    score: Text,
    *,
    overrides: Iterable[Text],
    override_properties: Iterable[str],
    outputs: Text | None = None,
    files: Files | None = None,
    existing: Text | None = None,
    image: str | None = None,
    app_prefix: str = "",
    region: str | None = None,
    inline_files: bool = False,
    containers: types.Containers = "auto",
    toml_dir: str | os.PathLike[str] = ".",
) -> types.Request:
    """The request for one Score file, with the files that it mounts."""
    body: types.Request = {
        "score": source(score, "score"),
        "overrides": [source(text, f"overrides[{index}]") for index, text in enumerate(overrides)],
        "overrideProperties": list(override_properties),
        "options": {
            "appPrefix": app_prefix,
            "image": image,
            "region": region,
            "inlineFiles": inline_files,
            "containers": containers,
        },
        "positionEncoding": "utf-32",
    }
    if isinstance(outputs, Mapping):
        body["outputs"] = dict(outputs)
    elif outputs is not None:
        body["outputsText"] = source(outputs, "outputs")
    if existing is not None:
        body["existing"] = source(existing, "fly.toml")
    folder = None
    if isinstance(score, os.PathLike):
        folder = os.path.dirname(os.fspath(score)) or "."
        body["options"]["paths"] = {
            "scoreFromWork": _relative(folder, "."),
            "scoreFromToml": _relative(folder, os.fspath(toml_dir)),
            "tomlFromWork": _relative(os.fspath(toml_dir), "."),
        }
    body["files"] = _files(body, folder, files)
    return body


def _relative(path: str, start: str) -> str:
    relative = os.path.relpath(path, start).replace(os.sep, "/")
    return "" if relative == "." else relative


def _files(
    body: types.Request, folder: str | None, files: Files | None
) -> dict[str, types.FileContent]:
    """The content of the files that the workload mounts, as far as it is to be had. What is
    missing is reported by the conversion itself, at its place in the Score file."""
    if folder is None and not files:
        return {}
    answer: types.RequirementsResponse = json.loads(_native.requirements_json(json.dumps(body)))
    if answer["status"] == "failure":
        return {}
    contents: dict[str, types.FileContent] = {}
    for wanted in answer["requirements"]["files"]:
        content = _file(wanted["source"], folder, files)
        if content is not None:
            contents[wanted["source"]] = _content(content)
    return contents


def fly_request(config: Text, *, group: str | None = None, files: Files | None) -> types.FlyRequest:
    """The request for one fly.toml, with the local files that it names."""
    text = source(config, "fly.toml")
    data = config[1] if isinstance(config, tuple) else config
    if isinstance(data, Mapping) and not text["name"].endswith((".json", ".yaml")):
        # The end of its name says how to read it.
        text["name"] = text["name"].removesuffix(".toml") + ".json"
    body: types.FlyRequest = {"config": text, "group": group, "positionEncoding": "utf-32"}
    folder = os.path.dirname(os.fspath(config)) if isinstance(config, os.PathLike) else None
    answer: types.CheckFlyResponse = json.loads(_native.check_fly_json(json.dumps(body)))
    contents: dict[str, types.FileContent | None] = {}
    for path in answer["files"]:
        # As flyctl does: from the current directory, and a Dockerfile from fly.toml's folder.
        start = None if folder is None else folder if path == answer["dockerfile"] else ""
        content = _file(path, start, files)
        if content is not None:
            contents[path] = _content(content)
        elif start is not None or callable(files):
            contents[path] = None
    body["files"] = contents
    return body


def _content(content: str | bytes) -> types.FileContent:
    if isinstance(content, str):
        return {"text": content}
    return {"base64": base64.b64encode(content).decode("ascii")}


def _file(path: str, folder: str | None, files: Files | None) -> str | bytes | None:
    given = files(path) if callable(files) else (files or {}).get(path)
    if given is None and folder is not None:
        try:
            with open(os.path.join(folder, path), "rb") as file:
                return file.read()
        except OSError:
            return None
    return given
