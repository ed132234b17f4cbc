"""Judge an export alone: what a person can bring without an account, with a model or without one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

import sqlalchemy as sa

from bot.book import Book, builtin_rules, read_book
from bot.clock import Clock
from bot.intake import taken
from bot.pipeline import Progress, derive, judge, unwatched
from bot.report import Report, report
from bot.slack.messages import plural
from bot.store.database import Database
from bot.store.facts import FACTS
from config.calendar import working_times
from config.model import Company, OperatingModel, RuleSetting, Source
from connectors.file.found import Counting, Found
from rules.findings import Severity
from rules.patterns import repository_matches
from rules.proposal.text import share

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
    notes: tuple[str, ...]
    placed: int  # items and pull requests that belong to a product of the model
    unnamed: tuple[str, ...]  # projects and repositories that no selector of the model names
    model: str | None
    unused: str | None  # a model that lies there and was not asked for

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
            "notes": list(self.notes),
            "placed": self.placed,
            "unnamed": list(self.unnamed),
            **self.judged.as_json(),
        }

    def as_text(self) -> str:
        """The same as a person reads it in a terminal."""
        text = [*self._read(), "", self.judged.as_text(), "", "What to do next:", *self._next()]
        return "\n".join(text)

    def _read(self) -> Iterator[str]:
        found = self.found
        pulls = f", {plural(found.pull_requests, 'pull request')}" if found.pull_requests else ""
        yield f"{self.path}: {plural(found.items, 'item')}{pulls}, {found.people:,} people"
        yield f"   projects  {_listed(found.projects)}"
        yield f"   types     {_listed(found.types)}"
        yield f"   statuses  {_listed([(s.name, s.count) for s in found.statuses])}"
        if found.first_change and found.last_change:
            yield f"   changes   {found.first_change:%Y-%m-%d} to {found.last_change:%Y-%m-%d}"
        if not found.history:
            yield "   history   none in this export: when work started or was blocked is not known"
        if self.model is None:
            yield "   model     none: rules about products and pointers wait for one (--model)"
            if self.unused:
                yield f"   unused    {self.unused} lies here; it counts with opsbot --model {self.unused}"
        else:
            whole = found.items + found.pull_requests
            yield f"   model     {self.model}: {share(self.placed, whole)} belong to one of its products"
        if self.unnamed:
            yield f"   unnamed   no selector of the model names: {', '.join(self.unnamed)}"
        yield from (f"   note      {note}" for note in self.notes)
        yield from (f"   not read  {problem}" for problem in self.problems)

    def _next(self) -> Iterator[str]:
        export, model = quote(str(self.path)), quote(self.model or self.unused or "operating-model")
        if self.model is None:
            if self.unused is None:
                yield f"   opsbot init --from {export}   proposes products, workflow, people"
            yield f"   opsbot --model {model} judge --from {export}   judges by it"
            return
        if self.unnamed:
            yield f"   name {self.unnamed[0]} under work: of a product, or under ignore:, in {model}"
        if not self.found.history:
            yield "   connect Jira or GitHub as a source: only they tell when work started (docs/sources.md)"
        yield f"   opsbot model show --path {model}   shows what each product inherits, and from which line"


async def judge_export(
    path: Path,
    model: Path | None,
    clock: Clock,
    progress: Progress = unwatched,
    *,
    unused: Path | None = None,
) -> ExportReport:
    """Read the export once into a store that is thrown away, derive, judge. `unused`: a model left aside.

    Raises:
        ConnectorError: the export cannot be read.
        ModelMistakes: the model cannot.
    """
    book = _with_source(read_book(model), path) if model else _bare_book(path)
    counting = Counting()
    async with taken(path, book.model.sources[0].id, clock, progress) as read:
        async for record in read.records():
            counting.add((record,))
        await derive(read.database, book, clock())
        judged = await report(read.database, book, await judge(read.database, book, clock()), clock())
        placed = await _placed(read.database)
    found = counting.found()
    return ExportReport(
        path=path,
        found=found,
        judged=judged,
        problems=read.problems,
        notes=read.notes,
        placed=placed,
        unnamed=tuple(c for c, _ in found.projects if model and not _is_named(c, book)),
        model=str(model) if model else None,
        unused=str(unused) if unused else None,
    )


async def _placed(database: Database) -> int:
    """How many items and pull requests belong to a product."""
    placed = 0
    async with database.read() as connection:
        for table in (FACTS["work_items"], FACTS["pull_requests"]):
            query = sa.select(sa.func.count()).where(table.c.product.is_not(None))
            placed += (await connection.execute(query)).scalar_one()
    return placed


def _is_named(container: str, book: Book) -> bool:
    """Some selector names this project or repository; one by label or team alone names none."""
    selectors = [*book.model.ignore, *(s for p in book.model.products.values() for s in p.work)]
    return any(
        repository_matches(container, s.github)
        if s.github is not None and "/" in container
        else s.jira is not None and s.jira.project == container
        for s in selectors
    )


def _with_source(book: Book, path: Path) -> Book:
    """The export stands for all sources of the model; it is called as its Jira, where there is one."""
    called = next((s.id for s in book.model.sources if s.kind == "jira"), "export")
    export = Source(id=called, file=str(path))
    return replace(book, model=book.model.model_copy(update={"sources": [export]}))


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
