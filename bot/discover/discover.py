"""Discovers what the model does not name: reads the sources, goes through the store once, proposes files."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App
from bot.init import check, seen_from
from bot.pipeline import Progress, derive, unwatched
from bot.store import syncs
from bot.store.held import active_items
from bot.store.loading import every, stream
from config.model import OperatingModel, Source
from connectors.errors import ConnectorError
from rules.people import Accounts
from rules.proposal.company import Origin
from rules.proposal.discovered import Discovery
from rules.proposal.discovery import Gathering
from rules.proposal.files import Files, files
from rules.proposal.proposal import Proposal, propose
from rules.proposal.tally import Tally
from rules.proposal.text import Line, scalar
from rules.records import Person

WORK = ("jira", "github", "file")
"""Kinds of sources that hold work."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What was found, and the files that propose it."""

    found: Discovery
    proposal: Proposal
    files: Files
    problems: tuple[str, ...]  # of reading
    unread: tuple[str, ...]  # sources that were never read completely


def sources_of(model: OperatingModel) -> list[Source]:
    """The sources that discovery looks at."""
    return [s for s in model.sources if s.kind in WORK and s.path is None]


async def read(app: App, progress: Progress = unwatched) -> tuple[str, ...]:
    """Pull every source with work; gives what could not be read."""
    problems = []
    for source in sources_of(app.book.model):
        try:
            pulled = await app.sync(source.id, progress)
        except ConnectorError as error:
            problems.append(f"{source.id}: {error}")
            continue
        problems += [f"{source.id}: {pulled.error}"] if pulled.error is not None else []
        problems += [f"{source.id}: {p.scope}: {p.what}" for p in pulled.problems]
    return tuple(problems)


async def discover(app: App, out: Path | None, problems: tuple[str, ...] = ()) -> Discovered:
    """What the store holds beside the model; files are for the folder `out`, or for one beside the model.

    A model without products gets a whole one proposed, another one the files of new products.

    Raises:
        ModelMistakes: the proposal is no model; a mistake of opsbot.
    """
    model = app.book.model
    await derive(app.database, app.book, app.clock())
    async with app.database.read() as connection:
        persons: list[Person] = await every(connection, Person.KIND)
        states = await syncs.states(connection)
        gathering = Gathering(model, await active_items(connection))
        async for record in stream(connection):
            gathering.add(record)
    accounts = Accounts(model, persons)
    unread = tuple(
        s.id for s in sources_of(model) if s.id not in states or states[s.id].last_complete is None
    )
    found = gathering.discovery(accounts, sure=not unread)
    handles = _handles(gathering.tally, model, accounts)
    team_ids = gathering.team_ids() if model.products else None  # a whole model gets all teams
    proposal = propose(gathering.tally, found.products, handles, team_ids)
    proposed = files(proposal, None if model.products else _origin(model, app.settings.model, out))
    check({**proposed.texts, "there.yaml": _there(model)})
    return Discovered(found, proposal, proposed, problems, unread)


def _handles(tally: Tally, model: OperatingModel, accounts: Accounts) -> Mapping[tuple[str, str], str]:
    """Those of the accounts that were met whose person the model has, by tool and account."""
    kinds: dict[str, list[str]] = {}
    for source in model.sources:
        for tool in ("jira", "github") if source.kind == "file" else (source.kind,):
            kinds.setdefault(tool, []).append(source.id)
    met = ((tool, account) for tool, seen in tally.seen.items() for account in seen)
    return {
        (tool, account): handle
        for tool, account in met
        for handle in [next(filter(None, (accounts.handle(s, account) for s in kinds.get(tool, ()))), None)]
        if handle is not None
    }


def _there(model: OperatingModel) -> str:
    """What proposed files may name of the model: checked alone they would name nothing. JSON is YAML."""
    known: dict[str, Iterable[str]] = {"teams": model.teams, "value_streams": model.value_streams}
    if not model.products:
        known = {}
    return json.dumps({section: {key: {} for key in keys} for section, keys in known.items()})


def _origin(model: OperatingModel, at: Path, out: Path | None) -> Origin:
    named = ", ".join(source.id for source in sources_of(model))
    lines = (Line("sources:"), *_source_lines(model, at, out if out is not None else at))
    return Origin("opsbot discover", named, lines)


def _source_lines(model: OperatingModel, at: Path, out: Path) -> Iterator[Line]:
    """The sources of the model as they are; the path of a file counts from the folder of the new model."""
    for source in model.sources:
        said: dict[str, Any] = source.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        if source.file is not None:
            said["file"] = seen_from(Path(os.path.normpath(at.parent / source.file)), out.parent)
        yield Line(
            f"  - {{{', '.join(f'{key}: {_value(value)}' for key, value in said.items())}}}",
            "as in the model",
        )


def _value(value: object) -> str:
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list) else scalar(str(value))
