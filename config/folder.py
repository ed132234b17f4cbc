"""Gathers the files of an operating model into one tree: a folder is a section, a file name is an id.

`company.yaml` and any other file at the top hold whole sections; `products/shop.yaml` holds the one entry
products.shop. Entries of one section may stand in several files, but each id only once.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.errors import MODEL_FILE, MODEL_TWICE
from config.mistakes import KeyPath, Mistake, Place, dotted, listed, nearest
from config.yaml import MAX_BYTES, read_yaml

Places = dict[KeyPath, Place]


@dataclass(slots=True)
class Written:
    """All that the files say, as one tree, and where each value stands."""

    tree: dict[str, Any] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    whole: bool = True  # every file could be read to its end


def gather(path: Path, sections: Collection[str]) -> Written:
    """Read a file, or a folder with sub-folders named after `sections` (value-streams for value_streams)."""
    written = Written()
    for file, at in _files(path, sections, written.mistakes):
        written.files.append(file)
        try:
            with file.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as e:
            written.whole = False
            written.mistakes.append(
                _about(file, f"the file cannot be read ({e.strerror})", "a readable file")
            )
            continue
        document = read_yaml(data, str(file), at)
        written.mistakes += document.mistakes
        written.whole &= document.readable
        content = {} if document.content is None else document.content
        if isinstance(content, dict):
            _add(written, content, document.places, at)
        else:
            written.mistakes.append(_about(file, "the file is not a map", "lines of `key: value`"))
    if not written.files and not written.mistakes:
        written.mistakes.append(
            _about(path, "there is no .yaml file here", "company.yaml, products/<id>.yaml …")
        )
    return written


def _files(path: Path, sections: Collection[str], mistakes: list[Mistake]) -> Iterator[tuple[Path, KeyPath]]:
    """Each file with the path its content stands at; what is out of place is a mistake."""
    if not path.is_dir():
        yield path, ()
        return
    entries = sorted(p for p in path.iterdir() if not p.name.startswith("."))
    for file in (p for p in entries if p.is_file()):
        if _is_yaml(file, mistakes):
            yield file, ()
    folders = {s.replace("_", "-"): s for s in sections}
    for folder in (p for p in entries if p.is_dir()):
        inside = sorted(p for p in folder.rglob("*.y*ml") if p.is_file())
        if folder.name not in folders and inside:
            allowed = f"a folder is named {listed(sorted(folders))}"
            near = nearest(folder.name, folders)
            what = f"the folder {folder.name} is no section of the model"
            mistakes.append(Mistake(str(inside[0]), 1, "", what, allowed, near, entry=MODEL_FILE))
            continue
        for file in inside:
            if file.parent != folder:
                mistakes.append(_about(file, "the file is too deep", f"directly in {folder.name}/"))
            elif _is_yaml(file, mistakes):
                yield file, (folders[folder.name], file.stem)


def _is_yaml(file: Path, mistakes: list[Mistake]) -> bool:
    if file.suffix == ".yml":
        mistakes.append(_about(file, "the name ends in .yml", f"call it {file.stem}.yaml"))
    return file.suffix == ".yaml"


def _about(file: Path, what: str, allowed: str) -> Mistake:
    return Mistake(str(file), 1, "", what, allowed, entry=MODEL_FILE)


def _add(written: Written, content: dict[str, Any], places: Places, at: KeyPath) -> None:
    """Put the content of one file into the tree; what stands there already stays."""
    if at:
        places.setdefault(at, Place(str(written.files[-1]), 1))
        _put(written, at, content, places)
        return
    of_sections, of_entries = _grouped(places, 1), _grouped(places, 2)
    for section, value in content.items():
        path = (section,)
        there = written.tree.get(section)
        if isinstance(value, dict) and isinstance(there, dict | None):
            written.tree.setdefault(section, {})
            written.places.setdefault(path, places[path])
            for id_, entry in value.items():
                _put(written, (section, id_), entry, of_entries[section, id_])
        elif isinstance(value, list) and isinstance(there, list):
            _move(written, of_sections[path], by=len(there))
            there.extend(value)
        else:
            _put(written, path, value, of_sections[path])


def _grouped(places: Places, length: int) -> dict[KeyPath, Places]:
    groups: dict[KeyPath, Places] = {}
    for path, place in places.items():
        groups.setdefault(path[:length], {})[path] = place
    return groups


def _put(written: Written, path: KeyPath, value: Any, places: Places) -> None:
    target = written.tree if len(path) == 1 else written.tree.setdefault(str(path[0]), {})
    key = str(path[-1])
    if not isinstance(target, dict) or key in target:
        first = written.places.get(path) or written.places[path[:1]]
        second = places[path]
        what = f"{dotted(path)} is written twice"
        allowed = f"write it once; it is at {first} too"
        mistake = Mistake(second.file, second.line, dotted(path), what, allowed, entry=MODEL_TWICE)
        written.mistakes.append(mistake)
        return
    target[key] = value
    written.places |= places


def _move(written: Written, places: Places, by: int) -> None:
    """Take over the places of a list that continues one of another file."""
    for path, place in places.items():
        if len(path) > 1 and isinstance(path[1], int):
            written.places[path[0], path[1] + by, *path[2:]] = place
