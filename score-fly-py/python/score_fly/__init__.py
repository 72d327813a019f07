"""From a Score workload file (https://score.dev) to a Fly.io app.

>>> import score_fly
>>> app = score_fly.convert({
...     "apiVersion": "score.dev/v1b1",
...     "metadata": {"name": "web"},
...     "containers": {"main": {"image": "nginx"}},
... })
>>> print(app.toml, end="")
app = "web"
<BLANKLINE>
[build]
image = "nginx"
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from . import _native
from ._diagnostics import Diagnostic, Location, Position, Related, ScoreFlyError, Severity, read
from ._native import __version__
from ._request import Files, Text, dumps, fly_request, request
from ._secrets import Secrets

if TYPE_CHECKING:
    from . import types
    from .types import Code
else:
    from ._lazy import types

    def __getattr__(name: str) -> Any:
        if name == "Code":
            return types.Code
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Code",
    "Conversion",
    "Diagnostic",
    "Files",
    "FlyCheck",
    "FlyImport",
    "Location",
    "Position",
    "Related",
    "ScoreFlyError",
    "Secrets",
    "Severity",
    "Text",
    "__version__",
    "check",
    "check_fly",
    "convert",
    "explain",
    "import_fly",
    "machine_config",
    "plan",
    "requirements",
    "schema",
    "stamp",
]


@dataclass(frozen=True)
class Conversion:
    """What a Score file became."""

    toml: str
    """fly.toml."""
    config: types.Config = field(repr=False, hash=False)
    """The same as data."""
    secrets: Secrets
    """The app's secrets by name."""
    scale: types.Scale = field(repr=False, hash=False)
    """How many machines there are to be, for the options of :func:`plan`: fly.toml has no words for it."""
    files: Mapping[str, bytes] = field(repr=False, hash=False)
    """Files to write beside fly.toml, by path from the directory in which ``fly deploy`` runs."""
    diagnostics: tuple[Diagnostic, ...]
    """Warnings and notes."""

    def write(self, folder: str | os.PathLike[str] = ".", *, secrets_file: str | None = "secrets.env") -> list[str]:
        """Write ``fly.toml``, the side files, and the secrets if there are any, into a folder.

        Each file appears whole or not at all. That of the secrets, which ``fly secrets import`` reads, may be read
        by its owner only.

        :param secrets_file: what the file of the secrets is called; with None it is not written.
        :return: the paths of what was written.
        :raises OSError: when a file can't be written.
        """
        written = [_write(folder, "fly.toml", self.toml.encode(), 0o666)]
        written += [_write(folder, path, content, 0o666) for path, content in self.files.items()]
        if self.secrets and secrets_file is not None:
            written.append(_write(folder, secrets_file, self.secrets.to_text().encode(), 0o600))
        return written


@dataclass(frozen=True)
class FlyCheck:
    """What there is to say about a fly.toml."""

    diagnostics: tuple[Diagnostic, ...]
    """All of them, errors included."""
    fixed: str | None = field(repr=False)
    """The text with all mistakes mended for which there is only one way, comments and layout kept; None
    if there are none."""
    files: tuple[str, ...]
    """The local files that it names."""
    dockerfile: str | None
    """The one of them that flyctl looks for from fly.toml's folder, and not from the current one."""


@dataclass(frozen=True)
class FlyImport:
    """What a fly.toml is in Score's words."""

    score: str
    """The text of the Score file."""
    diagnostics: tuple[Diagnostic, ...]
    """What Score has no words for, with warnings and notes."""


def convert(
    score: Text,
    *,
    overrides: Iterable[Text] = (),
    override_properties: Iterable[str] = (),
    outputs: Text | None = None,
    image: str | None = None,
    app_prefix: str = "",
    region: str | None = None,
    files: Files | None = None,
    inline_files: bool = False,
    containers: types.Containers = "auto",
    existing: Text | None = None,
    toml_dir: str | os.PathLike[str] = ".",
    levels: types.Levels | None = None,
) -> Conversion:
    """Convert a Score file into a Fly app.

    :param score: the Score file: its text, its bytes, a path, or its data as a mapping. All but a
        path may come as a pair with the name that diagnostics call it.
    :param overrides: documents that are merged over it, from left to right.
    :param override_properties: ``path=value``; an empty value removes the key.
    :param outputs: outputs of resources, by name or ``type.class#id``:
        ``{"db": {"values": {"host": "h"}, "secrets": {"password": "p"}}}``.
    :param image: stands in for the image ``.``.
    :param app_prefix: put before the workload's name to make the app's.
    :param region: the primary region.
    :param files: content of files that the workload mounts. With a path as ``score``, files that
        are not given are read relative to it.
    :param inline_files: write the content of files into fly.toml where it can stand there.
    :param containers: whether the workload runs in Fly's containers: ``auto`` if it needs them,
        ``always``, or ``never``, with which what needs them is an error.
    :param existing: a fly.toml to write over; its comments, order and further keys stay.
    :param toml_dir: where fly.toml will be written; only matters with a path as ``score``.
    :param levels: which diagnostics are not told, and which are errors, by their codes:
        ``{"allow": ["port-mismatch"], "deny": ["plaintext-secret"], "denyWarnings": False}``. Errors of a
        Score file are told in any case.
    :raises ScoreFlyError: with everything that is wrong.
    :raises OSError: when a path can't be read.
    """
    body = request(
        score,
        overrides=overrides,
        override_properties=override_properties,
        outputs=outputs,
        files=files,
        existing=existing,
        image=image,
        app_prefix=app_prefix,
        region=region,
        inline_files=inline_files,
        containers=containers,
        toml_dir=toml_dir,
        levels=levels,
    )
    answer: types.ConvertResponse = json.loads(_native.convert_json(dumps(body)))
    if answer["status"] == "failure":
        raise ScoreFlyError(read(answer["diagnostics"]))
    return Conversion(
        toml=answer["toml"],
        config=answer["config"],
        secrets=Secrets(answer["secrets"], answer["secretsText"]),
        scale=answer.get("scale", {}),
        files={path: _content(content) for path, content in answer["files"].items()},
        diagnostics=read(answer["diagnostics"]),
    )


def check(
    score: Text,
    *,
    overrides: Iterable[Text] = (),
    override_properties: Iterable[str] = (),
    outputs: Text | None = None,
    image: str | None = None,
    app_prefix: str = "",
    region: str | None = None,
    files: Files | None = None,
    inline_files: bool = False,
    containers: types.Containers = "auto",
    existing: Text | None = None,
    levels: types.Levels | None = None,
) -> tuple[Diagnostic, ...]:
    """Find mistakes in a Score file. Outputs and files that are not given are taken to exist.

    Gives all diagnostics, errors included, and raises nothing for them. The parameters are those
    of :func:`convert`.
    """
    try:
        body = request(
            score,
            overrides=overrides,
            override_properties=override_properties,
            outputs=outputs,
            files=files,
            existing=existing,
            image=image,
            app_prefix=app_prefix,
            region=region,
            inline_files=inline_files,
            containers=containers,
            levels=levels,
        )
    except ScoreFlyError as error:
        return error.diagnostics
    answer: types.CheckResponse = json.loads(_native.check_json(dumps(body)))
    return read(answer["diagnostics"])


def requirements(
    score: Text,
    *,
    overrides: Iterable[Text] = (),
    override_properties: Iterable[str] = (),
    on_diagnostic: Callable[[Diagnostic], object] | None = None,
) -> types.Requirements:
    """List what a Score file needs: resources with the outputs it refers to, files, images.

    :param on_diagnostic: is called with each warning and note, such as ``found.append``.
    :raises ScoreFlyError: with everything that is wrong.
    """
    body = request(score, overrides=overrides, override_properties=override_properties)
    answer: types.RequirementsResponse = json.loads(_native.requirements_json(dumps(body)))
    if answer["status"] == "failure":
        raise ScoreFlyError(read(answer["diagnostics"]))
    _tell(on_diagnostic, answer["diagnostics"])
    return answer["requirements"]


def check_fly(config: Text, *, files: Files | None = None, levels: types.Levels | None = None) -> FlyCheck:
    """Find mistakes in a fly.toml: those that flyctl finds, and those that only a deploy would show.

    Gives all diagnostics, errors included, and raises nothing for them.

    :param config: the fly.toml: its text, its bytes, a path, or its data as a mapping. All but a
        path may come as a pair with the name that diagnostics call it. A text is read as JSON or
        YAML if its name ends in ``.json`` or ``.yaml``.
    :param files: content of the local files that it names, and of those that its machine config names.
        With a path as ``config``, files that are not given are looked for as flyctl does: a Dockerfile
        in fly.toml's folder, all others in the current directory, and then in fly.toml's folder, where
        ``fly deploy FOLDER`` finds them. Otherwise they are taken to exist.
    :param levels: which diagnostics are not told, and which are errors, as :func:`convert` takes it.
    :raises OSError: when ``config`` can't be read.
    """
    try:
        body = fly_request(config, files=files, levels=levels)
    except ScoreFlyError as error:
        return FlyCheck(diagnostics=error.diagnostics, fixed=None, files=(), dockerfile=None)
    answer: types.CheckFlyResponse = json.loads(_native.check_fly_json(dumps(body)))
    return FlyCheck(
        diagnostics=read(answer["diagnostics"]),
        fixed=answer["fixed"],
        files=tuple(answer["files"]),
        dockerfile=answer["dockerfile"],
    )


def machine_config(
    config: Text,
    *,
    group: str | None = None,
    files: Files | None = None,
    on_diagnostic: Callable[[Diagnostic], object] | None = None,
) -> types.MachineConfig:
    """Work out the machine config that flyctl sends for a fly.toml.

    It lacks what only a deploy knows: the image that is built, the ids of volumes, and the metadata
    of the release.

    :param config: the fly.toml, as :func:`check_fly` takes it.
    :param group: the process group whose machines are meant; without it the default one.
    :param files: content of the local files that it names, such as :attr:`Conversion.files`. With a
        path as ``config``, files that are not given are read as :func:`check_fly` finds them.
    :param on_diagnostic: is called with each warning and note, such as ``found.append``.
    :raises ScoreFlyError: with everything that is wrong.
    :raises OSError: when ``config`` can't be read.
    """
    body = fly_request(config, group=group, files=files)
    answer: types.MachineConfigResponse = json.loads(_native.machine_config_json(dumps(body)))
    if answer["status"] == "failure":
        raise ScoreFlyError(read(answer["diagnostics"]))
    _tell(on_diagnostic, answer["diagnostics"])
    return answer["machine"]


def import_fly(config: Text) -> FlyImport:
    """Make a Score file of a fly.toml: converting it gives an app that flyctl makes the same machines of.

    :param config: the fly.toml, as :func:`check_fly` takes it.
    :raises ScoreFlyError: with everything that is wrong.
    :raises OSError: when ``config`` can't be read.
    """
    body = fly_request(config, local=False)
    answer: types.ImportResponse = json.loads(_native.import_fly_json(dumps(body)))
    if answer["status"] == "failure":
        raise ScoreFlyError(read(answer["diagnostics"]))
    return FlyImport(score=answer["score"], diagnostics=read(answer["diagnostics"]))


def plan(
    config: Text,
    *,
    observed: types.Observed | None = None,
    options: types.PlanOptions | None = None,
    policy: types.Policy | None = None,
    files: Files | None = None,
    levels: types.Levels | None = None,
    on_diagnostic: Callable[[Diagnostic], object] | None = None,
) -> types.Plan:
    """Decide what a deploy of a fly.toml does. Nothing is asked of Fly, and nothing is done.

    :param config: the fly.toml, as :func:`check_fly` takes it.
    :param observed: what there is, as Fly's APIs answer it, such as ``{"app": {…}, "machines": […]}``; without it,
        nothing. Keys that are not known are passed over.
    :param options: what is to be beyond fly.toml: the organization, the image, how many machines, and so on.
    :param policy: what is allowed, and which part of the app is meant.
    :param files: content of the local files that it names, as :func:`machine_config` takes it.
    :param levels: codes that are not to be told, and codes that are errors, as :func:`check_fly` takes them.
    :param on_diagnostic: is called with each warning and note, such as ``found.append``.
    :raises ScoreFlyError: with everything that is wrong.
    :raises OSError: when ``config`` can't be read.
    """
    fly = fly_request(config, files=files)
    body: types.PlanRequest = {"config": fly["config"], "files": fly["files"], "positionEncoding": "utf-32"}
    if levels is not None:
        body["levels"] = levels
    if observed is not None:
        body["observed"] = observed
    if options is not None:
        body["options"] = options
    if policy is not None:
        body["policy"] = policy
    answer: types.PlanResponse = json.loads(_native.plan_json(dumps(body)))
    if answer["status"] == "failure":
        raise ScoreFlyError(read(answer["diagnostics"]))
    _tell(on_diagnostic, answer["diagnostics"])
    return answer["plan"]


def stamp(machine: Mapping[str, Any]) -> types.ReleaseStamp | None:
    """Read what a machine says about its release: version, commit, note, and what it went back to.

    >>> import score_fly
    >>> score_fly.stamp({"metadata": {"score_fly_version": "1.4.2"}})["version"]
    '1.4.2'

    :param machine: the machine as the Machines API shows it; or its config, or its metadata.
    :return: None if it says nothing of a release.
    :raises ScoreFlyError: when it can't be read at all.
    """
    body: types.StampRequest = {"machine": machine}
    answer: types.StampResponse = json.loads(_native.stamp_json(dumps(body)))
    if answer["status"] == "failure":
        raise ScoreFlyError(read(answer["diagnostics"]))
    return answer["stamp"]


def explain(code: str) -> str:
    """The page about a diagnostic code, in Markdown.

    :raises KeyError: when there is no such code.
    """
    page = _native.explain(code)
    if page is None:
        raise KeyError(code)
    return page


def schema(name: Literal["score", "facade"] = "score") -> dict[str, Any]:
    """A JSON Schema.

    :param name: ``score`` for the one of Score files, ``facade`` for the one that
        :mod:`score_fly.types` is made from.
    """
    text = {"score": _native.score_schema_json, "facade": _native.facade_schema_json}[name]()
    schema: dict[str, Any] = json.loads(text)
    return schema


def _content(content: types.FileContent) -> bytes:
    return content["text"].encode() if "text" in content else base64.b64decode(content["base64"])


def _tell(on_diagnostic: Callable[[Diagnostic], object] | None, views: Iterable[types.DiagnosticView]) -> None:
    if on_diagnostic is not None:
        for diagnostic in read(views):
            on_diagnostic(diagnostic)


def _write(folder: str | os.PathLike[str], path: str, content: bytes, mode: int) -> str:
    """Writes a file by renaming one beside it, so that it is never seen half."""
    target = os.path.join(folder, path)
    beside = os.path.dirname(target) or "."
    os.makedirs(beside, exist_ok=True)
    temporary = os.path.join(beside, f".score-fly-{os.urandom(8).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    return target
