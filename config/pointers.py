"""Which values of the operating model point at other entries of it, as one table of patterns.

In a pattern `*` is every entry of a map or list, and a last `@` is every key of a map.
"""

from collections.abc import Iterator
from typing import Any

from config.mistakes import KeyPath

PEOPLE = (
    "operator",
    "review.by",
    "teams.*.members.*",
    "products.*.owner",
    "products.*.roles.*",
    "products.*.stakeholders.*",
    "products.*.acting.*.for",
    "products.*.acting.*.by",
    "products.*.risks.*.owner",
    "value_streams.*.owner",
    "objectives.*.owner",
    "measures.*.owner",
    "capabilities.*.owner",
    "partners.*.owner",
    "consumers.*.owner",
    "experiments.*.owner",
    "delegations.*.from",
    "delegations.*.to",
    "waivers.*.approved_by",
)
ROLES = (
    "products.*.roles.@",
    "value_streams.*.steps.*.role",
    "lifecycles.*.*.roles.*",
    "decisions.*.driver",
    "decisions.*.approver",
    "decisions.*.consult.*",
    "decisions.*.inform.*",
)
TEAMS = (
    "products.*.teams.*",
    "products.*.work.*.team",
    "objectives.*.work.*.team",
    "capabilities.*.improve.*.team",
    "ignore.*.team",
    "commitments.*.team",
)
CALENDARS = (
    "company.calendar",
    "people.*.calendar",
    "teams.*.calendar",
    "products.*.calendar",
    "value_streams.*.calendar",
    "calendars.*.extends",
)
POINTERS: dict[str, tuple[str, ...]] = {
    "people": PEOPLE,
    "roles": ROLES,
    "teams": TEAMS,
    "calendars": CALENDARS,
    "value_streams": ("products.*.stream", "rollout.*.streams.*"),
    "workflows": ("products.*.workflow",),
    "lifecycles": ("products.*.lifecycle",),
    "products": ("partners.*.products.*", "experiments.*.product"),
    "objectives": ("products.*.goals.*", "objectives.*.parent"),
    "measures": ("products.*.measures.*", "products.*.money.expect.@"),
    "consumers": ("products.*.for.@",),
    "decisions": ("delegations.*.decisions.*", "lifecycles.*.*.gate"),
    "readers": ("products.*.visibility.read.*", "visibility.read.*"),
}
"""Section that is pointed at, and from where."""


def each(tree: Any, pattern: str) -> Iterator[tuple[KeyPath, Any]]:
    """Every path and value that the pattern meets; what has another shape than expected is passed over."""
    yield from _each(tree, pattern.split("."), ())


def _each(here: Any, pattern: list[str], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if not pattern:
        yield path, here
        return
    part, rest = pattern[0], pattern[1:]
    if part == "@":
        yield from (((*path, key), key) for key in here) if isinstance(here, dict) else ()
    elif part == "*":
        entries = (
            here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        )
        for key, value in entries:
            yield from _each(value, rest, (*path, key))
    elif isinstance(here, dict) and part in here:
        yield from _each(here[part], rest, (*path, part))
