"""What `opsbot doctor` looks at: everything opsbot stands on, and what to do about each thing."""

import sqlite3
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.errors import (
    CLOCK_STILL,
    DATABASE_SQLITE,
    DATABASE_UNUSABLE,
    INSTALL_SHADOWED,
    SLACK_AMBIGUOUS,
    SLACK_COMMANDS,
    SLACK_TOKEN,
    WEBHOOK_SECRET,
)
from bot.routing import targets
from bot.slack.directory import SlackDirectory
from bot.sources import variable
from bot.store.migrate import is_current
from connectors.connector import Check
from connectors.errors import ConnectorError

FIXED_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""Releases that mend the WAL-reset bug, on their branches (sqlite.org/wal.html)."""


async def examine(app: App, *, offline: bool) -> list[Check]:
    """All checks, in the order a person would repair them."""
    checks = [*_model(app), _packages(), *await _database(app), *_secrets(app), *_commands(app)]
    if not offline:
        checks += [*await _tools(app), *await _slack(app)]
    if app.settings.now is not None:
        remedy = f"Remove OPSBOT_NOW to let it run. {CLOCK_STILL}"
        still = Check("clock", "warn", f"stands still at {app.settings.now}", remedy)
        checks = [c for c in checks if not c.name.endswith("clock")] + [still]
    return [*checks, *await _outbox(app)]


async def _tools(app: App) -> list[Check]:
    checks: list[Check] = []
    for source, connector in app.connectors.items():
        if isinstance(connector, SlackDirectory):
            continue  # looked at with its channels
        try:
            found = await connector.check()
        except ConnectorError as error:
            found = [Check("sign-in", "fail", error.what, error.remedy)]
        checks += [Check(f"{source}: {c.name}", c.state, c.detail, c.remedy) for c in found]
    return checks


def _model(app: App) -> Iterator[Check]:
    model = app.book.model
    detail = f"products: {len(model.products)}, people: {len(model.people)}, rules: {len(app.book.rules)}"
    yield Check("operating model", "ok", f"{app.settings.model}: {detail}")


def _packages() -> Check:
    """Our packages have everyday names: another one of the same name would be imported in our place."""
    home = Path(__file__).resolve().parent.parent
    for name in ("bot", "connectors", "rules", "config"):
        spec = find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != home:
            where = spec.origin if spec else "nowhere"
            remedy = f"Install opsbot into a virtual environment of its own. {INSTALL_SHADOWED}"
            return Check("packages", "fail", f"{name} comes from {where}, not from opsbot", remedy)
    return Check("packages", "ok", "opsbot's own")


async def _database(app: App) -> list[Check]:
    address = sa.make_url(app.settings.database.get_secret_value()).render_as_string(hide_password=True)
    try:
        current = await is_current(app.database)
    except SQLAlchemyError as error:
        remedy = f"Check OPSBOT_DATABASE. {DATABASE_UNUSABLE}"
        return [Check("database", "fail", f"{address}: {type(error).__name__}", remedy)]
    remedy = f"Start opsbot once to migrate it. {DATABASE_UNUSABLE}"
    checks = [Check("database", "ok" if current else "fail", address, remedy)]
    if app.database.embedded:
        version = sqlite3.sqlite_version_info
        fixed = version >= FIXED_SQLITE[0] or any(version[:2] == f[:2] and version >= f for f in FIXED_SQLITE)
        detail = f"SQLite {sqlite3.sqlite_version}" + (
            "" if fixed else " may lose commits under load (WAL reset)"
        )
        remedy = f"Use a Python with SQLite 3.51.3 or newer, or PostgreSQL. {DATABASE_SQLITE}"
        checks.append(Check("SQLite", "ok" if fixed else "warn", detail, remedy))
    return checks


def _secrets(app: App) -> Iterator[Check]:
    for name, error in app.refused.items():
        yield Check(f"{name}: access", "fail", error.what, error.remedy)
    for source in app.book.model.sources:
        if source.kind in {"jira", "github"} and app.settings.access(source.id).webhook_secret is None:
            detail = "no secret: webhooks are refused, changes arrive with the next sync"
            remedy = f"Set {variable(source, 'webhook_secret')} to take them. {WEBHOOK_SECRET}"
            yield Check(f"{source.id}: webhooks", "warn", detail, remedy)


def _commands(app: App) -> Iterator[Check]:
    settings = app.settings
    if app.poster and settings.slack_app_token is None and settings.slack_signing_secret is None:
        detail = "neither app token nor signing secret: every slash command is refused"
        remedy = "Set OPSBOT_SLACK_APP_TOKEN (Socket Mode) or OPSBOT_SLACK_SIGNING_SECRET (HTTP)."
        yield Check("slack: commands", "warn", detail, f"{remedy} {SLACK_COMMANDS}")


async def _slack(app: App) -> Sequence[Check]:
    if app.poster is None:
        remedy = f"Set OPSBOT_SLACK_BOT_TOKEN. {SLACK_TOKEN}"
        return [Check("slack", "warn", "no token: nothing is posted", remedy)]
    channels = {t.channel for d in app.book.model.digests.values() for t in targets(app.book.model, d)}
    token = app.settings.slack_app_token
    found = await app.poster.check(sorted(channels), token.get_secret_value() if token else None)
    return [Check(c.name, c.state, c.detail, c.remedy) for c in found]


async def _outbox(app: App) -> list[Check]:
    held = await app.held_up()
    remedy = {
        "dead": "Repair what it says, then wait for the next digest.",
        "ambiguous": f"Look into the channel: it may be there. It is not repeated. {SLACK_AMBIGUOUS}",
    }
    return [
        Check(f"message to #{channel}", "warn", f"{state}: {reason}", remedy[state])
        for state, channel, _, reason in held
    ] or [Check("messages", "ok", "none is held up")]
