"""Turns what the type check refuses into a sentence for the person who wrote the file."""

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from config.errors import MODEL_MISSING_KEY, MODEL_SECRET, MODEL_UNKNOWN_KEY, MODEL_VALUE, Entry
from config.mistakes import KeyPath, listed, nearest
from config.model import OperatingModel, Product, ValueStream

OTHER_WORDS = {
    "accountable": "owner",
    "calender": "calendar",
    "kpis": "measures",
    "map": "work",
    "objectives": "goals",
    "product-manager": "owner",
    "product_manager": "owner",
    "rules": "defaults",
    "selectors": "work",
    "slack": "channel",
    "value_stream": "stream",
}
"""Words people use for keys, and what the model calls them."""

_SECRET_WORDS = ("token", "secret", "password", "api_key", "apikey", "credential")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that cannot stand at `path` of the resolved model; `other` is a place it collides with."""

    path: KeyPath
    what: str
    allowed: str = ""
    hint: str | None = None
    other: KeyPath | None = None
    entry: Entry = field(kw_only=True)


def refusals(error: ValidationError, tree: Any, say: Callable[[KeyPath], str]) -> Iterator[Refusal]:
    """One refusal for each thing the operating model's types do not take; `say` names a path in sentences."""
    for details in error.errors(include_url=False, include_input=False):
        yield _refusal(details, tree, say)


def _refusal(details: ErrorDetails, tree: Any, say: Callable[[KeyPath], str]) -> Refusal:
    path = tuple(p for p in details["loc"] if p not in {"[key]", "parameters"})
    kind, allowed = details["type"], _allowed(details["type"], details.get("ctx", {}))
    if kind == "missing":
        what = f"{say(path[:-1])} has no {path[-1]}"
        return Refusal(path, what, "it cannot be left out", entry=MODEL_MISSING_KEY)
    if kind == "extra_forbidden":
        return _unknown_key(path, say(path))
    key = details["loc"][-1] == "[key]"
    value = path[-1] if key else _value_at(tree, path)
    if isinstance(value, dict | list) and kind == "value_error":
        return Refusal(path, f"{say(path)} cannot stand as it is", allowed, entry=MODEL_VALUE)
    hint = _near_literal(value, allowed) if kind == "literal_error" else None
    what = f"{say(path)} is not known" if key else f"{say(path)} is {shown(value)}"
    return Refusal(path, what, allowed, hint, entry=MODEL_VALUE)


def shown(value: object) -> str:
    """A value as a sentence names it: short, and with its kind where that is the point."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text if isinstance(value, int | float) else f'"{text}"'


_MUST_BE = {
    "string_type": 'a text is expected (numbers, true and false become one in "quotes")',
    "list_type": "a list is expected: [a, b]",
    "dict_type": "a map is expected: {key: value}",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "too_short": "at least one is expected",
}


def _allowed(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"allowed: {context['expected']}".replace("'", "")
    if kind in {"model_type", "model_attributes_type"}:
        return "a map is expected: {key: value}"
    bounds = {"greater_than": "more than", "greater_than_equal": "at least", "less_than_equal": "at most"}
    if kind in bounds:
        limit = next(iter(context.values()))
        return f"{bounds[kind]} {limit:g} is allowed"
    return _MUST_BE.get(kind, "another kind of value is expected")


def _near_literal(value: object, allowed: str) -> str | None:
    options = allowed.removeprefix("allowed: ").replace(" or ", ", ").split(", ")
    return nearest(value, options) if isinstance(value, str) else None


def _unknown_key(path: KeyPath, name: str) -> Refusal:
    key = str(path[-1])
    if any(word in key.lower() for word in _SECRET_WORDS):
        return Refusal(
            path,
            f"{name} looks like a secret",
            "secrets stay in the environment: OPSBOT_SOURCES__<ID>__TOKEN",
            entry=MODEL_SECRET,
        )
    keys = keys_at(path[:-1])
    other = OTHER_WORDS.get(key.lower())
    hint = other if other in keys else nearest(key, keys)
    allowed = f"allowed here: {listed(sorted(keys), 'and')}"
    return Refusal(path, f"{name} is not a key", allowed, hint, entry=MODEL_UNKNOWN_KEY)


def keys_at(path: KeyPath) -> list[str]:
    """The keys that a map at this path may have, as they are spelled in files."""
    here: Any = OperatingModel
    for part in path:
        here = _below(here, part)
    if not _is_model(here):
        return []
    more, fewer = _SPELLED.get(here, ((), ()))
    return [*(k for k in _keys(here) if k not in fewer), *more]


_SPELLED: Mapping[type, tuple[tuple[str, ...], tuple[str, ...]]] = {
    OperatingModel: (("defaults",), ("rules",)),
    ValueStream: (("defaults",), ("id",)),
    Product: ((), ("id",)),
}
"""Where files have more or fewer keys than the resolved types."""


def _keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {f.alias or name: f for name, f in model.model_fields.items()}


def _below(here: Any, part: str | int) -> Any:
    if _is_model(here):
        field = _keys(here).get(str(part))
        return _plain(field.annotation) if field else None
    arguments = get_args(here)
    return _plain(arguments[-1]) if get_origin(here) in {dict, list} else None


def _plain(annotation: Any) -> Any:
    """The type itself, without Annotated and without `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return _plain(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _is_model(here: Any) -> bool:
    return isinstance(here, type) and issubclass(here, BaseModel)


def _value_at(tree: Any, path: KeyPath) -> Any:
    for part in path:
        if isinstance(tree, dict):
            tree = tree.get(part)
        elif isinstance(tree, list) and isinstance(part, int) and part < len(tree):
            tree = tree[part]
        else:
            return tree
    return tree
