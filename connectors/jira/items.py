"""Jira's issues as records: what cannot be understood becomes a problem of that item, and no other's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from connectors.connector import Problem, part
from connectors.errors import UnexpectedAnswerError
from connectors.jira import parse, sprints
from connectors.jira.checked import Checked
from connectors.jira.fields import FieldIds
from connectors.jira.requests import Histories
from rules.records import Person, Record

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """Issues as records, and which of them were understood: their ids, each with its latest change."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    items: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Items:
    """Reads the issues of one source, whose items link to `site`."""

    source: str
    site: str

    def read(self, issues: Sequence[Checked], histories: Histories, ids: FieldIds, met: set[str]) -> Read:
        """Items, and the people and sprints not `met` before, who then are."""
        records: list[Record] = []
        problems: list[Problem] = []
        items: dict[str, datetime] = {}
        for one in {one.value["id"]: one for one in issues}.values():  # the later of two is the newer
            if why := histories.failed.get(one.value["id"]):
                # The cursor goes on with the others: from quarantine it is asked for again.
                what = f"Jira could not tell its history: {why}"
                problems.append(Problem(f"item:{one.name}", what, quarantined=True))
                continue
            history = histories.of.get(one.value["id"], [])
            try:
                item = parse.work_item(one, history, source=self.source, site=self.site, ids=ids)
                people = list(parse.people(one, history, source=self.source, met=met))
                its_sprints = sprints.of_issue(one, source=self.source, ids=ids)
            except UnexpectedAnswerError as error:
                log.warning("jira_item_unreadable", source=self.source, item=one.name, reason=error.what)
                problems.append(Problem(f"item:{one.name}", str(error), quarantined=True))
                continue
            records.append(item)
            records += not_met([*people, *its_sprints], met)
            items[item.id] = item.changed_at
        return Read(tuple(records), tuple(problems), items)


def updated(one: Checked) -> datetime | None:
    """The latest change of an issue; None where it is not told as documented."""
    try:
        return one["fields"]["updated"].maybe_time()
    except UnexpectedAnswerError:
        return None


def not_given(errors: Sequence[Checked]) -> list[Problem]:
    """A problem for each issue that could not be fetched, or not be read as one: it is asked for again."""
    told = {one["id"].identifier(): one["errorMessage"].maybe_text() or "" for one in errors}
    return [
        Problem(f"item:{key}", f"Jira could not give {key}: {why.rstrip('.')}.", quarantined=True)
        for key, why in told.items()
    ]


def not_visible(keys: Sequence[str], issues: Sequence[Checked]) -> list[Problem]:
    """A problem for each key that brought nothing. A key of a moved issue brings it under another key."""
    names = [{one.value["id"], one.value["key"]} for one in issues]
    missing = [key for key in keys if not any(key in name for name in names)]
    moved = sum(1 for name in names if not name & set(keys))
    if len(missing) <= moved:
        return []
    why = "is not visible any more: it was deleted, moved, or access to it is lost."
    return [part(f"item:{key}", f"{key} {why}") for key in missing]


def not_met(records: Sequence[Record], met: set[str]) -> list[Record]:
    """Those not met before in this sync, which then are: people by their account, the rest by kind and id."""
    found = {one.id if isinstance(one, Person) else f"{one.KIND} {one.id}": one for one in records}
    found = {name: one for name, one in found.items() if name not in met}
    met.update(found)
    return list(found.values())
