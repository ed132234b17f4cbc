"""`opsbot discover` as it is typed: a first model from the sources, and later what is new."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from commands import called
from rule_records import at, item, pull

from connectors.file import encode
from rules.records import Component, Container, Ownership, Record, Team

SOURCES = "sources: [{id: work, file: work.jsonl}]\n"
GROWN = (
    SOURCES
    + """
people: {ana: {jira: "712:ana"}}
teams: {pay: {github: larkfield/pay}}
products:
  shop: {owner: ana, teams: [pay], work: [{jira: {project: SHOP}}, {github: larkfield/shpo}]}
"""
)
Opsbot = Callable[..., tuple[int, str, str]]


def active(key: str, **parts: object) -> Record:
    return item(key, status="In Progress", status_category="indeterminate", **parts)


def world() -> list[Record]:
    """Two projects, one with a lead, and the repositories of a team."""
    owned = (Ownership("*", ("larkfield/pay",)),)
    names = ("pay-web", "pay-api")
    return [
        Container("x", "SHOP", "SHOP", "project", "Shop", lead="712:ana"),
        Container("x", "WARE", "WARE", "project", "Warehouse", components=(Component("Dock"),)),
        *(
            Container("x", f"larkfield/{n}", f"larkfield/{n}", "repository", n, ownership=owned)
            for n in names
        ),
        Team("x", "1", "larkfield/pay", "Payments", ("ana-r", "kai"), tuple(f"larkfield/{n}" for n in names)),
        active("SHOP-1", assignee="712:bo"),
        active("WARE-1", assignee="712:bo"),
        active("WARE-2"),
        *(pull(n, repository=f"larkfield/{name}", author="ana-r") for n, name in enumerate(names)),
    ]


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Opsbot:
    (tmp_path / "work.jsonl").write_text("".join(encode(r) + "\n" for r in world()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSBOT_MODEL", "model.yaml")
    monkeypatch.setenv("OPSBOT_NOW", at("2026-11-24T10:00").isoformat())
    return partial(called, monkeypatch, capsys)


def modelled(folder: Path, text: str) -> None:
    (folder / "model.yaml").write_text(text, encoding="utf-8")


def test_sources_alone_become_a_model_that_places_everything(opsbot: Opsbot, tmp_path: Path) -> None:
    modelled(tmp_path, SOURCES)
    code, out, _ = opsbot("discover", "--out", "proposed")
    assert code == 0
    for line in (
        "Active items that belong to a product of the model: 0 % (0 of 3)",
        "With everything that is proposed here:              100 % (3 of 3)",
        "   warehouse   medium confidence: a project; 2 active items (67 %)",
        "   payments   high confidence: repositories of one team; 0 active items (0 %)",
        '      - github: "larkfield/pay-*"',
    ):
        assert line in out.splitlines(), out
    shop = (tmp_path / "proposed" / "products" / "shop.yaml").read_text(encoding="utf-8")
    assert "# owner: 712-ana   # candidate only: 712-ana leads SHOP in the tool" in shop
    payments = (tmp_path / "proposed" / "products" / "payments.yaml").read_text(encoding="utf-8")
    assert "teams: [pay]   # proposal: larkfield/pay owns its repositories" in payments
    company = (tmp_path / "proposed" / "company.yaml").read_text(encoding="utf-8")
    assert "  - {id: work, file: work.jsonl}   # as in the model" in company
    assert "  pay: {github: larkfield/pay, members: [ana-r]}   # fact: a team of GitHub" in company
    assert opsbot("model", "check", "proposed")[0] == 0
    out = opsbot("--model", "proposed", "discover")[1]
    assert "Active items that belong to a product of the model: 100 % (3 of 3)" in out
    assert "Nothing new is proposed." in out


def test_nothing_is_written_without_a_folder_in_a_dry_run_or_over_what_is_there(
    opsbot: Opsbot, tmp_path: Path
) -> None:
    modelled(tmp_path, SOURCES)
    assert "write them with --out FOLDER" in opsbot("discover")[1]
    dry = opsbot("discover", "--dry-run", "--out", "proposed")[1]
    assert "- jira: {project: WARE}   # fact: it is there; 2 items" in dry
    assert not (tmp_path / "proposed").exists()
    opsbot("discover", "--out", "proposed")
    code, _, err = opsbot("discover", "--out", "proposed")
    assert (code, "[init-exists]" in err) == (2, True)


def test_a_model_that_grew_hears_what_is_new_and_what_matches_nothing(opsbot: Opsbot, tmp_path: Path) -> None:
    modelled(tmp_path, GROWN)
    code, out, _ = opsbot("discover", "--out", "new")
    assert code == 0
    for line in (
        "Active items that belong to a product of the model: 33 % (1 of 3)",
        "1 new product proposed, with what speaks for each:",
        "For products of the model, to paste under their work:",
        "      - github: larkfield/pay-api",
        "   products.shop.work[1]: repository larkfield/shpo (no tool shows larkfield/shpo)",
    ):
        assert line in out.splitlines(), out
    assert sorted(p.name for p in (tmp_path / "new").rglob("*.*")) == ["QUESTIONS.md", "warehouse.yaml"]


def test_a_new_product_may_name_a_team_and_a_value_stream_of_the_model(
    opsbot: Opsbot, tmp_path: Path
) -> None:
    till = "  till: {owner: ana, teams: [pay], stream: money, work: [{label: till}]}\n"
    modelled(tmp_path, GROWN + till + "value_streams: {money: {}}\n")
    assert opsbot("discover", "--out", "new")[0] == 0
    text = (tmp_path / "new" / "products" / "payments.yaml").read_text(encoding="utf-8")
    assert "teams: [pay]   # proposal: larkfield/pay owns its repositories" in text


def test_without_a_sync_it_takes_what_is_stored_and_says_what_it_cannot_tell(
    opsbot: Opsbot, tmp_path: Path
) -> None:
    modelled(tmp_path, GROWN)
    out = opsbot("discover", "--no-sync")[1]
    assert "Not read completely yet: work. So it is not told which selectors match nothing." in out
    opsbot("sync")
    assert "larkfield/shpo" in opsbot("discover", "--no-sync")[1]


def test_a_source_that_cannot_be_read_is_told_and_ends_with_three(opsbot: Opsbot, tmp_path: Path) -> None:
    modelled(tmp_path, SOURCES)
    (tmp_path / "work.jsonl").unlink()
    code, out, _ = opsbot("discover")
    assert code == 3
    assert "not read  work: " in out


def test_a_model_without_sources_is_told_what_to_write(opsbot: Opsbot, tmp_path: Path) -> None:
    modelled(tmp_path, "people: {ana: {}}\n")
    code, _, err = opsbot("discover")
    assert (code, "{id: jira, jira: my.atlassian.net}" in err, "[command-nothing]" in err) == (2, True, True)


def test_programs_get_everything(opsbot: Opsbot, tmp_path: Path) -> None:
    modelled(tmp_path, GROWN)
    told = json.loads(opsbot("discover", "--json")[1])
    assert (told["active"], told["mapped"], told["would_be_mapped"]) == (3, 1, 3)
    assert told["products"] == [
        {
            "id": "warehouse", "name": "Warehouse", "confidence": "medium", "why": "a project", "active": 2,
            "stream": None, "work": ["jira: {project: WARE}"], "owner_candidates": ["712-bo"],
        }
    ]  # fmt: skip
    assert [a["key"] for a in told["additions"]] == ["larkfield/pay-api", "larkfield/pay-web"]
    assert set(told["files"]) == {"products/warehouse.yaml", "QUESTIONS.md"}


def test_nothing_is_proposed_where_nothing_was_read(opsbot: Opsbot, tmp_path: Path) -> None:
    modelled(tmp_path, SOURCES)
    code, out, _ = opsbot("discover", "--no-sync", "--out", "proposed")
    assert code == 0
    assert "Not read completely yet: work." in out
    assert "to edit" not in out
    assert not list((tmp_path / "proposed").glob("**/*.yaml"))
