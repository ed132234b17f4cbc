import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.frame import MORE
from bot.cli.model import NOT_YET, app
from config.example import example_path, smallest_path
from config.model import OperatingModel

LARKFIELD = str(example_path())
BAD = Path(__file__).parents[2] / "config" / "mistakes"
runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})


def test_check_counts_what_the_model_holds() -> None:
    result = runner.invoke(app, ["check", LARKFIELD])
    assert result.exit_code == 0
    assert "has no mistakes (22 files)" in result.stdout
    assert ["products", "6"] in [line.split() for line in result.stdout.splitlines()]


def test_check_prints_every_mistake_on_a_line_and_exits_with_two() -> None:
    result = runner.invoke(app, ["check", str(BAD / "keys.yaml")])
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 12
    assert lines[0].startswith(f"{BAD / 'keys.yaml'}:2: compny is not a key; ")
    assert lines[-2:] == ["10 mistakes", MORE]
    assert result.stdout == ""


def test_check_looks_at_rules_too_and_says_what_nothing_acts_on_yet(tmp_path: Path) -> None:
    model = tmp_path / "m.yaml"
    model.write_text("profile: starter\nproducts:\n  shop: {rules: {flow-agin-wip: off}}\n")
    result = runner.invoke(app, ["check", str(model)])
    assert result.exit_code == 2
    assert "there is no rule flow-agin-wip; see: opsbot rules; did you mean flow-aging-wip?" in result.stderr
    model.write_text("rollout: []\nproducts:\n  shop: {}\n")
    assert "nothing acts yet on: rollout" in runner.invoke(app, ["check", str(model)]).stdout


def test_check_finds_a_waiver_of_a_rule_that_does_not_exist(tmp_path: Path) -> None:
    model = tmp_path / "m.yaml"
    model.write_text(
        "people: {ana: {}}\nproducts: {shop: {}}\nwaivers:\n"
        "  - {rule: flow-agin-wip, subject: SHOP-1, reason: x, approved_by: ana, until: 2027-01-15}\n"
    )
    result = runner.invoke(app, ["check", str(model)])
    assert result.exit_code == 2
    assert ":4: there is no rule flow-agin-wip" in result.stderr


def test_check_names_idle_keys_inside_sections_once_and_only_those_that_are_used(tmp_path: Path) -> None:
    model = tmp_path / "m.yaml"
    model.write_text(
        "defaults: {quality: {pr_size: 300}}\n"
        "value_streams:\n  pay: {trigger: An invoice is due}\n"
        "products:\n  shop: {goals: []}\n  till: {stage: null, quality: {reviews: 2}}\n"
    )
    said = runner.invoke(app, ["check", str(model)]).stdout.splitlines()
    idle = "products.*.goals, products.*.quality.pr_size, value_streams.*.trigger"
    assert [line.strip() for line in said if "nothing acts" in line] == [f"nothing acts yet on: {idle}"]


def test_every_idle_key_is_a_key_of_the_model() -> None:
    known = OperatingModel.model_json_schema(by_alias=True)
    for key in NOT_YET:
        place = known
        for part in key.split("."):
            place = place["additionalProperties"] if part == "*" else place["properties"][part]
            place = known["$defs"][place["$ref"].rpartition("/")[2]] if "$ref" in place else place


def test_markup_in_a_model_is_text(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text('products: {shop: {owner: "[red]ana"}}')
    assert '"[red]ana"' in runner.invoke(app, ["check", str(tmp_path)]).stderr


def test_show_tells_each_value_with_file_and_line() -> None:
    result = runner.invoke(app, ["show", "carrier-api", "--path", LARKFIELD])
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["owner", "ana", "value-streams/ship.yaml:10"] in rows
    assert ["tier", "2", "company.yaml:49"] in rows
    assert ["kind", "software", "built", "in"] in rows
    assert ["rules.flow-wip-limit.mode", "digest", "company.yaml:63"] in rows
    assert "jira: {project: BOOK, component: Carrier}" in result.stdout


def test_show_without_a_product_shows_all() -> None:
    assert "billing" in runner.invoke(app, ["show", "--path", LARKFIELD]).stdout


def test_show_as_json_is_for_programs() -> None:
    result = runner.invoke(app, ["show", "insights", "--json", "--path", LARKFIELD])
    shown = json.loads(result.stdout)["insights"]
    assert shown["owner"] == {"value": "ivo", "file": f"{LARKFIELD}/products/insights.yaml", "line": 1}
    assert shown["kind"] == {"value": "software", "file": None, "line": None}


def test_an_unknown_product_is_answered_with_the_nearest() -> None:
    result = runner.invoke(app, ["show", "biling", "--path", LARKFIELD])
    assert result.exit_code == 2
    assert result.stderr.startswith("there is no product biling; the model has billing, ")
    assert result.stderr.endswith("did you mean billing? [command-unknown]\n")


def test_the_settings_say_where_the_model_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSBOT_MODEL", str(smallest_path()))
    assert str(smallest_path()) in runner.invoke(app, ["check"]).stdout.replace("\n", "")


def test_help_does_not_load_what_it_does_not_need() -> None:
    heavy = "{'pydantic', 'ruamel', 'holidays'} & set(sys.modules)"
    command = [sys.executable, "-c", f"import bot.cli.model, sys; print({heavy})"]
    result = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    assert result.stdout == "set()\n"
