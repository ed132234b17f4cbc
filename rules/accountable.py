"""Who is accountable for a finding: the role its rule names, of which product, and who holds it today."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.declared import Declared
from rules.holders import holder, role_words
from rules.rule import Rule
from rules.views import Holder


def accountable_for(rule: Rule, row: Mapping[str, Any], declared: Declared, today: date) -> Holder:
    """The person who answers for this rule on this row, and the steps by which they were found."""
    of, own = rule.accountable.of, row.get("product")
    product = own if of is None else row.get(of)
    held = holder(declared.model, rule.accountable.role, product, today)
    steps = held.steps
    if of is not None:
        what = of.replace("_", " ")
        told = f"the {what} is {product}" if product else f"the {what} is not known"
        steps = (told, *steps)
    return Holder(role_words(held.role), held.person, steps, declared.near(held.path))
