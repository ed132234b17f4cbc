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

TRANSIENT = {408, 425, 500, 502, 503, 504}  # and 520 to 530, a content network's words for the same
WITHOUT_A_TIME = timedelta(seconds=60)  # a gateway's 429 may say neither when nor why
A_YEAR = timedelta(days=365).total_seconds()
MOST_DIGITS = 15
AHEAD = timedelta(minutes=5)  # of each other may the clocks of one source be


def refusal(
    who: str,
    path: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    attempt: int = 1,
) -> ConnectorError:
    """The error for an answer that is no success; `who` and `path` name it in the sentence.

    A limit that does not say when it ends holds a minute at the first attempt, and each time twice as long.
    """
    error = _error(who, path, status, headers, body, now, attempt)
    error.status = status
    return error


def _error(
    who: str, path: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime, attempt: int
) -> ConnectorError:
    said = vendors_words(body)
    until = wait_until(headers, now)
    if is_limit(status, said, until):
        until = until or now + WITHOUT_A_TIME * 2 ** (attempt - 1)
        return WaitError(
            f"{who} limits requests until {until:%H:%M:%S} UTC.",
            "The next sync goes on from here.",
            until=until,
        )
    if status in TRANSIENT or 520 <= status <= 530:
        what, later = f"{who} answered {status} on {path}", "The next sync tries again."
        if until is None:
            return TryLaterError(f"{what}.", later)
        says = f"{what} and asks to wait until {until:%H:%M:%S} UTC."
        return WaitError(says, later, until=until, entry=LATER)
    return _final(who, path, status, headers, said)


def _final(who: str, path: str, status: int, headers: Mapping[str, str], said: str) -> ConnectorError:
    """What asking again does not mend."""
    match status:
        case 401:
            return _sign_in_refused(who, headers)
        case 403:
            says = f"{who} forbids {path} (403){said}."
            return GrantAccessError(says, "Grant the bot's account read access.")
        case 404:
            says = f"{who} has no {path} (404), or hides it."
            return NotThereError(says, "Check the name, or grant access.")
        case 407:
            remedy = "Write user and password into the proxy's address in HTTPS_PROXY."
            return FixRequestError(f"A proxy before {who} asks for a sign-in (407).", remedy)
        case 410:
            return UpgradeError(f"{who} has removed {path} (410).", "Update opsbot.")
        case 413:
            return FixRequestError(f"{who} was asked for too much at once on {path} (413){said}.")
        case 451:
            says = f"{who} withholds {path} for legal reasons (451){said}."
            return GrantAccessError(says, "Take it out of the operating model, or ask the tool's support.")
    if 300 <= status < 400:
        remedy = "Write the final address in the settings."
        return FixRequestError(f"{who} redirects {path} ({status}).", remedy)
    return FixRequestError(f"{who} refused {path} ({status}){said}.")


def is_limit(status: int, said: str, until: datetime | None) -> bool:
    """Whether a refusal is a rate limit: 429, and GitHub's 403 that says when or calls itself one."""
    return status == 429 or (status == 403 and (until is not None or "rate limit" in said.lower()))


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the source allows the next request, never before `now`; None where it does not say.

    Retry-After is seconds or a date (RFC 9110). Without it, an exhausted window tells its end: GitHub's
    X-RateLimit-Reset is epoch seconds, Jira's ISO 8601 with or without seconds.
    """
    text = headers.get("retry-after", "").strip()
    try:
        if text.isascii() and text.isdecimal():
            return now + timedelta(seconds=min(float(text), A_YEAR))
        if text:
            return max(now, aware(email.utils.parsedate_to_datetime(text)))
    except (ValueError, OverflowError):
        return None
    reset = reset_at(headers) if headers.get("x-ratelimit-remaining") == "0" else None
    return None if reset is None else max(now, reset)


def reset_at(headers: Mapping[str, str]) -> datetime | None:
    """When the window of X-RateLimit-* ends, by X-RateLimit-Reset in either vendor's form."""
    text = headers.get("x-ratelimit-reset", "").strip()
    try:
        if is_number(text):
            return datetime.fromtimestamp(int(text), UTC)
        return aware(datetime.fromisoformat(text)) if text else None
    except (ValueError, OverflowError, OSError):
        return None


def believed_until(now: datetime) -> datetime:
    """What changed later than this, where it is `now`, is of the future, and no cursor goes there.

    A cursor that is ahead of the present skips all that changes until then.
    """
    return now + AHEAD


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


def is_number(text: str) -> bool:
    """Whether the text of a header is a whole number that somebody can mean: seconds, a count, a moment."""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def aware(at: datetime) -> datetime:
    """In UTC; a time that names no zone (RFC 5322: -0000) is in it already."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
