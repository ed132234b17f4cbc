"""Why an export is refused: the table's entries, and errors that end with the name of theirs."""

from pathlib import Path

from config.errors import Entry
from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError

ENCODING = Entry(
    "export-encoding",
    "The characters of an export cannot be read.",
    "The file is in no encoding that is known, or its parts are in different ones: a spreadsheet or an "
    "editor saved it in between.",
    "Export again and do not open the file before, or save it as CSV UTF-8.",
)
QUOTES = Entry(
    "export-quotes",
    "A record of a CSV export has a quote that does not close, or closes in the middle of a cell.",
    "A spreadsheet or a script wrote the file anew without doubling the quotes inside of texts.",
    "Look at the line that the message names and repair it, or export again.",
)
COLUMNS = Entry(
    "export-columns",
    "A CSV file has not the columns of a Jira export.",
    "It is another file, only some columns were exported, or Jira wrote the names in a language that opsbot "
    "does not know.",
    "In Jira set the language of your profile to English, search the issues, and choose Export > CSV (all "
    "fields).",
)
DATES = Entry(
    "export-dates",
    "The dates of an export cannot be read in one single way.",
    "Jira writes dates as its administrator set it. 03/04/2026 may be March or April, and nothing in the "
    "file decides it.",
    "Export with the date format 2026-11-17 09:41 (Jira's look and feel), or export XML.",
)
FORMAT = Entry(
    "export-format",
    "A file is not an export that opsbot reads.",
    "It is a workbook, an archive, a web page, or something else, whatever its name ends with.",
    "Give it a Jira export (CSV or XML), what `gh issue list --json` or `gh pr list --json` wrote, JSON "
    "lines, or a folder of these.",
)
FIELDS = Entry(
    "export-fields",
    "A list of gh lacks fields without which its issues or pull requests cannot be told apart.",
    "`gh … --json` writes the fields that are asked for and no others.",
    "Run the command in the message: it asks for every field that is used.",
)
XML = Entry(
    "export-xml",
    "An XML export is broken, or declares entities.",
    "The download was cut off, or another program wrote the file. Jira's own has neither DTD nor entities.",
    "Export again: Jira's issue search, Export > XML.",
)
JSON = Entry(
    "export-json",
    "A file of JSON is broken.",
    "The command that wrote it was stopped, or two outputs went into one file.",
    "Run the command again and write into a new file.",
)
LINE = Entry(
    "export-line",
    "One line or record of an export cannot be read; the others are.",
    "A required cell is empty, a date is written otherwise than the rest, or the record has another number "
    "of cells than the header.",
    "Repair the line that the message names, or the item in the tool, and export again.",
)
EMPTY = Entry(
    "export-empty",
    "An export holds nothing.",
    "The search found no issue, the download was cut off, or no line of the file can be read.",
    "Check the search or the command, and export again.",
)
CUT = Entry(
    "export-cut",
    "An export looks cut off: it holds exactly as many items as its tool writes by default.",
    "Jira ends an export after 1,000 issues, `gh` after 30 unless --limit says otherwise.",
    "Export in parts (by project or by year) into one folder and name the folder, or raise the limit.",
)
MISSING = Entry(
    "export-missing",
    "There is no file to read.",
    "The path is misspelt, the file was moved, or it may not be opened.",
    "Check the path and its permissions.",
)

ENTRIES = (ENCODING, QUOTES, COLUMNS, DATES, FORMAT, FIELDS, XML, JSON, LINE, EMPTY, CUT, MISSING)


def refusal(path: Path, what: str, remedy: str, entry: Entry) -> UnexpectedAnswerError:
    """The error that `path` cannot be read: `what` goes on where its name ends."""
    return UnexpectedAnswerError(f"{path.name}{what}", remedy or entry.cure, entry=entry)


def at_line(path: Path, line: int, what: str, entry: Entry = LINE) -> Problem:
    """The problem of one record, which begins in that line; `what` has no full stop."""
    return Problem(f"line {line} of {path.name}", f"{path.name}:{line}: {what}. {entry}")
