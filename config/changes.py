"""Changes of the operating model that are tried before anybody writes them: `products.shop.tier=1`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from config.check import SECTIONS, known_ids
from config.errors import MODEL_CHANGE
from config.folder import Written
from config.inherit import DEFAULTS, RULES
from config.mistakes import KeyPath, Mistake, Place, dotted, listed, nearest
from config.refusals import shown
from config.yaml import read_yaml

_ASKED = re.compile(r"([^.\[\]=\s]+(?:\.[^.\[\]=]+|\[\d+\])*)=(.*)", re.DOTALL)
_PARTS = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Change:
    """One value said anew, and what the files say in its place."""

    path: KeyPath
    value: Any
    before: Any  # None where the files say nothing there
    place: Place | None  # where they say it


class _MisplacedError(Exception):
    """A path that leads nowhere: what is wrong, what is allowed, and what was probably meant."""


def lay_over(written: Written, asked: Iterable[str]) -> tuple[Change, ...]:
    """Write each `PATH=VALUE` over what the files say; what cannot be written is one of their mistakes.

    A path that begins with the name of a rule is about the company: `flow-aging-wip=off` stands for
    `defaults.rules.flow-aging-wip=off`. Values are read as in a file.
    """
    changes = (_change(written, one) for one in asked)
    return tuple(change for change in changes if change is not None)


def _change(written: Written, asked: str) -> Change | None:
    place = Place(f"--set {asked}", 0)
    parts = _ASKED.fullmatch(asked)
    if parts is None:
        allowed = "PATH=VALUE: products.shop.tier=2, or RULE=off for the whole company"
        what = "this names no value of the model"
        written.mistakes.append(Mistake(place.file, 0, "", what, allowed, entry=MODEL_CHANGE))
        return None
    path = _path(parts[1])
    document = read_yaml(parts[2].encode(), place.file, path)
    if not document.places and not document.mistakes:
        what, allowed = f"{dotted(path)} has no value", "write null to clear it"
        document.mistakes.append(Mistake(place.file, 0, dotted(path), what, allowed, entry=MODEL_CHANGE))
    if document.mistakes:
        written.mistakes += [replace(mistake, line=0) for mistake in document.mistakes]
        return None
    if path[-2:-1] == (RULES,) and isinstance(document.content, str):
        path = (*path, "mode")
    try:
        return _write(written, path, document.content, dict.fromkeys([path, *document.places], place))
    except _MisplacedError as error:
        what, allowed, meant = error.args
        mistake = Mistake(place.file, 0, dotted(path), what, allowed, meant, entry=MODEL_CHANGE)
        written.mistakes.append(mistake)
        return None


def _path(text: str) -> KeyPath:
    path = tuple(int(number) if number else word for number, word in _PARTS.findall(text))
    return (DEFAULTS, RULES, *path) if "-" in str(path[0]) else path


def _write(written: Written, path: KeyPath, value: Any, places: dict[KeyPath, Place]) -> Change:
    """Put the value at its path, with the maps around it that are not there yet."""
    section = str(path[0])
    if section in SECTIONS and len(path) > 2:
        known = known_ids(written.tree)[section]
        if path[1] not in known:
            near = nearest(str(path[1]), known)
            raise _MisplacedError(f"{section} has no {path[1]}", f"known: {listed(known, 'and')}", near)
    here: Any = written.tree
    for n, part in enumerate(path[:-1]):
        _fits(here, part, path[:n])
        if isinstance(here, dict) and part not in here:
            here[part] = {}
            places.setdefault(path[: n + 1], places[path])
        elif path[n - 1 : n] == (RULES,) and isinstance(here[part], str):
            here[part] = {"mode": here[part]}
        here = here[part]
    _fits(here, path[-1], path[:-1])
    before = here.get(path[-1]) if isinstance(here, dict) else here[path[-1]]
    stood = [written.places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in written.places]
    here[path[-1]] = value
    for known_place in [p for p in written.places if p[: len(path)] == path]:
        del written.places[known_place]
    written.places |= places
    return Change(path, value, before, stood[0] if stood and before is not None else None)


def _fits(here: Any, part: str | int, path: KeyPath) -> None:
    """Whether a map or list that stands at `path` can have this part."""
    match here, part:
        case dict(), str():
            return
        case list(), int() if part < len(here):
            return
        case list(), _:
            last = f"{dotted(path)}[0] to [{len(here) - 1}]" if here else "it is empty"
            raise _MisplacedError(f"{dotted(path)} is a list without {part}", last, None)
        case dict(), _:
            raise _MisplacedError(
                f"{dotted(path)} is no list", f"its keys: {listed(list(here), 'and')}", None
            )
    raise _MisplacedError(
        f"{dotted(path)} is {shown(here)}", "nothing stands below it; set it as a whole", None
    )
