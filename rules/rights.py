"""Rights: the one table of who may do what about a finding. Every door asks it.

Who decides about waivers stands in the model's decision `waive`; where it says nothing, the value stream
owner does, for 90 days at most, and never about what they asked for themselves or did themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from config.errors import Entry
from config.model import Decision, OperatingModel
from config.words import Span
from rules.audience import asker_clearance, lets_in, visible
from rules.errors import RIGHT_ELSEWHERE
from rules.findings import Severity
from rules.holders import PORTFOLIO_OWNER, STREAM_OWNER, Held, above, here, holder, role_words

Act = Literal["see", "request", "approve", "deny", "revoke"]
Who = Literal["reader", "driver", "approver"]

RIGHTS: Mapping[Act, Who] = {
    "see": "reader",
    "request": "driver",
    "approve": "approver",
    "deny": "approver",
    "revoke": "approver",
}
"""reader: whoever is cleared for all that the finding stands on; driver: a reader with the role that may ask
for waivers; approver: a reader who holds the decision `waive` for the product, or a delegate of theirs."""

WAIVE = "waive"
"""The decision of the model that waivers are taken by."""
_USUAL = Decision(driver="anyone", approver=STREAM_OWNER, max=Span(90, "d"), never=["self", "subject"])


DOERS = ("assignee", "author", "merged_by")
"""Facts that name the people whose work a subject is."""


@dataclass(frozen=True, slots=True)
class About:
    """What is acted on: a finding, whom it is about, and who asked for the waiver in question."""

    product: str | None
    name: str  # of the product, as people call it
    audience: tuple[str, ...] | None
    severity: Severity
    people: frozenset[str] = frozenset()  # assignee, author: handles of those whose work it is
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """They may; `steps` tell by which right."""

    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """They may not: one sentence that says who may. `instead` are the people that are meant by it today."""

    why: str
    instead: tuple[str, ...] = ()
    entry: Entry = field(default=RIGHT_ELSEWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who decides about a waiver today, by which role, and how they were found."""

    role: str
    people: tuple[str, ...]  # the holder first, then delegates; empty where the model names nobody
    steps: tuple[str, ...]


def decision(model: OperatingModel) -> Decision:
    """The decision `waive` of the model; what it leaves out is as usual."""
    said = model.decisions.get(WAIVE)
    if said is None:
        return _USUAL
    left_out = {"max", "never"} - said.model_fields_set
    return said.model_copy(update={name: getattr(_USUAL, name) for name in left_out})


def may(model: OperatingModel, act: Act, actor: str, about: About, today: date) -> Allowed | Refused:
    """Whether a person, by handle, may do this on that day."""
    if not here(model, actor, today):
        known = actor in model.people
        return Refused(
            f"{actor} has left." if known else f"{actor} is not one of the people of the operating model."
        )
    lenders = _lenders(model, actor, today) if RIGHTS[act] == "approver" else ()
    if not any(_reads(model, reader, about, today) for reader in (actor, *lenders)):
        return Refused(
            f"{actor} is not cleared for all that this finding stands on: it is for those who are."
        )
    match RIGHTS[act]:
        case "reader":
            return Allowed()
        case "driver":
            return _may_ask(model, actor, about, today)
        case "approver":
            return _may_decide(model, actor, about, today)


def approvers(model: OperatingModel, about: About, today: date) -> Approvers:
    """Who decides: the holder of the right and their delegates; one level up where that is a party to it."""
    rule = decision(model)
    parties = _parties(rule, about)
    first: str = PORTFOLIO_OWNER if about.severity is Severity.CRITICAL else rule.approver
    role: str | None = first
    steps: list[str] = []
    while role is not None:
        held = holder(model, role, about.product, today)
        steps += [s for s in held.steps if s not in steps]
        if held.person is None:
            break
        if held.person not in parties:
            lent = [d for d in _delegates(model, held, today) if d[0] not in parties]
            return Approvers(
                role, (held.person, *(to for to, _ in lent)), (*steps, *(says for _, says in lent))
            )
        role = above(role)
        if role is not None:
            steps.append(f"{held.person} is a party to it: goes to the {role_words(role)}")
    return Approvers(first, (), tuple(steps))


def _lenders(model: OperatingModel, actor: str, today: date) -> tuple[str, ...]:
    """Whose decision they may take today; they see what it is about with the eyes of those."""
    return tuple(
        d.from_ for d in model.delegations if d.to == actor and WAIVE in d.decisions and d.until >= today
    )


def _reads(model: OperatingModel, actor: str, about: About, today: date) -> bool:
    clearance = asker_clearance(model, actor, None, today)
    product = about.product
    return visible(about.audience, clearance) and (
        actor == model.operator or lets_in(model, product, handle=actor, channel=None, today=today)
    )


def _may_ask(model: OperatingModel, actor: str, about: About, today: date) -> Allowed | Refused:
    driver = decision(model).driver
    if driver == "anyone":
        return Allowed()
    held = holder(model, driver, about.product, today)
    if actor == held.person:
        return Allowed(held.steps)
    who = f"the {role_words(driver)}"
    return Refused(f"Waivers for {about.name} are asked for by {who}.", _people(held.person))


def _may_decide(model: OperatingModel, actor: str, about: About, today: date) -> Allowed | Refused:
    entitled = approvers(model, about, today)
    if actor in entitled.people:
        return Allowed(entitled.steps)
    what = "Waivers of critical findings" if about.severity is Severity.CRITICAL else "Waivers"
    rule = decision(model)
    whose = "its" if about.product and entitled.role != PORTFOLIO_OWNER else "the"
    instead = f"by {whose} {role_words(entitled.role)}, or a delegate"
    if not entitled.people:
        return Refused(
            f"Nobody may decide about waivers for {about.name}: {'; '.join(entitled.steps)}. "
            f"Name a {role_words(PORTFOLIO_OWNER)} under roles, or an operator."
        )
    why = f"{what} for {about.name} are granted {instead}."
    if "self" in rule.never and actor == about.asked_by:
        why = f"Nobody decides about a waiver they asked for. {why}"
    elif "subject" in rule.never and actor in about.people:
        why = f"Nobody decides about a waiver for their own work. {why}"
    return Refused(why, entitled.people)


def _parties(rule: Decision, about: About) -> frozenset[str]:
    asked = {about.asked_by} if "self" in rule.never and about.asked_by else set()
    return frozenset(asked) | (about.people if "subject" in rule.never else frozenset())


def _delegates(model: OperatingModel, held: Held, today: date) -> list[tuple[str, str]]:
    """To whom the holder has lent the decision, and that in words."""
    return [
        (d.to, f"{d.from_} lends {WAIVE} to {d.to} until {d.until}")
        for d in model.delegations
        if d.from_ == held.person and WAIVE in d.decisions and d.until >= today and here(model, d.to, today)
    ]


def _people(person: str | None) -> tuple[str, ...]:
    return () if person is None else (person,)
