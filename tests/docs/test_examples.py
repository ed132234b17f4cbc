"""What the pages show beside commands: models load, rules judge their cases, settings and code are known."""

import ast
import json
import re
import shlex
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from documentation import PAGES, ROOT, SHELL, blocks, fenced
from rule_records import pull, review

from config.calendar import WorkingTime
from config.load import load_model
from config.model import OperatingModel
from config.settings import load_settings
from config.yaml import read_yaml
from rules.evaluate import Context
from rules.facts.table import Fact, Type
from rules.judge import judge
from rules.rule import Rule, read_rule

TOLD_ELSEWHERE = {*SHELL, "", "text", "toctree"}
"""Commands run in test_commands.py; text is a picture, or what a command says."""
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CALENDAR = WorkingTime("office", ZoneInfo("UTC"), {}, frozenset())


def yaml_examples() -> Iterator[tuple[Path, Any]]:
    for page in PAGES:
        for block in blocks(page, "yaml"):
            document = read_yaml(block.encode(), page.name)
            assert not document.mistakes, document.mistakes
            yield page, document.content


def kind(content: Any) -> str | None:
    """Which of the forms of the project it has; None for one that no test would look at."""
    match content:
        case None:
            return "comment"
        case {"given": _, "cases": _}:
            return "cases"
        case Mapping() if content.keys() <= OperatingModel.model_fields.keys():
            return "model"
        case list() if all(isinstance(one, Mapping) and "violates" in one for one in content):
            return "rules"
    return None


def of_kind(wanted: str) -> list[tuple[Path, Any]]:
    return [(page, content) for page, content in yaml_examples() if kind(content) == wanted]


def rules_shown() -> dict[str, Rule]:
    read = [read_rule(one, page.name) for page, content in of_kind("rules") for one in content]
    return {rule.id: rule for rule in read}


def code(marker: str) -> str:
    """The one Python block of the guides that holds the marker."""
    found: list[str] = [block for page in PAGES for block in blocks(page, "python") if marker in block]
    assert len(found) == 1
    return found[0]


def test_no_block_is_of_a_kind_that_no_test_reads() -> None:
    known = TOLD_ELSEWHERE | {"yaml", "ini", "json", "python"}
    assert {language for page in PAGES for language, _ in fenced(page)} <= known
    assert [(page.name, content) for page, content in yaml_examples() if kind(content) is None] == []


def test_every_operating_model_shown_loads(tmp_path: Path) -> None:
    """A part of a model is completed by the people and products it leaves out."""
    shown = of_kind("model")
    assert len(shown) >= 6
    for number, (_, content) in enumerate(shown):
        path = tmp_path / f"{number}.yaml"
        path.write_text(json.dumps(content, default=str), encoding="utf-8")
        assert load_model(path).model.model_fields_set >= content.keys()


def test_every_rule_shown_judges_as_its_cases_say() -> None:
    (rule,) = rules_shown().values()
    ((_, told),) = of_kind("cases")
    blank = dict.fromkeys(fact.name for fact in rule.table.stored) | {"governed": True, "fresh": True}
    for case in told["cases"]:
        row = {**blank, **told["given"], **case.get("facts", {})}
        said = judge(rule, row, Context(NOW, CALENDAR, rule.parameters)).word
        assert said == case["verdict"], case["case"]


def test_the_backup_shown_is_a_whole_copy(tmp_path: Path) -> None:
    (line,) = (x for page in PAGES for b in blocks(page, *SHELL) for x in b.splitlines() if "backup" in x)
    with closing(sqlite3.connect(tmp_path / "opsbot.db")) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("create table told (it)")
        subprocess.run([sys.executable, *shlex.split(line)[1:]], cwd=tmp_path, check=True)  # noqa: S603 - our guide's
    with closing(sqlite3.connect(tmp_path / "backup.db")) as copy:
        assert copy.execute("select count(*) from told").fetchone() == (0,)


def test_every_setting_shown_is_taken(tmp_path: Path) -> None:
    shown = [block for page in PAGES for block in blocks(page, "ini")]
    assert len(shown) >= 2
    (secret := tmp_path / "secret").write_text("key", encoding="utf-8")
    for block in shown:
        written = re.sub(r"/run/secrets/\S+", str(secret), block.replace("…", "x").replace("<cloudId>", "1"))
        (tmp_path / ".env").write_text(written, encoding="utf-8")
        assert load_settings(tmp_path / ".env", {}).sources


def test_the_editor_is_pointed_at_a_schema_that_is_there() -> None:
    (shown,) = (json.loads(block) for page in PAGES for block in blocks(page, "json"))
    assert [path for path in shown["yaml.schemas"] if not (ROOT / path).exists()] == []


def test_the_fact_shown_is_one_and_its_value_counts() -> None:
    fact, value = code('"sent_back"').split("# and in the row that derive() gives\n")
    shown = eval(f"[{fact}]", {"Fact": Fact, "Type": Type})  # noqa: S307 - the example of our own guide
    assert [one.name for one in shown] == ["sent_back"]
    one = pull(reviews=(review("ana", "changes_requested"), review("eva", "approved")))
    assert eval(f"{{{value}}}", {"pull": one}) == {"sent_back": 1}  # noqa: S307 - the same


def test_the_command_shown_is_the_shortest_there_is() -> None:
    shown = code("COMMAND = ").strip()
    assert shown in (ROOT / "bot" / "slack" / "commands" / "version.py").read_text(encoding="utf-8")


def test_the_test_shown_is_written_as_those_that_run() -> None:
    imported, shown = ast.parse(textwrap.dedent(code("ConnectorLaws"))).body
    assert isinstance(imported, ast.ImportFrom)
    assert isinstance(shown, ast.ClassDef)
    laws = (ROOT / "tests" / "connectors" / "contract.py").read_text(encoding="utf-8")
    assert [name.name for name in imported.names if name.name not in laws] == []
    assert [f.name for f in shown.body if isinstance(f, ast.FunctionDef) and f.name not in laws] == []
