"""The documentation is fresh, its links lead somewhere, and what it shows really works."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from jsonschema import Draft202012Validator

from bot.cli.app import build
from bot.slack.manifest import SCOPES
from config.check import SECTIONS
from config.example import example_path, smallest_path
from config.folder import gather
from config.load import load_model
from config.model import OperatingModel
from config.settings import is_secret, variable_fields
from config.yaml import read_yaml
from rules.rule import read_rule

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """The fenced blocks of a page in one of the languages, without the indent of a list."""
    for indent, language, text in _FENCED.findall(page.read_text(encoding="utf-8")):
        if language in languages:
            yield "\n".join(line.removeprefix(indent) for line in text.splitlines())


def prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def commands() -> set[str]:
    """Every command of ours that a page shows, in a block or in a sentence."""
    found = set()
    for page in PAGES:
        lines = [line for block in blocks(page, "sh", "bash", "console") for line in block.splitlines()]
        for text in [*lines, *_CODE.findall(prose(page))]:
            for part in re.split(r"&&|\|", text.partition(" #")[0]):
                said = part.strip().removeprefix("$ ").removeprefix(".venv/bin/")
                if said.startswith("opsbot "):
                    found.add(said)
    return found


def examples(page: Path) -> Iterator[Any]:
    for block in blocks(page, "yaml"):
        document = read_yaml(block.encode(), page.name)
        assert not document.mistakes, document.mistakes
        yield document.content


def is_model(content: Any) -> bool:
    return isinstance(content, dict) and bool(content.keys() & {"products", "sources", "company", "people"})


def is_rules(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(x, dict) and "violates" in x for x in content)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name} links to {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name} links to {link}"


def test_commands_are_found_in_the_documentation() -> None:
    assert len(commands()) > 15


@pytest.mark.parametrize("said", sorted(commands()))
def test_every_command_shown_exists_with_its_options(said: str) -> None:
    parse(shlex.split(said)[1:])


@pytest.mark.parametrize("wrong", ["modle check", "judge --form x", "model check --all", "explain"])
def test_a_command_that_does_not_exist_would_be_noticed(wrong: str) -> None:
    with pytest.raises(Exception, match=r"No such|Missing"):
        parse(shlex.split(wrong))


def parse(words: list[str]) -> None:
    """Parse as the command line does, and run nothing; raises what the person would be told."""
    command: Any = typer.main.get_command(build())
    context = command.make_context("opsbot", words)
    while rest := [*getattr(context, "_protected_args", ()), *context.args]:
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


def test_every_variable_named_exists() -> None:
    named = {name for page in PAGES for name in re.findall(r"OPSBOT_[A-Z_]+[A-Z]", page.read_text("utf-8"))}
    fields = variable_fields()
    known = {re.sub("<ID>", id_, name) for name in fields for id_ in ("<ID>", "JIRA", "GITHUB")}
    files = {f"{name}_FILE" for name, field in fields.items() if is_secret(field)}
    assert len(named) > 15
    assert named - known - files - {"OPSBOT_SOURCES"} == set()


def test_every_log_event_named_is_written() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("| Event |")[2].partition("\n\n")[0]
    events = {
        name for row in table.splitlines() for name in _CODE.findall(row.partition("|")[2].partition("|")[0])
    }
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert len(events) > 5
    assert [event for event in sorted(events) if f'"{event}"' not in code] == []


def test_every_scope_of_the_slack_app_is_explained() -> None:
    text = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    table = text.partition("| Scope | Why |")[2].partition("\n\n")[0]
    told = {name for row in table.splitlines() for name in _CODE.findall(row.split(" | ")[0])}
    assert told == set(SCOPES)


def test_every_operating_model_shown_loads(tmp_path: Path) -> None:
    """A part of a model is completed by the people and products it leaves out."""
    shown = [(page, content) for page in PAGES for content in examples(page) if is_model(content)]
    assert len(shown) >= 3
    for number, (page, content) in enumerate(shown):
        path = tmp_path / f"{number}.yaml"
        path.write_text(json.dumps(content), encoding="utf-8")
        assert load_model(path).model.sources, page.name


def test_every_rule_shown_can_be_read() -> None:
    shown = [
        (page, rule) for page in PAGES for content in examples(page) if is_rules(content) for rule in content
    ]
    assert [read_rule(rule, page.name).id for page, rule in shown]


def written(path: Path) -> Any:
    return json.loads(json.dumps(gather(path, SECTIONS).tree, default=str))


SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "operating-model.schema.json").read_text()))


def test_the_schema_is_one() -> None:
    SCHEMA.check_schema(SCHEMA.schema)


@pytest.mark.parametrize("path", [example_path(), smallest_path()], ids=["larkfield", "smallest"])
def test_the_schema_accepts_the_examples(path: Path) -> None:
    assert [error.message for error in SCHEMA.iter_errors(written(path))] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"prodcuts": {}},
        {"rules": {"flow-wip-limit": "off"}},
        {"products": {"billing": {"ownr": "ana"}}},
        {"products": {"billing": {"tier": 4}}},
        {"products": {"billing": {"teams": {"ad": ["money"]}}}},
        {"products": {"billing": {"sle": {"story": "soon"}}}},
        {"retention": "400"},
        {"decisions": {"launch": {"driver": "product-manager"}}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any], tmp_path: Path) -> None:
    assert not SCHEMA.is_valid(wrong)
    (tmp_path / "wrong.yaml").write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(Exception, match=r"wrong\.yaml:1"):
        load_model(tmp_path / "wrong.yaml")


def test_the_reference_names_every_section() -> None:
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert [name for name in OperatingModel.model_fields if f"`{name}`" not in text] == []
