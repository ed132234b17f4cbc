"""Proposes an operating model from an export, and writes it where nothing stands yet."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from bot.clock import Clock
from bot.intake import taken
from bot.pipeline import Progress, unwatched
from config.load import load_model
from rules.proposal.company import of_export
from rules.proposal.files import QUESTIONS, Files, files
from rules.proposal.proposal import Proposal, propose
from rules.proposal.smallest import smallest
from rules.proposal.tally import Tally
from rules.proposal.text import many, share

SHOWN = 12
"""Questions printed at the end; all stand in QUESTIONS.md."""


class AlreadyThereError(Exception):
    """A file of the model exists, and nothing is ever written over."""


@dataclass(frozen=True, slots=True)
class Initial:
    """A first model as texts, and what it was made from."""

    files: Files
    proposal: Proposal | None = None  # None without an export
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "files": dict(self.files.texts),
            "coverage": [asdict(c) for c in self.proposal.coverage] if self.proposal else [],
            "questions": [asdict(q) for q in self.files.questions],
            "problems": list(self.problems),
            "notes": list(self.notes),
        }


async def propose_from(export: Path, out: Path, clock: Clock, progress: Progress = unwatched) -> Initial:
    """A model proposed from the export, for the folder `out`; it is loaded before it is given.

    Raises:
        ConnectorError: the export cannot be read.
        ModelMistakes: the proposal is no model; a mistake of opsbot.
    """
    tally = Tally()
    async with taken(export, "export", clock, progress) as read:
        async for record in read.records():
            tally.add((record,))
    proposal = propose(tally)
    proposed = files(proposal, of_export(seen_from(export, out.parent)))
    check(proposed.texts)
    return Initial(proposed, proposal, read.problems, read.notes)


def empty() -> Initial:
    """The smallest useful model with its questions, where there is no export to read."""
    return Initial(smallest())


def make_room(out: Path) -> None:
    """See that no file of a model is in the folder yet.

    Raises:
        AlreadyThereError: names them, and says what to do.
    """
    there = sorted([*out.rglob("*.yaml"), *out.rglob("*.yml"), *out.glob(QUESTIONS)])
    if there:
        raise AlreadyThereError(_there(out, there))


def write(initial: Initial, out: Path) -> list[Path]:
    """Write the files into the folder; gives them in order.

    Raises:
        AlreadyThereError: files of a model are there; nothing was written.
        OSError: the folder cannot be written.
    """
    make_room(out)
    texts = {out / name: text for name, text in initial.files.texts.items()}
    if there := [path for path in texts if os.path.lexists(path)]:  # behind a link
        raise AlreadyThereError(_there(out, there))
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(text.encode())
    return list(texts)


def as_text(initial: Initial, export: Path | None, out: Path, *, dry: bool) -> str:
    """What was found, written and asked, as a person reads it in a terminal."""
    text = [*_found(initial, export), *_written(initial, out, dry=dry), *_asked(initial, out)]
    return "\n".join([*text, "", "What to do next:", *_next(export, out)])


def _found(initial: Initial, export: Path | None) -> Iterable[str]:
    proposal = initial.proposal
    if proposal is None:
        return
    pulls = f", {many(proposal.pulls, 'pull request')}" if proposal.pulls else ""
    yield f"{export}: {many(proposal.items, 'item')}, {proposal.unfinished:,} unfinished{pulls}"
    yield from (f"   note      {note}" for note in initial.notes)
    yield from (f"   not read  {problem}" for problem in initial.problems)
    yield ""
    yield "How much of it the proposal covers:"
    yield from (f"   {c.what:32} {share(c.part, c.whole)}" for c in proposal.coverage)
    yield ""


def _written(initial: Initial, out: Path, *, dry: bool) -> Iterable[str]:
    yield "Would write (nothing was written):" if dry else "Written:"
    for name in initial.files.texts:
        yield f"   {out / name}"
        if dry:
            yield from (f"      {line}" for line in initial.files.texts[name].splitlines())


def _asked(initial: Initial, out: Path) -> Iterable[str]:
    questions = initial.files.questions
    yield ""
    yield f"{many(len(questions), 'question')} only you can answer, the weightiest first:"
    for q in questions[:SHOWN]:
        decides = f" Decides {many(q.decides, 'item')}." if q.decides else ""
        yield f"   {q.number:>2}. {q.text}{decides}"
        yield f"       {out / q.file}:{q.line}"
    if len(questions) > SHOWN:
        yield f"   … and {len(questions) - SHOWN} more in {out / QUESTIONS}"


def _next(export: Path | None, out: Path) -> Iterable[str]:
    folder = quote(str(out))
    yield f"   edit {out}, at the lines the questions name; a # before a line keeps it from counting"
    yield f"   opsbot model check {folder}"
    if export is not None:
        yield f"   opsbot --model {folder} judge --from {quote(str(export))}"
    else:
        yield "   opsbot init --from export.csv --out elsewhere   reads what it can from an export instead"


def _there(out: Path, paths: list[Path]) -> str:
    listed = ", ".join(map(str, paths[:5])) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return (
        f"{listed} already {'exists' if len(paths) == 1 else 'exist'}; nothing was written. "
        f"Write elsewhere with --out {out}-proposed and take over what is new, or move the old files away."
    )


def seen_from(export: Path, folder: Path) -> str:
    """The export's path as a source names it: from the model's folder where it lies below that."""
    path, base = export.resolve(), folder.resolve()
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else os.fspath(path)


def check(texts: Mapping[str, str]) -> None:
    """See that proposed files are a model.

    Raises:
        ModelMistakes: they are none; a mistake of opsbot.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        load_model(Path(folder))
