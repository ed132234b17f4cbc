"""What follows from Larkfield's pull requests: checks, deployments, releases; and who owns which repository.

Nothing here draws from the year's random numbers: what is decided by chance hangs on the ids alone, so that
telling more of the year changes nothing of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from connectors.larkfield.people import REPOSITORIES
from connectors.larkfield.products import PRODUCTS, TEAMS
from connectors.larkfield.world import Deployed, Group, Published, Pull, Turn

CHECKED = timedelta(minutes=12)
ROLLED_OUT = timedelta(minutes=40)  # after the merge
UNSHIPPED = {"larkfield/demo-kit", "larkfield/booking-legacy"}
EVERYONE = "engineering"


def checked(pull: Pull, ends: datetime) -> Pull:
    """The pull request with the checks of its last commit: merged ones passed, of the others some fail."""
    begun = pull.ready_at or pull.created_at
    merged = pull.merged_at is not None
    passes = merged or _chance(pull) >= 0.15
    done = min(begun + CHECKED, pull.merged_at or begun + CHECKED)
    turns = (Turn(begun, "PENDING"), Turn(done, "SUCCESS" if passes else "FAILURE"))
    return replace(pull, checks=tuple(turn for turn in turns if turn.at <= ends))


def deployed(pulls: Iterable[Pull], ends: datetime) -> tuple[Deployed, ...]:
    """Every third merge goes to production; a few of these deployments fail, and the next one repairs it."""
    found = []
    for pull, at in _merged(pulls):
        if _chance(pull, "ships") >= 1 / 3 or at + ROLLED_OUT > ends:
            continue
        began = at + ROLLED_OUT
        state = "FAILURE" if _chance(pull, "fails") < 0.06 else "SUCCESS"
        turns = (
            Turn(began + timedelta(minutes=1), "IN_PROGRESS"),
            Turn(began + timedelta(minutes=9), state),
        )
        found.append(
            Deployed(
                id=pull.id + 500_000,
                node=f"DE_kwDOLark{pull.id}",
                repository=pull.repository,
                environment="production",
                commit=sha256(f"{pull.repository}#{pull.number}".encode()).hexdigest()[:40],
                at=began,
                by=pull.merged_by or pull.author,
                turns=tuple(turn for turn in turns if turn.at <= ends),
            )
        )
    return tuple(found)


def published(pulls: Iterable[Pull]) -> tuple[Published, ...]:
    """The first merge of a month is released."""
    first: dict[tuple[str, int, int], tuple[Pull, datetime]] = {}
    for pull, at in _merged(pulls):
        first.setdefault((pull.repository, at.year, at.month), (pull, at))
    return tuple(
        Published(
            node=f"RE_kwDOLark{pull.id}", repository=repository, tag=f"v{year}.{month}", at=at + ROLLED_OUT
        )
        for (repository, year, month), (pull, at) in first.items()
    )


def _merged(pulls: Iterable[Pull]) -> Iterator[tuple[Pull, datetime]]:
    merges = [(p, p.merged_at) for p in pulls if p.merged_at is not None and p.repository not in UNSHIPPED]
    yield from sorted(merges, key=lambda merge: (merge[1], merge[0].id))


def groups() -> tuple[Group, ...]:
    """A GitHub team for each team, that may write to its products' repositories, and one that reads all."""
    every = tuple(repository.name for repository in REPOSITORIES)
    people: dict[str, Sequence[str]] = {
        team: tuple(dict.fromkeys(seat.person for seat in TEAMS[team].seats)) for team in TEAMS
    }
    teams = [
        Group(
            node=f"T_kwDOLark{place:02d}",
            slug=team,
            name=team.capitalize(),
            members=tuple(people[team]),
            writes=tuple(name for p in TEAMS[team].products for name in PRODUCTS[p].repositories),
            parent=EVERYONE,
        )
        for place, team in enumerate(TEAMS, start=1)
    ]
    return (Group("T_kwDOLark00", EVERYONE, EVERYONE.capitalize(), ("eva", "omar"), (), reads=every), *teams)


def owners() -> Mapping[str, str]:
    """The file CODEOWNERS of each repository that a team builds."""
    return {
        name: "\n".join(_lines(name, team, files))
        for team, works in TEAMS.items()
        for product in works.products
        for name, files in PRODUCTS[product].repositories.items()
    }


def _lines(name: str, team: str, files: Sequence[str]) -> Iterator[str]:
    yield f"# Who reviews changes of {name}"
    yield f"* @larkfield/{team}"
    if name == "larkfield/mono":
        yield "/ops/ @larkfield/platform"
    yield from (f"/{file} @larkfield/{team}" for file in files[:1])


def _chance(pull: Pull, what: str = "") -> float:
    """A number from 0 to 1, always the same for a pull request; its id depends on where the year ends."""
    named = f"{pull.repository}#{pull.number} {what}"
    return int.from_bytes(sha256(named.encode()).digest()[:4], "big") / 2**32
