"""Whether what the store knows is still there: what each state means, and how a census settles it.

Nothing is ever removed from the store. A record that its source does not show any more keeps all that is
known of it, and one word says where it is.
"""

from collections.abc import Collection, Mapping
from typing import Literal

Presence = Literal[
    "present", "deleted", "transferred", "moved", "archived", "access_lost", "unobserved", "unreadable"
]
"""Where a record is: there; deleted; transferred (it lives on under another id); moved to where its source
does not look; in an archived container; out of sight with its container; missing, but so are too many
others; or there in a form that is not understood."""
Gone = Literal["deleted", "transferred", "moved", "archived"]
Hidden = Literal["access_lost", "unobserved", "unreadable"]

GONE: Mapping[Presence, str] = {
    "deleted": "it was deleted in its source",
    "transferred": "it was transferred and lives on under another id",
    "moved": "it moved to where its source does not look",
    "archived": "its project or repository was archived",
}
"""States in which a subject is no more, and how that is told: its findings close as obsolete."""
HIDDEN: Mapping[Presence, str] = {
    "access_lost": "access lost",
    "unobserved": "not observed, with too many others at once",
    "unreadable": "in quarantine, because its present form is not understood",
}
"""States in which nobody knows how a subject is now, and their words: verdicts are unknown, findings stay."""

TO_KNOW: Mapping[Presence, str] = {
    "access_lost": "Give the account of the source access again; the next census brings it back.",
    "unobserved": "Look whether it was really deleted: opsbot census; then opsbot census --believe.",
    "unreadable": "See what is not understood: opsbot sources.",
}
"""What a person can do about a hidden subject."""

SHARE = 2
"""One in so many of a container's records vanished at once: rather a lost permission than a clean-up."""
FEW = 5
"""Up to so many may vanish from a container whatever their share: three of the four items of a small
project are deleted on an ordinary day."""

Standing = Literal["live", "archived", "trashed"]
Place = tuple[str, str]
"""Under which id, in which container."""


def settle(
    container: str,
    standing: Standing | None,
    known: Mapping[str, Presence],
    listed: Collection[str],
    found: Mapping[str, Place],
    *,
    guarded: bool = True,
) -> dict[str, Presence]:
    """The presence of every known id of a container after a census that was whole.

    `standing`: of the container, None where it is out of sight. `listed`: the ids that its source listed.
    `found`: where those are that were missing and then asked for one by one. `guarded` false: a person says
    that as much was deleted as it looks.
    """
    vanished = {
        id_ for id_, state in known.items() if state not in GONE and id_ not in listed and id_ not in found
    }
    there = sum(1 for state in known.values() if state not in GONE)
    suspicious = guarded and len(vanished) > FEW and len(vanished) * SHARE >= there
    settled: dict[str, Presence] = {}
    for id_, state in known.items():
        if id_ in listed or found.get(id_) == (id_, container):
            settled[id_] = "unreadable" if state == "unreadable" else "present"
        elif id_ in found:
            settled[id_] = "transferred" if found[id_][0] != id_ else "moved"
        elif state in GONE:
            settled[id_] = state
        elif standing is None:
            settled[id_] = "access_lost"
        elif standing == "archived":
            settled[id_] = "archived"
        elif standing == "trashed":
            settled[id_] = "deleted"
        else:
            settled[id_] = "unobserved" if suspicious else "deleted"
    return settled
