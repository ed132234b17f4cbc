"""People's names in answers: who may see whose, by the model's `people_data`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.model import OperatingModel, Person
from rules.views import Explanation, Holder, Input, Part, RawChange
from rules.waivers import Waiver

PERSONAL = frozenset({"assignee", "author", "merged_by", "owner", "reporter", "requested"})
"""Facts, and fields of records and their changes, whose values name people."""
SOMEBODY = "somebody"


def without_names(about: Explanation, model: OperatingModel, handle: str | None) -> Explanation:
    """The explanation with other people's names left out, unless the model shows them to all (`named`).

    With `self` a reader sees their own name, with `none` and `role` nobody's.
    """
    if model.people_data == "named":
        return about
    hider = _hider(model, handle if model.people_data == "self" else None, _people(about))
    rules = tuple(
        replace(
            r,
            says=hider.sentence(r.says),
            fix=hider.sentence(r.fix),
            to_know=hider.sentence(r.to_know),
            grades=tuple(map(hider.sentence, r.grades)),
            history=tuple(replace(h, why=hider.sentence(h.why)) for h in r.history),
            where=tuple(map(hider.part, r.where)),
            violates=tuple(map(hider.part, r.violates)),
            holder=hider.holder(r.holder),
            waiver=hider.waiver(r.waiver),
        )
        for r in about.rules
    )
    return replace(
        about,
        rules=rules,
        changes=tuple(map(hider.change, about.changes)),
        record={name: hider.field(name, value) for name, value in about.record.items()},
    )


def row_without_names(row: Mapping[str, Any], model: OperatingModel) -> Mapping[str, Any]:
    """A row of facts for a sentence to everybody: nobody is named in it, unless the model shows names."""
    if model.people_data == "named":
        return row
    return {name: _NOBODY.shown(name, value) for name, value in row.items()}


def sentence_without_names(text: str, model: OperatingModel) -> str:
    """A text of the model's own for everybody: people and accounts hidden, unless it shows names to all."""
    return text if model.people_data == "named" else _hider(model, None).sentence(text)


@dataclass(frozen=True, slots=True)
class _Hider:
    """Puts `somebody` for every person but one."""

    own: str | None
    others: re.Pattern[str]  # whatever the others are called

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

    def waiver(self, waiver: Waiver | None) -> Waiver | None:
        """Until when and why stays; who asked and who decided does not."""
        if waiver is None:
            return None
        return replace(
            waiver,
            reason=self.sentence(waiver.reason),
            requested_by=self.person(waiver.requested_by),
            decided_by=self.person(waiver.decided_by),
        )

    def sentence(self, text: str) -> str:
        """A sentence with every other person of the model hidden, by whichever of their names."""
        return self.others.sub(SOMEBODY, text)

    def change(self, change: RawChange) -> RawChange:
        """A change of the record: who made it, and whom it names."""
        before, after = (self.field(change.field, value) for value in (change.before, change.after))
        return replace(change, by=self.person(change.by), before=before, after=after)

    def field(self, name: str, value: Any) -> Any:
        """A field of the record; reviews name people inside, and so may fields of the company's own."""
        if isinstance(value, Mapping):
            return {k: self.sentence(v) if isinstance(v, str) else v for k, v in value.items()}
        if isinstance(value, str) and name not in PERSONAL:
            return self.sentence(value)
        if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            return [{k: self.person(v) if k == "by" else v for k, v in one.items()} for one in value]
        return self.shown(name, value)


def _people(about: Explanation) -> Iterator[str]:
    """Whoever the values of an explanation name, known to the model or not."""
    inputs = [i for r in about.rules for p in (*r.where, *r.violates) for i in p.inputs]
    values = [(i.name, i.value) for i in (*inputs, *(m for i in inputs for m in i.made_of))]
    for name, value in (*values, *about.record.items()):
        if name in PERSONAL and isinstance(value, str):
            yield value
        elif name in PERSONAL and isinstance(value, list | tuple):
            yield from value


def _hider(model: OperatingModel, own: str | None, further: Iterable[str] = ()) -> _Hider:
    """Hides by handle, name, address and account: in a line of the model any of them tells who it is."""
    mine = model.people.get(own) if own else None
    own_names = {own, *_names(mine)} if mine else {own}
    called = {
        word
        for handle, one in model.people.items()
        if handle != own
        for word in (handle, *_names(one))
        if word
    } | ({*further} - own_names)
    longest_first = "|".join(re.escape(word) for word in sorted(called, key=len, reverse=True))
    return _Hider(own, re.compile(rf"(?<![\w-])(?:{longest_first or '(?!)'})(?![\w-])", re.IGNORECASE))


def _names(person: Person) -> Iterator[str | None]:
    yield from (person.email, person.name)
    yield from (account for _, _, account in person.accounts())


_NOBODY = _Hider(None, re.compile("(?!)"))
