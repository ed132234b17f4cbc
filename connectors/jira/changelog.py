"""What happened to an issue: Jira's changelog entries as changes in our words."""

import re
from collections.abc import Iterable, Iterator

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
    found = [(one, n, item) for one in histories for n, item in enumerate(one["items"])]
    found.sort(key=lambda entry: (entry[0]["created"].time(), _number(entry[0]), entry[1]))
    return tuple(_change(one, n, item, ids) for one, n, item in found)


def authors(histories: Iterable[Checked]) -> Iterator[Checked]:
    """The accounts that changed something."""
    return (one["author"] for one in histories if one["author"].there)


def _change(history: Checked, n: int, item: Checked, ids: FieldIds) -> Change:
    field = _word(item, ids)
    before, after = _values(field, item)
    return Change(
        id=f"{history['id'].identifier()}:{n}",
        at=history["created"].time(),
        by=account_id(history["author"]),
        field=field,
        before=before,
        after=after,
    )


def _word(item: Checked, ids: FieldIds) -> str:
    name, field_id = item["field"].text(), item["fieldId"].maybe_text()
    if field_id in ids.flagged or (field_id not in WORDS and name.casefold() in FLAG_NAMES):
        return "flagged"
    if field_id in ids.team:
        return "team"
    if field_id in ids.epic:
        return "parent"
    return WORDS.get(field_id or "") or WORDS.get(name.casefold()) or name


def _values(field: str, item: Checked) -> tuple[str | None, str | None]:
    before, after = item["fromString"].maybe_text(), item["toString"].maybe_text()
    if field == "flagged":
        return ("yes" if before else None), ("yes" if after else None)
    if field == "assignee":
        # The account, as everywhere else; a name is the fallback for entries that predate accounts.
        return item["from"].maybe_text() or before, item["to"].maybe_text() or after
    if field == "link":
        return _link(before), _link(after)
    return _cut(before), _cut(after)


def _link(text: str | None) -> str | None:
    """`This issue is blocked by BOOK-7` → `is blocked by BOOK-7`."""
    return _LINK_PREFIX.sub("", text) if text else None


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST_VALUE:
        return text
    return text[: LONGEST_VALUE - 1] + "…"


def _number(history: Checked) -> int:
    """Ids grow with time: they order what happened within one second."""
    text = history["id"].identifier()
    return int(text) if text.isascii() and text.isdecimal() else 0
