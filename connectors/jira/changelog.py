"""What happened to an issue: Jira's changelog entries as changes in our words."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from connectors.jira.accounts import account_id
from connectors.jira.checked import Checked
from connectors.jira.fields import FLAG_NAMES, FieldIds
from rules.records import Change

LONGEST_VALUE = 255  # descriptions are part of the history too; nobody needs their full text twice

# By fieldId, which no language changes; by name where Jira gives no id (older entries, links, epics).
WORDS = {
    "status": "status",
    "assignee": "assignee",
    "resolution": "resolution",
    "priority": "priority",
    "labels": "labels",
    "parent": "parent",
    "issuelinks": "link",
    "link": "link",
    "issueparentassociation": "parent",
    "epic link": "parent",
}
_LINK_PREFIX = re.compile(r"^this issue ", re.IGNORECASE)


def changes(histories: Iterable[Checked], ids: FieldIds) -> tuple[Change, ...]:
    """All changes of one issue, oldest first. `histories` may come from several pages, in any order."""
    told = [(one["created"].time(), one["id"].identifier(), one) for one in histories]
    told.sort(key=lambda entry: (entry[0], _number(entry[1])))
    return tuple(change for at, number, one in told for change in _changes(at, number, one, ids))


def authors(histories: Iterable[Checked]) -> Iterator[Checked]:
    """The accounts that changed something."""
    return (one["author"] for one in histories if one["author"].there)


def _changes(at: datetime, number: str, history: Checked, ids: FieldIds) -> Iterator[Change]:
    """What one entry says; all of it happened at once, by one account."""
    by = account_id(history["author"])
    for n, item in enumerate(history["items"]):
        name, field_id, before, after = item.texts("field", "fieldId", "fromString", "toString")
        field = _word(name or item["field"].text(), field_id, ids)
        if field == "assignee":
            # The account, as everywhere else; a name is the fallback for entries that predate accounts.
            begun, ended = item.texts("from", "to")
            before, after = begun or before, ended or after
        else:
            before, after = _value(field, before), _value(field, after)
        yield Change(id=f"{number}:{n}", at=at, by=by, field=field, before=before, after=after)


def _word(name: str, field_id: str | None, ids: FieldIds) -> str:
    if field_id in ids.flagged or (field_id not in WORDS and name.casefold() in FLAG_NAMES):
        return "flagged"
    if field_id in ids.team:
        return "team"
    if field_id in ids.epic:
        return "parent"
    return WORDS.get(field_id or "") or WORDS.get(name.casefold()) or name


def _value(field: str, text: str | None) -> str | None:
    if field == "flagged":
        return "yes" if text else None
    return _link(text) if field == "link" else _cut(text)


def _link(text: str | None) -> str | None:
    """`This issue is blocked by BOOK-7` → `is blocked by BOOK-7`."""
    return _LINK_PREFIX.sub("", text) if text else None


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST_VALUE:
        return text
    return text[: LONGEST_VALUE - 1] + "…"


def _number(text: str) -> int:
    """Ids grow with time: they order what happened within one second."""
    return int(text) if text.isascii() and text.isdecimal() else 0
