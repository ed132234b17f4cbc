"""The log: events with keys, as JSON or as lines for people; secrets are cut out before they are written."""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, SecretStr
from structlog.typing import Processor

from config.settings import Settings

_TOKENS = re.compile(r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|gh[oprsu]_\w+|github_pat_\w+|ATATT[\w=-]+")
_SHORTEST = 6
"""Characters of a secret that is cut out by its value: a shorter one would take innocent words with it."""


def configure(settings: Settings) -> None:
    """Set up the log once, at the start of a long-running command, for our events and the libraries'."""
    render: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else _for_people()
    )
    _set_up(settings.log_level, render, list(_secrets(settings)))


def quiet(settings: Settings | None = None, level: str = "warning") -> None:
    """For commands that print their own results: only warnings are logged, or what `level` says."""
    _set_up(level, _for_people(), list(_secrets(settings)) if settings else [])


def _for_people() -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _set_up(level: str, render: Processor, secrets: Sequence[str]) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Without(secrets),
    ]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared[:-2],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shared[-2:], render],
        )
    )
    # INFO of libraries tells too much: httpx shows addresses with what is secret in them.
    logging.basicConfig(level=logging.WARNING, handlers=[libraries], force=True)


class Without:
    """A step of the log that cuts out these secrets, and whatever looks like a token of the tools."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        long = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
        self._secret = re.compile("|".join([*map(re.escape, long), _TOKENS.pattern]))

    def __call__(
        self, _logger: object, _name: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """The event without them, however deep they are."""
        return {key: self._cut(value) for key, value in event.items()}

    def _cut(self, value: object) -> object:
        match value:
            case str():
                return self._secret.sub("[secret]", value)
            case Mapping():
                return {self._cut(k): self._cut(v) for k, v in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._cut(v) for v in value]
            case None | bool() | int() | float():
                return value
        return self._secret.sub("[secret]", str(value))


def _secrets(settings: BaseModel) -> Iterator[str]:
    """The values of all secrets of the settings; of the database's address its password."""
    for name, value in settings:
        if name == "database":
            yield urlsplit(value.get_secret_value()).password or ""
            continue
        for one in value.values() if isinstance(value, dict) else [value]:
            if isinstance(one, SecretStr):
                yield one.get_secret_value()
            elif isinstance(one, BaseModel):
                yield from _secrets(one)
