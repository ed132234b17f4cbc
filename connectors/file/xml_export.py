"""Jira's XML export of an issue search (RSS 0.92), streamed item by item; its times name their zone."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from connectors.connector import Problem
from connectors.file.columns import clean
from connectors.file.refusals import CUT, EMPTY, ENCODING, FORMAT, XML, at_line, refusal
from connectors.file.words import LEVELS, NO
from rules.records import Container, Link, Person, Record, WorkItem

PIECE = 1 << 16
CATEGORIES: dict[str, Literal["new", "indeterminate", "done"]] = {
    "new": "new",
    "indeterminate": "indeterminate",
    "done": "done",
}
LEFT_ALONE = {"description", "environment", "comments", "attachments", "summary-html", "timetracking"}
"""Parts of an item that are not read: in a large export they are most of it."""

Said = tuple[str, dict[str, str]]  # an element's text and attributes


@dataclass(slots=True)
class Item:
    """One issue as the file tells it."""

    line: int
    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    links: list[Link] = field(default_factory=list)
    custom: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def text(self, name: str) -> str | None:
        """The first text of that name, None where it is empty."""
        return next((text for text, _ in self.said.get(name, ()) if text), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """All texts of that name."""
        return tuple(text for text, _ in self.said.get(name, ()) if text)

    def attribute(self, name: str, key: str) -> str | None:
        """An attribute of the first element of that name."""
        return next(
            (found for _, attributes in self.said.get(name, ()) if (found := attributes.get(key))), None
        )


class _Reading:
    """Takes the parser's events: whole items, and how many issues the search found."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.root = ""
        self.total: int | None = None
        self.line: Callable[[], int] = lambda: 0
        self._item: Item | None = None
        self._path: list[str] = []
        self._attributes: list[dict[str, str]] = []
        self._text: list[str] = []
        self._skip = 0
        self._direction = ""
        self._custom = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._skip or (self._item is not None and tag in LEFT_ALONE):
            self._skip += 1
            return
        self.root = self.root or tag
        self._path.append(tag)
        self._attributes.append(attributes)
        self._text.clear()
        match tag:
            case "item" if self._item is None:
                self._item = Item(self.line())
            case "issue" if self._item is None and attributes.get("total", "").isdecimal():
                self.total = int(attributes["total"])
            case "inwardlinks" | "outwardlinks":
                self._direction = clean(attributes.get("description", ""))

    def data(self, text: str) -> None:
        """Text of the element that is open."""
        if not self._skip:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._skip:
            self._skip -= 1
            return
        attributes = self._attributes.pop()
        self._path.pop()
        text = clean("".join(self._text))
        self._text.clear()
        item = self._item
        if item is None:
            return
        match tag:
            case "item":
                self.items.append(item)
                self._item = None
            case "issuekey" if self._direction and text:
                item.links.append(Link(self._direction, text))
            case "customfieldname":
                self._custom = text
            case "customfieldvalue" | "label" if text and "customfieldvalues" in self._path:
                item.custom[self._custom].append(text)
            case _ if self._path[-1:] == ["item"] or tag == "label":
                item.said[tag].append((text, attributes))

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(slots=True)
class XmlExport:
    """A Jira XML export."""

    source: str
    path: Path
    _seen: tuple[int, int | None] | None = field(default=None, init=False, repr=False)  # read, found

    def recognised(self) -> str:
        """What it is, in words; of a file that was read already it also says how many issues."""
        count = f", {self._seen[0]} issues" if self._seen else ""
        return f"{self.path.name}: Jira XML export{count}, times with their zone, no history"

    def notes(self) -> tuple[str, ...]:
        """That it is cut off, where it says so itself; of a file that was read already."""
        count, total = self._seen or (0, None)
        if total is None or total <= count:
            return ()
        what = f"{self.path.name} holds {count} of {total} issues that the search found."
        return (f"{what} Put several exports into one folder. {CUT}",)

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """Every project and person at first sight, every issue in the file's order.

        Raises:
            UnexpectedAnswerError: the XML is broken, declares entities, or is not Jira's.
        """
        shown: set[tuple[str, str]] = set()
        reading, count = _Reading(), 0
        for item in self._items(reading):
            count += 1
            try:
                records = list(_records(item, self.source))
            except ValueError as error:
                tell(at_line(self.path, item.line, f"{item.text('key') or 'an item'}: {error}"))
                continue
            for record in records:
                name = record.KIND, record.id
                if isinstance(record, WorkItem) or name not in shown:
                    shown.add(name)
                    yield record
        self._seen = (count, reading.total)
        if reading.root != "rss":
            what = f" is XML, but not Jira's export of issues: it begins with <{reading.root}>."
            raise refusal(self.path, what, "", FORMAT)
        if not count:
            raise refusal(self.path, " holds no issue.", "", EMPTY)

    def _items(self, reading: _Reading) -> Iterator[Item]:
        parser: Any = XMLParser(target=reading, forbid_dtd=True)
        reading.line = lambda: int(parser.parser.CurrentLineNumber)
        try:
            with self.path.open("rb") as file:
                while piece := file.read(PIECE):
                    parser.feed(piece)
                    yield from reading.items
                    reading.items.clear()
            parser.close()
        except ParseError as error:
            line, column = error.position
            what = f":{line}:{column + 1}: the XML is broken ({str(error).partition(':')[0]})."
            raise refusal(self.path, what, "", XML) from error
        except DefusedXmlException as error:
            line = parser.parser.CurrentLineNumber
            what = f":{line}: it declares a DTD or entities, which Jira's export never does."
            raise refusal(self.path, what, "", XML) from error
        except (LookupError, ValueError) as error:
            what = f":1: the encoding that it names cannot be read ({error})."
            raise refusal(self.path, what, "", ENCODING) from error


def _records(item: Item, source: str) -> Iterator[Record]:
    key = _needed(item, "key")
    project = item.attribute("project", "key") or key.rpartition("-")[0]
    security = item.text("security")
    people = {word: _person(item, word, source) for word in ("assignee", "reporter")}
    assignee, reporter = people["assignee"], people["reporter"]
    due = item.text("due")
    kind = _needed(item, "type")
    audience = f"jira:{source}:{project}"
    issue = WorkItem(
        source=source,
        id=item.attribute("key", "id") or key,
        key=key,
        container=project,
        kind=kind,
        title=_needed(item, "summary"),
        url=item.text("link") or "",
        status=_needed(item, "status"),
        created_at=_utc("created", _needed(item, "created")),
        changed_at=_utc("updated", _needed(item, "updated")),
        audience=audience + (f":{security}" if security else ""),
        status_category=CATEGORIES.get(item.attribute("statusCategory", "key") or ""),
        level=LEVELS.get(kind.casefold(), 0),
        resolution=None if item.attribute("resolution", "id") == "-1" else item.text("resolution"),
        priority=item.text("priority"),
        labels=item.texts("label"),
        components=item.texts("component"),
        assignee=assignee.key if assignee else None,
        reporter=reporter.key if reporter else None,
        team=next(iter(item.custom.get("Team", ())), None),
        parent=item.text("parent") or next(iter(item.custom.get("Epic Link", ())), None),
        links=tuple(item.links),
        flagged=any(value.casefold() not in NO for value in item.custom.get("Flagged", ())),
        closed_at=_utc("resolved", text) if (text := item.text("resolved")) else None,
        due_on=_moment("due", due).date() if due else None,
        fields={
            name: ", ".join(values)
            for name, values in (
                ("fixVersion", item.texts("fixVersion")),
                ("sprint", item.custom.get("Sprint", ())),
            )
            if values
        },
    )
    name = item.text("project") or project
    yield Container(
        source,
        item.attribute("project", "id") or project,
        project,
        "project",
        name,
        audience=audience,
    )
    yield from (person for person in people.values() if person is not None)
    yield issue


def _person(item: Item, word: str, source: str) -> Person | None:
    name = item.text(word)
    key = item.attribute(word, "accountid") or item.attribute(word, "username") or name
    return None if key is None or key == "-1" else Person(source, key, key, name or key)


def _needed(item: Item, name: str) -> str:
    text = item.text(name)
    if text is None:
        raise ValueError(f"<{name}> is empty")
    return text


def _utc(name: str, text: str) -> datetime:
    try:
        return _moment(name, text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f'<{name}> "{text}" is beyond what a calendar holds') from error


def _moment(name: str, text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError as error:
        raise ValueError(
            f'<{name}> "{text}" is not a date such as Tue, 17 Nov 2026 09:41:00 +0000'
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
