"""Excerpts: the lines of the model or of a rule that an explanation refers to, with a line around each."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path

from bot.page.views import Entry, Excerpt
from rules.views import Input

_PLACE = re.compile(r"(?P<file>[\w./-]+\.ya?ml):(?P<line>\d+)")
_LONGEST = 200
_BUILT_IN = "rules/catalog/"


def places(entries: Iterable[Entry]) -> set[str]:
    """Every file:line that the explanations of these findings name."""
    found: set[str] = set()
    for entry in entries:
        rule, about = entry.explained, entry.about
        if rule is None or about is None:
            continue
        inputs = [i for part in (*rule.where, *rule.violates) for i in part.inputs]
        named = [*_of_inputs(inputs), rule.rule_place, rule.mode_place, rule.measured.place]
        named += [rule.measured.chosen, rule.holder.place, about.placed.place]
        named += [tried.place for tried in about.placed.tried]
        found |= {place for text in named if text for place in mentioned(text)}
    return found


def mentioned(text: str) -> list[str]:
    """The places that a text names."""
    return [m[0] for m in _PLACE.finditer(text)]


def excerpt(place: str, text: str, neighbours: int = 1) -> Excerpt | None:
    """The line of that place with its neighbours on each side; None where the text has no such line."""
    match = _PLACE.fullmatch(place)
    lines = text.splitlines()
    if match is None or not 1 <= (at := int(match["line"])) <= len(lines):
        return None
    around = range(max(1, at - neighbours), min(len(lines), at + neighbours) + 1)
    return Excerpt(place, tuple((n, lines[n - 1]) for n in around), at)


def read(
    model: Path, wanted: Iterable[str], hide: Callable[[str], str], neighbours: int
) -> dict[str, Excerpt]:
    """The excerpts of these places, from the files of the model and the rules that come with opsbot.

    `hide` takes out of a line what the reader may not see; a line of the model stands with that many
    neighbours on each side, which may be about anything.
    """
    texts: dict[str, str] = {}
    found = {}
    for place in sorted(wanted):
        file = place.rpartition(":")[0]
        if file not in texts:
            texts[file] = _text(model, file)
        one = excerpt(place, texts[file], 1 if file.startswith(_BUILT_IN) else neighbours)
        if one is not None:
            # hidden before it is cut: half a name would not be found
            found[place] = replace(one, lines=tuple((n, hide(line)[:_LONGEST]) for n, line in one.lines))
    return found


def _of_inputs(inputs: Iterable[Input]) -> Iterable[str | None]:
    for one in inputs:
        yield one.place
        yield from _of_inputs(one.made_of)


def _text(model: Path, file: str) -> str:
    """The file, empty where it cannot be read: an excerpt is a convenience, the place is said anyway."""
    if file.startswith(_BUILT_IN):
        source = resources.files("rules.catalog") / file.removeprefix(_BUILT_IN)
        return source.read_text(encoding="utf-8") if source.is_file() else ""
    path = model / file if model.is_dir() else model
    if not path.resolve().is_relative_to(model.resolve()) or not path.is_file():
        return ""
    return path.read_text(encoding="utf-8", errors="replace")
