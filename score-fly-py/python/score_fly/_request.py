"""From Python's values to the request that the native half takes."""

from __future__ import annotations

import base64
import datetime
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, Union

from . import _native
from ._diagnostics import UNSEEN, ScoreFlyError, read

if TYPE_CHECKING:
    from . import types
else:
    from ._lazy import types



class Readable(Protocol):
    """An open file, of text or of bytes."""

    def read(self) -> str | bytes: ...


Content: TypeAlias = Union[str, bytes, bytearray, memoryview, Readable, Mapping[str, Any]]
"""What a document holds: its text, its bytes, an open file, or its data."""

Text: TypeAlias = Union[Content, os.PathLike[str], tuple[str, Content]]
"""A document: what it holds, the path of a file, or a name for diagnostics and what it holds."""

Files: TypeAlias = Union[Mapping[str, Union[str, bytes]], Callable[[str], Union[str, bytes, None]]]
"""The content of files by path as the document has it, or a function that gives it, or None for a missing one."""


def source(document: Text, name: str) -> types.SourceText:
    """A document as a named text; a path is read, and is its own name. Data becomes a text that nobody has seen."""
    if isinstance(document, Mapping):
        name = UNSEEN
    if isinstance(document, os.PathLike):
        name = os.fspath(document)
        with open(document, "rb") as file:
            document = file.read()
    elif isinstance(document, tuple):
        name, document = document
    if isinstance(document, Mapping):
        return {"name": name, "text": dumps(document)}
    if not isinstance(document, str) and hasattr(document, "read"):
        own = getattr(document, "name", None)
        name = own if isinstance(own, str) else name
        document = document.read()
    if isinstance(document, (bytes, bytearray, memoryview)):
        answer: types.DecodeResponse = json.loads(_native.decode_json(name, bytes(document)))
        if answer["status"] == "failure":
            raise ScoreFlyError(read(answer["diagnostics"]))
        return {"name": name, "text": answer["text"]}
    if isinstance(document, str):
        if "\n" not in document and document.endswith((".yaml", ".yml", ".json", ".toml")):
            raise TypeError(f"{document!r} looks like a path: pass pathlib.Path({document!r})")
        return {"name": name, "text": document}
    raise TypeError(f"expected str, bytes, os.PathLike, an open file, a mapping, or a name with one of them, not {type(document).__name__}")


def dumps(value: Any) -> str:
    """A value as JSON. Dates, which YAML readers make of what looks like one, are the text that they stand for."""
    return json.dumps(value, ensure_ascii=False, default=_scalar)


def _scalar(value: object) -> str:
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing that a YAML or TOML file holds: {value!r}")


Item = TypeVar("Item")


def several(items: Iterable[Item], name: str) -> list[Item]:
    """The items of a list. One text by itself would be taken apart into letters, or keys."""
    if isinstance(items, (str, bytes, bytearray, os.PathLike, Mapping)):
        raise TypeError(f"{name} takes a list: pass [{items!r}]")
    return list(items)


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
    levels: types.Levels | None = None,
) -> types.Request:
    """The request for one Score file, with the files that it mounts."""
    body: types.Request = {
        "score": source(score, "score"),
        "overrides": [source(text, f"overrides[{index}]") for index, text in enumerate(several(overrides, "overrides"))],
        "overrideProperties": several(override_properties, "override_properties"),
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
    if levels is not None:
        body["levels"] = levels
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
    body["files"] = _read_all(_native.needs_json, body, {} if folder is None else {"score": folder}, files)
    return body


def _relative(path: str, start: str) -> str:
    relative = os.path.relpath(path, start).replace(os.sep, "/")
    return "" if relative == "." else relative


def fly_request(
    config: Text,
    *,
    group: str | None = None,
    files: Files | None = None,
    local: bool = True,
    levels: types.Levels | None = None,
) -> types.FlyRequest:
    """The request for one fly.toml, with the local files that it names, if these matter."""
    text = source(config, "fly.toml")
    if isinstance(config, tuple) and isinstance(config[1], Mapping) and not text["name"].endswith((".json", ".yaml")):
        # The end of its name says how to read it.
        text["name"] = text["name"].removesuffix(".toml") + ".json"
    body: types.FlyRequest = {"config": text, "group": group, "positionEncoding": "utf-32"}
    if levels is not None:
        body["levels"] = levels
    if local:
        folders = {}
        if isinstance(config, os.PathLike):
            folders = {"work": "", "toml": os.path.dirname(os.fspath(config))}
        body["files"] = _read_all(_native.fly_needs_json, body, folders, files)
    return body


def _read_all(
    ask: Callable[[str], str],
    body: types.Request | types.FlyRequest,
    folders: Mapping[str, str],
    files: Files | None,
) -> dict[str, types.FileRead | None]:
    """The files that a request needs, as far as they are to be had: those that are read may need further
    ones. What is missing is reported by the operation itself, at its place."""
    known: dict[str, types.FileRead | None] = {}
    asked: set[str] = set()
    while folders or files:
        answer: types.NeedsResponse = json.loads(ask(dumps({**body, "files": known})))
        needs = answer["files"] if answer["status"] == "success" else []
        new = [need for need in needs if need["path"] not in asked]
        if not new:
            break
        for need in new:
            path = need["path"]
            asked.add(path)
            given = files(path) if callable(files) else (files or {}).get(path)
            places = [os.path.join(folders[base], path) for base in need["from"] if base in folders]
            if given is not None:
                known[path] = _content(given)
            elif places or callable(files):
                known[path] = _first(places)
    return known


def _first(places: list[str]) -> types.FileRead | None:
    """The first file that is there; why it can't be read, if none can."""
    found: types.FileRead | None = None
    for place in filter(os.path.exists, places):
        # A pipe or a device could keep a program waiting for ever.
        if not os.path.isfile(place):
            found = {"unreadable": "it is not a file"}
            continue
        try:
            with open(place, "rb") as file:
                return _content(file.read())
        except OSError as error:
            found = {"unreadable": str(error.strerror)}
    return found


def _content(content: str | bytes) -> types.FileRead:
    if isinstance(content, str):
        return {"text": content}
    return {"base64": base64.b64encode(content).decode("ascii")}
