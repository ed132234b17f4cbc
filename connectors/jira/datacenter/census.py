"""Counts and lists what a Jira Data Center holds, without its content."""

from collections.abc import AsyncIterator, Mapping, Sequence

from connectors.connector import Found, Standing
from connectors.errors import FixRequestError
from connectors.jira import parse
from connectors.jira.datacenter.requests import Requests, by_key, quoted


class DataCenterCensus:
    """The census of one server. `projects` are those of the source; none: all that are visible.

    A server has no recycle bin for projects: one that is deleted is gone.
    """

    def __init__(self, requests: Requests, projects: Sequence[str]) -> None:
        self._requests = requests
        self._asked = tuple(projects)

    async def roster(self) -> Mapping[str, Standing]:
        """The projects that the account can see.

        Raises:
            ConnectorError: they cannot be listed.
        """
        projects = await self._requests.projects(self._asked)
        listed = [parse.container(one, source="", site="") for one in projects]
        return {one.key: "archived" if one.archived else "live" for one in listed}

    async def counts(self, containers: Sequence[str]) -> Mapping[str, int]:
        """How many issues each project holds, exactly; one that the search does not know is left out."""
        counted = {}
        for key in containers:
            try:
                counted[key] = await self._requests.count(f"project = {quoted(key)}")
            except FixRequestError:
                continue
        return counted

    async def ids(self, container: str) -> AsyncIterator[Sequence[str]]:
        """The ids of all issues of a project in the order of their keys.

        Raises:
            ConnectorError: the list is not whole.
        """
        async for found in by_key(self._requests, "", container):
            yield [one.value["id"] for one in found.issues]

    async def find(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """Where these issues are now; what is absent is gone or hidden."""
        found = {}
        for number in ids:
            one = await self._requests.issue(number, ["project"])
            if one is not None:
                found[number] = Found(one.value["id"], one["fields"]["project"]["key"].text())
        return found
