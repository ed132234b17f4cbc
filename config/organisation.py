"""Who works here and when: company, calendars, people, teams, and the roles that rules speak of."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from config.product import Handle
from config.week import check_closed, check_holidays, check_zone, parse_windows
from config.words import Channel, Count, Day, Strict

ROLES = (
    "product-manager",
    "product-owner",
    "product-designer",
    "product-analyst",
    "product-operations-manager",
    "product-coordinator",
    "product-quality-manager",
    "product-support-specialist",
    "value-stream-owner",
    "portfolio-owner",
    "operator",
)
"""Roles every model knows; `roles:` names further ones. A product's manager is its `owner`."""


class Company(Strict):
    """Who this is about."""

    name: str = "Our company"
    currency: str = "EUR"
    calendar: str = "default"


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _check_windows(week: list[str]) -> list[str]:
    parse_windows(week)
    return week


class Calendar(Strict):
    """Working time: `week: Mon-Fri 09:00-17:30` (a list for several windows), holidays as DE or DE-BE."""

    extends: str | None = None
    timezone: Annotated[str, AfterValidator(check_zone)] = "UTC"
    week: Annotated[list[str], BeforeValidator(_one_or_many), AfterValidator(_check_windows)] = Field(
        default_factory=lambda: ["Mon-Fri 09:00-17:00"]
    )
    holidays: list[Annotated[str, AfterValidator(check_holidays)]] = Field(default_factory=list)
    closed: list[Annotated[str, AfterValidator(check_closed)]] = Field(default_factory=list)


class Away(Strict):
    """Days a person is not there, both ends included."""

    since: Day
    until: Day


def _check_email(address: str) -> str:
    name, _, host = address.partition("@")
    if not name or "." not in host or "@" in host or " " in address:
        raise ValueError("an e-mail address is expected: ana@example.com")
    return address


def _check_accounts(written: object) -> object:
    by_source = written.items() if isinstance(written, dict) else [("", written)]
    if not all(isinstance(key, str) and isinstance(one, str) and one for key, one in by_source):
        raise ValueError(
            'an account is a text (a number in "quotes"), or one for each source: {jira: …, jira-emea: …}'
        )
    return written


Tool = Literal["jira", "github", "slack"]
TOOLS: tuple[Tool, ...] = ("jira", "github", "slack")
"""Tools that people have accounts in."""

Account = Annotated[str | dict[str, str], BeforeValidator(_check_accounts)]
"""One account for all sources of the tool, or one for each source that is named."""


class Person(Strict):
    """One person, referred to by handle everywhere else. Accounts are found by e-mail where not written."""

    email: Annotated[str, AfterValidator(_check_email)] | None = None
    name: str | None = None
    github: Account | None = None  # login; where sources have different ones, by their ids
    jira: Account | None = None  # account id, or user key at a Data Center
    slack: Account | None = None  # member id
    calendar: str | None = None
    left: Day | None = None
    away: list[Away] = Field(default_factory=list)

    def account(self, tool: Tool, source: str) -> str | None:
        """The account that is written for this source of a tool; None where the model says nothing."""
        written: str | dict[str, str] | None = getattr(self, tool)
        return written.get(source) if isinstance(written, dict) else written

    def accounts(self) -> Iterator[tuple[Tool, str | None, str]]:
        """Every account that is written: tool, source (None: all of that tool), and its name there."""
        for tool in TOOLS:
            written: str | dict[str, str] | None = getattr(self, tool)
            if isinstance(written, dict):
                yield from ((tool, source, account) for source, account in written.items())
            elif written is not None:
                yield tool, None, written


class Team(Strict):
    """A team, its kind in the words of Team Topologies."""

    type: Literal["stream-aligned", "platform", "enabling", "complicated-subsystem"] = "stream-aligned"
    purpose: str | None = None
    members: list[Handle] = Field(default_factory=list)
    calendar: str | None = None
    channel: Channel | None = None
    github: str | None = None
    capacity: float = Field(default=1.0, gt=0, le=1, strict=True)
    wip: dict[Literal["story", "epic"], Count] = Field(default_factory=dict)
