"""What a key of the operating model is: the words beside it in the types that check the files."""

import ast
import inspect
import re
import textwrap
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from config.inherit import DEFAULTS, PRODUCTS, STREAMS
from config.mistakes import KeyPath
from config.model import OperatingModel
from config.words import Strict


def meaning(path: KeyPath) -> str:
    """One sentence or two about the value at a path; empty where the types know no such key."""
    here: Any = OperatingModel
    owner: type[Strict] = OperatingModel
    key, beside = "", ""
    for part in _as_product(path):
        kind = _plain(here)
        if isinstance(kind, type) and issubclass(kind, Strict):
            named = {f.alias or name: name for name, f in kind.model_fields.items()}
            if part not in named:
                break  # a parameter of a rule: the words about its setting hold
            name = named[str(part)]
            owner, key, beside = kind, str(part), comments(kind)[name][1]
            here = kind.model_fields[name].annotation
        elif get_origin(kind) in {dict, list}:
            here = get_args(kind)[-1]
        elif get_origin(kind) in {Union, UnionType}:
            break  # one of several forms: the words beside the key hold for each
        else:
            return ""
    told = f"{beside[:1].upper()}{beside[1:]}." if beside else ""
    kind = _plain(here)
    while get_origin(kind) in {dict, list}:
        kind = _plain(get_args(kind)[-1])
    if isinstance(kind, type) and issubclass(kind, Strict):
        told = f"{told} {inspect.cleandoc(kind.__doc__ or '')}".partition("\n\n")[0]
    return " ".join(told.split()) or f"Key {key} of {_words(owner)}; see docs/model.md."


def _words(type_: type[Strict]) -> str:
    """A type as people call it: ValueStream → a value stream."""
    if type_ is OperatingModel:
        return "the whole model"
    return "a " + re.sub(r"(?<!^)(?=[A-Z])", " ", type_.__name__).lower()


@cache
def comments(type_: type[Strict]) -> dict[str, tuple[ast.expr, str]]:
    """Of each field in the source: its annotation, and the comment beside it."""
    source = textwrap.dedent(inspect.getsource(type_))
    lines = source.splitlines()
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class
    found = {}
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            rest = lines[(node.end_lineno or node.lineno) - 1][node.end_col_offset or 0 :]
            found[node.target.id] = node.annotation, rest.partition("#")[2].strip()
    return found


def _as_product(path: KeyPath) -> KeyPath:
    """Defaults take every key of a product."""
    match path:
        case (str(head), *rest) if head == DEFAULTS:
            return (PRODUCTS, "*", *rest)
        case (str(head), _, str(below), *rest) if (head, below) == (STREAMS, DEFAULTS):
            return (PRODUCTS, "*", *rest)
    return path


def _plain(annotation: Any) -> Any:
    """The type without what may be left out and without its checks."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    options = [a for a in get_args(annotation) if a is not type(None)]
    optional = type(None) in get_args(annotation) and len(options) == 1
    return _plain(options[0]) if optional else annotation
