"""Conversions per second: in this process, on threads, and by starting the command for each file.

    python benches/bench.py [COMMAND]

COMMAND is the command to compare with; `score-fly` on the PATH if absent.
"""

import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile
import time

import score_fly

COUNT = 500


def score(index: int, variables: int) -> str:
    lines = "".join(f"      VARIABLE_{n}: value {n} of ${{metadata.name}}\n" for n in range(variables))
    return (
        f"apiVersion: score.dev/v1b1\nmetadata:\n  name: workload-{index}\n"
        f"containers:\n  main:\n    image: nginx\n    variables:\n{lines}"
        "service:\n  ports:\n    http: {port: 80, targetPort: 8080}\n"
    )


def timed(name: str, work: object) -> float:
    assert callable(work)
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    print(f"{name:<28} {COUNT / seconds:10.0f} files/s")
    return seconds


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else "score-fly"
    with tempfile.TemporaryDirectory() as folder:
        for size in (20, 500):
            paths = [pathlib.Path(folder) / f"{size}-{index}.yaml" for index in range(COUNT)]
            for index, path in enumerate(paths):
                path.write_text(score(index, size))
            print(f"{COUNT} files of {paths[0].stat().st_size} bytes")

            def one_by_one() -> None:
                for path in paths:
                    score_fly.convert(path)

            def on_threads(count: int) -> None:
                with concurrent.futures.ThreadPoolExecutor(count) as pool:
                    for _ in pool.map(score_fly.convert, paths):
                        pass

            def by_command() -> None:
                for path in paths:
                    subprocess.run([command, "convert", str(path)], check=True, stdout=subprocess.DEVNULL)

            one = timed("in process", one_by_one)
            two = timed("in process, 2 threads", lambda: on_threads(2))
            cli = timed("a process for each", by_command)
            print(f"{'in process / command':<28} {cli / one:10.1f} times")
            print(f"{'2 threads / 1':<28} {one / two:10.2f} times")


if __name__ == "__main__":
    main()
