"""Reads the operating model from its files, or says everything that is wrong with it at once."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.changes import Change, lay_over
from config.check import SECTIONS, collisions, known_ids, lost_pointers
from config.errors import MODEL_ABSENT, MODEL_MISPLACED
from config.folder import Written, gather
from config.inherit import DEFAULTS, PRODUCTS, RULES, STREAMS, Resolved, inherit, merge
from config.mistakes import KeyPath, Mistake, ModelMistakes, dotted
from config.model import ROLES, STANDARD_WORKFLOW, OperatingModel
from config.origins import Origin, Origins
from config.refusals import Refusal, refusals

__all__ = ["Loaded", "Mistake", "ModelMistakes", "Origin", "Origins", "load_model"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An operating model without mistakes, and where it comes from."""

    model: OperatingModel
    tree: Mapping[str, Any]  # what the files say after inheritance, in their own words
    origins: Origins
    fingerprint: str  # sha256 of what the files say; comments, line breaks and file names do not count
    files: tuple[Path, ...]
    changes: tuple[Change, ...] = ()  # that were laid over the files


def load_model(path: Path, changed: Iterable[str] = ()) -> Loaded:
    """Read a file, or a folder of files, with changes (`products.shop.tier=1`) laid over what they say.

    Raises:
        ModelMistakes: with all mistakes that were found, each with file and line.
    """
    if not path.exists():
        allowed = "a folder with company.yaml, or one file; OPSBOT_MODEL names it"
        what = "there is no operating model here"
        raise ModelMistakes([Mistake(str(path), 1, "", what, allowed, entry=MODEL_ABSENT)])
    written = gather(path, SECTIONS)
    changes = lay_over(written, changed)
    resolved = inherit(written.tree)
    mistakes = [*written.mistakes, *_mistakes(written, resolved, path)]
    if mistakes:
        raise ModelMistakes(mistakes)
    model = _complete(OperatingModel.model_validate(_with_ids(resolved.tree)))
    fingerprint = hashlib.sha256(json.dumps(resolved.tree).encode()).hexdigest()
    origins = Origins(resolved, written.places, str(path))
    return Loaded(model, resolved.tree, origins, fingerprint, tuple(written.files), changes)


def _complete(model: OperatingModel) -> OperatingModel:
    """The model with the workflow and the roles that every model has."""
    workflows = {"standard": STANDARD_WORKFLOW, **model.workflows}
    return model.model_copy(
        update={"workflows": workflows, "roles": list(dict.fromkeys([*ROLES, *model.roles]))}
    )


def _mistakes(written: Written, resolved: Resolved, path: Path) -> Iterator[Mistake]:
    known = known_ids(resolved.tree)
    empty = {m.path for m in written.mistakes}
    for part in (resolved, *_defaults_alone(written.tree)):
        origins = Origins(part, written.places, str(path))
        for refusal in _refusals(part, known, written.whole):
            if dotted(part.source(refusal.path)) not in empty:
                yield _mistake(refusal, origins)
    if RULES in written.tree:
        allowed = (
            "rules stand inside defaults, the defaults of a value stream, or a product; profile at the top"
        )
        refusal = Refusal((RULES,), "rules cannot stand at the top", allowed, entry=MODEL_MISPLACED)
        yield _mistake(refusal, Origins(Resolved(), written.places, str(path)))


def _defaults_alone(tree: Mapping[str, Any]) -> Iterator[Resolved]:
    """Each `defaults` as a product of its own, so that one nobody inherits yet is checked too."""
    layers: list[tuple[KeyPath, Any]] = [((DEFAULTS,), tree.get(DEFAULTS))]
    streams = tree.get(STREAMS)
    for id_, stream in streams.items() if isinstance(streams, dict) else ():
        if isinstance(stream, dict):
            layers.append(((STREAMS, id_, DEFAULTS), stream.get(DEFAULTS)))
    for at, layer in layers:
        if layer is not None:
            alone = Resolved()
            alone.tree = {PRODUCTS: {DEFAULTS: merge(alone, (PRODUCTS, DEFAULTS), [(at, layer)])}}
            yield alone


def _refusals(part: Resolved, known: Mapping[str, list[str]], whole: bool) -> Iterator[Refusal]:
    def say(path: KeyPath) -> str:
        return dotted(part.source(path)) or "the model"

    try:
        OperatingModel.model_validate(_with_ids(part.tree))
    except ValidationError as e:
        yield from refusals(e, part.tree, say)
    yield from collisions(part.tree, say)
    if whole:  # an entry that seems unknown may stand in the file that could not be read
        yield from lost_pointers(part.tree, known, say)


def _with_ids(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree with the id of each product and value stream inside it."""
    with_ids = dict(tree)
    for section in (PRODUCTS, STREAMS):
        entries = tree.get(section)
        if isinstance(entries, dict):
            with_ids[section] = {i: {**e, "id": i} if isinstance(e, dict) else e for i, e in entries.items()}
    return with_ids


def _mistake(refusal: Refusal, origins: Origins) -> Mistake:
    origin = origins.near(refusal.path)
    allowed = refusal.allowed
    if refusal.other is not None:
        allowed += f"; it is at {origins.near(refusal.other)} too"
    what, hint = refusal.what, refusal.hint
    return Mistake(origin.file, origin.line, origin.said, what, allowed, hint, entry=refusal.entry)
