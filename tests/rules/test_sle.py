"""Service level expectations: own history, the stream's, declared ones, and the first quarter of use."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from rule_records import at, model

from rules.sle import Finished, expectations

QUARTER = at("2026-10-01")
NOW = at("2026-11-24T12:00")
COMPANY = model(
    value_streams={"ship": {}},
    products={
        "booking": {"stream": "ship"},
        "tracking": {"stream": "ship", "sle": {"epic": "60d at 85%", "story": "auto"}},
        "billing": {"sle": {"story": "auto"}},
        "pricing": {"sle": {"story": "5d at 70%"}},
    },
)


def finished(product: str, count: int, before: datetime = QUARTER, **parts: Any) -> list[Finished]:
    """So many items with cycle times of 1, 2, 3 … days."""
    return [
        Finished(
            **{
                "product": product,
                "flow_item": "feature",
                "level": "story",
                "finished_at": before - timedelta(days=n % 80, hours=1),
                "cycle_days": n + 1,
                **parts,
            }
        )
        for n in range(count)
    ]


def of(history: Iterable[Finished], product: str, level: str = "story") -> dict[str, Any] | None:
    rows = [
        row
        for row in expectations(COMPANY, history, QUARTER, NOW)
        if (row["product"], row["flow_item"], row["level"]) == (product, "feature", level)
    ]
    assert len(rows) <= 1
    return rows[0] if rows else None


def test_forty_items_are_an_expectation() -> None:
    assert of(finished("booking", 40), "booking") == {
        "product": "booking",
        "flow_item": "feature",
        "level": "story",
        "effective_from": QUARTER,
        "days": 34,
        "share": 0.85,
        "p95": 38,
        "n": 40,
        "provisional": False,
        "declared": False,
    }


def test_under_thirty_it_is_provisional() -> None:
    found = of(finished("booking", 29), "booking")
    assert found is not None
    assert (found["n"], found["provisional"]) == (29, True)


def test_under_twenty_the_stream_is_taken_together() -> None:
    found = of([*finished("booking", 19), *finished("tracking", 25)], "booking")
    assert found is not None
    assert (found["n"], found["provisional"]) == (44, False)


def test_without_a_stream_under_twenty_there_is_none() -> None:
    assert of(finished("billing", 19), "billing") is None


def test_levels_and_flow_items_are_never_mixed() -> None:
    history = [*finished("booking", 15), *finished("booking", 15, level="epic")]
    assert of(history, "booking") is None
    assert of(finished("booking", 30, flow_item="defect"), "booking") is None


def test_a_declared_expectation_wins_and_keeps_the_p95_of_history() -> None:
    found = of(finished("tracking", 40, level="epic"), "tracking", "epic")
    assert found is not None
    assert (found["days"], found["p95"], found["n"], found["provisional"]) == (60, 38, 40, False)


def test_a_declared_expectation_needs_no_history() -> None:
    found = of([], "tracking", "epic")
    assert found is not None
    assert (found["days"], found["p95"], found["n"], found["provisional"]) == (60, None, 0, False)


def test_a_declared_expectation_stands_for_the_share_that_is_declared() -> None:
    found = of(finished("pricing", 40), "pricing")
    assert found is not None
    assert (found["days"], found["share"], found["declared"]) == (5, 0.7, True)


def test_only_the_ninety_days_before_the_quarter_count() -> None:
    old = finished("booking", 40, QUARTER - timedelta(days=90))
    assert of(old, "booking") is None


def test_what_is_finished_within_the_quarter_does_not_move_it() -> None:
    history = [*finished("booking", 40), *finished("booking", 40, NOW, cycle_days=300)]
    later = [f for f in history if f.cycle_days < 300 or f.finished_at >= QUARTER]
    found = of(later, "booking")
    assert found is not None
    assert found["days"] == 34


def test_in_the_first_quarter_of_use_the_days_before_now_count_provisionally() -> None:
    found = of(finished("booking", 45, NOW), "booking")
    assert found is not None
    assert (found["n"], found["provisional"], found["effective_from"]) == (45, True, QUARTER)


def test_items_of_products_that_are_gone_count_nowhere() -> None:
    assert expectations(COMPANY, finished("retired-thing", 40), QUARTER, NOW)
    assert of(finished("retired-thing", 40), "booking") is None
