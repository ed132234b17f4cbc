"""How long a newcomer waits for `make demo`: in a fresh clone of what is committed here, without any cache.

    .venv/bin/python benchmarks/first_contact.py

Packages come from the index that pip is set up for: the time to download them depends on the network.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 180  # seconds
PARTS = {"virtual environment": ".venv/bin/python", "packages": ".venv/.ready", "demo": "demo"}
"""What `make demo` does, one after the other, as the targets of the Makefile."""


def main() -> int:
    """Measure and print a Markdown table; 1 where the goal is missed."""
    with tempfile.TemporaryDirectory() as name:
        clone, home = Path(name) / "opsbot", Path(name) / "home"
        home.mkdir()
        nothing_cached = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "PIP_NO_CACHE_DIR": "1"}
        python = f"PYTHON={getattr(sys, '_base_executable', sys.executable)}"
        _seconds(["git", "clone", "--quiet", str(ROOT), str(clone)], Path(name), {})
        took = {
            part: _seconds(["make", python, target], clone, nothing_cached) for part, target in PARTS.items()
        }
    total = sum(took.values())
    print("| part of `make demo` | seconds |\n|---|--:|")
    for part, seconds in took.items():
        print(f"| {part} | {seconds:.1f} |")
    print(f"| **in all** | **{total:.1f}** |")
    print(f"\n{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.", end=" ")
    print(f"Goal: {GOAL} seconds.")
    return int(total > GOAL)


def _seconds(command: Sequence[str], folder: Path, environ: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(  # noqa: S603 - our own Makefile
        command, cwd=folder, env=os.environ | environ, stdout=subprocess.DEVNULL, check=True
    )
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
