"""Secrets that don't show themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Secrets(Mapping[str, str]):
    """The app's secrets by name. Its ``repr`` shows the names only."""

    __slots__ = ("_values", "_text")

    def __init__(self, values: Mapping[str, str], text: str) -> None:
        self._values = dict(values)
        self._text = text

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return dict(self) == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return "Secrets({" + ", ".join(f"{name!r}: …" for name in self._values) + "})"

    def to_text(self) -> str:
        """The text that ``fly secrets import`` reads from its standard input."""
        return self._text
