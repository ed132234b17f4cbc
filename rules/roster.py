"""The roster: each person of the model with their accounts, whose an account is not, and who has gone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from config.model import OperatingModel
from rules.identities import How, Identity, gone, is_entry
from rules.people import Accounts
from rules.records import Person


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has at hand: active items that are assigned to them, and open pull requests of theirs."""

    items: int = 0
    pulls: int = 0

    def __add__(self, other: "Held") -> "Held":
        return Held(self.items + other.items, self.pulls + other.pulls)

    @property
    def total(self) -> int:
        """Both together."""
        return self.items + self.pulls


NOTHING = Held()


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a source, whose it is by what, and what it holds."""

    source: str
    account: str
    name: str | None  # None: no tool has told of it
    how: How | None
    active: bool = True
    held: Held = NOTHING
    directory: str | None = None  # who it is by a directory: name and address


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the model."""

    handle: str
    name: str | None
    accounts: tuple[Account, ...]
    roles: tuple[str, ...]  # product-owner of shop

    @property
    def held(self) -> Held:
        """All that their accounts hold."""
        return _sum(self.accounts)


@dataclass(frozen=True, slots=True)
class Share:
    """Of a source's accounts, machines left out: how many show an address, and how many are somebody's."""

    source: str
    accounts: int
    with_email: int
    matched: int


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody who has gone, and what is still theirs."""

    who: str  # handle, or source and account of somebody the model does not know
    why: tuple[str, ...]
    held: Held
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody."""

    members: tuple[Member, ...]
    shares: tuple[Share, ...]
    unmatched: tuple[Account, ...]  # those that hold most first
    departed: tuple[Departed, ...]  # that still hold work or roles
    contradictions: tuple[str, ...]
    entries: int  # of directories
    entries_known: int  # of these, people of the model


def roster(
    model: OperatingModel,
    persons: Iterable[Person],
    held: Mapping[tuple[str, str], Held],
    today: date,
) -> Roster:
    """Everybody as the model, the tools and the directories tell it; `held` is by source and account."""
    known = list(persons)
    accounts = Accounts(model, known)
    people = [(p, match) for p, match in accounts.matches if not p.is_bot]
    told = {(p.source, p.key) for p, _ in accounts.matches}
    people += [
        (Person(source, key, key, key), accounts.identity(source, key))
        for source, key in held
        if (source, key) not in told
    ]
    of: dict[str | None, list[Account]] = {}
    for person, match in people:
        of.setdefault(match.handle, []).append(_account(person, match, held))
    members = tuple(_member(model, handle, of.get(handle, []), people) for handle in model.people)
    entries = [person for person in known if is_entry(person)]
    return Roster(
        members=members,
        shares=tuple(_shares(people, {source for source, _ in told})),
        unmatched=tuple(
            sorted(of.get(None, []), key=lambda a: (-a.held.total, not a.active, a.source, a.account))
        ),
        departed=tuple(_departed(model, members, people, held, accounts, today)),
        contradictions=(*_contradictions(people), *accounts.identities.doubts),
        entries=len(entries),
        entries_known=sum(map(len, accounts.identities.entries.values())),
    )


def roles_of(model: OperatingModel, handle: str) -> Iterator[str]:
    """What the model makes them accountable for, as people say it."""
    if model.operator == handle:
        yield "operator"
    for stream in model.value_streams.values():
        if stream.owner == handle:
            yield f"owner of the value stream {stream.id}"
    for product in model.products.values():
        if product.owner == handle:
            yield f"owner of {product.id}"
        yield from (f"{role} of {product.id}" for role, holder in product.roles.items() if holder == handle)


def _account(person: Person, match: Identity, held: Mapping[tuple[str, str], Held]) -> Account:
    entry = next(iter(match.entries), None)
    return Account(
        person.source,
        person.key,
        person.name,
        match.how,
        person.active,
        held.get((person.source, person.key), NOTHING),
        ", ".join(filter(None, (entry.name, entry.email))) if entry is not None else None,
    )


def _member(
    model: OperatingModel, handle: str, accounts: list[Account], people: list[tuple[Person, Identity]]
) -> Member:
    """A person with the accounts that the tools tell of, and those that are only written."""
    person = model.people[handle]
    named = {
        (p.source, word.casefold()) for p, match in people if match.handle == handle for word in (p.key, p.id)
    }
    unseen = [
        Account(source.id, account, None, "written")
        for tool, only, account in person.accounts()
        for source in model.sources
        if source.kind == tool and only in {None, source.id} and (source.id, account.casefold()) not in named
    ]
    listed = sorted((*accounts, *unseen), key=lambda a: (a.source, a.account))
    return Member(handle, person.name, tuple(listed), tuple(roles_of(model, handle)))


def _shares(people: list[tuple[Person, Identity]], sources: set[str]) -> Iterator[Share]:
    for source in sorted(sources):
        mine = [(p, match) for p, match in people if p.source == source]
        with_email = sum(1 for p, _ in mine if p.email)
        yield Share(source, len(mine), with_email, sum(1 for _, match in mine if match.handle))


def _departed(
    model: OperatingModel,
    members: Iterable[Member],
    people: list[tuple[Person, Identity]],
    held: Mapping[tuple[str, str], Held],
    accounts: Accounts,
    today: date,
) -> Iterator[Departed]:
    """Those that still hold something: people of the model first, then accounts nobody knows."""
    for member in members:
        left = model.people[member.handle].left
        entries = accounts.identities.entries.get(member.handle, [])
        closed = [a for a in member.accounts if not a.active]
        why = [f"left on {left} by the model"] if left is not None and left <= today else []
        if entries and all(gone(entry, today) for entry in entries):
            why.append(_by_directory(entries[0]))
        whole = bool(why)
        why += [f"{a.account} is deactivated in {a.source}" for a in closed]
        hands = _sum(member.accounts if whole else closed)
        if why and (hands.total or member.roles):
            yield Departed(member.handle, tuple(why), hands, member.roles)
    unknown = []
    for person, match in people:
        hands = held.get((person.source, person.key), NOTHING)
        if match.handle is None and hands.total:
            why = [] if person.active else [f"deactivated in {person.source}"]
            if match.entries and all(gone(entry, today) for entry in match.entries):
                why.append(_by_directory(match.entries[0]))
            if why:
                unknown.append(
                    Departed(f"{person.name} ({person.source} {person.key})", tuple(why), hands, ())
                )
    yield from sorted(unknown, key=lambda d: (-d.held.total, d.who))


def _by_directory(entry: Person) -> str:
    when = f"left on {entry.left}" if entry.left is not None else "not active"
    return f"{when} by the directory {entry.source}"


def _contradictions(people: list[tuple[Person, Identity]]) -> Iterator[str]:
    for person, match in people:
        if match.doubt is not None:
            yield f"{person.source} {person.key}: {match.doubt}"


def _sum(accounts: Iterable[Account]) -> Held:
    total = NOTHING
    for account in accounts:
        total += account.held
    return total


def only(found: Roster, *, unmatched: bool, departed: bool) -> Roster:
    """Cut to the lists that were asked for; all of it where none was."""
    if not unmatched and not departed:
        return found
    empty = replace(found, members=(), shares=(), contradictions=())
    return replace(
        empty,
        unmatched=found.unmatched if unmatched else (),
        departed=found.departed if departed else (),
    )
