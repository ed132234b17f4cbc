"""The sandbox of Data Center reads the JQL that our client sends, and refuses the rest."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.jira.datacenter.subset import Query, parse
from connectors.jira.subset import JqlError

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_query_of_the_client_is_read() -> None:
    jql = 'project in ("BOOK", "T\\"RK") AND updated >= "2026-02-02 09:50" ORDER BY updated ASC, key ASC'
    since = datetime(2026, 2, 2, 8, 50, tzinfo=UTC)
    assert parse(jql, BERLIN) == Query(frozenset({"BOOK", 'T"RK'}), since, None, None, "updated")
    jql = 'project = "BOOK" AND updated < "2026-07-02 09:50" AND key > "BOOK-7" ORDER BY key ASC'
    until = datetime(2026, 7, 2, 7, 50, tzinfo=UTC)
    assert parse(jql, BERLIN) == Query(frozenset({"BOOK"}), None, until, "BOOK-7", "key")


def test_without_a_condition_everything_is_asked_for() -> None:
    assert parse("ORDER BY updated ASC, key ASC", BERLIN) == Query(None, None, None, None, "updated")


@pytest.mark.parametrize(
    "jql", [None, 7, "updated >= 1770022800000", "status = Done", 'project = "BOOK" OR project = "TRK"']
)
def test_what_it_does_not_know_it_refuses(jql: object) -> None:
    with pytest.raises(JqlError):
        parse(jql, BERLIN)
