"""The health of every product, from the counts of the last judgement and the findings that stand."""

from collections import Counter
from collections.abc import Sequence

from bot.book import Book
from bot.store.verdicts import Count
from rules.findings import Finding
from rules.health import Complied, Health, health


def healths(book: Book, counts: Sequence[Count], failing: Sequence[Finding]) -> dict[str, Health]:
    """Health by product, in the order of the model. `failing` are the findings that are open or waived.

    Only rules that people hear of count; what is waived leaves both sides.
    """
    waived = Counter((f.rule, f.product) for f in failing if f.state != "open")
    found = {}
    for product in book.model.products:
        rules = [
            _complied(book, c, waived[c.rule, product])
            for c in counts
            if c.product == product and book.speaks(c.rule, product)
        ]
        worst = max((f.severity for f in failing if f.product == product and f.state == "open"), default=None)
        found[product] = health(rules, worst)
    return found


def _complied(book: Book, count: Count, waived: int) -> Complied:
    rule = book.by_id[count.rule]
    failed = max(0, count.failed - waived)
    return Complied(
        rule.id, rule.severity, rule.about, count.passed, failed, count.unknown, count.failed - failed
    )
