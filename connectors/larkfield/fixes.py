"""What somebody at Larkfield may put right after the story, for trying what the bot makes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from connectors.larkfield.world import Happening, World


def flag_lifted(world: World, key: str, at: datetime, *, by: str, why: str) -> World:
    """The same year, in which somebody takes the flag off an issue at that moment and comments why.

    Raises:
        KeyError: there is no such issue.
        ValueError: it is not flagged then.
    """
    issue = {one.key: one for one in world.issues}[key]
    state = issue.as_of(at)
    if state is None or not state.flagged:
        raise ValueError(f"{key} is not flagged at {at:%d %b %H:%M}")
    then = (
        Happening(at, by, "flagged", "yes", None),
        Happening(at + timedelta(seconds=40), by, "comment", None, why),
    )
    happenings = tuple(sorted((*issue.happenings, *then), key=lambda h: h.at))
    fixed = replace(issue, happenings=happenings)
    return replace(world, issues=tuple(fixed if one.key == key else one for one in world.issues))
