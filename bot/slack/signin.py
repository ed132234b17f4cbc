"""What `opsbot doctor` asks Slack: who we are, what we may do, whether clocks agree and channels are open."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SLACK_CHANNEL, SLACK_SCOPE, SLACK_TOKEN
from bot.slack.channels import Channel, Channels
from bot.slack.errors import SlackError, reading
from bot.slack.manifest import SCOPES
from connectors.connector import Check
from connectors.errors import CLOCK

_SKEW = timedelta(seconds=60)  # Slack refuses signatures older than five minutes


async def look_around(
    client: AsyncWebClient,
    directory: Channels,
    channels: Sequence[str],
    app_token: str | None,
    now: datetime,
) -> list[Check]:
    """All checks; the first that fails for want of a token or a connection ends them."""
    try:
        me = await reading(client.auth_test())
        checks = [Check("slack token", "ok", f"signed in to {me['team']} as {me['user']}")]
        checks += [_scopes(me.headers), _clock(me.headers, now)]
        known = await directory.all()
    except SlackError as error:
        return [Check("slack token", "fail", "Slack cannot be used.", error.sentence)]
    checks += [_channel(name.removeprefix("#"), known) for name in channels]
    if app_token is not None:
        checks.append(await _socket(client, app_token))
    return checks


def _scopes(headers: Mapping[str, str]) -> Check:
    granted = set(_header(headers, "x-oauth-scopes").replace(" ", "").split(",")) - {""}
    missing, excess = sorted(set(SCOPES) - granted), sorted(granted - set(SCOPES))
    name = "slack scopes"
    if missing:
        remedy = "Paste the manifest of `opsbot slack manifest` into the app and install it again."
        return Check(name, "fail", f"missing: {', '.join(missing)}", f"{remedy} {SLACK_SCOPE}")
    if excess:
        remedy = f"Remove them from the app. {SLACK_SCOPE}"
        return Check(name, "warn", f"more than needed: {', '.join(excess)}", remedy)
    return Check(name, "ok", f"{', '.join(SCOPES)}")


def _clock(headers: Mapping[str, str], now: datetime) -> Check:
    name = "slack clock"
    try:
        skew = now - parsedate_to_datetime(_header(headers, "date"))
    except ValueError:
        return Check(name, "warn", "Slack did not say what time it is.")
    if abs(skew) > _SKEW:
        remedy = f"Set this machine's clock: Slack's signatures hold for five minutes. {CLOCK}"
        return Check(name, "fail", f"{skew.total_seconds():.0f} s apart from Slack", remedy)
    return Check(name, "ok", "agrees with Slack")


def _channel(name: str, known: Sequence[Channel]) -> Check:
    check = f"slack channel #{name}"
    found = next((c for c in known if c.name == name.lower()), None)
    if found is None:
        detail, remedy = "there is none that I can see", "Correct the model, or invite me if it is private."
    elif found.archived:
        detail, remedy = "is archived", "Unarchive it, or name another channel in the model."
    elif found.shared:
        detail, remedy = "is shared with another organisation", "Name a channel that is not shared."
    elif not found.member:
        detail, remedy = "I am not in it", f"Type `/invite @opsbot` in #{name}."
    else:
        return Check(check, "ok", "private" if found.private else "public")
    return Check(check, "fail", detail, f"{remedy} {SLACK_CHANNEL}")


async def _socket(client: AsyncWebClient, app_token: str) -> Check:
    try:
        await reading(client.apps_connections_open(app_token=app_token))
    except SlackError as error:
        remedy = "Set OPSBOT_SLACK_APP_TOKEN to a token with connections:write, and switch on Socket Mode."
        return Check("slack socket", "fail", error.sentence, f"{remedy} {SLACK_TOKEN}")
    return Check("slack socket", "ok", "opens")


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
