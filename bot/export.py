"""Judge an export alone: what a person can bring without an account, with a model or without one."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.book import Book, builtin_rules, read_book
from bot.clock import Clock
from bot.pipeline import derive, judge, sync
from bot.report import Report, report
from bot.store.database import Database
from bot.store.migrate import migrate
from config.calendar import working_times
from config.model import Company, OperatingModel, RuleSetting, Source
from connectors.file.client import FileSource, connect
from connectors.file.found import Found, summary
from rules.findings import Severity
from rules.records import Record

NEEDS_MODEL = ("traceability-", "model-health-")
"""Families that hold work against products and pointers: without a model there are none."""
SHOWN = 8


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What the export holds, and what the rules say of it."""

    path: Path
    found: Found
    judged: Report
    problems: tuple[str, ...]
    unnamed: tuple[str, ...]  # projects that no selector of the model names
    model: str | None

    @property
    def worst(self) -> Severity | None:
        """The gravest severity that is open."""
        return self.judged.worst

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        found = self.found
        return {
            "items": found.items,
            "pull_requests": found.pull_requests,
            "people": found.people,
            "statuses": {s.name: s.count for s in found.statuses},
            "projects": dict(found.projects),
            "types": dict(found.types),
            "history": found.history,
            "problems": list(self.problems),
            **self.judged.as_json(),
        }

    def as_text(self) -> str:
        """The same as a person reads it in a terminal."""
        found = self.found
        pulls = f", {found.pull_requests:,} pull requests" if found.pull_requests else ""
        text = [
            f"{self.path}: {found.items:,} items{pulls}, {found.people:,} people",
            f"   projects  {_listed(found.projects)}",
            f"   types     {_listed(found.types)}",
            f"   statuses  {_listed([(s.name, s.count) for s in found.statuses])}",
        ]
        if found.first_change and found.last_change:
            text.append(f"   changes   {found.first_change:%Y-%m-%d} to {found.last_change:%Y-%m-%d}")
        if not found.history:
            text.append("   history   none in this export: when work started or was blocked is not known")
        if self.model is None:
            text.append("   model     none: rules about products and pointers wait for one (--model)")
        if self.unnamed:
            text.append(f"   unnamed   no selector of the model names: {', '.join(self.unnamed)}")
        text += [f"   not read  {problem}" for problem in self.problems]
        return "\n".join([*text, "", self.judged.as_text()])


async def judge_export(path: Path, model: Path | None, clock: Clock) -> ExportReport:
    """Read the export into a store that is thrown away, derive, judge.

    Raises:
        ConnectorError: the export cannot be read.
        ModelMistakes: the model cannot.
    """
    book = _with_source(read_book(model), path) if model else _bare_book(path)
    source = next(
        s.id for s in book.model.sources if s.kind == "file" or (model is not None and s.kind == "jira")
    )
    connector = connect(source, path, clock=clock)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/export.db")
        try:
            await migrate(database)
            pulled = await sync(database, connector, clock)
            if pulled.error is not None:
                raise pulled.error
            await derive(database, book, clock())
            judged = await report(database, book, await judge(database, book, clock()), clock())
        finally:
            await database.close()
    problems = tuple(f"{p.scope}: {p.what}" for p in pulled.problems)
    found = summary(await _records(connector))
    unnamed = tuple(project for project, _ in found.projects if model and project not in _named(book))
    return ExportReport(path, found, judged, problems, unnamed, str(model) if model else None)


async def _records(connector: FileSource) -> list[Record]:
    return [record async for page in connector.pages(None) for record in page.records]


def _named(book: Book) -> set[str]:
    selectors = [*book.model.ignore, *(s for p in book.model.products.values() for s in p.work)]
    return {s.jira.project for s in selectors if s.jira and s.jira.project}


def _with_source(book: Book, path: Path) -> Book:
    """The export stands for the model's own Jira source; a model without one gets the file as a source."""
    model = book.model
    sources = [s.model_copy(update={"every": None}) for s in model.sources if s.kind == "jira"][:1]
    sources = sources or [Source(id="export", file=str(path))]
    return replace(book, model=model.model_copy(update={"sources": sources}))


def _bare_book(path: Path) -> Book:
    """A book that knows nothing of the organisation: only rules that need no model speak."""
    rules = builtin_rules()
    speak = {r.id: "off" if r.id.startswith(NEEDS_MODEL) else "digest" for r in rules}
    model = OperatingModel(
        company=Company(name=path.name),
        sources=[Source(id="export", file=str(path))],
        rules={rule: RuleSetting.model_validate({"mode": mode}) for rule, mode in speak.items()},
    )
    return Book(model, "no model", rules, working_times(model))


def _listed(counted: Sequence[tuple[str, int]]) -> str:
    names = [f"{name} {count:,}" for name, count in counted[:SHOWN]]
    return ", ".join(names) + (f" and {len(counted) - SHOWN} more" if len(counted) > SHOWN else "")
