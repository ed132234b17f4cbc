"""What a script to try consists of: commands, and what happens at Larkfield between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Command:
    """A command of opsbot, typed in the script's folder, with why we type it and what it shows.

    opsbot looks into that folder: its model, its database, its clock. `{folder}` stands for its name.
    """

    why: str
    words: str
    seen: str
    code: int = 0  # exit code that the story expects


@dataclass(frozen=True, slots=True)
class Clock:
    """Time goes on at Larkfield."""

    to: datetime
    meanwhile: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A tool answers with this status from now on, None: as it should."""

    tool: str
    status: int | None
    meanwhile: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody writes into a file of the model: the text that stands there is replaced."""

    file: str
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of the audit trail, as they lie in the database."""

    why: str


Step = Command | Clock | Broken | Edit | Ledger


@dataclass(frozen=True, slots=True)
class Flag:
    """Somebody takes the flag off an issue, at a moment of the story."""

    key: str
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Script:
    """One thing to try, from a known state: Larkfield's Tuesday morning."""

    name: str
    shows: str
    steps: Sequence[Step]
    end: str
    needs_tools: bool = False  # Jira, GitHub and Slack answer while it is played
    exports: bool = False  # the files that Larkfield's people could export lie in its folder
    lifted: Flag | None = None
