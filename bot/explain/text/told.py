"""Whatever was explained, as a terminal shows it or as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import assert_never

from bot.explain.path import PathExplained
from bot.explain.product import ProductTold
from bot.explain.rule import RuleTold
from bot.explain.text.subject import subject_text
from bot.explain.text.whole import path_text, product_text, rule_told_text
from bot.explain.word import Told
from bot.terminal import rule_object
from rules.views import Explanation


def as_text(about: Told, at: datetime, *, everything: bool) -> str:
    """Lines for a person; `at` is now in the company's time zone."""
    match about:
        case Explanation():
            return subject_text(about, at, everything=everything)
        case RuleTold():
            return rule_told_text(about, at)
        case ProductTold():
            return product_text(about, at, everything=everything)
        case PathExplained():
            return path_text(about, at)
    assert_never(about)


def as_object(about: Told) -> dict[str, object]:
    """The same for programs, with what it is about as `kind`."""
    match about:
        case Explanation():
            return {"kind": "subject", **asdict(about)}
        case RuleTold():
            settings = [asdict(s) for s in about.settings]
            counts = [asdict(c) for c in about.counts]
            return {
                "kind": "rule",
                **rule_object(about.rule),
                "place": about.rule.origin,
                "mode": about.mode,
                "mode_place": about.mode_place,
                "judged_at": about.judged_at,
                "counts": counts,
                "settings": settings,
            }
        case ProductTold():
            return {"kind": "product", **asdict(about)}
        case PathExplained():
            values = [said.as_object() for said in about.values]
            return {"kind": "path", "path": about.path, "meaning": about.meaning, "values": values}
    assert_never(about)
