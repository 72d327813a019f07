"""
The native half of the package: JSON text in, JSON text out.
"""

from _typeshed import SupportsGetItem
from typing import Final

__all__ = ["__version__", "check_fly_json", "check_json", "convert_json", "decode_json", "explain", "facade_schema_json", "fly_needs_json", "import_fly_json", "machine_config_json", "main", "needs_json", "plan_json", "requirements_json", "score_schema_json", "stamp_json"]

__version__: Final[str]

def check_fly_json(request: str) -> str:
    """
    Finds mistakes in a fly.toml. Takes and gives JSON.
    """

def check_json(request: str) -> str:
    """
    Finds mistakes in a Score file. Takes and gives JSON.
    """

def convert_json(request: str) -> str:
    """
    Converts a Score file. Takes and gives JSON.
    """

def decode_json(name: str, data: bytes) -> str:
    """
    Decodes the bytes of a text. Gives JSON.
    """

def explain(code: str) -> str | None:
    """
    The page about a diagnostic code, or None.
    """

def facade_schema_json() -> str:
    """
    The JSON Schema of what the other functions take and give, as JSON.
    """

def fly_needs_json(request: str) -> str:
    """
    Says what a request about a fly.toml still lacks. Takes and gives JSON.
    """

def import_fly_json(request: str) -> str:
    """
    Makes a Score file of a fly.toml. Takes and gives JSON.
    """

def machine_config_json(request: str) -> str:
    """
    Works out the machine config that flyctl sends for a fly.toml. Takes and gives JSON.
    """

def main(arguments: SupportsGetItem[int, str]) -> int:
    """
    Runs the command line and gives its exit code.
    """

def needs_json(request: str) -> str:
    """
    Says what a request about a Score file still lacks. Takes and gives JSON.
    """

def plan_json(request: str) -> str:
    """
    Decides what a deploy of a fly.toml does. Takes and gives JSON.
    """

def requirements_json(request: str) -> str:
    """
    Lists what a Score file needs from the world. Takes and gives JSON.
    """

def score_schema_json() -> str:
    """
    The JSON Schema of Score files, as JSON.
    """

def stamp_json(request: str) -> str:
    """
    Reads what a machine says about its release. Takes and gives JSON.
    """
