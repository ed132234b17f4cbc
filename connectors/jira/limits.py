"""What Jira limits and how its answers tell: points an hour, and bursts at each endpoint.

Source: developer.atlassian.com/cloud/jira/platform/rate-limiting. Points are counted for OAuth apps only, not
for API tokens; bursts for everyone, and together for all who ask the same site.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.governor import Keys
from connectors.meter import Budget
from connectors.refusal import is_number, reset_at

POINTS = "jira:points"  # drawn on by every request: what pauses it pauses the whole account
AT_ONCE = 5  # the vendor advises 5 to 10
OAUTH_POINTS = 65_000  # an hour, for an app without a review, over all sites it reads
COUNTED = ("issues", "issueChangeLogs", "histories")  # lists whose entries cost a point each

_POLICY = re.compile(r'"?([\w.-]+)"?((?:\s*;\s*\w+\s*=\s*"?[\w.]+"?)+)')
_WORD = re.compile(r';\s*(\w+)\s*=\s*"?(\w+)')


class JiraLimits:
    """The limits of a site. `points` an hour are counted by ourselves where the site does not tell them."""

    at_once: Mapping[str, int] = {POINTS: AT_ONCE}

    def __init__(self, points: int | None = None) -> None:
        self._points = points

    def keys(self, method: str, path: str) -> Keys:
        """The burst budget of the endpoint, then the points of the account."""
        return f"jira:{method} {_template(path)}", POINTS

    def told(self, keys: Keys, headers: Mapping[str, str], now: datetime) -> Mapping[str, Budget]:
        """Bursts from X-RateLimit-*, bursts and points from RateLimit and RateLimit-Policy.

        `r` is told only when some 80 % are used up. A name that begins with Beta- is announced and not
        enforced yet; it counts only where nothing else is said of that budget.
        """
        budgets = {POINTS: Budget(self._points, None, _next_hour(now))} if self._points else {}
        if (limit := _number(headers.get("x-ratelimit-limit"))) is not None:
            left = _number(headers.get("x-ratelimit-remaining"))
            budgets[keys[0]] = Budget(limit, left, _burst_ends(headers, now))
        for prefix in ("beta-", ""):
            policies = dict(_structured(headers.get(f"{prefix}ratelimit-policy", "")))
            state = dict(_structured(headers.get(f"{prefix}ratelimit", "")))
            for name in policies | state:
                key = _budget_of(name.casefold(), keys)
                if key is not None:
                    beta = prefix != "" or name.casefold().startswith("beta-")
                    budget = _budget(policies.get(name, {}), state.get(name, {}), now, binding=not beta)
                    if not (beta and key in budgets and budgets[key].binding):
                        budgets[key] = budget
        return budgets

    def spent(self, keys: Keys, _status: int, data: Any) -> Mapping[str, int]:
        """One request of its endpoint; in points one, and one for each issue or history of an issue."""
        objects = 0
        if isinstance(data, dict):
            objects = sum(len(data[name]) for name in COUNTED if isinstance(data.get(name), list))
        return {keys[0]: 1, POINTS: 1 + objects}

    def blamed(self, keys: Keys, headers: Mapping[str, str]) -> str:
        """Bursts and limits of one issue hold the endpoint; a quota, another reason or none holds all."""
        reason = headers.get("ratelimit-reason", "").casefold()
        return keys[0] if "burst" in reason or "per-issue" in reason else POINTS

    def refuses(self, _data: Any) -> bool:
        """Never: Jira says a limit by its status."""
        return False


def _template(path: str) -> str:
    """The path with {id} in place of ids and keys; the version of the API stays."""
    parts = path.strip("/").split("/")
    version = 3 if parts[0] == "rest" else 0
    return "/".join(part if n < version or _is_word(part) else "{id}" for n, part in enumerate(parts))


def _is_word(part: str) -> bool:
    """Whether a part of a path is the API's own word: ids have digits, keys are written large."""
    return any(c.islower() for c in part) and not any(c.isdigit() for c in part)


def _budget_of(name: str, keys: Keys) -> str | None:
    if "burst" in name:
        return keys[0]
    return POINTS if "quota" in name else None


def _budget(policy: Mapping[str, str], state: Mapping[str, str], now: datetime, *, binding: bool) -> Budget:
    """The budget by its policy (q an interval of w seconds) and state (r left, t seconds to the end)."""
    window = _number(policy.get("w"))
    seconds = _number(state.get("t"))
    ends = None if seconds is None else now + timedelta(seconds=min(seconds, 86_400))
    if ends is None and window == 3600:
        ends = _next_hour(now)
    return Budget(_number(policy.get("q")), _number(state.get("r")), ends, binding=binding)


def _structured(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The entries of a structured header: "name";q=1;w=2, "other";r=3."""
    for name, words in _POLICY.findall(text[:2000]):
        yield name, dict(_WORD.findall(words))


def _burst_ends(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Cloud says when the window ends, Data Center how many seconds it takes to fill."""
    interval = _number(headers.get("x-ratelimit-interval-seconds"))
    if interval is not None:
        return now + timedelta(seconds=min(interval, 86_400))
    return reset_at(headers)


def _next_hour(now: datetime) -> datetime:
    """Points are granted anew at the top of the hour, UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and is_number(text) else None
