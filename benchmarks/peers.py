"""What other open connectors ask for, by their own documented or published plans.

Formulas over the same organisation, not measurements: their servers were not asked. Where a plan loses data
the note says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A connector and what it needs for everything; `note` says where that is from, and what is lost."""

    name: str
    needs: Callable[[int, Sequence[int]], str]
    note: str


def pages(count: int, size: int) -> int:
    """Requests for so many things, so many a page."""
    return -(-count // size)


def _beyond(histories: Sequence[int], most: int) -> int:
    """Requests by a hundred for the issues that have more histories than come with them."""
    return sum(pages(count, 100) for count in histories if count > most)


JIRA = (
    Peer(
        "dlt, Singer tap-jira, Airbyte",
        lambda n, _: f"{pages(n, 50):,} requests",
        "50 issues a page with expand=changelog, which ends at 40 histories an issue (JRACLOUD-96459): the "
        "oldest are lost; dlt reads everything again each time (write_disposition=replace)",
    ),
    Peer(
        "Estuary source-jira-native",
        lambda n, h: f"{pages(n, 100) + _beyond(h, 40):,} requests",
        "100 a page (it asks for 250), and a walk over the changelog of each issue with more than 40",
    ),
    Peer(
        "Apache DevLake",
        lambda n, h: f"{pages(n, 100) + _beyond(h, 100):,} requests a board",
        "agile search by board, and a walk for each issue with more than 100; issues on no board are "
        "missing, deletions are not seen",
    ),
    Peer(
        "one changelog an issue",
        lambda n, h: f"{pages(n, 50) + sum(max(1, pages(count, 100)) for count in h):,} requests",
        "the plain way with Jira's older endpoints, complete",
    ),
)
"""By N issues and the number of histories of each."""

GITHUB = (
    Peer(
        "all by GraphQL",
        lambda n, _: (
            f"{3 * pages(n, 100) + 3 * pages(n, 50):,} to {10 * pages(n, 100) + 3 * pages(n, 50):,} points"
        ),
        "3 to 10 points a page of 100 issues, 3 for 50 pull requests",
    ),
    Peer(
        "Apache DevLake",
        lambda n, _: f"{pages(n, 10):,} points for pull requests, and the issues",
        "ten pull requests a query since 502s (apache/devlake#3708)",
    ),
    Peer(
        "tap-github, Airbyte source-github",
        lambda n, _: f"{2 * n + 2 * pages(n, 100):,} to {3 * n + 2 * pages(n, 100):,} requests",
        "REST, two or three requests a pull request: reviews, check runs, statuses; four to six hours at "
        "5,000 an hour",
    ),
)
"""By N issues and as many pull requests."""
