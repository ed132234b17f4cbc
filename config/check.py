"""Checks what no single value shows: pointers that lead nowhere, ids, circles, and what stands twice."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, get_args, get_origin

from config.errors import MODEL_CIRCLE, MODEL_ID, MODEL_MISPLACED, MODEL_TWICE, MODEL_UNKNOWN_NAME
from config.inherit import PRODUCTS, STREAMS
from config.mistakes import KeyPath, listed, nearest
from config.model import ROLES, OperatingModel
from config.organisation import TOOLS
from config.pointers import POINTERS, each
from config.refusals import Refusal, shown

SECTIONS = tuple(
    name for name, field in OperatingModel.model_fields.items()
    if get_origin(field.annotation) is dict and get_args(field.annotation)[1] is not Any and name != "rules"
)  # fmt: skip
"""Sections whose entries have ids: each may be a folder."""

_BUILT_IN = {"calendars": ("default",), "workflows": ("standard",), "roles": ROLES}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STATES = ("backlog", "active", "waiting", "done")
Say = Callable[[KeyPath], str]


def known_ids(tree: Mapping[str, Any]) -> dict[str, list[str]]:
    """What can be pointed at, section by section."""
    known: dict[str, list[str]] = {}
    for section in (*SECTIONS, "roles"):
        entries = tree.get(section)
        written = [e for e in entries if isinstance(e, str)] if isinstance(entries, dict | list) else []
        known[section] = [*written, *_BUILT_IN.get(section, ())]
    known["readers"] = ["everyone", *known["people"], *known["teams"], *known["roles"]]
    return known


def lost_pointers(tree: Any, known: Mapping[str, Collection[str]], say: Say) -> Iterator[Refusal]:
    """Values that name an entry the model does not have."""
    for section, patterns in POINTERS.items():
        for pattern in patterns:
            also = ("anyone",) if pattern == "decisions.*.driver" else ()
            options = [*known[section], *also]
            for path, value in each(tree, pattern):
                if isinstance(value, str) and value not in options:
                    yield _lost(path, value, section, options, say)
                elif pattern == "products.*.roles.@" and value == "product-manager":
                    what, allowed = f"{say(path)} is in the wrong place", "write it as owner, beside roles"
                    yield Refusal(path, what, allowed, entry=MODEL_MISPLACED)


def _lost(path: KeyPath, value: str, section: str, options: list[str], say: Say) -> Refusal:
    if section == "readers":
        what, allowed = "a reader", "everyone, or a person, team or role of the model"
    else:
        what = f"one of the {section.replace('_', ' ')}"
        allowed = (
            f"known: {listed(options, 'and')}"
            if options
            else f"the model has no {section.replace('_', ' ')} yet"
        )
    named = say(path) if path[-1] == value else f"{say(path)} is {shown(value)}, which"
    return Refusal(path, f"{named} is not {what}", allowed, nearest(value, options), entry=MODEL_UNKNOWN_NAME)


def collisions(tree: Any, say: Say) -> Iterator[Refusal]:
    """Ids that are none or stand twice, circles, stages and personas that do not exist, doubled accounts."""
    yield from _bad_ids(tree, say)
    yield from _taken("sources.*.id", tree, say)
    yield from _taken("people.*.email", tree, say)
    for tool in TOOLS:
        yield from _taken(f"people.*.{tool}", tree, say)
        yield from _accounts_by_source(tool, tree, say)
    yield from _circles("calendars", "extends", tree, say)
    yield from _circles("objectives", "parent", tree, say)
    yield from _doubled_statuses(tree, say)
    for path, product in each(tree, "products.*"):
        if isinstance(product, dict):
            yield from _stage(path, product, tree, say)
            yield from _personas(path, product, tree, say)


def _bad_ids(tree: Any, say: Say) -> Iterator[Refusal]:
    patterns = [
        *(f"{s}.@" for s in SECTIONS),
        "lifecycles.*.@",
        "sources.*.id",
        "roles.*",
        "consumers.*.personas.*.id",
    ]
    for pattern in patterns:
        for path, id_ in each(tree, pattern):
            if isinstance(id_, str) and not _ID.fullmatch(id_):
                lower = re.sub(r"[^a-z0-9]+", "-", id_.lower()).strip("-") or None
                allowed = "ids are lower-case letters, digits and single hyphens"
                yield Refusal(path, f"{say(path)}: {shown(id_)} is no id", allowed, lower, entry=MODEL_ID)
    for section in (PRODUCTS, STREAMS):
        for path, _ in each(tree, f"{section}.*.id"):
            allowed = "the id is the name of the file, or the key above"
            yield Refusal(path, f"{say(path)} is not a key", allowed, entry=MODEL_MISPLACED)


def _taken(pattern: str, tree: Any, say: Say) -> Iterator[Refusal]:
    first: dict[str, KeyPath] = {}
    for path, value in each(tree, pattern):
        if isinstance(value, str) and first.setdefault(value.casefold(), path) != path:
            yield Refusal(
                path,
                f"{say(path)} is {shown(value)} a second time",
                "one alone may have it",
                other=first[value.casefold()],
                entry=MODEL_TWICE,
            )


def _accounts_by_source(tool: str, tree: Any, say: Say) -> Iterator[Refusal]:
    """Accounts that are written for one source: it is of that tool or an export, and nobody else has them."""
    sources = [source for _, source in each(tree, "sources.*") if isinstance(source, dict)]
    of_tool = (source.get("id") for source in sources if not source.keys().isdisjoint({tool, "file"}))
    options = [id_ for id_ in of_tool if isinstance(id_, str)]
    whole = {v.casefold(): path for path, v in each(tree, f"people.*.{tool}") if isinstance(v, str)}
    first: dict[tuple[str, str], KeyPath] = {}
    for path, account in each(tree, f"people.*.{tool}.*"):
        source = path[-1]
        if not isinstance(source, str):  # a list, which is no account
            continue
        if source not in options:
            allowed = f"sources with accounts of {tool}: {listed(options, 'and') or 'none'}"
            what, meant = f"{say(path)} is no source of {tool}", nearest(source, options)
            yield Refusal(path, what, allowed, meant, entry=MODEL_UNKNOWN_NAME)
        elif isinstance(account, str):
            folded = account.casefold()
            other = whole.get(folded) or first.setdefault((source, folded), path)
            if other != path and other[1] != path[1]:
                what = f"{say(path)} is {shown(account)} a second time"
                yield Refusal(path, what, "one alone may have it", other=other, entry=MODEL_TWICE)


def _circles(section: str, key: str, tree: Any, say: Say) -> Iterator[Refusal]:
    above = {path[1]: value for path, value in each(tree, f"{section}.*.{key}") if isinstance(value, str)}
    for start in above:
        way = [start]
        while (following := above.get(way[-1])) is not None and following not in way:
            way.append(following)
        if following == start:
            circle = " → ".join(map(str, [*way, start]))
            at = (section, start, key)
            what = f"{say(at)} goes in a circle: {circle}"
            yield Refusal(at, what, "leave one of these out", entry=MODEL_CIRCLE)


def _doubled_statuses(tree: Any, say: Say) -> Iterator[Refusal]:
    for workflow, _ in each(tree, "workflows.*"):
        first: dict[str, KeyPath] = {}
        patterns = [f"workflows.{workflow[1]}.{state}.*" for state in (*_STATES, "dropped.statuses")]
        for path, status in (found for pattern in patterns for found in each(tree, pattern)):
            if isinstance(status, str) and first.setdefault(status.casefold(), path) != path:
                allowed = "a status means one state"
                what = f"{say(path)} is {shown(status)} a second time"
                first_at = first[status.casefold()]
                yield Refusal(path, what, allowed, other=first_at, entry=MODEL_TWICE)


def _stage(path: KeyPath, product: Mapping[str, Any], tree: Any, say: Say) -> Iterator[Refusal]:
    lifecycle, stage = product.get("lifecycle"), product.get("stage")
    if not isinstance(lifecycle, str) or not isinstance(stage, str):
        return
    for _, stages in each(tree, f"lifecycles.{lifecycle}"):
        if isinstance(stages, dict) and stage not in stages:
            at = (*path, "stage")
            allowed = f"stages of {lifecycle}: {listed(stages, 'and')}"
            meant = nearest(stage, stages)
            yield Refusal(at, f"{say(at)} is {shown(stage)}", allowed, meant, entry=MODEL_UNKNOWN_NAME)


def _personas(path: KeyPath, product: Mapping[str, Any], tree: Any, say: Say) -> Iterator[Refusal]:
    for below, persona in each(product, "for.*.*"):
        known = (p for _, p in each(tree, f"consumers.{below[1]}.personas.*.id"))
        options = [p for p in known if isinstance(p, str)]
        if isinstance(persona, str) and persona not in options:
            at = (*path, *below)
            allowed = f"personas of {below[1]}: {listed(options, 'and') or 'none'}"
            meant = nearest(persona, options)
            yield Refusal(at, f"{say(at)} is {shown(persona)}", allowed, meant, entry=MODEL_UNKNOWN_NAME)
