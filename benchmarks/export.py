"""How fast and in how much memory large exports are read, beside plainly reading the same CSV.

    .venv/bin/python benchmarks/export.py [--megabytes 100]

Each file is written first and read in a process of its own. `ratio` is the time beside that of Python's csv
module over the same file in the same run, so that runs on different machines can be compared; `over` is the
peak of memory above that of a process that reads ten lines.
"""

import argparse
import asyncio
import csv
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

from connectors.file import Counting, connect

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
TEXT = "As a guest I want to see what a room costs before I name my dates, so that I can compare. " * 8
HEADER = (
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Priority", "Resolution",
    "Assignee", "Assignee Id", "Reporter", "Created", "Updated", "Resolved", "Labels", "Labels", "Labels",
    "Description", "Inward issue link (Blocks)", "Sprint", "Sprint", "Status Category",
    "Comment", "Comment", "Parent",
)  # fmt: skip


def main() -> None:
    """Print one line a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=100)
    size = parser.parse_args().megabytes << 20
    with tempfile.TemporaryDirectory() as folder:
        paths = {
            "Jira CSV": _write(Path(folder) / "export.csv", _csv(), size),
            "Jira CSV, Shift_JIS": _write(Path(folder) / "japanese.csv", _csv("料金を比べる"), size, "cp932"),
            "Jira XML": _write(Path(folder) / "export.xml", _xml(), size, end="</channel></rss>"),
            "gh JSON": _write(Path(folder) / "pulls.json", _json(), size, end="]"),
        }
        small = _write(Path(folder) / "small.csv", _csv(), 4096)
        _, base, _ = _measured(_read, small)
        plain, _, _ = _measured(_plainly, paths["Jira CSV"])
        print(f"csv module alone: {plain:.2f} s")
        print(f"{'file':22}{'MB':>6}{'seconds':>9}{'MB/s':>7}{'ratio':>7}{'over MB':>9}{'records':>9}")
        for name, path in paths.items():
            seconds, peak, records = _measured(_read, path)
            megabytes = path.stat().st_size / (1 << 20)
            print(
                f"{name:22}{megabytes:6.0f}{seconds:9.1f}{megabytes / seconds:7.1f}{seconds / plain:7.1f}"
                f"{peak - base:9.0f}{records:9}"
            )


def _write(path: Path, pieces: Iterator[str], size: int, encoding: str = "utf-8", end: str = "") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        while file.tell() < size:
            for _, piece in zip(range(200), pieces, strict=False):
                file.write(piece)
        file.write(end)
    return path


def _csv(title: str = "Compare prices") -> Iterator[str]:
    class Line:
        text = ""

        def write(self, text: str) -> None:
            self.text = text

    line = Line()
    writer = csv.writer(line)
    writer.writerow(HEADER)
    yield line.text
    for n in count(1):
        at = BEGIN + timedelta(minutes=n % 400_000)
        created, updated = f"{at:%d/%b/%y %I:%M %p}", f"{at + timedelta(hours=9):%d/%b/%y %I:%M %p}"
        writer.writerow((
            f"{title} {n}", f"BOOK-{n}", 20000 + n, "Story", "In Progress", "BOOK", "Medium", "", "Ines Falk",
            f"712020:{n % 200}", "Tom Okoro", created, updated, "", "pricing", "guest", "", f"{TEXT}\n{TEXT}",
            f"BOOK-{n // 2}", "Sprint 40", "Sprint 41", "In Progress", "a comment; of many", "",
            20000 + n // 7,
        ))  # fmt: skip
        yield line.text


def _xml() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="0.92"><channel><title>Larkfield</title>\n'
    for n in count(1):
        at = f"{BEGIN + timedelta(minutes=n % 400_000):%a, %d %b %Y %H:%M:%S +0000}"
        yield (
            f"<item><title>[BOOK-{n}]</title><link>https://larkfield.example/browse/BOOK-{n}</link>"
            f'<project id="1" key="BOOK">Booking</project><description>{escape(TEXT * 2)}</description>'
            f'<key id="{n}">BOOK-{n}</key><summary>Compare prices {n}</summary><type id="1">Story</type>'
            f'<status id="3">In Progress</status><statusCategory id="4" key="indeterminate"/>'
            f'<resolution id="-1">Unresolved</resolution>'
            f'<assignee accountid="712020:{n % 200}">Ines Falk</assignee>'
            f'<reporter accountid="712020:7">Tom Okoro</reporter><labels><label>pricing</label></labels>'
            f"<created>{at}</created><updated>{at}</updated>"
            f'<comments><comment id="1">{TEXT}</comment></comments>'
            f'<issuelinks><issuelinktype id="1"><name>Blocks</name><inwardlinks description="is blocked by">'
            f'<issuelink><issuekey id="2">BOOK-{n // 2}</issuekey></issuelink></inwardlinks></issuelinktype>'
            f"</issuelinks><customfields/></item>\n"
        )


def _json() -> Iterator[str]:
    for n in count(1):
        at = f"{BEGIN + timedelta(minutes=n % 400_000):%Y-%m-%dT%H:%M:%SZ}"
        said = {
            "number": n, "title": f"Compare prices {n}", "state": "OPEN", "createdAt": at, "updatedAt": at,
            "url": f"https://github.com/larkfield/booking-api/pull/{n}", "id": f"PR_{n}", "labels": [],
            "author": {"login": "ines", "is_bot": False}, "closedAt": None, "additions": 10, "deletions": 2,
            "baseRefName": "main", "headRefName": f"BOOK-{n}", "isDraft": False, "mergedAt": None,
            "mergedBy": None, "reviewRequests": [], "closingIssuesReferences": [],
            "files": [{"path": f"src/prices/{k}.py", "additions": 1, "deletions": 0} for k in range(12)],
            "reviews": [{"author": {"login": "tom"}, "state": "APPROVED", "submittedAt": at, "body": TEXT}],
        }  # fmt: skip
        yield ("[" if n == 1 else ",") + json.dumps(said)


def _measured(work: Callable[[Path], int], path: Path) -> tuple[float, float, int]:
    """Seconds, peak MB, and what the work gives, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_alone, (work, path))


def _alone(work: Callable[[Path], int], path: Path) -> tuple[float, float, int]:
    began = time.perf_counter()
    given = work(path)
    return (
        time.perf_counter() - began,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        given,
    )


def _plainly(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def _read(path: Path) -> int:
    async def pages() -> int:
        counting, records = Counting(), 0
        async for page in connect("export", path).pages(None):
            counting.add(page.records)
            records += len(page.records)
        return records

    return asyncio.run(pages())


if __name__ == "__main__":
    main()
