"""The table of connectors: one line a kind of source, and how its webhooks are let in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.web.app import WebhookDoor
from config.fields import asked_of_jira
from config.model import OperatingModel, Source
from config.settings import Settings, SourceAccess
from connectors.connector import Connector
from connectors.errors import ConnectorError, FixCredentialsError
from connectors.file import client as file
from connectors.github import client as github
from connectors.github import webhook as github_webhook
from connectors.github.limits import GitHubLimits
from connectors.github.signin import App
from connectors.governor import Governor, Limits
from connectors.jira import client as jira
from connectors.jira import webhook as jira_webhook
from connectors.jira.datacenter import client as datacenter
from connectors.jira.limits import OAUTH_POINTS, JiraLimits
from connectors.jira.oauth import Grant, Keep


class Shared:
    """What sources share: a governor, if they sign in as the same account at the same address, and the model.

    `fields` are those of Jira that the model asks for.
    """

    def __init__(self, model: OperatingModel, clock: Clock) -> None:
        self.fields = asked_of_jira(model)
        self._clock = clock
        self._governors: dict[tuple[object, ...], Governor] = {}

    def governor(self, limits: Limits, who: str, *account: object) -> Governor:
        """The account's governor; `limits` are those of its tool."""
        new = Governor(limits, who=who, clock=self._clock)
        return self._governors.setdefault((who, *account), new)


def _jira(source: Source, access: SourceAccess, clock: Clock, shared: Shared) -> Connector:
    """Jira Cloud, whose tokens belong to a user; without one Data Center, unless Atlassian hosts the site."""
    at = access.url or source.jira
    if access.user is None and not _at_atlassian(source.jira or "", access.url or ""):
        token = _token(source, access)
        governor = shared.governor(JiraLimits(), "Jira", at, token)
        return datacenter.connect(
            source, token=token, url=access.url, fields=shared.fields, governor=governor, clock=clock
        )
    user = _needed(source, "user", access.user, "{} to the e-mail of the account the token belongs to")
    token = _token(source, access)
    governor = shared.governor(JiraLimits(), "Jira", at, user)
    return jira.connect(
        source, user=user, token=token, url=access.url, fields=shared.fields, governor=governor, clock=clock
    )


def _jira_by_oauth(
    source: Source, access: SourceAccess, clock: Clock, shared: Shared, keep: Keep
) -> Connector:
    """Jira Cloud, signed in by an OAuth 2.0 app whose refresh tokens are kept one by one."""
    if access.token is not None:
        raise FixCredentialsError(
            f"Source {source.id} has a token and an OAuth app.",
            f"Take out {variable(source, 'token')} or {variable(source, 'client_id')}.",
        )
    secret = access.client_secret.get_secret_value() if access.client_secret else None
    first = access.refresh_token.get_secret_value() if access.refresh_token else None
    grant = Grant(
        access.client_id or "",
        _needed(source, "client_secret", secret, "{0}, or {0}_FILE to a file that holds it"),
        _needed(source, "refresh_token", first, "{} as docs/jira.md says"),
    )
    governor = shared.governor(JiraLimits(OAUTH_POINTS), "Jira", grant.client_id)  # of all its sites
    return jira.connect_by_oauth(
        source, grant=grant, keep=keep, fields=shared.fields, governor=governor, clock=clock
    )


def _at_atlassian(*addresses: str) -> bool:
    return any(
        address.rstrip("/").endswith(".atlassian.net") or "//api.atlassian.com/" in address
        for address in addresses
    )


def _github(source: Source, access: SourceAccess, clock: Clock, shared: Shared) -> Connector:
    """A GitHub App, or the token of an account."""
    if access.app_id is None:
        token = _token(source, access)
        governor = shared.governor(GitHubLimits(), "GitHub", access.url, token)
        return github.connect(source, url=access.url, token=token, governor=governor, clock=clock)
    if access.token is not None:
        raise FixCredentialsError(
            f"Source {source.id} has a token and a GitHub App.",
            f"Take out {variable(source, 'token')} or {variable(source, 'app_id')}.",
        )
    key = access.private_key.get_secret_value() if access.private_key else None
    key = _needed(source, "private_key", key, "{0}, or {0}_FILE to the .pem file of the app")
    app = App(access.app_id, key, access.installation_id)
    installed = access.installation_id or (source.github or "").partition("/")[0]
    governor = shared.governor(GitHubLimits(), "GitHub", access.url, access.app_id, installed)
    return github.connect(source, url=access.url, token=app, governor=governor, clock=clock)


CONNECTORS: Mapping[str, Callable[[Source, SourceAccess, Clock, Shared], Connector]] = {
    "jira": _jira,
    "github": _github,
}
"""Tools that are asked over the network; a file needs no access, but a folder to count its path from."""

WEBHOOKS = {
    "jira": ("x-hub-signature", jira_webhook.parse),
    "github": ("x-hub-signature-256", github_webhook.parse),
}


@dataclass(frozen=True, slots=True)
class Connected:
    """Sources that can be read, and those that cannot: something is not set, or the file is not there."""

    connectors: dict[str, Connector]
    refused: dict[str, ConnectorError]


def connect_all(
    model: OperatingModel, settings: Settings, clock: Clock, keeper: Callable[[str], Keep]
) -> Connected:
    """A connector for each source of the model that has one; nothing is asked yet.

    A source with a `path` holds the model itself, no work. The path of a file counts from the folder that
    the model lies in. `keeper` gives what keeps the refresh tokens of a source.
    """
    connected, shared = Connected({}, {}), Shared(model, clock)
    for source in model.sources:
        if (source.kind in CONNECTORS or source.kind == "file") and source.path is None:
            try:
                made = _connected(source, settings, clock, shared, keeper)
            except ConnectorError as error:
                connected.refused[source.id] = error
            else:
                connected.connectors[source.id] = made
    return connected


def _connected(
    source: Source, settings: Settings, clock: Clock, shared: Shared, keeper: Callable[[str], Keep]
) -> Connector:
    if source.file is not None:
        return file.connect(source.id, settings.model.parent / source.file)
    access = settings.access(source.id)
    if source.jira is not None and access.client_id is not None:
        return _jira_by_oauth(source, access, clock, shared, keeper(source.id))
    return CONNECTORS[source.kind](source, access, clock, shared)


def webhook_doors(model: OperatingModel, settings: Settings) -> dict[str, WebhookDoor]:
    """How webhooks are let in, by source; one without a secret lets nothing in."""
    doors = {}
    for source in model.sources:
        if source.kind in WEBHOOKS:
            access = settings.access(source.id)
            secrets = [s for s in (access.webhook_secret, access.webhook_secret_previous) if s is not None]
            header, parse = WEBHOOKS[source.kind]
            doors[source.id] = WebhookDoor(header, [s.get_secret_value().encode() for s in secrets], parse)
    return doors


def _token(source: Source, access: SourceAccess) -> str:
    token = access.token.get_secret_value() if access.token else None
    return _needed(source, "token", token, "{0}, or {0}_FILE to a file that holds it")


def _needed(source: Source, what: str, value: str | None, setting: str) -> str:
    if not value:
        remedy = f"Set {setting.format(variable(source, what))}."
        raise FixCredentialsError(f"Source {source.id} has no {what}.", remedy)
    return value


def variable(source: Source, what: str) -> str:
    """The name of the environment variable with this setting of a source."""
    return f"OPSBOT_SOURCES__{source.id.upper().replace('-', '_')}__{what.upper()}"
