"""What GitHub limits and how its answers tell: requests and points an hour, and a secondary limit over both.

Source: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api, and the same of GraphQL.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.governor import Keys
from connectors.meter import Budget
from connectors.refusal import is_number, reset_at

CORE, GRAPHQL, SECONDARY = "github:core", "github:graphql", "github:secondary"
LIMITED = {"RATE_LIMITED", "RATE_LIMIT"}  # both are sent; the documentation knows only the first


class GitHubLimits:
    """The limits of one account, token or installation."""

    # REST answers fast; GraphQL may use 60 s of computing a minute, and one query takes up to ten.
    at_once: Mapping[str, int] = {CORE: 4, GRAPHQL: 2}

    def keys(self, _method: str, path: str) -> Keys:
        """Requests or points, then the secondary limit, which holds for both."""
        return GRAPHQL if path.rstrip("/").endswith("graphql") else CORE, SECONDARY

    def told(self, keys: Keys, headers: Mapping[str, str], _now: datetime) -> Mapping[str, Budget]:
        """The budget of this request, from X-RateLimit-*; another resource, such as search, is not ours."""
        limit, left = headers.get("x-ratelimit-limit", ""), headers.get("x-ratelimit-remaining", "")
        resource = headers.get("x-ratelimit-resource", keys[0].partition(":")[2])
        if not (is_number(limit) and is_number(left)):
            return {}
        return {f"github:{resource}": Budget(int(limit), int(left), reset_at(headers))}

    def spent(self, keys: Keys, status: int, data: Any) -> Mapping[str, int]:
        """A request counts one, one that found nothing changed (304) none; a query its points, if it says."""
        cost = 0 if status == 304 else 1
        if keys[0] == GRAPHQL and isinstance(data, dict) and isinstance(data.get("data"), dict):
            limit = data["data"].get("rateLimit")
            told = limit.get("cost") if isinstance(limit, dict) else None
            cost = told if isinstance(told, int) else cost
        return {keys[0]: cost, SECONDARY: 1}

    def blamed(self, keys: Keys, headers: Mapping[str, str]) -> str:
        """The hour's budget where it is used up; else it is the secondary limit."""
        return keys[0] if headers.get("x-ratelimit-remaining", "").strip() == "0" else SECONDARY

    def refuses(self, data: Any) -> bool:
        """GraphQL says a limit with status 200 and an error of that type."""
        errors = data.get("errors") if isinstance(data, dict) else None
        return isinstance(errors, list) and any(
            isinstance(error, dict)
            and (error.get("type") in LIMITED or "rate limit" in str(error.get("message")).casefold())
            for error in errors
        )
