"""The tables of errors as one book: whole, without doubles, used, and true about what they name."""

import ast
import contextlib
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import typer
from documentation import CODE, ROOT, names, parse

from bot.errorbook import ALL, TABLES, named
from config.errors import Entry

FLOORS = ("config", "rules", "connectors", "bot")
MODULES = (
    "config.errors",
    "rules.errors",
    "connectors.errors",
    "connectors.file.refusals",
    "bot.errors",
)
FAMILIES = {
    "model", "settings", "rule", "right", "waiver", "source", "export", "database", "service", "slack",
    "webhook", "command", "init", "install", "clock", "system", "internal",
}  # fmt: skip
ENTRIES = [entry for entries in TABLES.values() for entry in entries]


def constants(module: ModuleType) -> dict[str, Entry]:
    return {name: value for name, value in vars(module).items() if isinstance(value, Entry)}


@pytest.mark.parametrize("name", MODULES)
def test_every_entry_of_a_table_file_is_in_its_table(name: str) -> None:
    module = importlib.import_module(name)
    defined = {
        target.id: vars(module)[target.id]
        for statement in tree(Path(str(module.__file__))).body
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1
        for target in statement.targets
        if isinstance(target, ast.Name) and isinstance(vars(module)[target.id], Entry)
    }
    assert tuple(defined.values()) == module.ENTRIES
    assert module.ENTRIES in TABLES.values()


def test_names_are_unique_and_begin_with_a_family() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES) == len(ALL)
    for entry in ENTRIES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.name)
        assert entry.name.partition("-")[0] in FAMILIES
    assert {entry.name.partition("-")[0] for entry in ENTRIES} == FAMILIES


def test_every_entry_is_told_somewhere() -> None:
    used = {name for floor in FLOORS for file in (ROOT / floor).rglob("*.py") for name in uses(file)}
    for name in MODULES:
        for constant in constants(importlib.import_module(name)):
            assert constant in used, f"nothing tells {name}.{constant}"


def uses(file: Path) -> Iterator[str]:
    """Entries that a file names beside listing them in ENTRIES: those it imports, or defines itself."""
    whole = tree(file)
    for node in ast.walk(whole):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield from (alias.name for alias in node.names)  # ruff sees to it that they are used
    if ".".join(file.relative_to(ROOT).with_suffix("").parts) in MODULES:
        for statement in whole.body:
            if isinstance(statement, ast.ClassDef | ast.FunctionDef):
                yield from (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_texts_are_sentences(entry: Entry) -> None:
    for text in (entry.means, entry.cause, entry.cure):
        assert re.search(r"[.)`]$", text)
        assert text[0].isupper() or text.startswith(("`", "opsbot "))
        assert not re.search(r"\s\s|\n", text)
    assert len(entry.means) <= 110


def in_code(entry: Entry) -> list[str]:
    return [code for text in (entry.means, entry.cause, entry.cure) for code in CODE.findall(text)]


COMMANDS = sorted({code for entry in ENTRIES for code in in_code(entry) if code.startswith("opsbot ")})
PAGES = sorted({page for e in ENTRIES for page in re.findall(r"docs/[\w-]+\.md", f"{e.cause} {e.cure}")})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_a_cure_names_exists(command: str) -> None:
    words = tuple(shlex.split(command))[1:]
    if words not in names():
        with contextlib.suppress(typer.Exit):  # --help
            parse(words)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_a_cure_names_exists(page: str) -> None:
    assert (ROOT / page).is_file()


def test_commands_and_pages_are_found() -> None:
    assert len(COMMANDS) > 10
    assert len(PAGES) > 5


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of errors as it is generated now."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    made: str = importlib.import_module("errorpage").errors_page()
    return made


def test_the_page_has_a_heading_for_each(page: str) -> None:
    headings = [line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")]
    assert headings == [entry.name for entry in ENTRIES]


def test_the_page_tells_what_the_command_line_tells(page: str) -> None:
    for entry in ENTRIES:
        assert entry.means in page
        assert entry.cause in page
        assert entry.cure in page


def test_programs_are_told_the_name_that_a_message_ends_with() -> None:
    assert named("a.csv holds nothing. Export again. [export-empty]") == "export-empty"
    assert named("repository [larkfield-web] is hidden") is None
    assert named("") is None
