"""The documentation as the tests read it: its pages, their blocks, and the commands they show."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer.main

from bot.cli.app import build

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SHELL = ("sh", "bash", "console")
CODE = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\bexits? (\d)\b")


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as a page shows it: where, the words, the exit code it announces, what it shall print."""

    page: str
    line: str
    words: tuple[str, ...]
    code: int = 0
    output: str = ""

    @property
    def ours(self) -> bool:
        return self.words[0] == "opsbot"


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """The fenced blocks of a page in one of the languages, without the indent of a list."""
    return (text for language, text in fenced(page) if language in languages)


def fenced(page: Path) -> Iterator[tuple[str, str]]:
    """Every fenced block: its language and its text."""
    for indent, language, text in _FENCED.findall(page.read_text(encoding="utf-8")):
        yield language, "\n".join(line.removeprefix(indent) for line in text.splitlines())


def prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def in_blocks(page: Path) -> Iterator[Shown]:
    """Every line of the shell blocks; a text block right after a single command is what it prints."""
    shown = list(fenced(page))
    for number, (language, text) in enumerate(shown):
        if language not in SHELL:
            continue
        lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
        after = shown[number + 1] if number + 1 < len(shown) else ("", "")
        output = (
            after[1] if after[0] == "text" and len(lines) == 1 and _adjacent(page, text, after[1]) else ""
        )
        for line in lines:
            yield from _commands(page, line, output)


def in_sentences(page: Path) -> Iterator[Shown]:
    """Commands of ours that stand in a sentence, without those that only name a form."""
    for text in CODE.findall(prose(page)):
        if text.removeprefix(".venv/bin/").startswith("opsbot "):
            yield from _commands(page, text, "")


def names() -> set[tuple[str, ...]]:
    """Every command's name, as a sentence may mention it without saying what it is asked."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*path, name))

    return set(walk(typer.main.get_command(build()), ()))


def parse(words: tuple[str, ...]) -> None:
    """Parse as the command line does, and run nothing; raises what the person would be told."""
    command: Any = typer.main.get_command(build())
    context = command.make_context("opsbot", list(words))
    while rest := [*getattr(context, "_protected_args", ()), *context.args]:
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


def _adjacent(page: Path, command: str, output: str) -> bool:
    between = (
        page.read_text(encoding="utf-8")
        .partition(command.splitlines()[-1])[2]
        .partition(output.splitlines()[0])[0]
    )
    return between.split() == ["```", "```text"]


def _commands(page: Path, line: str, output: str) -> Iterator[Shown]:
    said, _, comment = line.partition(" #")
    announced = _EXIT.search(comment)
    for part in re.split(r"&&|\|", said):
        words = shlex.split(part.strip().removeprefix("$ ").removeprefix(".venv/bin/"))
        if words:
            yield Shown(page.name, line, tuple(words), int(announced[1]) if announced else 0, output)
