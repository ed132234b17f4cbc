"""Looks around a Jira site for `opsbot doctor`: sign-in, clock, permission, projects and fields."""

import email.utils
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from connectors.connector import Check
from connectors.errors import ABSENT, ACCESS, CLOCK, KIND, ConnectorError, FixCredentialsError
from connectors.jira import parse
from connectors.jira.checked import Checked
from connectors.jira.fields import find
from connectors.jira.requests import Requests

SKEW = timedelta(minutes=2)  # well below the overlap of two syncs

# Jira's x-failure-category: what is wrong with the sign-in.
SCOPE_MISSING = "FAILURE_CLIENT_SCOPE_CHECK"


async def look_around(
    requests: Requests,
    site: str,
    projects: Sequence[str],
    fields: Sequence[str],
    clock: Callable[[], datetime],
) -> list[Check]:
    """The lines of one Jira source; without a sign-in only that one, as the rest would only repeat it."""
    try:
        answer = await requests.myself()
        me = Checked(answer.data, "the account")
        name = me["displayName"].maybe_text() or me["accountId"].text()
    except FixCredentialsError as error:
        return [Check("sign-in", "fail", error.what, f"{_sign_in_remedy(site, error.reason)} {error.entry}")]
    except ConnectorError as error:
        return [Check("sign-in", "fail", error.what, error.remedy)]
    checks = [Check("sign-in", "ok", f"signed in to {site} as {name}"), _clock(answer.headers, clock())]
    for look in (
        partial(_deployment, requests),
        partial(_browse, requests),
        partial(_projects, requests, projects),
        partial(_fields, requests, fields),
    ):
        try:
            checks += await look()
        except ConnectorError as error:
            checks.append(Check("access", "fail", error.what, error.remedy))
    return checks


def _sign_in_remedy(site: str, reason: str) -> str:
    if reason == SCOPE_MISSING:
        return "The token lacks a scope: create one with read:jira-work and read:jira-user."
    return (
        "Check that the e-mail belongs to the token's account and the token is not revoked. A token with "
        "scopes, or of a service account, signs in only at https://api.atlassian.com/ex/jira/<cloudId> "
        f"(https://{site}/_edge/tenant_info tells the cloudId): set that as the source's address."
    )


def _clock(headers: Mapping[str, str], now: datetime) -> Check:
    try:
        theirs = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return Check("clock", "warn", "Jira did not tell the time")
    skew = abs(now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)))
    detail = f"{skew.total_seconds():.0f} s apart from Jira's"
    if skew <= SKEW:
        return Check("clock", "ok", detail)
    return Check("clock", "warn", detail, f"Set this machine's clock by a time server (NTP). {CLOCK}")


async def _deployment(requests: Requests) -> list[Check]:
    kind = await requests.deployment()
    if kind in (None, "Cloud"):
        return []
    return [Check("site", "fail", f"This is Jira {kind}.", f"Only Jira Cloud can be read so far. {KIND}")]


async def _browse(requests: Requests) -> list[Check]:
    if await requests.may_browse():
        return [Check("permission", "ok", "may browse projects")]
    remedy = f"Give the bot's account the permission Browse Projects. {ACCESS}"
    return [Check("permission", "fail", "The account may not see issues of any project.", remedy)]


async def _projects(requests: Requests, asked: Sequence[str]) -> list[Check]:
    listed = [parse.container(one, source="", site="") for one in await requests.projects(asked)]
    archived = {one.key: one.archived for one in listed}
    if not asked:
        return [Check("projects", "ok" if archived else "warn", f"sees {len(archived)} projects")]
    checks = []
    for key in asked:
        if key not in archived:
            remedy = "Check the key, or give the bot's account the permission Browse Projects there."
            remedy = f"{remedy} {ABSENT}"
            checks.append(Check(f"project {key}", "fail", "Jira does not show it.", remedy))
        elif archived[key]:
            remedy = f"Restore it, or take it out of the source's projects. {ABSENT}"
            checks.append(Check(f"project {key}", "warn", "It is archived and not read.", remedy))
        else:
            checks.append(Check(f"project {key}", "ok", "visible"))
    return checks


async def _fields(requests: Requests, asked: Sequence[str]) -> list[Check]:
    ids = find(await requests.fields(), asked)
    checks = [
        Check(
            f"field {word}",
            "warn",
            "No field of that name is visible.",
            f"Write its id or its name as Jira does. {ABSENT}",
        )
        for word in ids.unknown
    ]
    if not ids.flagged:
        remedy = f"Where flags are used, make the field Flagged visible to the bot's account. {ACCESS}"
        checks.append(
            Check(
                "flag", "warn", "There is no field for flags: blocked items are known by links only.", remedy
            )
        )
    return checks
