"""Anybody can judge an export without an account; what is no export is refused in a sentence."""

import json
from pathlib import Path

import pytest
from shop import NOW

from bot.export import ExportReport, judge_export
from connectors.errors import ConnectorError

CSV = """Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Assignee,Priority,Status Category
SHOP-1,1,Story,In Progress,Sell a lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,,High,In Progress
SHOP-2,2,Bug,Done,Mend a lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,ana,Low,Done
"""
MODEL = """
people: {ana: {email: ana@example.com}}
sources: [{id: jira, jira: shop.atlassian.net, every: 10m}]
profile: strict
products:
  shop: {owner: ana, work: [{jira: {project: SHOP}}]}
"""


def written(folder: Path, text: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


async def judged(path: Path, model: Path | None = None) -> ExportReport:
    return await judge_export(path, model, lambda: NOW)


async def test_a_csv_alone_is_counted_and_judged_by_rules_that_need_no_model(tmp_path: Path) -> None:
    told = await judged(written(tmp_path, CSV))
    text = told.as_text()
    assert "2 items" in text
    assert "projects  SHOP 2" in text
    assert "model     none: rules about products and pointers wait for one (--model)" in text
    assert "history   none in this export" in text
    assert not any(c.rule.startswith(("traceability-", "model-health-")) for c in told.judged.counts)
    assert "accountability-active-unassigned" in {c.rule for c in told.judged.counts}
    assert [line.key for line in told.judged.lines] == ["SHOP-1"]


async def test_unknown_is_said_with_its_reason(tmp_path: Path) -> None:
    told = await judged(written(tmp_path, CSV))
    reasons = dict(told.judged.why_unknown)
    assert reasons
    assert all("unknown; SHOP-1: " in why and why[-1] != " " for why in reasons.values())
    assert "What could not be judged, and why:" in told.as_text()


async def test_with_a_model_the_export_stands_for_its_jira(tmp_path: Path) -> None:
    model = written(tmp_path, MODEL, "model.yaml")
    told = await judged(written(tmp_path, CSV), model)
    assert {line.product for line in told.judged.lines} == {"shop"}
    assert "model     none" not in told.as_text()
    assert json.loads(json.dumps(told.as_json()))["projects"] == {"SHOP": 2}


async def test_a_project_that_no_selector_names_is_said(tmp_path: Path) -> None:
    model = written(tmp_path, MODEL.replace("project: SHOP", "project: SHIP"), "model.yaml")
    assert "no selector of the model names: SHOP" in (await judged(written(tmp_path, CSV), model)).as_text()


async def test_coverage_by_a_model_and_what_to_do_next_are_said(tmp_path: Path) -> None:
    model = written(tmp_path, MODEL, "model.yaml")
    more = CSV + "SHIP-1,7,Story,Open,Sell,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,,Low,To Do\n"
    told = await judged(written(tmp_path, more), model)
    assert (told.placed, told.unnamed) == (2, ("SHIP",))
    assert f"model     {model}: 67 % (2 of 3) belong to one of its products" in told.as_text()
    assert f"name SHIP under work: of a product, or under ignore:, in {model}" in told.as_text()


async def test_without_a_model_the_next_step_is_to_have_one_proposed(tmp_path: Path) -> None:
    export = written(tmp_path, CSV)
    assert f"opsbot init --from {export}" in (await judged(export)).as_text()
    told = await judge_export(export, None, lambda: NOW, unused=tmp_path / "operating-model")
    assert "operating-model lies here; it counts with opsbot --model" in told.as_text()
    assert "opsbot init" not in told.as_text()


async def test_what_stands_in_two_files_is_counted_once(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    written(folder, CSV, "a.csv")
    written(folder, CSV.replace("In Progress", "Parked"), "b.csv")
    told = await judged(folder)
    assert told.found.items == 2
    assert "note      2 items stand in the export a second time" in told.as_text()


async def test_a_folder_of_json_lines_is_an_export_too(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    item = {
        "record": "work_item", "source": "export", "id": "1", "key": "SHOP-1", "container": "SHOP",
        "kind": "Story", "title": "Sell", "url": "https://example.com",
        "status": "Open", "audience": "jira:export:SHOP",
        "created_at": "2026-11-02T09:00:00Z", "changed_at": "2026-11-02T09:00:00Z",
    }  # fmt: skip
    written(folder, json.dumps(item) + "\n" + json.dumps({**item, "id": "2", "key": "SHOP-2"}), "items.jsonl")
    told = await judged(folder)
    assert told.found.items == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("empty.csv", "", "empty.csv"),
        ("page.csv", "<!DOCTYPE html><html><body>Log in</body></html>", "page.csv"),
        ("other.csv", "Name,Age\nAna,7\n", "other.csv"),
        ("header.csv", CSV.splitlines()[0] + "\n", "header.csv"),
        ("sheet.xlsx", "PK", "sheet.xlsx"),
        ("bytes.csv", b"\xff\xfe\x00\x01", "bytes.csv"),
    ],
)
async def test_what_is_no_export_is_refused_in_a_sentence_that_names_it(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    with pytest.raises(ConnectorError) as caught:
        await judged(written(tmp_path, text, name))
    assert said in str(caught.value)
    assert str(caught.value).endswith("]")


async def test_a_file_that_is_cut_off_is_judged_as_far_as_it_goes_and_said_to_be_cut(tmp_path: Path) -> None:
    told = await judged(written(tmp_path, CSV + 'SHOP-3,3,Story,Open,"cut of'))
    assert told.found.items == 2
    assert "line 4" in told.problems[0]
    assert "cut off in it" in told.problems[0]


async def test_a_line_that_cannot_be_read_is_told_and_the_rest_is_judged(tmp_path: Path) -> None:
    told = await judged(written(tmp_path, CSV + "SHOP-3,3,Story,Open,Lost,someday,never,,,\n"))
    assert told.found.items == 2
    assert len(told.problems) == 1
    assert f"   not read  {told.problems[0]}" in told.as_text()
