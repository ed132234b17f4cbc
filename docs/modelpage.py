"""The page model.md: every key of the operating model, read from the types that check it."""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any, get_args

from markdown import GENERATED, anchor, code, table
from pydantic.fields import FieldInfo

from bot.cli.model import NOT_YET
from config.meaning import comments
from config.model import OperatingModel
from config.pointers import POINTERS
from config.words import Strict

WORDS = {
    "str": "text",
    "bool": "true or false",
    "int": "whole number",
    "float": "number",
    "Any": "anything",
    "Handle": "person",
    "Role": "role",
    "Account": "account, or a map of accounts by source",
    "Channel": "channel, without `#`",
    "Project": "Jira project key",
    "Duration": "duration: `10m`, `4h`, `90d`, `8bh`, `3bd`",
    "Range": "range of percent: `35-45`",
    "Day": "day: `2026-12-24`",
    "Amount": "amount: `900k`",
    "Count": "whole number from 0",
    "Number": "number",
    "Parameter": "number, text, true or false",
}
_ASIDE = re.compile(r" \(SETTLED \d+\)")
ALIASES = {"Category", "Level", "Mode", "FlowItem", "SourceKind"}

INTRODUCTION = """# Operating model: every key

The operating model is YAML 1.2: one file, or a folder. `opsbot model check` reads it and names every mistake
with file and line. `config/example/` has the smallest useful model and a whole one. What the words mean:
[concepts](concepts.md).

## In your editor

`docs/operating-model.schema.json` is a [JSON Schema](operating-model.schema.json): by it an editor completes
keys and marks mistakes while you type. In an editor with the YAML language server, for a model in one file,
write on its first line:

```yaml
# yaml-language-server: $schema=docs/operating-model.schema.json
```

Or for all files of that name, in the settings of VS Code with the extension *YAML*:

```json
{"yaml.schemas": {"docs/operating-model.schema.json": "operating-model.yaml"}}
```

A relative path counts from the workspace in the settings, and from the file itself on its first line. The
schema is of a whole model; a file of one product is a part of it, and is checked by `opsbot model check`.

## How it is written

- **A folder is a section, a file name is an id.** `products/billing.yaml` holds what
  `products: {billing: …}` would hold. A name with `_` is a folder with `-`: `value-streams/`. Other files at
  the top hold whole sections.
- **A product inherits** from `defaults` at the top, then from `defaults` of its value stream, then has its
  own words. `defaults` takes every key of a [product](#product). Maps merge, lists replace, `null` clears,
  and `{add: [..]}` in the place of a list extends what is inherited.
- **`rules`** stand in `defaults`, in `defaults` of a value stream, or in a product, never at the top: a mode
  (`flow-wip-limit: off`), or a map of parameters and mode
  (`flow-review-waiting: {days: 0.75, mode: digest}`).
- **Short forms.** `sle: {story: auto, epic: 60d at 85%}`. A flow item is told by an issue type (`[Bug]`) or a
  label (`[{label: security}]`). `allow: all` is every flow item. `failure: [revert, {label: incident}]`.
- **People** are written once, under `people`, and named by that handle elsewhere.

"""


def model_page() -> str:
    """Every key, type by type, the whole model first."""
    later = ", ".join(map(code, NOT_YET))
    text = [
        GENERATED,
        INTRODUCTION,
        f"Read and checked, but not acted on by this version: {later}.\n",
    ]
    for type_ in types():
        title = "The whole file" if type_ is OperatingModel else type_.__name__
        text.append(f"\n## {title}\n\n{_docstring(type_)}\n\n{_keys(type_)}")
    return "".join(text)


def types() -> list[type[Strict]]:
    """The types of the model, each before those it is made of."""
    found: dict[type[Strict], None] = {}

    def walk(type_: type[Strict]) -> None:
        if type_ not in found:
            found[type_] = None
            for field in type_.model_fields.values():
                for inner in _types_in(field.annotation):
                    walk(inner)

    walk(OperatingModel)
    return list(found)


def _docstring(type_: type[Strict]) -> str:
    return _ASIDE.sub("", inspect.cleandoc(type_.__doc__ or ""))


def _keys(type_: type[Strict]) -> str:
    rows = []
    told = comments(type_)
    for name, field in type_.model_fields.items():
        if name == "id" and type_.__name__ in {"Product", "ValueStream"}:
            continue  # the key of its map, or the name of its file
        annotation, comment = told[name]
        key = field.alias or name
        said = [*([comment] if comment else []), *_names(type_, key)]
        rows.append((code(key), _words(annotation), _default(field), "; ".join(said)))
    return table(("Key", "Value", "Default", ""), rows)


def _names(type_: type[Strict], key: str) -> Iterator[str]:
    """What the values of a key name, where these are entries of the model."""
    for section, part in POINTED.get((type_, key), {}).items():
        said = "keys" if part == "@" else "names"
        words = "everyone, people, teams or roles" if section == "readers" else f"entries of `{section}`"
        yield f"{said}: {words}"


def _pointed() -> dict[tuple[type[Strict], str], dict[str, str]]:
    """By type and key: the sections that are named there, and the last part of the pattern."""
    found: dict[tuple[type[Strict], str], dict[str, str]] = {}
    for section, patterns in POINTERS.items():
        for pattern in patterns if section not in {"people", "roles"} else ():
            place: tuple[type[Strict], str] = OperatingModel, ""
            inside: type[Strict] | None = OperatingModel
            for part in pattern.split("."):
                if part in "*@" or inside is None:
                    continue
                place = inside, part
                fields = {f.alias or name: f for name, f in inside.model_fields.items()}
                inside = next(_types_in(fields[part].annotation), None)
            found.setdefault(place, {})[section] = pattern[-1]
    return found


def _types_in(annotation: Any) -> Iterator[type[Strict]]:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        yield annotation
    for inner in get_args(annotation):
        yield from _types_in(inner)


POINTED = _pointed()


def _words(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return _name(name)
        case ast.BinOp(left=left, right=right):
            return " or ".join(_words(side) for side in (left, right) if not _is_none(side))
        case ast.Subscript(value=ast.Name(id="Literal"), slice=options):
            return _options(options)
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *_])):
            return _words(inner)
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return f"list of {_words(inner)}"
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, value])):
            by = "" if _words(key) == "text" else f" ({_words(key)})"
            return f"map by name{by} of {_words(value)}"
    raise TypeError(f"no words for {ast.unparse(node)}")


def _name(name: str) -> str:
    if name in ALIASES:
        return ", ".join(map(code, _alias(name)))
    return WORDS.get(name) or f"[{name}](#{anchor(name)})"


def _alias(name: str) -> tuple[str, ...]:
    from config import model, product  # noqa: PLC0415 - only to look a name up

    values: tuple[str, ...] = get_args(getattr(product, name, None) or getattr(model, name))
    return values


def _options(options: ast.expr) -> str:
    values = options.elts if isinstance(options, ast.Tuple) else [options]
    return ", ".join(code(str(v.value)) for v in values if isinstance(v, ast.Constant))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value: Any = field.get_default(call_default_factory=True)
    if value in (None, [], {}) or isinstance(value, Strict):
        return ""
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(", ".join(map(str, value)) if isinstance(value, list) else str(value))
