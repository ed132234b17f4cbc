"""People an export names, as the model lists them: handles, accounts, addresses where it tells them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError

from config.model import Person as Declared
from rules.proposal.ids import ids
from rules.proposal.tally import Tally

MOST_PEOPLE = 200
"""More people than this are not typed in by hand; the busiest are proposed, the others counted."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person with their accounts. `joined`: two accounts that are held to be one person's by their name."""

    handle: str
    name: str
    email: str | None
    jira: str | None
    github: str | None
    met: int  # how often items and changes name them
    active: bool
    joined: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """Those the model lists, how many more there are, and accounts that are programs."""

    listed: tuple[Known, ...]
    others: int
    bots: tuple[str, ...]

    def handle(self, tool: str, account: str) -> str | None:
        """Whose account it is."""
        return next((p.handle for p in self.listed if getattr(p, tool) == account), None)


def people(tally: Tally, known: Mapping[tuple[str, str], str]) -> People:
    """Everybody items and changes name, the most often named first; `known` have their handle already."""
    found = [k for tool, seen in tally.seen.items() for k in _accounts(tool, seen, tally)]
    strangers = [k for k in found if _handle(k, known) is None]
    everybody = [*_joined(strangers), *_known(found, known)]
    joined = sorted(everybody, key=lambda k: (-k.met, k.name, k.jira or "", k.github or ""))
    listed = joined[:MOST_PEOPLE]
    new = iter(ids((_called(k) for k in listed if not k.handle), "person", set(known.values())))
    handles = [k.handle or next(new) for k in listed]
    bots = sorted(a for a in tally.seen["github"] if a in tally.people and tally.people[a].is_bot)
    return People(
        tuple(replace(k, handle=handle) for k, handle in zip(listed, handles, strict=True)),
        len(joined) - len(listed),
        tuple(bots),
    )


def _accounts(tool: str, seen: Counter[str], tally: Tally) -> list[Known]:
    folded: dict[str, Known] = {}
    for account in sorted(seen, key=lambda a: (-seen[a], a)):
        person = tally.people.get(account)
        if (person is not None and person.is_bot) or account.casefold() in folded:
            continue
        entry = tally.entries.get((tool, account.casefold()))
        told = [p for p in (person, entry) if p is not None]
        folded[account.casefold()] = Known(
            handle="",
            name=next((p.name for p in told if p.name != account), account),
            email=next((email for p in told if (email := _usable(p.email))), None),
            jira=account if tool == "jira" else None,
            github=account if tool == "github" else None,
            met=seen[account],
            active=all(p.active for p in told),
        )
    return list(folded.values())


def _handle(one: Known, known: Mapping[tuple[str, str], str]) -> str | None:
    tool, account = ("jira", one.jira) if one.jira else ("github", one.github)
    return known.get((tool, account or ""))


def _known(found: list[Known], known: Mapping[tuple[str, str], str]) -> list[Known]:
    """One entry for each person of the model, with all accounts that were met."""
    entries: dict[str, Known] = {}
    for one in found:
        handle = _handle(one, known)
        if handle is None:
            continue
        before = entries.get(handle, replace(one, handle=handle, met=0))
        entries[handle] = replace(
            before,
            email=before.email or one.email,
            jira=before.jira or one.jira,
            github=before.github or one.github,
            met=before.met + one.met,
            active=before.active and one.active,
        )
    return list(entries.values())


def _joined(found: list[Known]) -> list[Known]:
    """One entry for a Jira and a GitHub account with the same address, or a name nobody else has."""
    email_in, name_in = _alone(found, "email"), _alone(found, "name")
    entries: list[Known] = []
    partners = {("jira", k.jira): k for k in found if k.jira}
    taken: set[str] = set()
    for one in (k for k in found if k.jira is None):
        other, by_name = _partner(one, email_in), False
        if other is None:
            other, by_name = _partner(one, name_in), True
        if other is None or other.jira is None or other.jira in taken:
            entries.append(one)
            continue
        taken.add(other.jira)
        partners["jira", other.jira] = replace(
            other,
            github=one.github,
            email=other.email or one.email,
            met=other.met + one.met,
            joined=by_name,
            active=other.active and one.active,
        )
    return _once_an_address([*partners.values(), *entries])


def _alone(found: list[Known], word: str) -> Mapping[str, Known]:
    """Jira accounts by a value that no second one has."""
    values = Counter(str(getattr(k, word)).casefold() for k in found if k.jira and getattr(k, word))
    return {
        folded: k
        for k in found
        if k.jira and getattr(k, word) and values[folded := str(getattr(k, word)).casefold()] == 1
    }


def _partner(one: Known, others: Mapping[str, Known]) -> Known | None:
    return next((others[v.casefold()] for v in (one.email, one.name) if v and v.casefold() in others), None)


def _once_an_address(found: list[Known]) -> list[Known]:
    """An address that two share is nobody's own."""
    counts = Counter(k.email.casefold() for k in found if k.email)
    return [replace(k, email=None) if k.email and counts[k.email.casefold()] > 1 else k for k in found]


def _usable(email: str | None) -> str | None:
    try:
        return Declared(email=email).email
    except ValidationError:
        return None


def _called(known: Known) -> str:
    """What their handle is made of: the address's first part, else the GitHub login, else the name."""
    if known.email:
        return known.email.partition("@")[0]
    return known.github or known.name
