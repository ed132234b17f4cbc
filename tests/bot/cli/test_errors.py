"""`opsbot errors` as it is typed."""

import json

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import build
from bot.errorbook import ALL, TABLES


def errors(*words: str) -> Result:
    return CliRunner().invoke(build(), ["errors", *words])


def test_all_are_listed_by_what_they_are_about() -> None:
    told = errors().stdout
    listed = [line.split()[0] for line in told.splitlines() if line.startswith("   ")]
    assert listed == list(ALL)
    assert [line[:-1] for line in told.splitlines() if line.endswith(":")] == list(TABLES)


@pytest.mark.parametrize("name", ["model-unknown-key", "[model-unknown-key]"])
def test_one_is_told_whole_also_as_it_stands_in_a_message(name: str) -> None:
    entry = ALL["model-unknown-key"]
    answer = errors(name)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "model-unknown-key",
        f"  means     {entry.means}",
        f"  because   {entry.cause}",
        f"  do this   {entry.cure}",
    ]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    answer = errors("model-unknow-key")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == (
        "There is no error model-unknow-key. Did you mean model-unknown-key? [command-unknown]\n"
    )
    assert errors("xyzzy").stderr == "There is no error xyzzy. All: opsbot errors [command-unknown]\n"


def test_programs_read_one_or_all() -> None:
    (one,) = json.loads(errors("internal", "--json").stdout)
    assert (one["name"], set(one)) == ("internal", {"name", "means", "cause", "cure"})
    assert [each["name"] for each in json.loads(errors("--json").stdout)] == list(ALL)
