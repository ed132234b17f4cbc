"""Looks around a Jira site for `opsbot doctor`: sign-in, clock, permission, projects and fields."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from connectors.connector import Check
from connectors.errors import (
    ABSENT,
    ACCESS,
    CLOCK,
    KIND,
    ConnectorError,
    FixCredentialsError,
    NotThereError,
)
from connectors.jira import parse
from connectors.jira.accounts import account_id
from connectors.jira.checked import Checked
from connectors.jira.fields import find
from connectors.jira.plans import Get, may_see_boards
from connectors.jira.requests import BULK, KNOWN_BULK
from connectors.jira.selftest import known
from connectors.jira.signin import SCOPE_MISSING, Door
from connectors.learned import Learned
from connectors.transport import Answer

CLOUD, SERVER = "Cloud", "Server"  # Jira's words for the kinds; Data Center calls itself Server too
OTHER = {CLOUD: "Jira Data Center", SERVER: "Jira Cloud"}  # what it is, if it is not that
NEW_ONE = "Make a new personal access token in the profile of the bot's account."
SKEW = timedelta(minutes=2)  # well below the overlap of two syncs


class Asking(Protocol):
    """What is asked to look around, of Cloud and of Data Center."""

    async def myself(self) -> Answer:
        """The account we are signed in as; its headers carry the site's clock."""
        ...

    async def deployment(self) -> str | None:
        """`Cloud` or `Server`."""
        ...

    async def may_browse(self) -> bool:
        """Whether the account may see issues of any project."""
        ...

    async def projects(self, keys: Sequence[str]) -> list[Any]:
        """The visible projects of these keys, or all."""
        ...

    async def fields(self) -> Any:
        """All fields the account may see."""
        ...


async def look_around(
    requests: Asking,
    site: str,
    projects: Sequence[str],
    fields: Sequence[str],
    clock: Callable[[], datetime],
    *,
    get: Get,
    kind: str = CLOUD,
) -> list[Check]:
    """The lines of one Jira source; without a sign-in only that one, as the rest would only repeat it.

    `get` reads a path of the site; `kind` is the kind of installation that we sign in to as.
    """
    try:
        answer = await requests.myself()
        me = Checked(answer.data, "the account")
        name = me["displayName"].maybe_text() or account_id(me)
    except FixCredentialsError as error:
        remedy = _sign_in_remedy(site, error.reason) if kind == CLOUD else NEW_ONE
        return [Check("sign-in", "fail", error.what, f"{remedy} {error.entry}")]
    except NotThereError as error:
        remedy = f"Check the address. If this is {OTHER[kind]}: {KIND}"
        return [Check("sign-in", "fail", error.what, remedy)]
    except ConnectorError as error:
        return [Check("sign-in", "fail", error.what, error.remedy)]
    checks = [Check("sign-in", "ok", f"signed in to {site} as {name}"), _clock(answer.at, clock())]
    for look in (
        partial(_deployment, requests, kind),
        partial(_browse, requests),
        partial(_projects, requests, projects),
        partial(_fields, requests, fields),
        partial(_boards, get),
    ):
        try:
            checks += await look()
        except ConnectorError as error:
            checks.append(Check("access", "fail", error.what, error.remedy))
    return checks


def learned(door: Door, told: Learned) -> list[Check]:
    """The lines of what was found out by trying: where requests go, and how this site is read."""
    plan = "objects are counted (OAuth): no item is asked for twice"
    if not door.counts_points:
        bulk = told.number(KNOWN_BULK)
        size = f"{bulk} items at once" if bulk else f"{BULK} items at once will be tried"
        plan = f"requests are counted (API token): {size}"
    checks = [Check("plan", "ok", plan)]
    if door.base is not None:
        checks.insert(0, Check("address", "ok", f"requests go to {door.base}"))
    moments = known(told)
    if moments is not None and moments.zone:
        detail = f"Jira reads moments only in the zone {moments.zone}: changes of a day are asked for again."
        remedy = "Nothing needs to be done; it is tried anew once a day."
        checks.append(Check("time", "warn", detail, remedy))
    elif moments is not None:
        checks.append(Check("time", "ok", "Jira reads moments as epoch milliseconds"))
    return checks


def _sign_in_remedy(site: str, reason: str) -> str:
    if reason == SCOPE_MISSING:
        return "The token lacks a scope: create one with read:jira-work and read:jira-user."
    return (
        "Check that the e-mail belongs to the token's account and the token is not revoked. A token with "
        "scopes, or of a service account, signs in only at https://api.atlassian.com/ex/jira/<cloudId>, "
        f"which is tried unless the source has an address (https://{site}/_edge/tenant_info tells the "
        "cloudId)."
    )


def _clock(theirs: datetime | None, now: datetime) -> Check:
    if theirs is None:
        return Check("clock", "warn", "Jira did not tell the time")
    skew = abs(now - theirs)
    detail = f"{skew.total_seconds():.0f} s apart from Jira's"
    if skew <= SKEW:
        return Check("clock", "ok", detail)
    return Check("clock", "warn", detail, f"Set this machine's clock by a time server (NTP). {CLOCK}")


async def _deployment(requests: Asking, kind: str) -> list[Check]:
    told = await requests.deployment()
    if told in (None, kind):
        return []
    signed_in = OTHER[CLOUD if kind == SERVER else SERVER]
    what = f"This is {OTHER[kind]}, and the sign-in is that of {signed_in}."
    return [Check("site", "fail", what, f"Set or remove the source's user. {KIND}")]


async def _boards(get: Get) -> list[Check]:
    if await may_see_boards(get):
        return []
    what = "Boards are hidden: sprints are known from their issues only."
    remedy = (
        "Where that matters, give the token read:board-scope:jira-software and read:sprint:jira-software."
    )
    return [Check("boards", "warn", what, f"{remedy} {ACCESS}")]


async def _browse(requests: Asking) -> list[Check]:
    if await requests.may_browse():
        return [Check("permission", "ok", "may browse projects")]
    remedy = f"Give the bot's account the permission Browse Projects. {ACCESS}"
    return [Check("permission", "fail", "The account may not see issues of any project.", remedy)]


async def _projects(requests: Asking, asked: Sequence[str]) -> list[Check]:
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


async def _fields(requests: Asking, asked: Sequence[str]) -> list[Check]:
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
