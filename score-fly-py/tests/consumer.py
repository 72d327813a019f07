"""A user's script. It is never run: mypy checks it in strict mode."""

from pathlib import Path

import score_fly
from score_fly.types import Config, MachineConfig, Requirements, ServicePort


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


def guests(path: Path, groups: list[str]) -> dict[str, int]:
    memory: dict[str, int] = {}
    for group in groups:
        machine: MachineConfig = score_fly.machine_config(path, group=group)
        guest = machine.get("guest")
        if guest is not None:
            memory[group] = guest.get("memory_mb") or 0
    return memory


def mended(config: Config) -> str | None:
    found: score_fly.FlyCheck = score_fly.check_fly(config, files={"app.conf": b"a = 1"})
    return found.fixed if any(diagnostic.severity == "error" for diagnostic in found.diagnostics) else None


def imported(path: Path) -> str:
    found: score_fly.FlyImport = score_fly.import_fly(path)
    return found.score + "".join(f"# {diagnostic.message}\n" for diagnostic in found.diagnostics)


def report(path: Path) -> str:
    try:
        return score_fly.convert(path).toml
    except score_fly.ScoreFlyError as error:
        lines = [diagnostic.location.start.line for diagnostic in error.diagnostics if diagnostic.location]
        return f"{error} on lines {lines}"
