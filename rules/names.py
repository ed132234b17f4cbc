"""People's names in answers: who may see whose, by the model's `people_data`."""

from dataclasses import replace
from typing import Any

from config.model import OperatingModel
from rules.views import Explanation, Part

PERSONAL = frozenset({"assignee", "author", "merged_by", "owner", "requested"})
"""Facts whose values name people."""
SOMEBODY = "somebody"


def without_names(about: Explanation, model: OperatingModel, handle: str | None) -> Explanation:
    """The explanation with other people's names left out, unless the model shows them to all (`named`).

    With `self` a reader sees their own name, with `none` and `role` nobody's.
    """
    if model.people_data == "named":
        return about
    own = handle if model.people_data == "self" else None

    def shown(name: str, value: Any) -> Any:
        if name not in PERSONAL or value is None:
            return value
        if isinstance(value, str):
            return value if value == own else SOMEBODY
        return tuple(one if one == own else SOMEBODY for one in value)

    def hidden(part: Part) -> Part:
        return replace(part, inputs=tuple(replace(i, value=shown(i.name, i.value)) for i in part.inputs))

    rules = tuple(
        replace(r, where=tuple(map(hidden, r.where)), violates=tuple(map(hidden, r.violates)))
        for r in about.rules
    )
    return replace(about, rules=rules)
