"""What issues have beside their list, as the query Issues tells it: pure, every field checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.github.shapes import Address, Camel, Counted


class OnBoard(Camel, frozen=True):
    """A field of a board: an option, a text, a number, a date, or the title of an iteration."""

    name: str | None = None
    text: str | None = None
    number: float | None = None
    date: str | None = None
    title: str | None = None


class Owner(Camel, frozen=True):
    """An organisation or a user."""

    login: str | None = None


class Board(Camel, frozen=True):
    """A project board."""

    number: int
    owner: Owner


class Card(Camel, frozen=True):
    """An issue on a board, with the fields that GitHub's own templates have."""

    project: Board
    status: OnBoard | None = None
    priority: OnBoard | None = None
    size: OnBoard | None = None
    estimate: OnBoard | None = None
    iteration: OnBoard | None = None
    due: OnBoard | None = None


class Told(Camel, frozen=True):
    """What the query Issues tells of one."""

    blocked_by: Counted[Address | None] | None = None
    project_items: Counted[Card | None] | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read of an issue beside its list: keys of what holds it back, and fields of boards."""

    blockers: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


NOTHING = Beside()


def beside(seen: Told, owner: str, boards: Sequence[int]) -> Beside:
    """What holds an issue back, and its fields on these boards of an owner (in small letters)."""
    blockers = seen.blocked_by.nodes if seen.blocked_by else ()
    told = [card for card in (seen.project_items.nodes if seen.project_items else ()) if card is not None]
    cards = [
        card
        for number in boards
        for card in told
        if card.project.number == number and (card.project.owner.login or "").casefold() == owner
    ]
    fields: dict[str, str] = {}
    for card in cards:
        for name, value in _on_card(card):
            fields.setdefault(name, value)
    return Beside(
        blockers=tuple(f"{b.repository.name_with_owner}#{b.number}" for b in blockers if b is not None),
        fields=fields,
    )


def _on_card(card: Card) -> Iterable[tuple[str, str]]:
    told = {
        "status": card.status,
        "priority": card.priority,
        "size": card.size,
        "estimate": card.estimate,
        "iteration": card.iteration,
        "target date": card.due,
    }
    for name, value in told.items():
        if value is None:
            continue
        number = None if value.number is None else f"{value.number:g}"
        text = value.name or value.text or number or value.date or value.title
        if text:
            yield name, text
