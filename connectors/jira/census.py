"""Which issues there are at a Jira Cloud site, without their content."""

from collections.abc import AsyncIterator, Mapping, Sequence

from connectors.connector import Found, Standing
from connectors.errors import FixRequestError
from connectors.jira.checked import Checked
from connectors.jira.jql import born
from connectors.jira.requests import Requests

STANDS: Mapping[Standing, str] = {"live": "live", "archived": "archived", "trashed": "deleted"}
"""How a project stands, and Jira's word for it: what it calls deleted lies in the trash for 60 days."""


class JiraCensus:
    """Counts and lists issues. `asked` are the projects that the source names; none: all that are visible."""

    def __init__(self, requests: Requests, asked: Sequence[str]) -> None:
        self._requests = requests
        self._asked = tuple(asked)

    async def roster(self) -> Mapping[str, Standing]:
        """The visible projects, by key, each of them with how it stands: one request a hundred of a kind.

        Raises:
            ConnectorError: it cannot be told.
        """
        return {
            Checked(one, "a project")["key"].text(): standing
            for standing, word in STANDS.items()
            for one in await self._requests.projects(self._asked, (word,))
        }

    async def counts(self, containers: Sequence[str]) -> Mapping[str, int]:
        """About how many issues each project holds: one request each. One that search refuses is left out."""
        found: dict[str, int] = {}
        for key in containers:
            try:
                count = await self._requests.count(born((key,), None, None))
            except FixRequestError:
                continue
            if count is not None:
                found[key] = count
        return found

    async def ids(self, container: str) -> AsyncIterator[Sequence[str]]:
        """The ids of all issues of a project, 5000 a request.

        Raises:
            ConnectorError: the list is not whole.
        """
        async for page in self._requests.ids(born((container,), None, None)):
            yield [str(id_) for id_ in page]

    async def find(self, ids: Sequence[str]) -> Mapping[str, Found]:
        """Where these issues are now, a moved one under its new project; what is absent is gone or hidden.

        Raises:
            ConnectorError: some could not be looked for; nothing may then be concluded about any.
        """
        issues, errors = await self._requests.issues(ids, ["project"])
        for error in errors:
            raise error.wrong("an issue")
        wanted = set(ids)
        return {
            one.value["id"]: Found(one.value["id"], one["fields"]["project"]["key"].text())
            for one in issues
            if one.value["id"] in wanted
        }
