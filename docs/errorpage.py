"""The page of errors: every entry of the tables, as `opsbot errors` tells it."""

from markdown import GENERATED

from bot.errorbook import TABLES
from config.errors import Entry

HEAD = """# Errors

A message ends with a word in brackets: `[model-unknown-key]`. It is the name of its entry here. At the
command line, `opsbot errors model-unknown-key` tells the same.
"""


def errors_page() -> str:
    """Every error with what it means, its cause and its cure, by what it is about."""
    sections = (f"\n## {about}\n" + "".join(map(_entry, entries)) for about, entries in TABLES.items())
    return GENERATED + HEAD + "".join(sections)


def _entry(entry: Entry) -> str:
    return f"\n### {entry.name}\n\n{entry.means}\n\n*Why:* {entry.cause}\n\n*What to do:* {entry.cure}\n"
