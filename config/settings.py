"""Settings of one installation: addresses and secrets, from OPSBOT_ variables, a .env file and secret files.

A secret may also stand in a file that a variable names: OPSBOT_SLACK_BOT_TOKEN_FILE=/run/secrets/slack. The
environment wins over .env. No error ever shows a value.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.errors import SETTINGS_UNKNOWN, SETTINGS_VALUE
from config.mistakes import nearest
from config.variables import FILE, PREFIX, Variables, with_files_read, written_variables


class SettingsMistake(Exception):  # noqa: N818 - it is read as a list of mistakes
    """The settings cannot be used: one line for each problem, with the variable's name, never its value."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def _check_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        local = parts.hostname == "localhost" or _is_loopback(parts.hostname)
        good = (
            parts.hostname and parts.port != 0 and parts.scheme in ({"http", "https"} if local else {"https"})
        )
    except ValueError:  # its sentence repeats the address
        good = False
    if not good:
        raise ValueError("an address with https:// (http:// only on this machine)")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address without user, password and query; the token has its own variable")
    return url.rstrip("/")


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


Address = Annotated[str, AfterValidator(_check_address)]

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def _check_database(url: SecretStr) -> SecretStr:
    scheme, separator, _ = url.get_secret_value().partition("://")
    if scheme not in _DRIVERS or not separator:
        raise ValueError("sqlite:///file.db or postgresql://user:password@host/database")
    return url


class SourceAccess(BaseModel):
    """How to sign in to one source of the operating model; <ID> is its id in capitals, with _ for -."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    user: str | None = Field(
        default=None,
        description="Account that the token belongs to: the e-mail for Jira Cloud, none for Data Center.",
    )
    token: SecretStr | None = Field(default=None, description="API token; read access is enough.")
    client_id: str | None = Field(
        default=None, description="OAuth 2.0 app that reads Jira Cloud, instead of user and token."
    )
    client_secret: SecretStr | None = Field(default=None, description="Secret of the OAuth 2.0 app.")
    refresh_token: SecretStr | None = Field(
        default=None,
        description="First refresh token of the OAuth 2.0 app; those that follow are kept in the database.",
    )
    app_id: str | None = Field(
        default=None, description="GitHub App that reads GitHub, instead of a token: its id or client id."
    )
    private_key: SecretStr | None = Field(
        default=None, description="Private key of the GitHub App, the text of its .pem file."
    )
    installation_id: int | None = Field(
        default=None, description="Number of the GitHub App's installation, where it is not to be looked up."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Secret that signs this source's webhooks; without it they are refused."
    )
    webhook_secret_previous: SecretStr | None = Field(
        default=None, description="The secret before it, accepted too while you change over."
    )
    url: Address | None = Field(
        default=None, description="Address to use instead of the tool's own: GitHub Enterprise, a sandbox."
    )


class Settings(BaseSettings):
    """Everything that differs between two installations of the bot."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="ignore",  # what is not known is found by name, before any value is looked at
        frozen=True,
        hide_input_in_errors=True,
    )

    model: Path = Field(default=Path("operating-model"), description="Folder or file of the operating model.")
    database: Annotated[SecretStr, AfterValidator(_check_database)] = Field(
        default=SecretStr("sqlite:///opsbot.db"),
        description="Where the bot keeps what it knows: sqlite:///file.db on one machine, "
        "postgresql://user:password@host/database for several.",
    )
    sources: dict[str, SourceAccess] = Field(
        default_factory=dict, description="Access to each source of the operating model, by its id."
    )
    slack_bot_token: SecretStr | None = Field(default=None, description="Bot token of the Slack app: xoxb-…")
    slack_app_token: SecretStr | None = Field(
        default=None, description="App-level token for Socket Mode: xapp-… Without it Slack calls over HTTP."
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Signing secret of the Slack app, needed when Slack calls over HTTP."
    )
    slack_url: Address | None = Field(
        default=None, description="Base address of Slack's Web API instead of Slack's own: a sandbox."
    )
    slack_command: str = Field(
        default="/ops", pattern=r"^/[a-z0-9_-]{1,31}$", description="The slash command the bot answers to."
    )
    web_host: str = Field(default="127.0.0.1", description="Network address to listen on.")
    web_port: int = Field(default=8080, ge=1, le=65535, description="Port to listen on.")
    now: AwareDatetime | None = Field(
        default=None,
        description="A moment at which the bot's clock stands still, for the demo and for trying things.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least serious log line that is written."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people (console) or for a log store (json)."
    )

    @property
    def database_url(self) -> str:
        """The database's address with the asynchronous driver SQLAlchemy needs. It holds the password."""
        scheme, _, rest = self.database.get_secret_value().partition("://")
        return f"{_DRIVERS[scheme]}://{rest}"

    def access(self, source: str) -> SourceAccess:
        """Access to a source by its id in the operating model; empty where nothing is set."""
        return self.sources.get(source.replace("-", "_"), SourceAccess())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the caller gives: `load_settings` is the one place that reads the environment."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_settings(dotenv: Path | None = Path(".env"), environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment and a .env file.

    Raises:
        SettingsMistake: with every problem, one a line.
    """
    settings, problems = _read(dotenv, environ)
    if settings is None or problems:
        raise SettingsMistake(problems)  # outside of any handler: errors of the libraries hold values
    return settings


def _read(dotenv: Path | None, environ: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    layers, problems = written_variables(dotenv, environ)
    misnamed = {name: problem for layer in layers for name in layer if (problem := _misnamed(name))}
    known = [{name: value for name, value in layer.items() if name not in misnamed} for layer in layers]
    values, unread = with_files_read(known)
    problems += [*misnamed.values(), *unread]
    try:
        return Settings(**Variables(Settings, values)()), problems
    except ValidationError as e:
        problems += [_problem(details) for details in e.errors(include_input=False, include_url=False)]
        return None, problems


def variable_fields() -> dict[str, FieldInfo]:
    """Every variable with its field, as documentation lists them; <ID> stands for the id of a source."""
    own = {f"{PREFIX}{name.upper()}": f for name, f in Settings.model_fields.items() if name != "sources"}
    access = {f"{PREFIX}SOURCES__<ID>__{name.upper()}": f for name, f in SourceAccess.model_fields.items()}
    return own | access


def is_secret(field: FieldInfo) -> bool:
    """Whether a file may hold it: the variable's name with _FILE."""
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def _misnamed(name: str) -> str | None:
    fields = variable_fields()
    general = _SOURCE.sub(rf"{PREFIX}SOURCES__<ID>__\2", name)
    field = fields.get(general) or fields.get(general.removesuffix(FILE))
    if field is not None and (general in fields or is_secret(field)):
        return None
    if field is not None:
        allowed = f"{name.removesuffix(FILE)} (only secrets stand in files)"
        return f"{name} is not known; allowed: {allowed} {SETTINGS_UNKNOWN}"
    near = nearest(general, [*fields, *(n + FILE for n, f in fields.items() if is_secret(f))])
    id_ = _SOURCE.fullmatch(name)
    hint = f"; did you mean {near.replace('<ID>', id_[1] if id_ else '<ID>')}?" if near else ""
    return f"{name} is not known; allowed: the variables of docs/settings.md{hint} {SETTINGS_UNKNOWN}"


_SOURCE = re.compile(rf"{PREFIX}SOURCES__([A-Z0-9]+(?:_[A-Z0-9]+)*)__(\w+)")


def _problem(details: ErrorDetails) -> str:
    name = PREFIX + "__".join(str(part).upper() for part in details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        allowed = str(context["error"])
    elif kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "")
    else:
        allowed = _ALLOWED.get(kind, "a text")
    return f"{name} cannot be used; allowed: {allowed} {SETTINGS_VALUE}"


_ALLOWED = {
    "datetime_from_date_parsing": "a moment with its zone: 2026-11-24T08:00:00+00:00",
    "timezone_aware": "a moment with its zone: 2026-11-24T08:00:00+00:00",
    "int_parsing": "a whole number",
    "greater_than_equal": "a port from 1 to 65535",
    "less_than_equal": "a port from 1 to 65535",
    "string_pattern_mismatch": "a slash and up to 31 lower-case letters, digits, - or _: /ops",
}
