"""What there is on GitHub, without its content: how what was deleted, transferred or hidden is found."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from connectors.connector import Found, Standing
from connectors.errors import FixRequestError, NotThereError, TryLaterError, UnexpectedAnswerError
from connectors.github.graphql import GONE, MOST_IDS, ask, ask_whole
from connectors.github.probe import probe
from connectors.github.repositories import Roster
from connectors.github.shapes import Address, Camel, Counted, PageInfo, shaped
from connectors.paging import Walk
from connectors.transport import Transport


class _Id(Struct, frozen=True):
    id: str


class _Ids(Counted[_Id], frozen=True, kw_only=True):
    page_info: PageInfo


class _Contents(Camel, frozen=True):
    issues: _Ids | None = None
    pull_requests: _Ids | None = None


class _Place(Address, frozen=True, kw_only=True):
    """Where an item is now, and under which id."""

    id: str


class GitHubCensus:
    """A census (see connectors/connector.py) over the repositories of a source."""

    def __init__(self, transport: Transport, roster: Roster) -> None:
        self._transport = transport
        self._roster = roster
        self._ids: dict[str, str] = {}  # of repositories, by key

    async def roster(self) -> Mapping[str, Standing]:
        """The repositories that the account can see; free, where nothing changed since they were listed.

        Raises:
            UnexpectedAnswerError: one is told in a form that is not understood.
            ConnectorError: as the transport has it.
        """
        listed = await self._roster.read(self._transport)
        if not listed.whole:
            raise UnexpectedAnswerError(" ".join(problem.what for problem in listed.problems))
        self._ids = {home.key: home.id for home in listed.homes}
        return {home.key: "archived" if home.archived else "live" for home in listed.homes}

    async def counts(self, containers: Sequence[str]) -> Mapping[str, int]:
        """How many issues and pull requests each repository holds: 1 point for 50 repositories.

        Raises:
            ConnectorError: GitHub did not tell.
        """
        ids = {key: id_ for key in containers if (id_ := await self._id(key)) is not None}
        seen = await probe(self._transport, list(ids.values()))
        return {key: seen[id_].total for key, id_ in ids.items() if id_ in seen}

    async def ids(self, container: str) -> AsyncIterator[Sequence[str]]:
        """The ids of all issues and pull requests of a repository: 1 point for 200.

        Raises:
            NotThereError: the repository is not there, or hidden.
            TryLaterError: fewer came than GitHub counts.
            ConnectorError: GitHub did not tell all.
        """
        asking: dict[str, Any] = {"id": await self._id(container), "issues": True, "pulls": True}
        walk = Walk(f"GitHub's pages of the ids of {container}")
        given, total = set[str](), {"issues": 0, "pulls": 0}
        while asking["issues"] or asking["pulls"]:
            node = (
                (await ask_whole(self._transport, "Ids", asking)).data.get("node") if asking["id"] else None
            )
            if node is None:
                raise NotThereError(f"{container} cannot be counted: it is gone, or hides its items.")
            told = shaped(node, _Contents, container)
            for name, part in (("issues", told.issues), ("pulls", told.pull_requests)):
                if not asking[name]:
                    continue
                if part is None:
                    raise UnexpectedAnswerError(f"GitHub does not list the {name} of {container}.")
                some = [one.id for one in part.nodes]
                given.update(some)
                yield some
                total[name] = part.total_count
                asking[name] = part.page_info.has_next_page
                asking[f"{name}After"] = part.page_info.end_cursor
            walk.on_to(f"{asking.get('issuesAfter')} {asking.get('pullsAfter')}")
        if len(given) < sum(total.values()):
            what = f"GitHub counts {sum(total.values())} items in {container} and listed {len(given)}."
            raise TryLaterError(what, "The next census lists them again.")

    async def find(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """Where these items are now: 1 point for 100. A transferred issue has another id elsewhere.

        Raises:
            ConnectorError: GitHub did not tell of each whether it is there.
        """
        found: dict[str, Found] = {}
        for start in range(0, len(ids), MOST_IDS):
            found.update(await self._find(ids[start : start + MOST_IDS]))
        return found

    async def _find(self, ids: Sequence[str]) -> Mapping[str, Found]:
        try:
            reply = await ask(self._transport, "Addresses", {"ids": list(ids)})
        except (FixRequestError, NotThereError) as error:
            if len(ids) > 1:  # an id that GitHub cannot read may spoil the question: each half is asked alone
                half = len(ids) // 2
                return {**await self._find(ids[:half]), **await self._find(ids[half:])}
            if isinstance(error, NotThereError):
                return {}
            raise
        nodes = reply.nodes(len(ids), "items")
        if unexplained := [c.message for c in reply.complaints if c.type not in GONE]:
            # A null that is explained by anything else proves nothing.
            what = f"GitHub did not tell where all items are: {unexplained[0].rstrip('.')}."
            raise TryLaterError(what, "The next census looks again.")
        found = {}
        for id_, node in zip(ids, nodes, strict=True):
            if node:
                address = shaped(node, _Place, id_)
                found[id_] = Found(address.id, address.repository.name_with_owner)
        return found

    async def _id(self, key: str) -> str | None:
        if key not in self._ids:
            await self.roster()
        return self._ids.get(key)
