"""The command line as a whole: every command is listed, has help, and costs nothing to list."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bot.cli.app import build

NAMES = [
    "demo", "try", "init", "discover", "run", "sync", "judge", "sources", "census", "digest", "findings",
    "explain", "rules", "report", "simulate", "waive", "people", "export", "restore", "doctor", "errors",
    "model", "waivers", "slack",
]  # fmt: skip
HEAVY = {"sqlalchemy", "fastapi", "slack_bolt", "httpx", "pydantic", "aiohttp", "structlog"}


def test_help_lists_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from bot.cli.app import run\n"
        "try: run()\n"
        f"finally: print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    listed = [line.split()[0] for line in ran.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed[: len(NAMES)] == NAMES
    assert ran.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "words", [*([n] for n in NAMES), ["model", "check"], ["model", "show"], ["slack", "manifest"]]
)
def test_every_command_has_help(words: list[str]) -> None:
    answer = CliRunner().invoke(build(), [*words, "--help"])
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 4
