"""What `opsbot doctor` says about GitHub: account, scopes, budgets, clock, organisation and repositories."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from connectors.connector import Check
from connectors.errors import ACCESS, CLOCK, LIMIT, ConnectorError, GrantAccessError
from connectors.github.repositories import Roster
from connectors.github.shapes import shaped
from connectors.github.signin import FURTHER, NEEDED, AppSignIn, Installation
from connectors.governor import RESERVE
from connectors.transport import Answer, Transport

ENOUGH = {"repo", "repo:status", "public_repo", "read:org", "read:user", "user:email", "read:project"}
SMALLER = f"Use a GitHub App or a token that may only read metadata, issues and pull requests. {ACCESS}"
SKEW = timedelta(seconds=60)


class _Account(Struct, frozen=True):
    login: str


class _Budget(Struct, frozen=True):
    limit: int
    remaining: int


class _Limits(Struct, frozen=True):
    resources: dict[str, _Budget]


async def look_around(
    transport: Transport,
    owner: str,
    roster: Roster,
    clock: Callable[[], datetime],
    signin: AppSignIn | None = None,
) -> Sequence[Check]:
    """Sign in and look around; what fails is a line with a remedy, never an exception."""
    try:
        name, answer = await _account(transport)
        installed = await signin.installation() if signin else None
    except ConnectorError as error:
        return [_failed("sign-in", error)]
    if installed is not None:
        name = f"the GitHub App {installed.app_slug}, installation {installed.id}"
    return [
        Check("sign-in", "ok", f"Signed in as {name}."),
        _scopes(answer.headers) if installed is None else _permissions(installed),
        _clock(answer.at, clock()),
        *await _budgets(transport),
        *await _repositories(transport, owner, roster),
    ]


async def _account(transport: Transport) -> tuple[str, Answer]:
    """Who we are. A GitHub App's token may not ask for a user (403), only for its installation."""
    try:
        answer = await transport.get("user")
    except GrantAccessError:
        return "a GitHub App", await transport.get("installation/repositories", {"per_page": 1})
    return shaped(answer.data, _Account, "the signed-in account").login, answer


def _permissions(installed: Installation) -> Check:
    """An app is granted permissions one by one; a token of it is narrowed to reading with them."""
    if missing := [name for name in NEEDED if name not in installed.permissions]:
        remedy = (
            f"Grant them Read-only in the app's settings, and accept them where it is installed. {ACCESS}"
        )
        return Check("permissions", "fail", f"The app may not read {', '.join(missing)}.", remedy)
    writes = sorted(name for name, access in installed.permissions.items() if access != "read")
    excess = sorted(name for name in installed.permissions if name not in {*NEEDED, *FURTHER})
    if writes or excess:
        detail = f"The app may do more than is needed: {', '.join(dict.fromkeys((*writes, *excess)))}."
        return Check(
            "permissions", "warn", detail, f"Its tokens are narrowed to reading all the same. {ACCESS}"
        )
    unread = [name for name in FURTHER if name not in installed.permissions]
    beside = f" Not granted, so not read: {', '.join(unread)}." if unread else ""
    return Check("permissions", "ok", f"The app may read all that is needed.{beside}")


def _scopes(headers: Mapping[str, str]) -> Check:
    """Only classic tokens name their scopes; the others were given permissions one by one."""
    told = headers.get("x-oauth-scopes")
    if told is None:
        return Check("scopes", "ok", "The token's permissions were chosen one by one.")
    scopes = {scope.strip() for scope in told.split(",") if scope.strip()}
    if excess := sorted(scopes - ENOUGH):
        return Check("scopes", "warn", f"The token may do more than is needed: {', '.join(excess)}.", SMALLER)
    if "repo" in scopes:
        return Check(
            "scopes", "warn", "A classic token that reads private repositories may write too.", SMALLER
        )
    return Check("scopes", "ok", f"The token's scopes: {', '.join(sorted(scopes)) or 'public data only'}.")


def _clock(theirs: datetime | None, now: datetime) -> Check:
    if theirs is None:
        return Check("clock", "warn", "GitHub's answer has no readable date to compare with.")
    skew = abs(theirs - now)
    if skew > SKEW:
        seconds = f"{skew.total_seconds():.0f}"
        detail = f"This machine's clock is {seconds} s off GitHub's."
        return Check("clock", "warn", detail, f"Turn on NTP. {CLOCK}")
    return Check("clock", "ok", "This machine's clock agrees with GitHub's.")


async def _budgets(transport: Transport) -> list[Check]:
    try:
        answer = await transport.get("rate_limit")
        limits = shaped(answer.data, _Limits, "the rate limits").resources
    except ConnectorError as error:
        if error.status == 404:
            return [Check("budget", "ok", "This server has no rate limits.")]
        return [_failed("budget", error)]
    return [_budget(name, limits[name]) for name in ("core", "graphql") if name in limits]


def _budget(name: str, budget: _Budget) -> Check:
    kind = {"core": "requests", "graphql": "GraphQL points"}[name]
    detail = f"{budget.remaining} of {budget.limit} {kind} left in this hour."
    if budget.remaining < RESERVE * budget.limit:
        remedy = f"Sync less often, or use a GitHub App, whose budget grows with the organisation. {LIMIT}"
        return Check(f"budget: {kind}", "warn", detail, remedy)
    return Check(f"budget: {kind}", "ok", detail)


async def _repositories(transport: Transport, owner: str, roster: Roster) -> list[Check]:
    try:
        listed = await roster.read(transport)
    except ConnectorError as error:
        return [_failed("repositories", error)]
    lines = [
        Check("repository", "fail", problem.what, f"See {problem.scope}.") for problem in listed.problems
    ]
    homes = listed.homes
    if not homes:
        remedy = "Give the bot's account read access, or install the GitHub App on the repositories."
        remedy = f"{remedy} {ACCESS}"
        return [*lines, Check("repositories", "fail", f"No repository of {owner} is visible.", remedy)]
    private = sum(not home.public for home in homes)
    archived = sum(home.archived for home in homes)
    detail = f"{len(homes)} repositories of {owner} are visible: {private} private, {archived} archived."
    return [*lines, Check("repositories", "ok", detail)]


def _failed(name: str, error: ConnectorError) -> Check:
    return Check(name, "fail", error.what, error.remedy)
