"""The whole path on Larkfield's data: a waiver refused to the wrong person and granted by the right one."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.app import build

Opsbot = Callable[..., Result]
ASK = ("--reason", "Waits for the customs office", "--until", "2026-12-11")


@pytest.fixture
def folder(larkfield_folder: Path, tmp_path: Path) -> Path:
    """A copy of Larkfield's folder."""
    return shutil.copytree(larkfield_folder, tmp_path / "larkfield")


@pytest.fixture
def opsbot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opsbot:
    """The command line in Larkfield's folder."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str) -> Result:
        return CliRunner().invoke(build(), ["--in", str(folder), *words])

    return call


def test_refused_to_the_wrong_person_granted_by_the_right_one_and_revoked(opsbot: Opsbot) -> None:
    asked = opsbot("waive", "book-931", *ASK, "--as", "bo")
    assert asked.exit_code == 0
    assert "Waiver 1 is asked for: BOOK-931, flow-aging-wip, until 2026-12-11." in asked.stdout
    assert "the value stream owner, today ana" in asked.stdout
    assert "BOOK-931" in opsbot("findings", "--product", "booking-portal").stdout

    for wrong in ("bo", "hana"):
        refused = opsbot("waivers", "approve", "1", "--as", wrong)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert (
            "granted by its value stream owner, or a delegate. Today that is ana. [right-elsewhere]"
            in refused.stderr
        )

    granted = opsbot("waivers", "approve", "1", "--as", "ana")
    assert granted.exit_code == 0
    assert "BOOK-931 is waived until 2026-12-11" in granted.stdout
    assert ", waived 1." in opsbot("judge").stdout
    listed = opsbot("findings", "--product", "booking-portal").stdout
    assert "BOOK-931" not in listed
    assert "1 waived: opsbot findings --waived" in listed
    assert "BOOK-931" in opsbot("findings", "--waived").stdout
    assert "approved by ana" in opsbot("waivers").stdout

    revoked = opsbot("waivers", "revoke", "1", "--as", "ana", "--reason", "Customs answered")
    assert "BOOK-931 is open." in revoked.stdout
    assert "BOOK-931" in opsbot("findings", "--product", "booking-portal").stdout
    assert "revoked by ana" in opsbot("waivers", "list", "--all").stdout


def test_a_critical_one_is_for_the_portfolio_owner_or_her_delegate(opsbot: Opsbot) -> None:
    asked = opsbot("waive", "PAY-664", *ASK, "--as", "gia")
    assert "the portfolio owner, today hana, ana" in asked.stdout
    refused = opsbot("waivers", "approve", "1", "--as", "finn")
    assert refused.exit_code == 2
    assert "Waivers of critical findings for Billing are granted by the portfolio owner" in refused.stderr
    assert opsbot("waivers", "approve", "1", "--as", "ana").exit_code == 0
    (waiver, *of_the_model) = json.loads(opsbot("waivers", "--json").stdout)
    assert (waiver["state"], waiver["decided_by"], waiver["covers_critical"]) == ("approved", "ana", True)
    assert [one["where"] for one in of_the_model] == ["waivers[0]"]


def test_the_operator_acts_where_nobody_is_named_and_decides_nothing_that_is_not_his(opsbot: Opsbot) -> None:
    assert opsbot("waive", "BOOK-931", *ASK).exit_code == 0
    assert "asked by omar" in opsbot("waivers").stdout
    assert opsbot("waivers", "approve", "1").exit_code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["waive", "NOPE-1", *ASK], "No finding is open on NOPE-1."),
        (["waive", "BOOK-931", *ASK, "--as", "dev"], "dev is not cleared"),
        (["waive", "BOOK-931", *ASK, "--as", "ivo"], "ivo has left."),
        (["waive", "BOOK-931", *ASK, "--as", "nobody"], "nobody is not one of the people"),
        (["waive", "BOOK-931", "--reason", "x", "--until", "soon"], "does not match the format"),
        (["waive", "BOOK-931", "--reason", "x", "--until", "2028-01-01"], "90d at most"),
        (["waivers", "approve", "7", "--as", "ana"], "There is no waiver 7. [waiver-impossible]"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(opsbot: Opsbot, words: list[str], says: str) -> None:
    refused = opsbot(*words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert says in refused.stderr


def test_a_key_with_several_findings_lists_the_choices(opsbot: Opsbot, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "opsbot.db")) as store:
        store.execute("UPDATE findings SET key = 'BOOK-931' WHERE key = 'BOOK-962'")
        store.commit()
        ids = [id_ for (id_,) in store.execute("SELECT id FROM findings WHERE key = 'BOOK-931'")]
    refused = opsbot("waive", "BOOK-931", *ASK)
    assert refused.exit_code == 2
    assert len(ids) == 2
    assert all(id_ in refused.stderr for id_ in ids)
    assert opsbot("waive", ids[0], *ASK).exit_code == 0
