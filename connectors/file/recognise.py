"""What a file is, by what stands at its beginning; its name decides only between texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from connectors.connector import Problem
from connectors.file.columns import Columns, find_columns
from connectors.file.csv_export import CsvExport
from connectors.file.csv_rows import DELIMITERS
from connectors.file.directory import DirectoryCsv, is_directory
from connectors.file.encoding import by_beginning
from connectors.file.gh_json import COMMANDS, GhJson
from connectors.file.lines import Lines
from connectors.file.scim import LIST, USER, Scim
from connectors.file.xml_export import XmlExport
from rules.records import Record

HEAD = 1 << 12
SAVE_AS = "Open it and save it as CSV UTF-8, or export CSV from Jira itself (Export > CSV (all fields))."
BINARY: tuple[tuple[bytes, str, str], ...] = (  # how it begins, what it is, what to do
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls)", SAVE_AS),
    (b"%PDF", "a PDF", "Export CSV or XML from Jira's issue search."),
    (b"\x1f\x8b", "a compressed file (gzip)", "Unpack it, and name what is inside."),
    (b"7z\xbc\xaf", "an archive (7z)", "Unpack it, and name what is inside."),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
)
ENOUGH = 3  # columns of Jira that make a text a CSV export, whatever its name


class Part(Protocol):
    """One file of the source."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    def records(self, tell: Callable[[Problem], None]) -> Iterator[Record]:
        """Its records; what cannot be read is told."""
        ...

    def recognised(self) -> str:
        """What it is, in words."""
        ...

    def notes(self) -> tuple[str, ...]:
        """What a person should know of a file that was read: encoding, cut off."""
        ...


@dataclass(frozen=True, slots=True)
class Other:
    """A file that is no export: what it is, and what to do."""

    path: Path
    what: str
    remedy: str = ""


def recognise(source: str, path: Path, zone: tzinfo) -> Part | Other:
    """The reader of this file, or what it is instead. Only its beginning is read.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _packed(path, head)
    for magic, what, remedy in BINARY:
        if head.startswith(magic):
            return Other(path, what, remedy)
    text = _text(head)
    start = text.lstrip("\ufeff \t\r\n")[:200].casefold()
    suffix = path.suffix.lower()
    if not start:
        return Lines(source, path) if suffix == ".jsonl" else Other(path, "empty", "Export it again.")
    if start.startswith("<"):
        return _marked_up(source, path, text.casefold())
    table = suffix in {".csv", ".tsv"}
    if suffix == ".jsonl" or start.startswith("{") or (start.startswith("[") and not table):
        return _json(source, path, text)
    if is_directory(text.lstrip("\ufeff").splitlines()[0]) and not _names_issues(text):
        return DirectoryCsv(source, path)
    if table or _jira_header(text):
        return CsvExport(source, path, zone)
    return Other(path, "something else" if "\0" in text else "a text that is no export")


def _json(source: str, path: Path, text: str) -> Part | Other:
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        return GhJson(source, path)
    if path.suffix.lower() == ".jsonl" or '"record"' in text:
        return Lines(source, path)
    if LIST in text or USER in text:
        return Scim(source, path)
    return Other(
        path, "JSON, but neither a list of gh nor JSON lines of records, nor a list of SCIM", COMMANDS
    )


def _packed(path: Path, head: bytes) -> Other:
    if b"xl/" in head or path.suffix.lower().startswith(".xls") or b"[Content_Types].xml" in head:
        return Other(path, "an Excel workbook (.xlsx)", SAVE_AS)
    return Other(path, "an archive (zip)", "Unpack it, and name the folder.")


def _marked_up(source: str, path: Path, text: str) -> Part | Other:
    if "schemas-microsoft-com:office:spreadsheet" in text:
        return Other(path, "an Excel workbook (XML)", SAVE_AS)
    if path.suffix.lower() == ".xml" or ("<rss" in text and "<html" not in text):
        return XmlExport(source, path)
    if "<html" in text or "<table" in text or "<!doctype html" in text:
        what = "a web page; Jira's export for Excel is one too, and so is its page for signing in"
        return Other(path, what, "Choose Export > CSV (all fields) or Export > XML instead.")
    return Other(path, "XML, but not Jira's export of issues", "Choose Export > XML in Jira's issue search.")


def _jira_header(text: str) -> bool:
    return any(len(columns.at) >= ENOUGH for columns in _headers(text))


def _names_issues(text: str) -> bool:
    """It has keys and titles of issues: an export of Jira, whatever other columns it has."""
    return any({"key", "title"} <= columns.at.keys() for columns in _headers(text))


def _headers(text: str) -> Iterator[Columns]:
    """The first line of a text as columns of Jira, by each delimiter."""
    header = text.lstrip("\ufeff").splitlines()[0]
    return (find_columns(header.replace('"', "").split(d)) for d in DELIMITERS)


def _text(head: bytes) -> str:
    if (codec := by_beginning(head)) is not None:
        return head.decode(codec, errors="replace")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError:
        return head.decode("utf-8-sig" if head[:3] == b"\xef\xbb\xbf" else "cp932", errors="replace")
