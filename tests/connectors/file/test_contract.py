"""Files keep the laws of every connector: JSON lines, Jira's CSV and XML, and lists of gh."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.connector import Connector
from connectors.file import connect, encode
from rules.records import Change, Container, Person, PullRequest, Record, WorkItem
from tests.connectors.contract import ConnectorLaws, OpenConnector

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
MANY = 620  # more than a page


def opening(path: Path) -> OpenConnector:
    async def fresh() -> Connector:
        return connect("exports", path)

    return fresh


def item(number: int) -> WorkItem:
    """An item of another source; every third names nobody who may see it."""
    at = BEGIN + timedelta(minutes=number)
    return WorkItem(
        source="jira",
        id=str(number),
        key=f"QUAY-{number}",
        container="QUAY",
        kind="Story",
        title="Moor a ship",
        url="",
        status="In Progress",
        created_at=BEGIN,
        changed_at=at,
        audience="" if number % 3 else "jira:jira:QUAY:Berth",
        changes=(
            Change("1", BEGIN, "tom", "status", None, "Open"),
            Change("2", at, "tom", "status", "Open", "In Progress"),
        ),
    )


def pull(number: int) -> PullRequest:
    key = f"larkfield/quay#{number}"
    return PullRequest(
        "github", f"PR_{number}", key, "larkfield/quay", "Moor", "", "open", BEGIN, BEGIN, "public"
    )


class TestJsonLines(ConnectorLaws):
    @pytest.fixture
    def open_connector(self, tmp_path: Path) -> OpenConnector:
        people: list[Record] = [
            Container("jira", "QUAY", "QUAY", "project", "Quayside"),
            Person("jira", "tom", "tom", "Tom Okoro"),
        ]
        files = {
            "items.jsonl": [*people, *map(item, range(1, MANY))],
            "pulls.jsonl": [pull(n) for n in range(1, 40)],
        }
        for name, records in files.items():
            (tmp_path / name).write_text("".join(encode(record) + "\n" for record in records))
        return opening(tmp_path)


class TestCsvExport(ConnectorLaws):
    @pytest.fixture
    def open_connector(self, tmp_path: Path) -> OpenConnector:
        path = tmp_path / "export.csv"
        header = (
            "Issue key,Issue id,Issue Type,Summary,Status,Project key,Assignee,Created,Updated,Security Level"
        )
        rows = (
            f"QUAY-{n},{20000 + n},Story,Moor a ship,Open,QUAY,Ines Falk,2026-11-{1 + n % 28:02} 09:41,"
            f"2026-11-28 {n % 24:02}:05,{'' if n % 3 else 'Berth'}"
            for n in range(1, MANY)
        )
        path.write_text("\n".join([header, *rows, ""]))
        return opening(path)


class TestXmlExport(ConnectorLaws):
    @pytest.fixture
    def open_connector(self, tmp_path: Path) -> OpenConnector:
        path = tmp_path / "export.xml"
        items = (
            f'<item><project id="1" key="QUAY">Quayside</project><key id="{20000 + n}">QUAY-{n}</key>'
            f"<summary>Moor a ship</summary><type>Story</type><status>Open</status>"
            f'<assignee accountid="712020:ines">Ines Falk</assignee>'
            f"<created>Mon, 2 Nov 2026 09:00:00 +0530</created>"
            f"<updated>{1 + n % 28} Nov 2026 09:41:00 +0000</updated></item>"
            for n in range(1, MANY)
        )
        path.write_text(f'<rss version="0.92"><channel>{"".join(items)}</channel></rss>')
        return opening(path)


class TestListsOfGh(ConnectorLaws):
    @pytest.fixture
    def open_connector(self, tmp_path: Path) -> OpenConnector:
        for name in ("issues.json", "pulls.json"):
            entry = json.loads((Path(__file__).parent / "fixtures" / name).read_text())[0]
            url = entry["url"].rpartition("/")[0]
            entries = [
                {**entry, "id": f"{entry['id']}{n}", "number": n, "url": f"{url}/{n}"} for n in range(1, MANY)
            ]
            (tmp_path / name).write_text(json.dumps(entries))
        return opening(tmp_path)
