"""The book of errors: the tables of all floors as one, in the order in which people meet them."""

import re
from collections.abc import Mapping

from bot.errors import ENTRIES as OF_OPSBOT
from config.errors import ENTRIES as OF_CONFIG
from config.errors import Entry
from connectors.errors import ENTRIES as OF_SOURCES
from connectors.file.refusals import ENTRIES as OF_EXPORTS
from rules.errors import ENTRIES as OF_RULES

TABLES: Mapping[str, tuple[Entry, ...]] = {
    "The operating model and settings": OF_CONFIG,
    "Rules and rights": OF_RULES,
    "Tools": OF_SOURCES,
    "Exports": OF_EXPORTS,
    "opsbot itself": OF_OPSBOT,
}

ALL: Mapping[str, Entry] = {entry.name: entry for entries in TABLES.values() for entry in entries}

_NAME = re.compile(r"\[([a-z-]+)\]$")


def named(text: str) -> str | None:
    """The name of the entry that a message ends with: for programs, which should not read sentences."""
    found = _NAME.search(text)
    return found[1] if found else None
