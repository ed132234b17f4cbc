"""What is asked of Jira Cloud, one method a request, with guards around its paging (REST API v3)."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import NotThereError, UnexpectedAnswerError
from connectors.jira.checked import REMEDY, Checked
from connectors.jira.jql import ORDER
from connectors.jira.parse import issue
from connectors.paging import Walk
from connectors.transport import Answer, Transport

SEARCH = "rest/api/3/search/jql"
COUNT = "rest/api/3/search/approximate-count"
ISSUES = "rest/api/3/issue/bulkfetch"
CHANGELOGS = "rest/api/3/changelog/bulkfetch"
PROJECTS = "rest/api/3/project/search"
FIELDS = "rest/api/3/field"
MYSELF = "rest/api/3/myself"
SERVER = "rest/api/3/serverInfo"
PERMISSIONS = "rest/api/3/mypermissions"

ISSUES_A_PAGE = 100  # what Jira gives at most when fields are named, and what bulkfetch takes everywhere
HISTORIES_A_PAGE = 10_000
CHANGELOGS_OF_ISSUES = 1000
PROJECTS_A_PAGE = 100
PROJECT_KEYS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search. `left` is what the site still grants, where it says so."""

    issues: list[Checked]
    last: bool
    left: int | None


class Requests:
    """The requests we make of a site; all of them only read."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def search(self, jql: str, fields: Sequence[str]) -> AsyncIterator[Found]:
        """Issues in the order of their latest change, at least one page, exactly one of them the last."""
        body = {"jql": f"{jql} {ORDER}", "fields": fields, "maxResults": ISSUES_A_PAGE}
        async for answer, last in self._follow(SEARCH, body, "issues"):
            page = Checked(answer.data, "the search result")
            yield Found([issue(one.value) for one in page["issues"]], last, answer.left)

    async def count(self, jql: str) -> int | None:
        """About how many issues match."""
        answer = await self._transport.query(COUNT, {"jql": jql})
        return Checked(answer.data, "the count")["count"].maybe_number()

    async def issues(self, keys: Sequence[str], fields: Sequence[str]) -> tuple[list[Checked], list[Checked]]:
        """The named issues and the errors of those that could not be fetched.

        What does not exist or is hidden is in neither (documented). A moved issue's old key brings it too.
        """
        issues: list[Checked] = []
        errors: list[Checked] = []
        for some in _batches(keys, ISSUES_A_PAGE):
            answer = await self._transport.query(ISSUES, {"issueIdsOrKeys": some, "fields": fields})
            page = Checked(answer.data, "the issues")
            issues += [issue(one.value) for one in page["issues"]]
            errors += page["issueErrors"]
        return issues, errors

    async def histories(self, ids: Sequence[str]) -> Mapping[str, list[Checked]]:
        """The complete history of each issue by its id; an issue's history may span pages.

        `fieldIds` is left out on purpose: flags and links are then included, from which blocking is derived.
        """
        found: dict[str, list[Checked]] = defaultdict(list)
        for some in _batches(ids, CHANGELOGS_OF_ISSUES):
            body = {"issueIdsOrKeys": some, "maxResults": HISTORIES_A_PAGE}
            async for answer, _ in self._follow(CHANGELOGS, body, "issueChangeLogs"):
                for log in Checked(answer.data, "the changelogs")["issueChangeLogs"]:
                    issue_id = log["issueId"].identifier()
                    found[issue_id] += [
                        Checked(one.value, f"the history of issue {issue_id}")
                        for one in log["changeHistories"]
                    ]
        return found

    async def projects(self, keys: Sequence[str] = ()) -> list[Any]:
        """The projects that are live or archived and visible, of these keys or all."""
        if not keys:
            return await self._projects(())
        return [one for some in _batches(keys, PROJECT_KEYS) for one in await self._projects(some)]

    async def fields(self) -> Any:
        """All fields the account may see."""
        return (await self._transport.get(FIELDS)).data

    async def myself(self) -> Answer:
        """The account we are signed in as; its headers carry the site's clock."""
        return await self._transport.get(MYSELF)

    async def deployment(self) -> str | None:
        """`Cloud` or `Server`."""
        answer = await self._transport.get(SERVER)
        return Checked(answer.data, "the server's description")["deploymentType"].maybe_text()

    async def may_browse(self) -> bool:
        """Whether the account may see issues of any project."""
        answer = await self._transport.get(PERMISSIONS, {"permissions": "BROWSE_PROJECTS"})
        permission = Checked(answer.data, "the permissions")["permissions"]["BROWSE_PROJECTS"]
        return permission["havePermission"].flag(absent=False)

    async def close(self) -> None:
        """Give back the connections."""
        await self._transport.close()

    async def _projects(self, keys: Sequence[str]) -> list[Any]:
        found: list[Any] = []
        while True:
            params = {"startAt": len(found), "maxResults": PROJECTS_A_PAGE, "status": ["live", "archived"]}
            try:
                answer = await self._transport.get(PROJECTS, params | ({"keys": list(keys)} if keys else {}))
            except NotThereError:  # documented for "no projects matching"
                return found
            page = Checked(answer.data, "the projects")
            values = [value.value for value in page["values"]]
            found += values
            if not values or page["isLast"].flag(absent=len(values) < PROJECTS_A_PAGE):
                return found

    async def _follow(
        self, path: str, body: Mapping[str, Any], content: str
    ) -> AsyncIterator[tuple[Answer, bool]]:
        """Pages until there is no next token, each with whether it is the last."""
        token: str | None = None
        walk = Walk(f"Jira's pages of {path}")
        while True:
            answer = await self._transport.query(
                path, {**body, **({"nextPageToken": token} if token else {})}
            )
            page = Checked(answer.data, "a page")
            token = page["nextPageToken"].maybe_text()
            if not page.there:
                raise UnexpectedAnswerError(f"Jira answered {path} with nothing.", REMEDY)
            last = token is None or page["isLast"].flag(absent=False)
            yield answer, last
            if last:
                return
            walk.on_to(str(token), empty=not page[content].value)


def _batches(values: Sequence[str], size: int) -> list[list[str]]:
    return [list(values[start : start + size]) for start in range(0, len(values), size)]
