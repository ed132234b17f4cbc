"""The files CODEOWNERS: who owns which paths of a repository."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from connectors.connector import Problem, part
from connectors.errors import ConnectorError, WaitError
from connectors.github.graphql import MOST_IDS, Reply, ask, ask_in_parts
from connectors.github.shapes import Camel, shaped
from connectors.learned import Learned
from connectors.pagesize import PageSize
from connectors.transport import Transport
from rules.records import Container, Ownership

log = structlog.get_logger(__name__)

QUESTION = "Owners"
SMALLEST_BATCH = 5
WORD = re.compile(r"(?:\\.|\S)+")  # a space that belongs to a path has a backslash before it
OWNER = re.compile(r"@([A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)?)|([^@\s]+@[^@\s]+\.[^@\s]+)")
SECTION = re.compile(r"\^?\[[^\]]+\](\[[0-9]+\])?(\s|$)")  # GitLab's; it says nothing on GitHub


@dataclass(frozen=True, slots=True)
class File:
    """A file CODEOWNERS: its lines in their order, of which later ones win, and how many make no sense."""

    lines: tuple[Ownership, ...] = ()
    skipped: int = 0


def parse(text: str) -> File:
    """Read a file CODEOWNERS as GitHub does: a line it does not understand is skipped as a whole.

    A pattern without owners stays: it takes the owners away that an earlier line gave. GitHub's patterns know
    neither "!" nor "[ ]" (docs.github.com, About code owners).
    """
    lines, skipped = [], 0
    for line in text.splitlines():
        said = _without_comment(line)
        if not said or SECTION.match(said):
            continue
        pattern, *names = WORD.findall(said)
        owners = [OWNER.fullmatch(name) for name in names]
        if pattern.startswith("!") or "[" in pattern or not all(owners):
            skipped += 1
            continue
        found = tuple(owner[1] or owner[2] for owner in owners if owner)
        lines.append(Ownership(pattern.replace("\\ ", " "), found))
    return File(tuple(lines), skipped)


def _without_comment(line: str) -> str:
    """What stands before a comment. A "#" within a word begins none."""
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()


class _Blob(Camel, frozen=True):
    text: str | None = None
    is_truncated: bool = False


class _Places(Camel, frozen=True):
    """The three places, of which GitHub takes the first that has a file."""

    first: _Blob | None = None
    second: _Blob | None = None
    third: _Blob | None = None


def owned(home: Container, learned: Learned) -> Container:
    """The repository with its owners as they were last read."""
    text = learned.text(_name(home))
    return home if text is None else replace(home, ownership=parse(text).lines)


async def read(transport: Transport, learned: Learned, homes: Sequence[Container]) -> list[Problem]:
    """Read the files of these repositories and remember them; what is hidden is one problem.

    Raises:
        WaitError: GitHub grants nothing more for now.
    """
    size = PageSize(learned, QUESTION, most=MOST_IDS, least=SMALLEST_BATCH)

    async def ask_about(some: Sequence[Container]) -> Reply:
        return await ask(transport, QUESTION, {"ids": [home.id for home in some]}, tries=size.tries)

    try:
        async for some, reply in ask_in_parts(size, homes, ask_about):
            for home, node in zip(some, reply.nodes(len(some), "repositories"), strict=True):
                if node is not None:
                    _remember(learned, home, shaped(node, _Places, f"the owners of {home.key}"))
            if reply.complaints:
                message = reply.complaints[0].message.rstrip(".")
                what = f"The files CODEOWNERS are hidden ({message}): let the bot read contents."
                return [part("owners", what)]
    except WaitError:
        raise
    except ConnectorError as error:
        return [part("owners", f"The files CODEOWNERS cannot be read: {error}")]
    return []


def _remember(learned: Learned, home: Container, places: _Places) -> None:
    text = next((blob.text for blob in (places.first, places.second, places.third) if blob), None)
    if text is None:
        learned.forget(_name(home))
        return
    learned.put(_name(home), text)
    if skipped := parse(text).skipped:
        log.info("codeowners_lines_skipped", repository=home.key, lines=skipped)


def _name(home: Container) -> str:
    return f"owners:{home.id}"
