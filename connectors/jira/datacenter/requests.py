"""What is asked of Jira Data Center, one method a request (REST API v2).

Source: https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/, and for the window of 10,000 results
https://support.atlassian.com/jira/kb/handling-jql-rest-api-searching-exceeding-max_result_window-in-jira/.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import NotThereError, TryLaterError, UnexpectedAnswerError
from connectors.jira.checked import REMEDY, Checked
from connectors.jira.parse import issue
from connectors.learned import Learned
from connectors.pagesize import PageSize
from connectors.paging import Walk
from connectors.transport import Answer, Transport

API = "rest/api/2"
ISSUES_A_PAGE, FEWEST = 100, 10  # with their histories; a server may give fewer
TOO_SLOW = {502, 504, None}  # a proxy gave up, or we did; 503 is an outage and no matter of size
KEYS_A_PAGE = 1000  # what a server gives at most unless its administrator allows more
HISTORIES_A_PAGE = 100
TRIES = 2  # before a search is asked for less at once


@dataclass(frozen=True, slots=True)
class Found:
    """The first page of a search, and how many issues match. `left` is what the server still grants."""

    issues: list[Checked]
    total: int
    left: int | None

    @property
    def whole(self) -> bool:
        """Whether nothing is left to ask for."""
        return len(self.issues) >= self.total


class Requests:
    """The requests we make of a server; all of them only read.

    A search is never paged by an offset: rows that change meanwhile would push others over the edge of a
    page, and a server refuses offsets of 10,000 and more.
    """

    def __init__(self, transport: Transport, learned: Learned) -> None:
        self._transport = transport
        self._size = PageSize(learned, "search", most=ISSUES_A_PAGE, least=FEWEST)

    async def search(self, jql: str, fields: Sequence[str]) -> Found:
        """The first issues of a query with their histories; fewer at once where the server is too slow."""
        while True:
            body = {"jql": jql, "fields": list(fields), "expand": ["changelog"]}
            try:
                found = await self._search({**body, "maxResults": self._size.size}, tries=TRIES)
            except TryLaterError as error:
                if error.status not in TOO_SLOW or not self._size.failed():
                    raise
                continue
            self._size.worked()
            return found

    async def keys(self, jql: str) -> Found:
        """The first issues of a query, with id and key alone."""
        return await self._search({"jql": jql, "fields": ["id"], "maxResults": KEYS_A_PAGE})

    async def count(self, jql: str) -> int:
        """How many issues match."""
        return (await self._search({"jql": jql, "fields": ["id"], "maxResults": 0})).total

    async def issue(self, name: str, fields: Sequence[str]) -> Checked | None:
        """An issue by id or key, also the key it had before it was moved; None: it is gone or hidden."""
        parameters = {"fields": ",".join(fields), "expand": "changelog"}
        try:
            return issue((await self._transport.get(f"{API}/issue/{name}", parameters)).data)
        except NotThereError:
            return None

    async def histories(self, issue_id: str) -> list[Checked] | None:
        """The pages of an issue's history; None: the server has no such pages (many have not)."""
        found: list[Checked] = []
        while True:
            parameters = {"startAt": len(found), "maxResults": HISTORIES_A_PAGE}
            try:
                answer = await self._transport.get(f"{API}/issue/{issue_id}/changelog", parameters)
            except NotThereError:
                return None
            page = Checked(answer.data, f"the history of issue {issue_id}")
            values = [Checked(one.value, f"the history of issue {issue_id}") for one in page["values"]]
            found += values
            if not values or len(found) >= (page["total"].maybe_number() or 0):
                return found

    async def projects(self, keys: Sequence[str] = ()) -> list[Any]:
        """The projects that are live or archived and visible, of these keys or all, with their leads."""
        parameters = {"expand": "lead", "includeArchived": "true"}
        answer = await self._transport.get(f"{API}/project", parameters)
        listed = Checked(answer.data, "the projects")
        return [one.value for one in listed if not keys or one["key"].text() in keys]

    async def fields(self) -> Any:
        """All fields the account may see."""
        return (await self._transport.get(f"{API}/field")).data

    async def myself(self) -> Answer:
        """The account we are signed in as, with the time zone of its profile; its headers carry the clock."""
        return await self._transport.get(f"{API}/myself")

    async def deployment(self) -> str | None:
        """`Server` for Data Center and Server, `Cloud`."""
        answer = await self._transport.get(f"{API}/serverInfo")
        return Checked(answer.data, "the server's description")["deploymentType"].maybe_text()

    async def may_browse(self) -> bool:
        """Whether the account may see issues of any project."""
        answer = await self._transport.get(f"{API}/mypermissions")
        permission = Checked(answer.data, "the permissions")["permissions"]["BROWSE_PROJECTS"]
        return permission["havePermission"].flag(absent=False)

    async def get(self, path: str, params: Mapping[str, Any]) -> Answer:
        """A path below the server's address."""
        return await self._transport.get(path, params)

    async def close(self) -> None:
        """Give back the connections."""
        await self._transport.close()

    async def _search(self, body: Mapping[str, Any], **more: int) -> Found:
        answer = await self._transport.query(f"{API}/search", body, **more)
        page = Checked(answer.data, "the search result")
        total = page["total"].maybe_number()
        issues = [issue(one.value) for one in page["issues"]]
        if total is None or (total and not issues and body["maxResults"]):
            raise UnexpectedAnswerError(
                "Jira's search told no total, or counted issues it did not give.", REMEDY
            )
        return Found(issues, total, answer.left)


def quoted(value: str) -> str:
    """A value of JQL that cannot end its own quotation."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def by_key(
    requests: Requests, condition: str, project: str, fields: Sequence[str] | None = None
) -> AsyncIterator[Found]:
    """All issues of a project that meet a condition, in the order of their keys; no change moves them.

    A comparison of keys holds within one project. Without `fields` ids and keys alone.
    """
    after, walk = "", Walk(f"Jira's searches by key in {project}")
    while True:
        jql = f"project = {quoted(project)}{condition}{after} ORDER BY key ASC"
        found = await (requests.keys(jql) if fields is None else requests.search(jql, fields))
        yield found
        if found.whole:
            return
        last = found.issues[-1].value["key"]
        walk.on_to(last)
        after = f" AND key > {quoted(last)}"
