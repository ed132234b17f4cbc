"""A directory's export as SCIM 2.0: the list of users as its interface answers it (RFC 7643, RFC 7644)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from connectors.connector import Problem
from connectors.file.directory import ADDRESS, entry
from connectors.file.encoding import detect, undecodable
from connectors.file.refusals import CUT, EMPTY, JSON, LINE, refusal
from rules.records import Person

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ACCOUNT_KEYS = {
    "jira": ("jira", "atlassianAccountId"),
    "github": ("github", "githubLogin"),
    "slack": ("slack", "slackId"),
}
"""Where an extension of the user may hold accounts.

The plain words are for a company's own schema, atlassianAccountId is of Atlassian's
(urn:scim:schemas:extension:atlassian-external:1.0).
"""


@dataclass(slots=True)
class Scim:
    """One answer of a SCIM interface: a list of users. Of a directory that is paged, a file for each page."""

    source: str
    path: Path
    _seen: tuple[int, int] | None = field(default=None, init=False, repr=False)  # read, in all

    def recognised(self) -> str:
        """What it is, in words; of a file that was read already it also says how many people."""
        count = "" if self._seen is None else f", {self._seen[0]} people"
        return f"{self.path.name}: SCIM list of users{count}"

    def notes(self) -> tuple[str, ...]:
        """That it is one page of several, where it says so; of a file that was read already."""
        count, total = self._seen or (0, 0)
        if total <= count:
            return ()
        what = f"{self.path.name} holds {count} of {total} users of the directory."
        return (f"{what} Put every page as a file into one folder. {CUT}",)

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Person]:
        """Every user in the file's order; one that is not as the standard says is told.

        Raises:
            UnexpectedAnswerError: it is no JSON, or no list of users.
        """
        answer = self._answer()
        users = answer.get("Resources")
        if not isinstance(users, list):
            raise refusal(self.path, " has no list Resources.", "", JSON)
        count = 0
        for number, user in enumerate(users):
            if isinstance(user, Mapping) and USER not in (user.get("schemas") or (USER,)):
                continue  # a group
            try:
                person = _person(user, self.source)
            except ValueError as error:
                where = f"{self.path.name}: Resources[{number}]"
                tell(Problem(f"user {number + 1} of {self.path.name}", f"{where}: {error}. {LINE}"))
                continue
            count += 1
            yield person
        total = answer.get("totalResults")
        self._seen = (count, total if isinstance(total, int) and count == len(users) else count)
        if not count:
            raise refusal(self.path, " names no person that can be read.", "", EMPTY)

    def _answer(self) -> Mapping[str, Any]:
        encoding = detect(self.path)
        try:
            with encoding.open(self.path) as file:
                answer = msgspec.json.decode(file.read().lstrip("\ufeff"))
        except UnicodeDecodeError as error:
            raise undecodable(self.path, encoding) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise refusal(self.path, f": the JSON is broken ({error}).", "", JSON) from error
        if not isinstance(answer, Mapping):
            raise refusal(self.path, " is no answer of a SCIM interface.", "", JSON)
        return answer


def _person(user: Any, source: str) -> Person:
    if not isinstance(user, Mapping):
        raise ValueError("a user is an object")  # noqa: TRY004 - told as every other mistake of a line
    login = _text(user, "userName") or ""
    address = _address(user.get("emails")) or (login if ADDRESS.fullmatch(login) else "")
    known = _text(user, "externalId") or _text(user, "id") or login
    if not known:
        raise ValueError("it has no id")
    active = user.get("active", True)
    if not isinstance(active, bool):
        raise ValueError("active is true or false")  # noqa: TRY004 - the same
    return entry(
        source, known, _name(user) or address or login or known, address, _accounts(user), active=active
    )


def _name(user: Mapping[str, Any]) -> str | None:
    name = user.get("name")
    parts: Mapping[str, Any] = name if isinstance(name, Mapping) else {}
    whole = " ".join(part for key in ("givenName", "familyName") if (part := _text(parts, key)))
    return _text(user, "displayName") or _text(parts, "formatted") or whole or None


def _address(emails: Any) -> str | None:
    """The primary address, else the first that is one."""
    listed = [e for e in emails if isinstance(e, Mapping)] if isinstance(emails, list) else []
    listed.sort(key=lambda e: e.get("primary") is not True)
    return next((a for e in listed if (a := _text(e, "value")) and ADDRESS.fullmatch(a)), None)


def _accounts(user: Mapping[str, Any]) -> dict[str, str]:
    extensions = [
        value for key, value in user.items() if key.startswith("urn:") and isinstance(value, Mapping)
    ]
    return {
        tool: account
        for tool, keys in ACCOUNT_KEYS.items()
        for extension in extensions
        for key in keys
        if (account := _text(extension, key))
    }


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{key} is a text")  # noqa: TRY004 - the same
    return value.replace("\0", "").strip() or None
