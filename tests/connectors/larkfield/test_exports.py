"""Larkfield's exports are the same every time, and can be read as what they say they are."""

import json
from pathlib import Path

from connectors.file.client import connect
from connectors.file.found import Counting, Found
from connectors.larkfield.exports import write_exports
from connectors.larkfield.generate import larkfield


async def found(path: Path) -> Found:
    counting = Counting()
    async for page in connect("export", path).pages(None):
        assert not page.problems
        counting.add(page.records)
    return counting.found()


async def test_the_jira_export_is_read_without_a_problem_and_tells_categories_of_statuses(
    tmp_path: Path,
) -> None:
    there = await found(write_exports(tmp_path)[0])
    assert 300 < there.items < 900
    assert {project for project, _ in there.projects} >= {"BOOK", "TRK", "PAY", "PLAT", "OPS"}
    assert {s.name: s.category for s in there.statuses}["In Progress"] == "indeterminate"
    assert there.people >= 10


def test_the_same_world_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_exports(tmp_path / "a", larkfield())]
    assert first == [path.read_bytes() for path in write_exports(tmp_path / "b")]


def test_each_repository_has_what_gh_would_print(tmp_path: Path) -> None:
    files = {path.name: path for path in write_exports(tmp_path)}
    tracking = json.loads(files["tracking-pulls.json"].read_text())
    assert all(p["url"].startswith("https://github.com/larkfield/tracking/pull/") for p in tracking)
    pulls = [p for name, path in files.items() if "pulls" in name for p in json.loads(path.read_text())]
    assert {"OPEN", "MERGED"} <= {p["state"] for p in pulls}
    assert any(name.endswith("-issues.json") for name in files)
