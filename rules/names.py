"""People's names in answers: who may see whose, by the model's `people_data`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.model import OperatingModel
from rules.views import Explanation, Holder, Input, Part, RawChange

PERSONAL = frozenset({"assignee", "author", "merged_by", "owner", "reporter", "requested"})
"""Facts, and fields of records and their changes, whose values name people."""
SOMEBODY = "somebody"


def without_names(about: Explanation, model: OperatingModel, handle: str | None) -> Explanation:
    """The explanation with other people's names left out, unless the model shows them to all (`named`).

    With `self` a reader sees their own name, with `none` and `role` nobody's.
    """
    if model.people_data == "named":
        return about
    hider = _Hider(handle if model.people_data == "self" else None, tuple(model.people))
    rules = tuple(
        replace(
            r,
            where=tuple(map(hider.part, r.where)),
            violates=tuple(map(hider.part, r.violates)),
            holder=hider.holder(r.holder),
        )
        for r in about.rules
    )
    return replace(
        about,
        rules=rules,
        changes=tuple(map(hider.change, about.changes)),
        record={name: hider.field(name, value) for name, value in about.record.items()},
    )


def sentence_without_names(text: str, model: OperatingModel) -> str:
    """A text of the model's own for everybody: its handles hidden, unless the model shows names to all."""
    return text if model.people_data == "named" else _Hider(None, tuple(model.people)).sentence(text)


@dataclass(frozen=True, slots=True)
class _Hider:
    """Puts `somebody` for every person but one."""

    own: str | None
    people: tuple[str, ...]

    def shown(self, name: str, value: Any) -> Any:
        """The value of a fact or field."""
        if name not in PERSONAL or value is None:
            return value
        if isinstance(value, str):
            return self.person(value)
        return tuple(self.person(one) for one in value)

    def person(self, name: str | None) -> str | None:
        """The person, where it is the reader."""
        return name if name is None or name == self.own else SOMEBODY

    def part(self, part: Part) -> Part:
        """A condition with the people among its values hidden."""
        return replace(part, inputs=tuple(map(self.input, part.inputs)))

    def input(self, one: Input) -> Input:
        """A value, and what it is made of."""
        return replace(
            one,
            value=self.shown(one.name, one.value),
            source=self.sentence(one.source),
            made_of=tuple(map(self.input, one.made_of)),
        )

    def holder(self, held: Holder) -> Holder:
        """The role stays, the person and the names in the steps do not."""
        return replace(held, person=self.person(held.person), steps=tuple(map(self.sentence, held.steps)))

    def sentence(self, text: str) -> str:
        """A sentence with every handle of the model hidden."""
        for handle in self.people:
            if handle != self.own:
                text = re.sub(rf"(?<![\w-]){re.escape(handle)}(?![\w-])", SOMEBODY, text)
        return text

    def change(self, change: RawChange) -> RawChange:
        """A change of the record: who made it, and whom it names."""
        before, after = (self.shown(change.field, value) for value in (change.before, change.after))
        return replace(change, by=self.person(change.by), before=before, after=after)

    def field(self, name: str, value: Any) -> Any:
        """A field of the record; reviews name people inside."""
        if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            return [{k: self.person(v) if k == "by" else v for k, v in one.items()} for one in value]
        return self.shown(name, value)
