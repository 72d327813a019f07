"""A user's script. It is never run: mypy checks it in strict mode."""

from pathlib import Path

import score_fly
from score_fly.types import Requirements, ServicePort


def ports(path: Path) -> list[int]:
    app = score_fly.convert(path, outputs={"db": {"host": "h"}}, overrides=[Path("overrides.yaml")])
    found: list[int] = []
    for service in app.config.get("services", []):
        port: ServicePort
        for port in service.get("ports", []):
            number = port.get("port")
            if number is not None:
                found.append(number)
    return found


def needs(text: str) -> list[str]:
    wanted: Requirements = score_fly.requirements(text)
    return [f"{resource['name']}: {resource['type']}" for resource in wanted["resources"]]


def report(path: Path) -> str:
    try:
        return score_fly.convert(path).toml
    except score_fly.ScoreFlyError as error:
        lines = [diagnostic.location.start.line for diagnostic in error.diagnostics if diagnostic.location]
        return f"{error} on lines {lines}"
