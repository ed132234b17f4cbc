"""What ends a walk over pages that would not end."""

import pytest

from connectors.errors import UnexpectedAnswerError
from connectors.paging import EMPTY_PAGES, Walk


def test_a_page_that_was_there_before_ends_the_walk() -> None:
    walk = Walk("Jira's pages of search/jql")
    walk.on_to("a")
    walk.on_to("b")
    with pytest.raises(UnexpectedAnswerError, match="Jira's pages of search/jql lead in circles"):
        walk.on_to("a")


def test_empty_pages_are_passed_over_but_not_for_ever() -> None:
    walk = Walk("pages")
    for n in range(EMPTY_PAGES):
        walk.on_to(f"{n}", empty=True)
    walk.on_to("full")
    for n in range(EMPTY_PAGES):
        walk.on_to(f"again {n}", empty=True)
    with pytest.raises(UnexpectedAnswerError):
        walk.on_to("one more", empty=True)


def test_the_same_page_under_ever_new_tokens_ends_the_walk() -> None:
    walk = Walk("pages")
    walk.on_to("first", page=[{"id": "1"}])
    for n in range(EMPTY_PAGES):
        walk.on_to(f"{n}", page=[{"id": "1"}])
    with pytest.raises(UnexpectedAnswerError, match="lead in circles"):
        walk.on_to("one more", page=[{"id": "1"}])
