"""The README's examples, run."""

import doctest
import pathlib

import score_fly

README = pathlib.Path(__file__).parent.parent / "README.md"


def test_readme() -> None:
    done = doctest.testfile(str(README), module_relative=False)
    assert done.attempted > 0
    assert done.failed == 0


def test_docstrings() -> None:
    done = doctest.testmod(score_fly)
    assert done.attempted > 0
    assert done.failed == 0
