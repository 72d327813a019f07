"""Diagnostics, and the error that carries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from . import types
else:
    from ._lazy import types

Severity = Literal["error", "warning", "note"]

UNSEEN = "data.json"
"""What the text is called that is made of data, for which ``pointer`` is the place."""


@dataclass(frozen=True)
class Position:
    """A place in a text. Columns and offsets count characters, as ``str`` does."""

    line: int
    """Line, from 1."""
    column: int
    """Column, from 1."""
    offset: int
    """Offset from the start of the text, from 0."""


@dataclass(frozen=True)
class Location:
    """A range in a text."""

    source: str
    """The name of the text: a path, or what stands in for one."""
    start: Position
    """Where it starts."""
    end: Position
    """One past where it ends."""

    def __str__(self) -> str:
        return f"{self.source}:{self.start.line}:{self.start.column}"


@dataclass(frozen=True)
class Related:
    """Another place that has to do with a diagnostic."""

    message: str
    location: Location | None


@dataclass(frozen=True)
class Diagnostic:
    """One mistake or remark."""

    code: types.Code
    """The kind, such as ``unknown-field``; see :func:`score_fly.explain`."""
    severity: Severity
    """How bad it is."""
    message: str
    """One sentence."""
    pointer: str
    """JSON Pointer into the Score document, after overrides and upgrades, or into the fly.toml. What is about
    outputs starts with `/outputs`; it is empty for what has no place in any of them."""
    location: Location | None
    """Where it stands, if it stands in a text."""
    help: str | None
    """What to write instead."""
    related: tuple[Related, ...]
    """Other places that matter."""

    def __str__(self) -> str:
        place = self.location or self.pointer
        place = f"{place}: " if place else ""
        text = f"{place}{self.severity}[{self.code}]: {self.message}"
        for other in self.related:
            text += f"\n  {other.location}: {other.message}" if other.location else f"\n  {other.message}"
        if self.help:
            text += "\n  help: " + self.help.replace("\n", "\n        ")
        return text


class ScoreFlyError(ValueError):
    """A Score file or a fly.toml that can't be used. ``diagnostics`` says everything that is wrong with it."""

    diagnostics: tuple[Diagnostic, ...]
    """All errors, with warnings and notes, in the order in which they stand in the texts."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        errors = sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)
        count = "1 error" if errors == 1 else f"{errors} errors"
        return "\n".join([count, *map(str, self.diagnostics)])

    def __reduce__(self) -> tuple[type[ScoreFlyError], tuple[tuple[Diagnostic, ...]]]:
        return (type(self), (self.diagnostics,))


def _position(view: types.Position) -> Position:
    return Position(view["line"], view["column"], view["offset"])


def _location(view: types.LocationView | None) -> Location | None:
    if view is None or view["source"] == UNSEEN:
        return None
    return Location(view["source"], _position(view["start"]), _position(view["end"]))


def read(views: Iterable[types.DiagnosticView]) -> tuple[Diagnostic, ...]:
    """Diagnostics from the native half's answer."""
    return tuple(
        Diagnostic(
            code=view["code"],
            severity=view["severity"],
            message=view["message"],
            pointer=view["pointer"],
            location=_location(view.get("location")),
            help=view.get("help"),
            related=tuple(
                Related(related["message"], _location(related.get("location"))) for related in view["related"]
            ),
        )
        for view in views
    )
