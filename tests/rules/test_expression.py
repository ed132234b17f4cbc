from random import Random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import PARAMETERS, TABLE, Writer

from rules.checking import MOST_NODES
from rules.expression import Expression, ExpressionError, parse
from rules.facts import TABLES
from rules.facts.table import COMMON, FactTable, Type
from rules.syntax import LONGEST

ITEMS = TABLES["work_items"]
_SOME = """
and or not in is null between true false len lower coalesce days_since business_days_since starts_with
any_starts_with a b s t p l u few word strict worked twice nobody 1 2.5 1000000000 'x' 'it''s' '
( ) ( ) , = == <> != < <= > >= + - * / " ; -- /* */ \\ % _ . é 👍
"""
WORDS = (*_SOME.split(), "\n", "\x00", "\ud800")


def mistake(text: str, table: FactTable = ITEMS, **parameters: float | str | bool) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, table, parameters)
    return caught.value


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("state IN ('active','waiting')", "state in ('active', 'waiting')"),
        ("NOT (blocked AND flagged)", "not (blocked and flagged)"),
        ("not blocked and flagged", "not blocked and flagged"),
        ("blocked or flagged and stale_link", "blocked or flagged and stale_link"),
        ("(blocked or flagged) and stale_link", "(blocked or flagged) and stale_link"),
        ("age_days == 2 or age_days != 3", "age_days = 2 or age_days <> 3"),
        ("age_days between 1 and 2 or blocked", "age_days >= 1 and age_days <= 2 or blocked"),
        ("state not in ('done')", "state not in ('done')"),
        ("'it''s' in labels", "'it''s' in labels"),
        ("state is not null", "state is not null"),
        ("1 + 2 * 3 - (4 - 5) > -age_days / 2.50", "1 + 2 * 3 - (4 - 5) > -age_days / 2.5"),
        ("2 < business_days_since(started_at)", "business_days_since(started_at) > 2"),
        ("Lower(title) = 'wip'", "lower(title) = 'wip'"),
    ],
)
def test_an_expression_is_spelled_in_one_way(text: str, spelled: str) -> None:
    expression = parse(text, ITEMS, {})
    assert expression.text == spelled
    assert parse(spelled, ITEMS, {}) == expression


def test_the_text_of_any_expression_reads_back_as_the_same_expression() -> None:
    random = Random(1)  # noqa: S311 - repeatable on purpose
    for _ in range(300):
        expression = parse(Writer(random).condition(3), TABLE, PARAMETERS)
        assert parse(expression.text, TABLE, PARAMETERS) == expression


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("age_dys > 2", 1, "work_items has no fact age_dys, nor is it a parameter; did you mean age_days?"),
        ("state > 'x'", 1, "a text knows no >; allowed: =, <>"),
        ("labels = 'x'", 1, "labels is a list of texts and 'x' is a text: they cannot be compared"),
        ("blocked and age_days", 13, "age_days is a number, here a condition is needed"),
        ("age_days >", 11, "the expression ends too early; allowed: "),
        ("blocked blocked", 9, "'blocked' cannot stand here; allowed: "),
        ('state = "x"', 9, "'\"' is no part of the language; did you mean '…', a text stands in single"),
        ("state = 'x", 9, "a text that starts here has no closing quote, or holds a control character"),
        ("days_snce(due_at) > 1", 1, "there is no function days_snce; did you mean days_since(time)?"),
        ("lower(state) = 'x'", 7, "there is no lower-case state; allowed: lower(title)"),
        ("lower(title) = 'WIP'", 16, "lower(…) is never equal to this text; did you mean 'wip'?"),
        ("len(labels, labels) > 1", 1, "the function is called with other values; allowed: len(list)"),
    ],
)
def test_a_mistake_has_its_place_and_says_what_is_allowed(text: str, column: int, sentence: str) -> None:
    error = mistake(text)
    assert (error.line, error.column) == (1, column)
    assert str(error).startswith(sentence)


def test_a_caret_stands_under_the_place_even_in_a_long_line() -> None:
    assert (
        mistake("blocked and flaged")
        .shown()
        .startswith("blocked and flaged\n            ^ work_items has no")
    )
    text = "blocked or " * 50 + "flaged"
    line, caret = mistake(text).shown().split("\n")
    assert line[caret.index("^") :] == "flaged"


def test_a_mistake_on_a_later_line_is_shown_on_that_line() -> None:
    error = mistake("blocked\n  and flaged")
    assert (error.line, error.column) == (2, 7)
    assert error.shown().startswith("  and flaged\n      ^")


@pytest.mark.parametrize(
    "text",
    [
        "business_days_since(started_at) > age_days",
        "business_days_since(started_at) + 1 > 2",
        "business_days_since(started_at) = 2",
        "business_days_since(started_at) is null",
        "coalesce(business_days_since(started_at), 1) > 2",
        "business_days_since(started_at) in (1, 2)",
        "business_days_since(started_at) > business_days_since(due_at)",
        "business_days_since(started_at)",
    ],
)
def test_business_time_is_only_compared_with_what_is_the_same_for_a_product(text: str) -> None:
    mistake(text)


def test_a_virtual_fact_of_business_time_obeys_the_same_rule() -> None:
    pulls = TABLES["pull_requests"]
    assert parse("waiting_days > days * 2", pulls, {"days": 1}).business_comparisons[0].bound == "earliest"
    assert "business time" in str(mistake("waiting_days * 2 > 1", pulls))


def test_a_name_that_is_a_fact_and_a_parameter_is_a_mistake() -> None:
    assert "rename the parameter" in str(mistake("state = 'x'", state="y"))


def test_a_parameter_has_the_type_of_its_default() -> None:
    assert parse("word in labels and strict and age_days > few", ITEMS, PARAMETERS)
    assert "'few'" not in str(mistake("few in labels", few=2.0))


def test_the_facts_behind_a_virtual_fact_are_used_too() -> None:
    assert parse("age_days > 2", ITEMS, {}).facts_used == {"age_days", "today", "started_day"}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_the_schema_of_every_table_can_be_read(table: FactTable) -> None:
    assert parse(table.active, table, {})
    for fact in (*COMMON, *table.facts):
        comparison = {
            Type.TEXT: "= 'x'",
            Type.BOOL: "= true",
            Type.NUMBER: "> 1",
            Type.TIME: f"> {fact.name}",
        }
        assert parse(f"{fact.name} {comparison.get(fact.type, 'is null')}", table, {})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"a in ({', '.join('1' * MOST_NODES)})", f"more than {MOST_NODES} parts"),
        ("not " * 40 + "p", "nested more than 30 deep"),
        ("1" + " + 1" * 40 + " > 0", "nested more than 30 deep"),
        ("a*" * 12 + "a > 1", "multiplied or divided"),
        ("p or " * 400 + "p", f"{LONGEST} are allowed"),
        ("a > 1000000001", "at most 1,000,000,000"),
        ("a > 0.0000000001", "at most 9 decimals"),
        ("", "empty"),
        ("   \n ", "empty"),
        ("p and \ud800", "half of a character"),
    ],
)
def test_size_depth_and_numbers_are_bounded(text: str, why: str) -> None:
    assert why in str(mistake(text, TABLE))


def test_many_brackets_are_read_quickly() -> None:
    assert parse("(" * 900 + "p" + ")" * 900, TABLE, {}).text == "p"


@given(st.one_of(st.text(max_size=2500), st.lists(st.sampled_from(WORDS), max_size=400).map(" ".join)))
def test_any_text_is_read_or_refused_in_bounded_time(text: str) -> None:
    started = perf_counter()
    try:
        assert isinstance(parse(text, TABLE, PARAMETERS), Expression)
    except ExpressionError as error:
        assert error.shown().encode()  # noqa: PT017 - being refused is one of two good ends
    assert perf_counter() - started < 1
