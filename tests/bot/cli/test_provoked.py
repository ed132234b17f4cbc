"""Every kind of error provoked as a person would: its exit code, and the word that explains it."""

import json
import re
import shlex
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
import respx

from bot.cli.app import build
from bot.cli.frame import guarded
from bot.errorbook import ALL
from connectors.jira import client as jira

COMPANY = 'profile: "off"\npeople: {ana: {}}\n'
SHOP = COMPANY + "products: {shop: {owner: ana}}\n"
TOOL = SHOP + "sources: [{id: jira, jira: shop.atlassian.net, projects: [SHOP]}]\n"
EXPORT = (
    "profile: starter\npeople: {ana: {}}\nsources: [{id: export, file: export.csv}]\n"
    "defaults: {rules: {traceability-unmapped-item: off}}\n"
)
RULE = """
  - id: hygiene-late
    purpose: Nothing is late.
    about: work_items
    violates: "'late' in labels"
    severity: warn
    says: "{key} is late."
    fix: Hurry.
    accountable: product-manager
"""
CUSTOM = SHOP + "custom_rules:" + RULE
ROW = "SHOP-1,1,Story,In Progress,Sell a lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,High,In Progress\n"
HEADER = "Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Priority,Status Category\n"
CSV = HEADER + ROW
ISSUE = {"number": 1, "title": "Lamp", "url": "https://github.com/shop/shop/issues/1"}
SECRET = "canary-4711"
ACCESS = {"OPSBOT_SOURCES__JIRA__USER": "ana@example.com", "OPSBOT_SOURCES__JIRA__TOKEN": SECRET}
JIRA = "https://shop.atlassian.net"
UNSET = ("webhook-secret", "slack-token", "source-absent")
NOW = {"OPSBOT_NOW": "2026-11-24T10:00:00+00:00"}

Answers = Callable[[respx.MockRouter], object]


@dataclass(frozen=True)
class Case:
    """What a person types, where, and the name of the error that answers."""

    name: str
    words: str
    model: str = SHOP
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()  # commands that go well
    besides: tuple[str, ...] = ()  # what is told too
    jira: Answers | None = None
    code: int = 2


def model(name: str, text: str) -> Case:
    """A mistake in the operating model, told by whatever reads it."""
    return Case(name, "findings", model=text)


def export(name: str, file: str, content: str | bytes, code: int = 3) -> Case:
    return Case(name, f"judge --from {file}", files={file: content}, code=code)


def asked(name: str, answer: httpx.Response) -> Case:
    """Jira answers everything so."""
    return Case(name, "sync", TOOL, environ=ACCESS, jira=lambda router: router.route().mock(answer), code=3)


def without_the_project(router: respx.MockRouter) -> None:
    router.get(path="/rest/api/3/project/search").respond(json={"values": [], "isLast": True})
    router.get(path="/rest/api/3/field").respond(json=[])


def an_hour_ahead(router: respx.MockRouter) -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    router.get(path="/rest/api/3/myself").respond(json={"displayName": "Ana"}, headers={"Date": ahead})
    router.get(path="/rest/api/3/serverInfo").respond(json={"deploymentType": "Cloud"})
    router.get(path="/rest/agile/1.0/board").respond(json={"values": [], "isLast": True})
    router.route().respond(404)


def at_home(router: respx.MockRouter) -> None:
    now = format_datetime(datetime.now(UTC), usegmt=True)
    router.get(path="/rest/api/3/myself").respond(json={"displayName": "Ana"}, headers={"Date": now})
    router.get(path="/rest/api/3/serverInfo").respond(json={"deploymentType": "Server"})
    router.get(path="/rest/agile/1.0/board").respond(json={"values": [], "isLast": True})
    router.route().respond(404)


CASES = (
    Case("model-absent", "--model nowhere findings"),
    Case("model-file", "findings", files={"operating-model/prodcts/lamp.yaml": "owner: ana\n"}),
    Case("model-file", "findings", files={"operating-model/people.yml": "people: {}\n"}),
    model("model-yaml", "people: {ana: {}\n"),
    model("model-yaml", "people: {ana: {}, ana: {}}\n"),
    model("model-unknown-key", "compny: {}\n"),
    model("model-missing-key", "sources: [{jira: shop.atlassian.net}]\n"),
    model("model-value", "products: {shop: {tier: 9}}\n"),
    model("model-secret", f"sources: [{{id: jira, jira: shop.atlassian.net, token: {SECRET}}}]\n"),
    model("model-unknown-name", COMPANY + "products: {shop: {owner: bo}}\n"),
    model("model-id", COMPANY + "products: {Web_Shop: {owner: ana}}\n"),
    model("model-twice", SHOP + "sources: [{id: a, file: a.csv}, {id: a, file: b.csv}]\n"),
    Case("model-twice", "findings", files={"operating-model/again.yaml": SHOP}),
    model("model-circle", "calendars: {a: {extends: b}, b: {extends: a}}\n"),
    model("model-misplaced", "rules: {flow-wip-limit: off}\n"),
    Case("model-change", "simulate --set shop"),
    Case("model-change", "simulate --set products.shp.tier=2"),
    Case("settings-unknown", "findings", environ={"OPSBOT_WEB_PROT": "8080"}),
    Case("settings-value", "findings", environ={"OPSBOT_WEB_PORT": SECRET}),
    Case("settings-file", "findings", environ={"OPSBOT_SLACK_BOT_TOKEN_FILE": "nowhere"}),
    Case("settings-file", "findings", files={".env": b"\xff\xfe\xff"}),
    model("rule-unknown", COMPANY + "products: {shop: {owner: ana, rules: {flow-agin-wip: off}}}\n"),
    model("rule-parameter", COMPANY + "products: {shop: {owner: ana, rules: {flow-aging-wip: {dys: 3}}}}\n"),
    model("rule-twice", CUSTOM + RULE.removeprefix("\n")),
    model("rule-expression", CUSTOM.replace("in labels", "in labls")),
    model("rule-form", CUSTOM.replace("    severity: warn\n", "")),
    model("rule-form", CUSTOM.replace("hygiene-late", "tidiness-late")),
    Case(
        "right-elsewhere",
        "waive SHOP-1 --reason Holiday --until 2026-12-01 --as bo",
        model=EXPORT,
        files={"export.csv": CSV},
        environ=NOW,
        before=("sync", "judge"),
    ),
    Case("waiver-impossible", "waive 0123abcd --reason Holiday --until 2026-12-01 --as ana"),
    Case(
        "database-filled",
        "restore records.jsonl",
        model=EXPORT,
        files={"export.csv": CSV},
        environ=NOW,
        before=("sync", "export records.jsonl"),
    ),
    Case("source-credentials", "sync", TOOL, code=3),
    asked("source-credentials", httpx.Response(401)),
    asked("source-access", httpx.Response(403)),
    asked("source-absent", httpx.Response(404)),
    asked("source-removed", httpx.Response(410)),
    asked("source-request", httpx.Response(400)),
    asked("source-request", httpx.Response(301)),
    asked("source-limit", httpx.Response(429, headers={"Retry-After": "3600"})),
    asked("source-later", httpx.Response(503)),
    asked("source-later", httpx.Response(503, headers={"Retry-After": "3600"})),
    asked("source-answer", httpx.Response(200, html="<html>Sign in</html>")),
    Case("source-part", "sync", TOOL, environ=ACCESS, jira=without_the_project, code=3),
    export(
        "export-encoding",
        "export.csv",
        CSV.encode() + b"SHOP-2,2,Story,Done,L\xe4mp\xc3\xa4,,,,\n" + b"\x81\n",
    ),
    export("export-quotes", "export.csv", HEADER + ROW.replace("Sell a lamp", '"Sell a lamp')),
    export("export-columns", "export.csv", "a,b\n1,2\n"),
    export(
        "export-dates",
        "export.csv",
        CSV.replace("02/Nov/26 9:00 AM", "03/04/26").replace("20/Nov/26 9:00 AM", "03/05/26"),
    ),
    export("export-format", "export.xlsx", b"PK\x03\x04"),
    export("export-fields", "issues.json", json.dumps([ISSUE])),
    export("export-xml", "export.xml", '<?xml version="1.0"?><rss version="0.92"><channel><item>'),
    export("export-json", "issues.json", json.dumps([ISSUE])[:-2]),
    export("export-line", "export.csv", CSV + "SHOP-2,2,Story,Done,Lamp,some day,,,\n"),
    export("export-empty", "export.csv", HEADER),
    export("export-cut", "export.csv", HEADER + ROW * 1000, code=0),
    Case("export-missing", "judge --from nowhere.csv", code=3),
    Case("settings-value", "--database nowhere findings"),
    Case("database-address", f"--database postgresql://ana:{SECRET}@127.0.0.1:port/opsbot findings"),
    Case("database-driver", "--database postgresql://ana@127.0.0.1/opsbot findings"),
    Case("database-unusable", "--database sqlite:///nowhere/opsbot.db findings"),
    Case(
        "database-unusable", "--database sqlite:///text.db findings", files={"text.db": "no database " * 99}
    ),
    Case("database-sqlite", "doctor --offline", code=0),
    Case("clock-still", "doctor --offline", environ=NOW, code=0),
    Case("clock-apart", "doctor", TOOL, environ=ACCESS, jira=an_hour_ahead, besides=UNSET, code=1),
    Case("source-kind", "doctor", TOOL, environ=ACCESS, jira=at_home, besides=UNSET, code=1),
    Case("service-address", "run", environ={"OPSBOT_WEB_PORT": "{taken}"}),
    Case("service-address", "report --serve --port {taken}"),
    Case("slack-token", "digest"),
    Case("slack-commands", "doctor --offline", environ={"OPSBOT_SLACK_BOT_TOKEN": "xoxb-1"}, code=0),
    Case("webhook-secret", "doctor --offline", TOOL, environ=ACCESS, code=0),
    Case("command-usage", "jugde"),
    Case("command-usage", "judge --form export.csv"),
    Case("command-usage", "waive SHOP-1"),
    Case("command-usage", "simulate"),
    Case("command-usage", "digest --since 2026-11-20"),
    Case("command-unknown", "findings --product shp"),
    Case("command-unknown", "rules flow-agin-wip"),
    Case("command-unknown", "explain nobody"),
    Case("command-unknown", "sync jria", TOOL),
    Case("command-unknown", "report --for nowhere"),
    Case("command-unknown", "model show shp"),
    Case("command-unknown", "errors model-unknown"),
    Case("command-unknown", "try nothing"),
    Case("command-nothing", "sync"),
    Case("command-nothing", "digest --dry-run lunch"),
    Case("init-exists", "init"),
    Case("system", "report --out nowhere/report.html"),
    Case("internal", "rules"),
)

ELSEWHERE = {
    "slack-scope": "Slack tells it when a message is delivered: tests/bot/slack/test_errors.py",
    "slack-channel": "the same",
    "slack-message": "the same",
    "slack-later": "the same",
    "slack-ambiguous": "the same",
    "command-busy": "two commands at once: tests/bot/tryout/test_play.py",
    "install-shadowed": "told where another package is in the way: tests/bot/test_doctor.py",
    "webhook-refused": "stands in the log; who sent the webhook learns nothing: tests/bot/web",
}
"""Errors that no command line meets, with the reason."""


@pytest.fixture
def opsbot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, migrated_file: Path) -> Callable[[str], int]:
    """The command line in a folder with a fresh database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    shutil.copy(migrated_file, "opsbot.db")
    return lambda words: guarded(partial(build(), args=shlex.split(words)), debug=False)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """Jira, answering at once; nobody waits for it."""

    async def at_once(_seconds: float) -> None:
        """No test waits."""

    defaults = jira.connect.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "sleep", at_once)
    with respx.mock(base_url=JIRA, assert_all_called=False) as router:
        yield router


def broken() -> None:
    """A mistake that nobody foresaw."""
    raise KeyError(SECRET)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}: {case.words}")
def test_it_is_told_with_its_name(
    case: Case,
    opsbot: Callable[[str], int],
    tool: respx.MockRouter,
    taken: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for path, content in {"operating-model/model.yaml": case.model, **case.files}.items():
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, value in case.environ.items():
        monkeypatch.setenv(name, value.format(taken=taken))
    if case.name == "database-driver":
        monkeypatch.setitem(sys.modules, "asyncpg", None)  # as where the extra is not installed
    sqlite = (3, 40, 1) if case.name == "database-sqlite" else (3, 51, 3)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", sqlite)
    if case.name == "internal":
        monkeypatch.setattr("bot.book.builtin_rules", broken)
    if case.jira is not None:
        case.jira(tool)
    assert [opsbot(words) for words in case.before] == [0] * len(case.before)
    capsys.readouterr()
    code = opsbot(case.words.format(taken=taken))
    out, err = capsys.readouterr()
    assert (code, case.code) == (case.code, code), err
    names = re.findall(r"\[([a-z-]+)\](?=$|\n)", out + err)
    assert set(names) == {case.name, *case.besides}, out + err
    assert SECRET not in out + err
    assert "Traceback" not in err
    assert opsbot(f"errors [{case.name}]") == 0
    assert ALL[case.name].cure in capsys.readouterr().out


def test_every_error_is_provoked_or_has_a_reason_not_to_be() -> None:
    assert {case.name for case in CASES} == ALL.keys() - ELSEWHERE.keys()
