"""Every command as it is typed: its results, its exit code, and one sentence where something is wrong."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect

import httpx
import pytest
import respx
from commands import called
from postgres import Server
from shop import MODEL

from bot.cli.frame import MORE
from connectors.jira import client as jira

CANARY = "canary-4711"
CSV = """Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Priority,Status Category
SHOP-1,1,Story,In Progress,Sell a lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,High,In Progress
"""
UNREAD = "SHOP-2,2,Story,In Progress,Sell a desk,some day,some day,High,In Progress\n"
ACCESS = {"OPSBOT_SOURCES__JIRA__USER": "ana", "OPSBOT_SOURCES__JIRA__TOKEN": CANARY}


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Opsbot = Callable[..., Answer]


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Opsbot:
    """The command line in a folder with the shop's model; nothing it prints may hold the canary."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "operating-model").mkdir()
    (tmp_path / "operating-model" / "model.yaml").write_text(
        f"{MODEL}\ndigests: {{all: {{to: products, at: daily 09:00}}}}\n", encoding="utf-8"
    )

    def call(*words: str) -> Answer:
        answer = Answer(*called(monkeypatch, capsys, *words))
        assert CANARY not in answer.out + answer.err
        return answer

    return call


def one_sentence(answer: Answer, *words: str) -> None:
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1, answer.err
    assert all(word in answer.err for word in words), answer.err
    assert "Traceback" not in answer.err
    assert "mistake of opsbot itself" not in answer.err


def test_what_a_tool_holds_moves_no_cursor(opsbot: Opsbot, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text(CSV.replace("SHOP-1", "SHOP-\x1b[2J\u202e1"), encoding="utf-8")
    answer = opsbot("judge", "--from", "odd.csv")
    assert "SHOP-\ufffd[2J\ufffd1" in answer.out


@pytest.mark.parametrize("word", ["x" * 100_000, "SHOP\udcff", "SHOP\0", "%", "'; --"])
def test_any_word_can_be_asked_about(opsbot: Opsbot, word: str) -> None:
    opsbot("judge")
    one_sentence(opsbot("explain", "--", word), "is no finding", "[command-unknown]")


def test_the_version_is_told(opsbot: Opsbot) -> None:
    assert opsbot("--version").out.startswith("opsbot 0.")


def test_no_model_is_told_with_what_to_do(opsbot: Opsbot) -> None:
    answer = opsbot("--model", "nowhere", "findings")
    assert answer.code == 2
    assert answer.err.splitlines()[0].startswith("nowhere:1: there is no operating model here; ")


def test_a_broken_model_tells_every_mistake_and_makes_no_database(opsbot: Opsbot, tmp_path: Path) -> None:
    Path("broken.yaml").write_text(
        "compny: {}\nproducts: {shop: {owner: nobody, tier: 9}}\n", encoding="utf-8"
    )
    answer = opsbot("--model", "broken.yaml", "judge")
    assert answer.code == 2
    lines = answer.err.splitlines()
    assert lines[-1] == f"3 mistakes to correct in the operating model. {MORE}"
    assert all(line.startswith("broken.yaml:") for line in lines[:-1])
    assert not (tmp_path / "opsbot.db").exists()


def test_a_bad_setting_is_named_and_never_shown(opsbot: Opsbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSBOT_WEB_PORT", CANARY)
    answer = opsbot("findings")
    assert answer.code == 2
    one_sentence(answer, "OPSBOT_WEB_PORT cannot be used; allowed: ")


@pytest.mark.parametrize(
    ("database", "says"),
    [
        ("sqlite:///nowhere/opsbot.db", "No such file or directory. Make its folder, or"),
        ("sqlite:///text.db", "file is not a database"),
        ("sqlite:///operating-model", "cannot be used: Is a directory. Check OPSBOT_DATABASE."),
        ("sqlite:///newer.db", "A newer opsbot wrote it"),
        (f"postgresql://opsbot:{CANARY}@127.0.0.1:1/opsbot", "The database postgresql://opsbot:***@127.0.0.1:1/opsbot"),
        (f"postgresql://opsbot:{CANARY}@127.0.0.1:{CANARY}/opsbot", "OPSBOT_DATABASE is not an address"),
    ],
)  # fmt: skip
def test_a_database_that_cannot_be_used_is_told_in_one_sentence(
    opsbot: Opsbot, database: str, says: str
) -> None:
    Path("text.db").write_text("no database " * 100, encoding="utf-8")
    with closing(connect("newer.db")) as newer:
        newer.executescript(
            "create table alembic_version (version_num text); insert into alembic_version values ('9')"
        )
    answer = opsbot("--database", database, "findings")
    assert answer.code == 2
    one_sentence(answer, says)


def test_what_postgresql_refuses_is_told_in_one_sentence(opsbot: Opsbot, postgres_server: Server) -> None:
    where = f"127.0.0.1:{postgres_server.port}"
    answer = opsbot("--database", f"postgresql://opsbot:{CANARY}@{where}/nowhere", "findings")
    assert answer.code == 2
    one_sentence(answer, f"postgresql://opsbot:***@{where}/nowhere", 'database "nowhere" does not exist')
    answer = opsbot("--database", f"postgresql://nobody:{CANARY}@{where}/postgres", "doctor")
    one_sentence(answer, 'role "nobody" does not exist. Check OPSBOT_DATABASE.')


def test_debug_shows_the_trace_and_still_the_sentence(opsbot: Opsbot) -> None:
    answer = opsbot("--debug", "--database", "sqlite:///nowhere/opsbot.db", "findings")
    assert "Traceback" in answer.err
    assert answer.err.splitlines()[-1].startswith("The database sqlite:///nowhere/opsbot.db cannot be used")


def test_a_mistake_of_ours_is_a_short_report(opsbot: Opsbot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr("bot.book.builtin_rules", fail)
    answer = opsbot("rules")
    assert answer.code == 2
    logged, said = answer.err.splitlines()
    found = re.fullmatch(
        r"A mistake of opsbot itself \(KeyError, ref ([0-9a-f]{8})\): "
        r"run again with --debug and report it\. \[internal\]",
        said,
    )
    assert found
    assert f"reference={found[1]}" in logged
    assert "error=KeyError" in logged
    assert "test_commands.py" in logged  # where it happened


def test_debug_shows_where_a_mistake_of_ours_was_made(
    opsbot: Opsbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("what it was about")

    monkeypatch.setattr("bot.book.builtin_rules", fail)
    answer = opsbot("--debug", "rules")
    assert "Traceback" in answer.err
    assert "what it was about" in answer.err


def test_a_file_that_cannot_be_read_is_named(opsbot: Opsbot) -> None:
    Path("folder.csv").mkdir()
    for path in ("folder.csv", "nowhere.csv"):
        answer = opsbot("judge", "--from", path)
        assert answer.code == 3
        one_sentence(answer, path)


def test_an_unknown_name_is_answered_with_the_nearest(opsbot: Opsbot) -> None:
    one_sentence(
        opsbot("rules", "flow-agin-wip"), "There is no built-in rule", "Did you mean flow-aging-wip?"
    )
    one_sentence(opsbot("findings", "--rule", "hygiene-lat"), "no rule hygiene-lat", "hygiene-late?")
    one_sentence(opsbot("findings", "--product", "xyzzy"), "no product xyzzy", "There are shop and till.")
    one_sentence(opsbot("explain", "SHOP-404"), "SHOP-404 is no finding, key, rule, product", "opsbot sync")
    one_sentence(opsbot("explain", "hygiene-lat"), "Did you mean hygiene-late (rule)")
    one_sentence(opsbot("explain", "teams.front.wpi"), "Did you mean teams.front.wip (path of the model)?")
    one_sentence(
        opsbot("sync", "nowhere"), "There is no source nowhere to read; the model has: jira, github."
    )
    one_sentence(opsbot("digest", "--dry-run", "lunch"), "No digest goes there.")
    assert opsbot("explain", "SHOP-404").code == 2
    assert opsbot("nonsense").code == 2


def test_sync_tells_of_each_source_what_it_lacks(opsbot: Opsbot) -> None:
    answer = opsbot("sync")
    assert answer.code == 3
    *told, more = answer.err.splitlines()
    assert [line.partition(":")[0] for line in told] == ["jira", "github"]
    assert "Set OPSBOT_SOURCES__JIRA__USER " in answer.err
    assert more == MORE


def test_programs_read_how_a_sync_went(opsbot: Opsbot) -> None:
    jira, github = json.loads(opsbot("sync", "--json").out)
    assert jira == {
        "source": "jira",
        "outcome": "failed",
        "read": 0,
        "changed": 0,
        "says": "Source jira has no user. Set OPSBOT_SOURCES__JIRA__USER to the e-mail of the account the "
        "token belongs to. [source-credentials]",
        "error": "source-credentials",
        "problems": [],
    }
    assert github["source"] == "github"
    _file_source(UNREAD)
    answer = opsbot("sync", "--json")
    (export,) = json.loads(answer.out)
    assert answer.code == 3
    assert (export["outcome"], export["says"], export["error"]) == ("partial", None, None)
    assert [(p["scope"], p["error"]) for p in export["problems"]] == [("line 3 of export.csv", "export-line")]


def test_a_source_that_is_down_or_refuses_us_is_told_and_stays_as_it_was(
    opsbot: Opsbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPSBOT_SOURCES__JIRA__URL", "http://127.0.0.1:1")
    monkeypatch.setitem(jira.connect.__kwdefaults__, "sleep", _at_once)
    answer = opsbot("sync", "jira")
    assert answer.code == 3
    assert answer.out == "jira: failed, 0 records read, 0 changed\n"
    assert "Traceback" not in answer.err
    with respx.mock(base_url="http://127.0.0.1:1") as tool:
        tool.route().mock(return_value=httpx.Response(401))
        refused = opsbot("sync", "jira")
    assert refused.code == 3
    assert refused.err.splitlines()[1:] == [
        "  Jira refused the sign-in (401). Check token, user and address. [source-credentials]"
    ]
    with closing(connect("opsbot.db")) as database:
        assert database.execute("select count(*) from cursors").fetchone() == (0,)
        assert database.execute("select distinct outcome from syncs").fetchall() == [("failed",)]


def _file_source(*lines: str) -> None:
    """The model's only source is a file with these lines."""
    Path("operating-model/model.yaml").write_text("sources: [{id: export, file: export.csv}]\n")
    Path("export.csv").write_text(CSV + "".join(lines), encoding="utf-8")


def test_where_nobody_watches_the_log_is_told_how_far_a_sync_is(
    opsbot: Opsbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file_source()
    monkeypatch.setattr("bot.progress.EVERY", 0)  # else only what takes longer is told
    answer = opsbot("sync")
    assert answer.code == 0
    assert "pulling" in answer.err
    assert "source=export" in answer.err
    assert "pulling" not in opsbot("judge").err


def test_a_source_that_is_read_in_part_is_told_by_the_exit_code(opsbot: Opsbot) -> None:
    _file_source(UNREAD)
    answer = opsbot("sync")
    assert answer.code == 3
    assert answer.out.startswith("export: partial, ")


async def _at_once(_seconds: float) -> None:
    """No test waits."""


def test_the_model_is_explained_before_anything_was_read(opsbot: Opsbot) -> None:
    assert opsbot("explain", "shop").out.startswith("shop  Shop")
    assert "No verdict yet" in opsbot("explain", "hygiene-late").out
    assert "teams.front.wip.story  1" in opsbot("explain", "teams.front.wip").out


def test_what_is_judged_can_be_listed_and_explained_and_read_by_programs(opsbot: Opsbot) -> None:
    judged = opsbot("judge", "--json")
    assert judged.code == 0
    assert json.loads(judged.out)["findings"] == []
    assert json.loads(opsbot("findings", "--json").out) == []
    assert opsbot("findings").out.startswith("No open finding matches.")
    explained = json.loads(opsbot("explain", "shop", "--json").out)
    assert (explained["kind"], explained["id"], explained["itself"]["key"]) == ("product", "shop", "shop")
    assert opsbot("explain", "shop").out.startswith("shop  Shop")
    assert "judged by" in opsbot("judge").out


def test_an_export_is_judged_and_fails_a_pipeline_from_the_severity_asked_for(opsbot: Opsbot) -> None:
    Path("export.csv").write_text(CSV, encoding="utf-8")
    assert "1 item, " in opsbot("judge", "--from", "export.csv").out
    worst = json.loads(opsbot("judge", "--from", "export.csv", "--json").out)["findings"][0]["severity"]
    assert worst == "warn"
    assert opsbot("judge", "--from", "export.csv").code == 0
    codes = {
        t: opsbot("judge", "--from", "export.csv", "--fail-on", t).code for t in ("info", "warn", "high")
    }
    assert codes == {"info": 1, "warn": 1, "high": 0}
    assert not Path("opsbot.db").exists()


def test_lines_of_an_export_that_cannot_be_read_are_told_by_the_exit_code(opsbot: Opsbot) -> None:
    Path("export.csv").write_text(CSV + UNREAD, encoding="utf-8")
    assert opsbot("judge", "--from", "export.csv").code == 3
    codes = [opsbot("judge", "--from", "export.csv", "--fail-on", t).code for t in ("warn", "high")]
    assert codes == [1, 3]


def test_digests_are_shown_without_being_remembered(opsbot: Opsbot) -> None:
    opsbot("judge")
    one_sentence(
        opsbot("digest"), "There is no Slack token: set OPSBOT_SLACK_BOT_TOKEN, or look with --dry-run."
    )
    shown = opsbot("digest", "--dry-run", "shop")
    assert shown.code == 0
    assert shown.out.splitlines()[:2] == ["── #shop " + "─" * 66, "nothing new: stays silent"]
    with closing(connect("opsbot.db")) as database:
        assert database.execute("select count(*) from digests").fetchone() == (0,)


def test_the_doctor_fails_where_something_fails(opsbot: Opsbot) -> None:
    answer = opsbot("doctor", "--offline")
    assert answer.code == 1
    assert "FAIL  jira: access: Source jira has no user." in answer.out
    assert answer.out.splitlines()[-1].endswith("checks, 2 failed")
    assert answer.err.splitlines()[-1] == MORE


def test_programs_read_what_the_doctor_says(opsbot: Opsbot) -> None:
    answer = opsbot("doctor", "--offline", "--json")
    assert answer.code == 1
    told = json.loads(answer.out)
    checks = {check.pop("name"): check for check in told["checks"]}
    assert told["failed"] == 2
    assert (checks["jira: access"]["state"], checks["jira: access"]["error"]) == (
        "fail",
        "source-credentials",
    )
    assert checks["jira: webhooks"]["error"] == "webhook-secret"
    assert checks["packages"] == {"state": "ok", "detail": "opsbot's own", "remedy": "", "error": None}


def test_rules_are_listed_and_told_whole(opsbot: Opsbot) -> None:
    assert "flow-aging-wip" in opsbot("rules").out
    assert "violated by age_days > sle_days" in opsbot("rules", "flow-aging-wip").out
    (told,) = json.loads(opsbot("rules", "flow-aging-wip", "--json").out)
    assert (told["id"], told["violates"]) == ("flow-aging-wip", "age_days > sle_days")


def test_the_manifest_can_be_pasted(opsbot: Opsbot) -> None:
    assert "socket_mode_enabled" in opsbot("slack", "manifest").out
    manifest = json.loads(
        opsbot("slack", "manifest", "--http", "https://ops.example", "--command", "/gov").out
    )
    assert manifest["features"]["slash_commands"][0]["command"] == "/gov"


def test_another_folder_brings_its_model_and_database(opsbot: Opsbot, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "operating-model").mkdir(parents=True)
    (other / "operating-model" / "m.yaml").write_text("people: {ana: {}}\nproducts: {lamp: {owner: ana}}\n")
    assert "lamp" in opsbot("--in", "other", "model", "show", "lamp").out
    opsbot("--in", "other", "judge")
    assert (other / "opsbot.db").exists()
    assert not (tmp_path / "opsbot.db").exists()
