"""Out of the store and back: what was read is equal afterwards, and so is what is judged by it."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rule_records import at, change, issue, pull, review
from shop import NOW, Shop, story

from bot import rebuild
from bot.rebuild import export, is_empty, restore
from bot.store import findings, loading, quarantine
from bot.store.database import Database
from bot.store.migrate import migrate
from connectors.errors import UnexpectedAnswerError
from connectors.file.client import connect
from connectors.file.lines import Lines
from rules.records import (
    KINDS,
    Component,
    Container,
    Deployment,
    DeploymentStatus,
    Link,
    Ownership,
    Person,
    Record,
    Release,
    Sprint,
    Team,
)

EVERYTHING: tuple[Record, ...] = (
    story(
        "SHOP-1",
        "late",
        'a"b',
        "ü",
        links=(Link("is blocked by", "SHOP-2"),),
        fields={"x": "y"},
        points=3.0,
        sprints=("one", "two"),
        due_on=at("2026-12-01").date(),
        changes=(change("2026-11-03T09:00", "status", "Open", "In Progress"),),
    ),
    story("SHOP-2", changes=None),
    story("SHOP-3", "late"),
    story("TILL-1", "late", changed_at=NOW - timedelta(days=9)),
    issue(7),
    pull(8, reviews=(review("bo"),), closes=("SHOP-1",), paths=("a.py",), checks="failing"),
    Person("jira", "p1", "ana", "Ana", email=None, active=False),
    Container(
        "github",
        "r1",
        "larkfield/tracking",
        "repository",
        "tracking",
        public=True,
        components=(Component("Door", "ana"),),
        ownership=(Ownership("*", ("ana", "shop/web")),),
    ),
    Team("github", "t1", "shop/web", "Web", members=("ana",)),
    Sprint("jira", "4", "Sprint 4", "board:1", "active", starts_at=NOW),
    Release("github", "v1", "shop/till@v1", "shop/till", "v1", released=True, released_at=NOW),
    Deployment(
        "github", "d1", "shop/till@live#1", "shop/till", "live", "main", "abc", NOW, NOW, "github:github:x",
        statuses=(DeploymentStatus("success", NOW),),
    ),
)  # fmt: skip


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Database]:
    """A new database of the kind that is always there."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    """It has read everything; something has gone since, or is hidden, or is held in quarantine."""
    await shop.pull(*EVERYTHING)
    shop.clock.tick()
    await shop.pull(shop.changed(story("SHOP-2"), "late"), cursor="further")
    await shop.withdraw("deleted", "SHOP-3")
    await shop.withdraw("access_lost", "TILL-1")
    async with shop.database.write() as connection:
        await quarantine.put(connection, "jira", {"SHOP-2": "its status is null", "9": "?"}, shop.clock())
    return shop


async def written(database: Database, file: Path) -> bytes:
    lines = b"".join([f"{line}\n".encode() async for line in export(database)])
    file.write_bytes(lines)  # noqa: ASYNC240 - nothing else is waiting
    return lines


def test_these_are_all_kinds_of_records() -> None:
    assert {record.KIND for record in EVERYTHING} == set(KINDS)


async def test_what_is_restored_exports_as_the_same_bytes(
    shop: Shop, other: Database, tmp_path: Path
) -> None:
    first = await written(shop.database, tmp_path / "a.jsonl")
    assert await restore(other, tmp_path / "a.jsonl") == len(EVERYTHING)
    second = await written(other, tmp_path / "b.jsonl")
    # The order of texts is the database's own.
    assert sorted(second.splitlines()) == sorted(first.splitlines())
    if shop.database.embedded:
        assert second == first


async def test_batches_give_the_same_as_one(
    shop: Shop, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await written(shop.database, tmp_path / "a.jsonl")
    monkeypatch.setattr(rebuild, "BATCH", 2)
    assert await written(shop.database, tmp_path / "b.jsonl") == whole
    assert await restore(other, tmp_path / "b.jsonl") == len(EVERYTHING)


async def test_a_restored_store_is_judged_alike(shop: Shop, other: Database, tmp_path: Path) -> None:
    await written(shop.database, tmp_path / "a.jsonl")
    await restore(other, tmp_path / "a.jsonl")
    again = replace(shop, database=other)
    found = []
    for one in (shop, again):
        await one.judge_all()
        async with one.database.read() as connection:
            found.append(sorted(await findings.open_now(connection), key=lambda f: f.id))
    assert found[0] == found[1]
    assert [f.key for f in found[0]] == ["SHOP-1"]  # all others are gone, hidden or in quarantine


async def test_a_restored_source_goes_on_where_it_was(shop: Shop, other: Database, tmp_path: Path) -> None:
    await written(shop.database, tmp_path / "a.jsonl")
    await restore(other, tmp_path / "a.jsonl")
    again = replace(shop, database=other)
    await again.pull()
    assert again.tool.cursors[-1] == "further"
    async with other.read() as connection:
        assert [q.item for q in await quarantine.all_of(connection)] == ["9", "SHOP-2"]
        kept = await loading.of(connection, "work_item", "jira", "TILL-1")
    assert kept is not None
    assert (kept.presence, kept.observed_at) == ("access_lost", NOW)


async def test_a_file_that_is_cut_off_restores_nothing(shop: Shop, other: Database, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes((await written(shop.database, file))[:-20])
    with pytest.raises(UnexpectedAnswerError, match=r"a\.jsonl:\d+: this is not JSON.*\[export-line\]"):
        await restore(other, file)
    assert await is_empty(other)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda said: said.pop("observed_at"), "it says no 'observed_at'"),
        (lambda said: said.update(observed_at="noon"), "Invalid isoformat string"),
        (lambda said: said.update(presence="away"), "away"),
        (lambda said: said.update(color="red"), "unknown key `color`"),
    ],
)
async def test_a_line_that_is_not_as_it_was_written_is_named(
    shop: Shop, other: Database, tmp_path: Path, change: Callable[[dict[str, Any]], object], says: str
) -> None:
    lines = [json.loads(line) async for line in export(shop.database)]
    change(lines[0])
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(UnexpectedAnswerError) as refused:
        await restore(other, file)
    assert "a.jsonl:1: " in str(refused.value)
    assert says in str(refused.value)


async def test_a_file_as_a_source_takes_the_records_and_leaves_what_is_gone(
    shop: Shop, tmp_path: Path
) -> None:
    await written(shop.database, tmp_path / "a.jsonl")
    source = connect("export", tmp_path / "a.jsonl")
    read = [page async for page in source.pages(None)]
    assert [p for page in read for p in page.problems] == []
    keys = {record.key for page in read for record in page.records}
    assert keys == {record.key for record in EVERYTHING} - {"SHOP-3"}
    assert isinstance(source._parts[0], Lines)  # noqa: SLF001 - that it was recognised, by its first line


async def test_an_empty_store_exports_nothing(other: Database) -> None:
    assert [line async for line in export(other)] == []
    assert await is_empty(other)


async def test_restored_records_are_derived(shop: Shop, other: Database, tmp_path: Path) -> None:
    await written(shop.database, tmp_path / "a.jsonl")
    await restore(other, tmp_path / "a.jsonl")
    again = replace(shop, database=other)
    await again.derive()
    rows = await again.rows(sa.text("SELECT key FROM fact_work_items ORDER BY key"))  # type: ignore[arg-type]
    assert [row.key for row in rows] == ["SHOP-1", "SHOP-2", "TILL-1", "larkfield/tracking#7"]
