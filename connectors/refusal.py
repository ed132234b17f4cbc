"""What a refused request means: the vendor's status, headers and message as one of our errors."""

import email.utils
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.errors import (
    LATER,
    ConnectorError,
    FixCredentialsError,
    FixRequestError,
    GrantAccessError,
    NotThereError,
    TryLaterError,
    UpgradeError,
    WaitError,
)

TRANSIENT = {408, 425, 500, 502, 503, 504}
WITHOUT_A_TIME = timedelta(seconds=60)  # a gateway's 429 may say neither when nor why
A_YEAR = timedelta(days=365).total_seconds()


def refusal(
    who: str, path: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> ConnectorError:
    """The error for an answer that is no success; `who` and `path` name it in the sentence."""
    error = _error(who, path, status, headers, body, now)
    error.status = status
    return error


def _error(
    who: str, path: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> ConnectorError:
    said = vendors_words(body)
    until = wait_until(headers, now)
    if is_limit(status, said, until):
        until = until or now + WITHOUT_A_TIME
        return WaitError(
            f"{who} limits requests until {until:%H:%M:%S} UTC.",
            "The next sync goes on from here.",
            until=until,
        )
    if status in TRANSIENT:
        what, later = f"{who} answered {status} on {path}", "The next sync tries again."
        if until is None:
            return TryLaterError(f"{what}.", later)
        says = f"{what} and asks to wait until {until:%H:%M:%S} UTC."
        return WaitError(says, later, until=until, entry=LATER)
    if status == 401:
        return _sign_in_refused(who, headers)
    if status == 403:
        return GrantAccessError(f"{who} forbids {path} (403){said}.", "Grant the bot's account read access.")
    if status == 404:
        return NotThereError(f"{who} has no {path} (404), or hides it.", "Check the name, or grant access.")
    if status == 410:
        return UpgradeError(f"{who} has removed {path} (410).", "Update opsbot.")
    if 300 <= status < 400:
        return FixRequestError(
            f"{who} redirects {path} ({status}).", "Write the final address in the settings."
        )
    return FixRequestError(f"{who} refused {path} ({status}){said}.")


def is_limit(status: int, said: str, until: datetime | None) -> bool:
    """Whether a refusal is a rate limit: 429, and GitHub's 403 that says when or calls itself one."""
    return status == 429 or (status == 403 and (until is not None or "secondary rate limit" in said.lower()))


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the source allows the next request, never before `now`; None where it does not say.

    Retry-After is seconds or a date (RFC 9110). Without it, an exhausted window tells its end: GitHub's
    X-RateLimit-Reset is epoch seconds, Jira's ISO 8601 with or without seconds.
    """
    text = headers.get("retry-after", "").strip()
    reset = headers.get("x-ratelimit-reset", "").strip()
    try:
        if _is_number(text):
            return now + timedelta(seconds=min(float(text), A_YEAR))
        if text:
            return max(now, _aware(email.utils.parsedate_to_datetime(text)))
        if headers.get("x-ratelimit-remaining") != "0" or not reset:
            return None
        if _is_number(reset):
            return max(now, datetime.fromtimestamp(int(reset), UTC))
        return max(now, _aware(datetime.fromisoformat(reset)))
    except (ValueError, OverflowError, OSError):
        return None


def vendors_words(body: bytes) -> str:
    """The vendor's own message, at most 200 characters, as ': …', or nothing.

    Jira says the same in `message` and `errorMessages`: what another message contains is left out.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(data, dict):
        return ""
    several = data.get("errorMessages")
    messages = [data.get("message"), *(several if isinstance(several, list) else [])]
    said = list(dict.fromkeys(m.strip().rstrip(".") for m in messages if isinstance(m, str)))
    text = "; ".join(m for m in said if not any(m in other for other in said if other != m))[:200]
    return f": {text}" if text else ""


def _sign_in_refused(who: str, headers: Mapping[str, str]) -> FixCredentialsError:
    error = FixCredentialsError(f"{who} refused the sign-in (401).", "Check token, user and address.")
    error.reason = headers.get("x-failure-category", "")[:80]
    return error


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
