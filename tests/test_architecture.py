"""The shape of the house: which floor may import which, and what each floor may not do."""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
FLOORS = ("config", "rules", "connectors", "bot")  # each may import itself and those before it
FILES = sorted(path.relative_to(ROOT) for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py"))
PURE = [path for path in FILES if path.parts[0] == "rules" or path.stem.startswith("parse")]

READS_OR_WRITES = {
    *(
        "aiohttp",
        "aiosqlite",
        "asyncio",
        "asyncpg",
        "http",
        "httpx",
        "io",
        "logging",
        "os",
        "pathlib",
        "requests",
    ),
    *(
        "shutil",
        "slack_bolt",
        "slack_sdk",
        "socket",
        "sqlite3",
        "structlog",
        "subprocess",
        "tempfile",
        "threading",
    ),
    *("time", "urllib"),
}
DRAWERS = {"base", "common", "core", "helper", "helpers", "manager", "misc", "shared", "util", "utils"}
VENDORS = ("connectors.jira", "connectors.github")
CHOOSES_CONNECTORS = {"bot/sources.py", "bot/demo.py"}  # the table of connectors, and the servers of the demo


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Full names of everything a file imports, also inside of functions."""

    def names() -> Iterator[str]:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: imports are absolute"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    return frozenset(names())


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def test_all_floors_are_looked_at() -> None:
    assert {path.parts[0] for path in FILES} == set(FLOORS)


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down_only(floor: str) -> None:
    above = set(FLOORS[FLOORS.index(floor) + 1 :])
    wrong = {str(path): packages(path) & above for path in FILES if path.parts[0] == floor}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_no_floor_imports_the_tests_or_the_benchmarks() -> None:
    assert [path for path in FILES if packages(path) & {"tests", "benchmarks", "pytest", "hypothesis"}] == []


def test_rules_and_parsers_read_and_write_nothing() -> None:
    wrong = {str(path): packages(path) & READS_OR_WRITES for path in PURE}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_rules_and_parsers_read_no_clock_and_open_nothing() -> None:
    assert [f"{path}:{line}" for path in PURE for line in _impure_calls(path)] == []


def _impure_calls(path: Path) -> Iterator[int]:
    """Lines that ask a datetime or date for the present, open a file, or run SQL."""
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(value=ast.Name(id="datetime" | "date"), attr="now" | "today" | "utcnow"):
                yield node.lineno
            case ast.Attribute(attr="execute" | "create_engine" | "read_text" | "write_text"):
                yield node.lineno
            case ast.Name(id="open" | "print" | "input" | "exec" | "eval"):
                yield node.lineno


def test_impure_calls_are_found(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("datetime.now(UTC)\nother.now()\nopen('x')\nconnection.execute(q)\ndate.today()\n")
    assert list(_impure_calls(sample)) == [1, 3, 4, 5]


def test_one_file_speaks_http_and_one_speaks_bolt() -> None:
    http = [str(path) for path in FILES if "httpx" in packages(path) and path.stem != "sandbox"]
    bolt = [str(path) for path in FILES if "slack_bolt" in packages(path)]
    assert (http, bolt) == (["connectors/transport.py"], ["bot/slack/app.py"])


def test_the_bot_knows_vendors_only_where_connectors_are_chosen() -> None:
    knows = {
        str(path)
        for path in FILES
        if path.parts[0] == "bot" and any(n.startswith(VENDORS) for n in imported(path))
    }
    assert knows <= CHOOSES_CONNECTORS


def test_connectors_do_not_know_each_other() -> None:
    folders = {path.parts[1] for path in FILES if path.parts[0] == "connectors" and len(path.parts) > 2}
    for path in FILES:
        if path.parts[0] == "connectors" and len(path.parts) > 2:
            others = {f"connectors.{folder}" for folder in folders - {path.parts[1], "larkfield"}}
            assert not [n for n in imported(path) if n.startswith(tuple(f"{o}." for o in others))], path


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=str)
def test_no_file_is_long_or_a_drawer(path: Path) -> None:
    lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{lines} lines: a file does one thing"
    assert path.stem not in DRAWERS, "name what it does"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_the_first_line_says_what_a_module_is_for(path: Path) -> None:
    first = (ast.get_docstring(parsed(path)) or "").partition("\n")[0]
    assert first or not (ROOT / path).read_text(encoding="utf-8").strip()


def test_every_rule_of_the_catalog_has_its_cases_and_no_cases_lack_a_rule() -> None:
    catalog = [YAML(typ="safe").load(path) for path in sorted((ROOT / "rules" / "catalog").glob("*.yaml"))]
    rules = [rule["id"] for rule in chain.from_iterable(catalog)]
    cases = [path.stem for path in (ROOT / "tests" / "rules" / "cases").glob("*.yaml")]
    assert rules
    assert sorted(rules) == sorted(cases)
