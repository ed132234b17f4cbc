"""`opsbot people` as it is typed, beside an export and a directory."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from commands import called

MODEL = """
people:
  ana: {email: ana@example.com, name: Ana Rossi}
  ivo: {jira: Ivo Sand, left: 2026-10-30}
sources: [{id: export, file: export.csv}, {id: people, file: people.csv}]
profile: "off"
products: {shop: {owner: ivo, work: [{jira: {project: SHOP}}]}}
"""
HEADER = "Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Status Category,Assignee\n"
ROW = "SHOP-{n},{n},Story,In Progress,Sell a lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,In Progress,{who}\n"
PEOPLE = "email,name,jira\nana@example.com,Ana Rossi,arossi\n"
Opsbot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Opsbot:
    rows = "".join(ROW.format(n=n, who=who) for n, who in enumerate(("arossi", "Kai Moss", "Ivo Sand"), 1))
    for name, text in {
        "export.csv": HEADER + rows, "people.csv": PEOPLE, "operating-model.yaml": MODEL,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSBOT_MODEL", "operating-model.yaml")
    monkeypatch.setenv("OPSBOT_NOW", "2026-11-24T10:00:00+00:00")
    return partial(called, monkeypatch, capsys)


def test_before_anything_was_read_it_says_what_to_do(opsbot: Opsbot) -> None:
    code, out, _ = opsbot("people")
    assert code == 0
    assert "No tool has told of an account yet: opsbot sync" in out
    assert "somebody's" not in out


def test_everybody_is_listed_with_accounts_and_grounds_and_what_is_left_over(opsbot: Opsbot) -> None:
    opsbot("sync")
    code, out, _ = opsbot("people")
    assert code == 0
    for line in (
        "2 people in the model, 2 accounts: 1 written, 1 by a directory.",
        "   ana (Ana Rossi)  export arossi (directory)",
        "   source  whose is known  e-mail address shown",
        "   export  67 % (2 of 3)   0 % (0 of 3)",
        "   directories: 1 entry, 1 of people of the model",
        "1 account of nobody in the model, those that hold most first:",
        "   export Kai Moss  1 active item",
        "   ivo: left on 2026-10-30 by the model; 1 active item, owner of shop",
    ):
        assert line in out.splitlines()


def test_one_list_alone_is_printed_where_it_is_asked_for(opsbot: Opsbot) -> None:
    opsbot("sync")
    out = opsbot("people", "--unmatched")[1]
    assert ("Kai Moss" in out, "ivo" in out) == (True, False)
    out = opsbot("people", "--departed")[1]
    assert ("Kai Moss" in out, "ivo" in out) == (False, True)


def test_programs_get_all_of_it_as_json(opsbot: Opsbot) -> None:
    opsbot("sync")
    told = json.loads(opsbot("people", "--json")[1])
    assert [m["handle"] for m in told["members"]] == ["ana", "ivo"]
    assert told["unmatched"][0] == {
        "source": "export", "account": "Kai Moss", "name": "Kai Moss", "how": None, "active": True,
        "held": {"items": 1, "pulls": 0}, "directory": None,
    }  # fmt: skip
    assert json.loads(opsbot("people", "--json", "--departed")[1])["members"] == []
