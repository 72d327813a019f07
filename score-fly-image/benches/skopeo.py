#!/usr/bin/env python3
"""Pushes the same archives with the example `push` and with skopeo, in turn, to Debian's docker-registry.

    cargo build --release --package score-fly-image --example push
    python3 score-fly-image/benches/skopeo.py [--rounds 5] [--ways skopeo,gzip,...] [MEGABYTES...]

Both get a plain docker-archive, since Debian's skopeo can't read compressed ones. The registry is emptied and skopeo's
cache removed before each run. Times are those of the best round, which is the one that was disturbed least; how much
they vary stands beside them.
"""

import argparse
import hashlib
import io
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

MB = 1_000_000
PUSH = Path(__file__).parents[2] / "target/release/examples/push"
USER, PASSWORD = "x", "fm2_a,fm2_b=="


def binaries(size, skip):
    """Programs and libraries of this machine, from the `skip`th byte on, and from the first one again after the last."""
    paths = [path for folder in ["/usr/lib", "/usr/bin", "/usr/sbin"] for path in sorted(Path(folder).rglob("*"))]
    paths = [path for path in paths if path.is_file() and not path.is_symlink() and path.stat().st_size >= 20_000]
    # No two layers are the same.
    folder = f"from-{skip}"
    skip %= sum(path.stat().st_size for path in paths)
    left, files = size, []
    while True:
        for path in paths:
            length = path.stat().st_size
            if skip >= length:
                skip -= length
                continue
            skip = 0
            content = path.read_bytes()[:left]
            files.append((f"{folder}/{len(files)}{path}", content))
            left -= len(content)
            if left <= 0:
                return files


def logs(size, seed):
    """Lines as servers write them."""
    chance, lines, length = random.Random(seed), [], 0
    while length < size:
        line = (
            f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}Z "
            f"{chance.choice(['GET', 'GET', 'POST'])} /api/{chance.choice(['users', 'orders', 'items'])}/{chance.randint(1, 99999)} "
            f"{chance.choice([200, 200, 200, 404, 500])} {chance.random() * 100:.3f}ms\n"
        )
        lines.append(line)
        length += len(line)
    return [("var/log/app.log", "".join(lines).encode())]


def layer(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def archive(path, megabytes):
    """A docker-archive as nix writes it: programs, libraries, logs and what can't be compressed."""
    parts = max(1, megabytes // 500)
    config = {"os": "linux", "architecture": "amd64", "config": {"Cmd": ["/bin/true"]}, "rootfs": {"type": "layers", "diff_ids": []}}
    names = []
    with tarfile.open(path, "w") as tar:

        def add(name, content):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))

        for part in range(parts):
            unit = megabytes * MB // parts
            for files in [
                binaries(unit * 20 // 100, part * 7_000_000),
                binaries(unit * 37 // 100, 100_000_000 + part * 11_000_000),
                logs(unit * 15 // 100, part),
                [(f"data-{part}", random.Random(part).randbytes(unit * 28 // 100))],
            ]:
                content = layer(files)
                digest = hashlib.sha256(content).hexdigest()
                config["rootfs"]["diff_ids"].append(f"sha256:{digest}")
                names.append(f"{digest}/layer.tar")
                add(names[-1], content)
        text = json.dumps(config).encode()
        name = f"{hashlib.sha256(text).hexdigest()}.json"
        add(name, text)
        add("manifest.json", json.dumps([{"Config": name, "RepoTags": ["bench:1"], "Layers": names}]).encode())


class Registry:
    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        line = subprocess.run(["htpasswd", "-Bbn", USER, PASSWORD], check=True, capture_output=True).stdout
        (folder / "htpasswd").write_bytes(line)
        (folder / "config.yml").write_text(
            f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/store}}}}\n"
            f"http: {{addr: '{self.address}'}}\nauth: {{htpasswd: {{realm: here, path: {folder}/htpasswd}}}}\n"
        )

    def __enter__(self):
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(["docker-registry", "serve", self.folder / "config.yml"], stdout=log, stderr=log)
        host, port = self.address.split(":")
        for _ in range(200):
            try:
                socket.create_connection((host, int(port))).close()
                break
            except OSError:
                time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def stored(self):
        return sum(path.stat().st_size for path in (self.folder / "store").rglob("data"))


def run(command, **options):
    """Seconds, CPU seconds and the peak of memory in MiB."""
    start = time.monotonic()
    process = subprocess.Popen(command, **options)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = status
    if status != 0:
        sys.exit(f"failed: {command}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def ours(path, registry, *flags, stdin=False):
    command = [PUSH, "-" if stdin else path, f"{registry.address}/bench:1", *flags]
    environment = {**os.environ, "REGISTRY_USER": USER, "REGISTRY_PASSWORD": PASSWORD}
    options = {"env": environment, "stdout": subprocess.PIPE, "stdin": open(path, "rb") if stdin else subprocess.DEVNULL}
    return run(command, **options)


def skopeo(path, registry):
    shutil.rmtree("/var/lib/containers/cache", ignore_errors=True)
    shutil.rmtree(Path.home() / ".local/share/containers/cache", ignore_errors=True)
    return run(
        ["skopeo", "copy", "--quiet", "--insecure-policy", "--format", "v2s2", "--dest-tls-verify=false"]
        + [f"--dest-creds={USER}:{PASSWORD}", f"docker-archive:{path}", f"docker://{registry.address}/bench:1"]
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[500, 2000], metavar="MEGABYTES")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    parser.add_argument("--ways", type=lambda names: ["skopeo", *names.split(",")])
    arguments = parser.parse_args()
    sizes = arguments.sizes
    if arguments.make:
        return archive(arguments.make, *sizes)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for size in sizes:
            path = folder / "image.tar"
            # In another process: the peak of a program's memory begins with what its parent had.
            subprocess.run([sys.executable, __file__, "--make", path, str(size)], check=True)
            subprocess.run(["cat", path], check=True, stdout=subprocess.DEVNULL)
            total = path.stat().st_size / MB
            print(f"\n{total:.0f} MB", flush=True)
            print("| push | wall s | to | MB/s | CPU s | peak MiB | MB in registry | times skopeo |")
            print("| --- | --- | --- | --- | --- | --- | --- | --- |")
            ways = {
                "skopeo": lambda registry: skopeo(path, registry),
                "gzip": lambda registry: ours(path, registry),
                "gzip from stdin": lambda registry: ours(path, registry, stdin=True),
                "zstd": lambda registry: ours(path, registry, "--zstd"),
                "not compressed": lambda registry: ours(path, registry, "--keep"),
            }
            ways = {name: push for name, push in ways.items() if name in (arguments.ways or ways)}
            measured = {name: [] for name in ways}
            stored = {}
            for _ in range(arguments.rounds):
                for name, push in ways.items():
                    registry = Registry(folder)
                    with registry:
                        measured[name].append(push(registry))
                        stored[name] = registry.stored() / MB
            base = min(wall for wall, _, _ in measured["skopeo"])
            for name, runs in measured.items():
                wall, cpu, _ = (min(column) for column in zip(*runs))
                slowest, _, peak = (max(column) for column in zip(*runs))
                print(
                    f"| {name} | {wall:.2f} | {slowest:.2f} | {total / wall:.0f} | {cpu:.1f} | {peak:.0f} | {stored[name]:.1f} "
                    f"| {base / wall:.2f} |",
                    flush=True,
                )
            with Registry(folder) as registry:
                cache = folder / "cache"
                cache.unlink(missing_ok=True)
                for name, flags in [("again, with a cache", ["--cache", cache]), ("again, without", [])]:
                    ours(path, registry, *flags)
                    before = registry.stored()
                    wall, cpu, peak = ours(path, registry, *flags)
                    added = registry.stored() - before
                    print(f"| {name} | {wall:.2f} | | | {cpu:.1f} | {peak:.0f} | {added} bytes more | |", flush=True)


if __name__ == "__main__":
    main()
