from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.words import Amount, Band, Channel, Day, Duration, Range, Selector, Span, parse_band, parse_span


@given(st.integers(0, 10_000), st.sampled_from(["m", "h", "d", "bh", "bd"]))
def test_a_duration_is_read_as_it_is_written(amount: int, unit: str) -> None:
    assert str(parse_span(f"{amount}{unit}")) == f"{amount}{unit}"


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_range_is_read_as_it_is_written(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert str(parse_band(f"{low}-{high}")) == f"{low}-{high}"


def test_only_elapsed_durations_have_hours() -> None:
    assert Span(90, "m").hours == 1.5
    assert Span(3, "bd").business
    assert not Span(3, "d").business


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Amount, "900k", 900_000), (Amount, "1.2M", 1_200_000), (Amount, 50, 50),
        (Day, "2026-12-24", date(2026, 12, 24)), (Range, "35-45", Band(35, 45)),
        (Duration, "8bh", Span(8, "bh")),
        (Channel, "prod-booking", "prod-booking"), (Channel, "équipe_1", "équipe_1"),
    ],
)  # fmt: skip
def test_words_are_read(kind: type, text: object, value: object) -> None:
    assert TypeAdapter(kind).validate_python(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Amount, "much"), (Amount, True), (Amount, "-5"), (Day, 20261224), (Day, "24.12.2026"),
        (Day, "2026-1-1"),
        (Day, "20261224"), (Range, "45-35"), (Range, "0-101"), (Range, 40), (Duration, 3), (Duration, "3 bd"),
        (Duration, "-3d"), (Channel, "#x"), (Channel, "X"), (Channel, ""), (Channel, "a b"),
    ],
)  # fmt: skip
def test_what_is_no_such_word_is_refused(kind: type, text: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


def test_a_selector_says_something() -> None:
    with pytest.raises(ValidationError, match="at least one of"):
        Selector()
    with pytest.raises(ValidationError, match="path needs github"):
        Selector(path="apps/**")
