"""A sync shows how far it is where somebody watches, and tells the log where nobody does."""

import io
import sys

import pytest
from structlog.testing import capture_logs

from bot.progress import EVERY, line, paced, shown
from connectors.connector import Page


def test_a_line_tells_count_rate_and_what_the_source_still_grants() -> None:
    page = Page((), "c", last=False, expected=12_000, budget_left=4_900)
    told = "jira: 3,000 of about 12,000 records, 500 a second, 4,900 requests left"
    assert line("jira", page, 3_000, 6.0) == told


def test_what_the_source_does_not_tell_is_left_out() -> None:
    assert line("jira", Page((), "c", last=True), 7, 0.2) == "jira: 7 records"


def test_where_nobody_watches_the_log_is_told_now_and_then() -> None:
    moments = iter([0.0, EVERY - 1, EVERY, EVERY, EVERY + 1])
    progress = paced(lambda: next(moments))
    with capture_logs() as logged:
        for read in (3, 7, 9):
            progress("jira", Page((), "c", last=True, expected=12), read)
    assert logged == [
        {
            "event": "pulling",
            "log_level": "info",
            "source": "jira",
            "read": 7,
            "expected": 12,
            "budget_left": None,
        }
    ]


def test_a_short_sync_leaves_the_log_alone() -> None:
    with capture_logs() as logged, shown() as progress:
        progress("jira", Page((), "c", last=True, expected=12), 7)
    assert logged == []


def test_a_terminal_sees_it_move(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with shown() as progress:
        progress("jira", Page((), "c", last=True), 7)
    assert "jira: 7 records" in terminal.getvalue()
