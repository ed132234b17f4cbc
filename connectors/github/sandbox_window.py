"""How the sandbox limits and pages like GitHub: hourly budgets, parts of lists, Link headers, ETags."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from connectors.github.sandbox_rest import Scene, changed_at, closed_at
from connectors.larkfield.world import Repository

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LARGEST_PAGE = 100


class Budget:
    """What one kind of request may still cost in this hour; the hour begins with its first request."""

    def __init__(
        self, resource: str, grants: int, now: Callable[[], datetime], window: timedelta = HOUR
    ) -> None:
        self.resource, self._grants, self._now, self._window = resource, grants, now, window
        self._used, self._resets_at = 0, now() + window

    def take(self, cost: int) -> bool:
        """Whether that much was left; it is gone now."""
        if self._now() >= self._resets_at:
            self._used, self._resets_at = 0, self._now() + self._window
        allowed = self._used + cost <= self._grants
        self._used = self._used + cost if allowed else self._grants
        return allowed

    def give_back(self, cost: int) -> None:
        """What cost nothing after all: an answer 304."""
        self._used -= cost

    def headers(self) -> dict[str, str]:
        """What every answer says about the budget."""
        return {f"x-ratelimit-{name}": str(value) for name, value in self.told().items()}

    def told(self) -> dict[str, Any]:
        """The budget as /rate_limit tells it."""
        return {
            "limit": self._grants,
            "used": self._used,
            "remaining": self._grants - self._used,
            "reset": int(self._resets_at.timestamp()),
            "resource": self.resource,
        }


def part(request: Request, rows: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
    """The page of the rows that is asked for, and the Link header to the others."""
    size = min(_number(request, "per_page", 30), LARGEST_PAGE)
    page, last = _number(request, "page", 1), max(1, -(-len(rows) // size))
    towards = {"prev": page - 1, "first": 1} if page > 1 else {}
    if page < last:
        towards |= {"next": page + 1, "last": last}
    links = [f'<{request.url.include_query_params(page=n)}>; rel="{name}"' for name, n in towards.items()]
    return rows[(page - 1) * size : page * size], {"link": ", ".join(links)} if links else {}


def issue_rows(scene: Scene, repository: Repository, asked: Mapping[str, str], at: datetime) -> list[Any]:
    """The entries of a repository's issue list in the order asked for.

    Raises:
        ValueError: `since` is no time with a zone.
    """
    state, since = asked.get("state", "open"), asked.get("since")
    rows = scene.entries(repository, at)
    if state != "all":
        rows = [entry for entry in rows if (closed_at(entry, at) is not None) == (state == "closed")]
    if since is not None:
        after = datetime.fromisoformat(since)
        if after.tzinfo is None:
            raise ValueError(f"{since} has no time zone")
        if after.year <= 1970:
            return []  # as GitHub does, to everyone's surprise
        rows = [entry for entry in rows if changed_at(entry, at) >= after]
    by_change = asked.get("sort") == "updated"
    rows.sort(
        key=lambda entry: (changed_at(entry, at) if by_change else entry.created_at, entry.number),
        reverse=asked.get("direction") != "asc",
    )
    return rows


def tagged(request: Request, data: Any, headers: Mapping[str, str]) -> Response:
    """The data with its ETag, or 304 for who has it already."""
    body = json.dumps(data).encode()
    tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    return Response(body, media_type="application/json", headers={**headers, "etag": tag})


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() else otherwise
