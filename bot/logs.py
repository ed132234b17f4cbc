"""The log: events with keys, as JSON or as lines for people; secrets are cut out before they are written."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from config.settings import Settings

_TOKENS = re.compile(r"xox[abpe]-[\w-]+|xapp-[\w-]+|gh[opsu]_\w+|github_pat_\w+|ATATT[\w=-]+")


def configure(settings: Settings) -> None:
    """Set up structlog once, at the start of a long-running command."""
    render: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines show addresses with their secrets


def quiet() -> None:
    """For commands that print their own results: only warnings are logged."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def without_secrets(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Every text of the event with what looks like a token cut out."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _TOKENS.sub("[secret]", value)
    return event
