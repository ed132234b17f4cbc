"""The pages are fresh, their links lead somewhere, and what they name exists."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from documentation import CODE, PAGES, ROOT, prose

from bot.slack.manifest import SCOPES
from config.model import OperatingModel
from config.settings import is_secret, variable_fields
from connectors.file.gh_json import ISSUES_COMMAND, PULLS_COMMAND

_LINK = re.compile(r"\]\(([^)\s]+)\)|<((?:https?)://[^>\s]+)>")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def links(page: Path) -> list[str]:
    return [inline or bare for inline, bare in _LINK.findall(prose(page))]


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_leads_somewhere_or_is_well_formed(page: Path) -> None:
    for link in links(page):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", f"{page.name} links to {link}"
            assert "." in parts.netloc, f"{page.name} links to {link}"
            continue
        target = page.parent / parts.path if parts.path else page
        assert target.exists(), f"{page.name} links to {link}"
        if parts.fragment:
            assert parts.fragment in anchors(target), f"{page.name} links to {link}"


def test_every_guide_is_in_the_table_of_contents() -> None:
    index = ROOT / "docs" / "index.md"
    listed = {link.partition("#")[0] for link in links(index)}
    assert {page.name for page in PAGES if page.parent == index.parent} - {"index.md"} <= listed


def test_every_variable_named_exists() -> None:
    named = {name for page in PAGES for name in re.findall(r"OPSBOT_[A-Z_]+[A-Z]", page.read_text("utf-8"))}
    fields = variable_fields()
    known = {re.sub("<ID>", id_, name) for name in fields for id_ in ("<ID>", "JIRA", "GITHUB", "SLACK_EMEA")}
    secrets = {name.partition("<ID>")[2] for name, field in fields.items() if is_secret(field)}
    files = {f"{name}_FILE" for name in known if name.endswith(tuple(filter(None, secrets)))}
    files |= {f"{name}_FILE" for name, field in fields.items() if is_secret(field)}
    assert len(named) > 15
    assert named - known - files - {"OPSBOT_SOURCES"} == set()


def test_every_log_event_named_is_written() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("| Event |")[2].partition("\n\n")[0]
    events = {
        name for row in table.splitlines() for name in CODE.findall(row.partition("|")[2].partition("|")[0])
    }
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert len(events) > 5
    assert [event for event in sorted(events) if f'"{event}"' not in code] == []


def test_every_scope_of_the_slack_app_is_explained() -> None:
    text = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    table = text.partition("| Scope | Why |")[2].partition("\n\n")[0]
    told = {name for row in table.splitlines() for name in CODE.findall(row.split(" | ")[0])}
    assert told == set(SCOPES)


def test_the_reference_names_every_section() -> None:
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert [name for name in OperatingModel.model_fields if f"`{name}`" not in text] == []


def test_the_commands_of_gh_ask_for_what_is_read() -> None:
    """A field less would be told as missing, or the list refused, to whoever does as the page says."""
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    shown = re.findall(r"^gh .+$", text, re.MULTILINE)
    plain = [line.replace(" --repo larkfield/tracking", "").replace("> exports/", "> ") for line in shown]
    assert plain == [ISSUES_COMMAND, PULLS_COMMAND]
