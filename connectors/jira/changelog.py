"""What happened to an issue: Jira's changelog entries as changes in our words."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, ValidationError, convert

from connectors.jira.checked import Checked
from connectors.jira.fields import FLAG_NAMES, FieldIds
from connectors.refusal import is_number
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


class _Account(Struct):
    accountId: str | None = None  # noqa: N815 - Jira's word
    key: str | None = None  # Data Center
    name: str | None = None


class _Item(Struct):
    field: Annotated[str, Meta(min_length=1)]
    fieldId: str | None = None  # noqa: N815 - Jira's word
    fromString: str | None = None  # noqa: N815 - Jira's word
    toString: str | None = None  # noqa: N815 - Jira's word
    begun: str | None = msgspec.field(name="from", default=None)
    ended: str | None = msgspec.field(name="to", default=None)


class _Entry(Struct):
    """One entry of a history: all of it happened at once, by one account. Converted whole: there are many."""

    id: str | int
    created: str | int | float
    author: _Account | None = None
    items: list[_Item] | None = None


def changes(histories: Iterable[Checked], ids: FieldIds) -> tuple[Change, ...]:
    """All changes of one issue, oldest first. `histories` may come from several pages, in any order."""
    told = [(one["created"].time(), _entry(one)) for one in histories]
    told.sort(key=lambda pair: (pair[0], _number(pair[1].id)))
    return tuple(change for at, entry in told for change in _changes(at, entry, ids))


def authors(histories: Iterable[Checked]) -> Iterator[Checked]:
    """The accounts that changed something."""
    return (one["author"] for one in histories if one["author"].there)


def _entry(history: Checked) -> _Entry:
    try:
        return convert(history.value, _Entry)
    except ValidationError as error:
        raise history.wrong(f"as documented ({error})") from error


def _changes(at: datetime, entry: _Entry, ids: FieldIds) -> Iterator[Change]:
    author = entry.author
    by = (author.accountId or author.key or author.name) if author else None
    for n, item in enumerate(entry.items or ()):
        name = _word(item.field, item.fieldId, ids)
        if name == "assignee":
            # The account, as everywhere else; a name is the fallback for entries that predate accounts.
            before, after = item.begun or item.fromString, item.ended or item.toString
        else:
            before, after = _value(name, item.fromString), _value(name, item.toString)
        yield Change(
            id=f"{entry.id}:{n}", at=at, by=by, field=name, before=before or None, after=after or None
        )


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


def _number(told: str | int) -> int:
    """Ids grow with time: they order what happened within one second."""
    text = str(told)
    return int(text) if is_number(text) else 0
