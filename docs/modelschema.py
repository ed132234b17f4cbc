"""operating-model.schema.json: the shape of an operating model as a person writes it, for editors.

The types of config/ describe the model after inheritance. A file differs from that in a few places, which are
written down here: `defaults`, `{add: [...]}`, `null`, and the short forms. Whether names lead somewhere only
`opsbot model check` can say.
"""

import inspect
import json
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from modelpage import types

from config.model import OperatingModel, Product, ValueStream
from config.product import RuleSetting
from config.words import Strict
from rules.facts import TABLES
from rules.rule import FAMILIES, SeverityWord

Schema = dict[str, Any]

DESCRIPTION = (
    "An operating model as it is written in one file; a file products/<id>.yaml of a folder holds one "
    "#/$defs/Product, and so on. What opsbot works with after reading is different: products have inherited "
    "from defaults, and short forms are written out. Whether names lead somewhere only `opsbot model check` "
    "can tell."
)
TEXT: Schema = {"type": "string"}
SPELLED: dict[str, Schema] = {
    "parse_span": {"type": "string", "pattern": r"^\d+(\.\d+)?(m|h|d|bh|bd)$", "examples": ["3bd", "90d"]},
    "parse_band": {"type": "string", "pattern": r"^\d{1,3}(\.\d+)?-\d{1,3}(\.\d+)?$", "examples": ["35-45"]},
    "_parse_day": {"type": "string", "format": "date"},
    "_parse_amount": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d+(\.\d+)?[kM]?$"}]},
    "_parse_parameter": {"type": ["number", "string", "boolean"]},
    "_one_or_many": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    "_check_channel": {"type": "string", "pattern": "^[^A-Z#@ .,:;!?<>&\"']{1,80}$"},
    "_check_project": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]+$"},
}
"""By the name of the function that reads it."""
SHORT: dict[str, Schema] = {
    "Sle": {
        "type": "string",
        "pattern": r"^(auto|\d+(\.\d+)?d at \d+(\.\d+)?%)$",
        "examples": ["60d at 85%"],
    },
    "FlowMatch": {"type": "string", "description": "An issue type."},
    "CategoryMatch": {"enum": ["feature", "defect", "risk", "debt", "experiment"]},
    "FailureSign": {"const": "revert"},
}
"""What may stand for a whole map."""
RULE: Schema = {
    "type": "object",
    "description": "A rule of this organisation, in the form of rules/catalog.",
    "required": ["id", "purpose", "about", "violates", "severity", "says", "fix", "accountable"],
    "properties": {
        "id": {"type": "string", "pattern": f"^({'|'.join(FAMILIES)})-"},
        "about": {"enum": list(TABLES)},
        "severity": {"enum": list(get_args(SeverityWord))},
    },
}
SETTING: Schema = {
    "anyOf": [
        {"enum": ["off", "shadow", "digest", "notify", "gate"]},
        {
            "type": "object",
            "properties": {"mode": {"enum": ["off", "shadow", "digest", "notify", "gate"]}},
            "additionalProperties": SPELLED["_parse_parameter"],
        },
    ]
}


def schema_page() -> str:
    """The schema as text."""
    definitions = {t.__name__: _definition(t) for t in types() if t not in {OperatingModel, RuleSetting}}
    definitions |= {"RuleSetting": SETTING, "Rule": RULE}
    whole = _object(OperatingModel)
    del whole["properties"]["rules"]
    whole["properties"] |= {
        "defaults": {"$ref": "#/$defs/Product", "description": "What every product inherits."},
        "custom_rules": {"type": "array", "items": {"$ref": "#/$defs/Rule"}},
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "opsbot operating model",
        "description": DESCRIPTION,
        **whole,
        "$defs": definitions,
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _definition(type_: type[Strict]) -> Schema:
    written = _object(type_)
    properties = written["properties"]
    if type_ in {Product, ValueStream}:
        del properties["id"]  # the key of its map, or the name of its file
        written.pop("required")
    if type_ is ValueStream:
        properties["defaults"] = {"$ref": "#/$defs/Product", "description": "What its products inherit."}
    if type_.__name__ == "Stage":
        properties["allow"] = {"anyOf": [{"const": "all"}, properties["allow"]]}
    if type_ is Product:  # only a product inherits, so only there a value can be cleared or a list extended
        written["properties"] = {k: _inherited(v) for k, v in properties.items()}
    if short := SHORT.get(type_.__name__):
        return {"anyOf": [short, written]}
    return written


def _object(type_: type[Strict]) -> Schema:
    hints = get_type_hints(type_, include_extras=True)
    fields = type_.model_fields
    written: Schema = {
        "type": "object",
        "description": inspect.cleandoc(type_.__doc__ or "").split("\n\n")[0].replace("\n", " "),
        "properties": {field.alias or name: _schema(hints[name]) for name, field in fields.items()},
        "additionalProperties": False,
    }
    if required := [f.alias or n for n, f in fields.items() if f.is_required()]:
        written["required"] = required
    return written


def _inherited(schema: Schema) -> Schema:
    if schema.get("type") == "array":
        extend = {
            "type": "object",
            "properties": {"add": schema},
            "required": ["add"],
            "additionalProperties": False,
        }
        return {"anyOf": [schema, extend, {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def _schema(hint: Any) -> Schema:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        functions = (getattr(m, "func", None) for m in inner[1:])
        names = (getattr(f, "__name__", "") for f in functions)
        return next((SPELLED[n] for n in names if n in SPELLED), None) or _schema(inner[0])
    if origin in {Union, UnionType}:
        options = [_schema(i) for i in inner if i is not NoneType]
        return options[0] if len(options) == 1 else {"anyOf": options}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": _schema(inner[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inner[1])}
    if isinstance(hint, type) and issubclass(hint, Strict):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return dict(PLAIN[hint])


PLAIN: dict[Any, Schema] = {
    str: TEXT,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    Any: {},
}
