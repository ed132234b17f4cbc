"""Each thing to try, played for real on one demo: what it promises is what the store and the output say."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from bot.cli.tryout import typed
from bot.tryout.play import play
from bot.tryout.scripts import SCRIPTS
from bot.tryout.steps import Command
from bot.unusable import CannotStartError

Play = Callable[[str], str]


@pytest.fixture
def demo(larkfield_folder: Path, tmp_path: Path) -> Path:
    """A folder of the demo for this test alone."""
    return shutil.copytree(larkfield_folder, tmp_path / "opsbot-demo")


@pytest.fixture
def played(demo: Path, capsys: pytest.CaptureFixture[str]) -> Play:
    """Plays a script and gives all that a person reads; every command ended as the story has it."""

    def of(name: str) -> str:
        code = asyncio.run(play(SCRIPTS[name], demo, typed, print))
        out, err = capsys.readouterr()
        assert code == 0, out + err
        return out + err

    return of


def rows(folder: Path, query: str) -> Sequence[Any]:
    with closing(connect(folder / "opsbot.db")) as database:
        return database.execute(query).fetchall()


HAPPENED = """
    select h.event, f.rule, f.key from finding_history h join findings f on f.id = h.finding
    where h.id > (select count(*) from demo.finding_history) order by h.id
"""


def happened(demo: Path, name: str) -> Sequence[Any]:
    """What a script made happen to findings."""
    with closing(connect(demo / f"try-{name}" / "opsbot.db")) as database:
        database.execute("attach ? as demo", (str(demo / "opsbot.db"),))
        return database.execute(HAPPENED).fetchall()


def test_a_waiver_is_refused_to_the_wrong_and_granted_by_the_right_person(played: Play, demo: Path) -> None:
    text = played("waiver")
    assert text.count("Today that is ana.") == 2
    assert "Waiver 1 is approved by ana." in text
    place = demo / "try-waiver"
    assert rows(place, "select distinct state from findings where key = 'BOOK-931'") == [("waived",)]
    acts = [("bo", "waiver-requested"), ("ana", "waiver-approved")]
    assert rows(place, "select who, event from ledger order by id") == acts
    played("waiver")
    assert rows(place, "select who, event from ledger order by id") == acts
    assert rows(demo, "select count(*) from ledger") == [(0,)]


def test_a_changed_threshold_does_what_was_foretold(played: Play, demo: Path) -> None:
    text = played("threshold")
    assert "Would open 1, close 1, worsen 0" in text
    assert "Told to: #prod-platform 1 in its next digest." in text
    assert "New 1, inherited 0, resolved 1" in text
    assert "did you mean dev-platform?" in text
    assert sorted(happened(demo, "threshold")) == [
        ("opened", "flow-aging-wip", "PLAT-645"),
        ("resolved", "flow-review-waiting", "larkfield/platform-deploy#268"),
    ]


def test_while_jira_is_broken_verdicts_are_unknown_and_nothing_resolves(played: Play, demo: Path) -> None:
    text = played("outage")
    assert "Jira answered 503" in text
    assert "github: complete" in text
    down, back = text.split("Jira is back.")
    assert "what jira said is too old to judge by" in down
    assert "too old to judge by" not in back
    ended = [event for event in happened(demo, "outage") if event[0] in {"resolved", "closed"}]
    assert ended == [("resolved", "model-health-source-stale", "jira")]


def test_what_is_fixed_in_jira_is_read_resolved_and_told(played: Play, demo: Path) -> None:
    text = played("fix")
    assert "What got better\n• PAY-664" in text
    assert ("resolved", "flow-blocked-too-long", "PAY-664") in happened(demo, "fix")
    ((read,),) = rows(
        demo / "try-fix", "select records from syncs where source = 'jira' order by id desc limit 1"
    )
    ((all_of_it,),) = rows(demo, "select count(*) from records where source = 'jira'")
    assert 0 < read < all_of_it / 50
    changed = (
        "select before, after, by is not null from changes where field = 'flagged' order by at desc limit 1"
    )
    assert rows(demo / "try-fix", changed)[0][2] == 1


def test_exports_are_judged_and_a_model_is_proposed_that_can_be_used(played: Play, demo: Path) -> None:
    text = played("yours")
    assert "questions only you can answer" in text
    assert "model     none" in text
    assert (demo / "try-yours" / "proposed" / "company.yaml").exists()
    assert "accountability-product-without-owner" in text.partition("--model")[2]


def test_without_a_demo_it_is_played_first(
    larkfield_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def instead(folder: Path, _say: object) -> None:
        shutil.copytree(larkfield_folder, folder, dirs_exist_ok=True)

    monkeypatch.setattr("bot.demo.play", instead)
    monkeypatch.setenv("OPSBOT_NOW", "2020-01-01T00:00:00Z")
    said: list[str] = []
    typed_words: list[list[str]] = []

    def run(words: list[str]) -> int:
        typed_words.append(words)
        return 0

    code = asyncio.run(play(SCRIPTS["threshold"], tmp_path / "none", run, said.append))
    assert said[0] == f"There is no demo in {tmp_path / 'none'} yet: it is played first."
    assert code == 1, "a command that did not end as the story has it is told"
    assert any("the story expects 2" in line for line in said)
    assert all(words[:2] == ["--in", str(tmp_path / "none" / "try-threshold")] for words in typed_words)


def test_settings_of_the_environment_are_put_aside_however_they_are_written(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("opsbot_now", "1999-01-01T00:00:00Z")
    monkeypatch.setenv("Opsbot_Database", "sqlite:////nowhere/opsbot.db")
    met: list[str] = []

    def run(_words: list[str]) -> int:
        met.extend(name for name in os.environ if name.upper().startswith("OPSBOT_"))
        return 0

    asyncio.run(play(SCRIPTS["threshold"], demo, run, lambda _: None))
    assert met == []
    assert {"opsbot_now", "Opsbot_Database"} <= set(os.environ)


def test_while_one_plays_in_a_folder_another_is_refused(demo: Path) -> None:
    refused: list[str] = []

    def run(_words: list[str]) -> int:
        with pytest.raises(CannotStartError, match=r"is being tried already.*\[command-busy\]") as error:
            asyncio.run(play(SCRIPTS["yours"], demo, typed, print))
        refused.append(str(error.value))
        return 0

    asyncio.run(play(SCRIPTS["threshold"], demo, run, lambda _: None))
    assert refused
    asyncio.run(play(SCRIPTS["threshold"], demo, lambda _: 0, lambda _: None))


def test_every_command_says_why_it_is_typed_and_what_it_shows() -> None:
    assert list(SCRIPTS) == ["waiver", "threshold", "outage", "fix", "yours"]
    commands = [step for s in SCRIPTS.values() for step in s.steps if isinstance(step, Command)]
    assert all(step.why.endswith((".", "?")) and step.seen.endswith(".") for step in commands)
