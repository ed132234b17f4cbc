"""Patterns of repositories and files."""

import pytest

from rules.patterns import path_matches, repository_matches


@pytest.mark.parametrize(
    ("path", "pattern", "matches"),
    [
        ("apps/booking/web/a.py", "apps/booking/**", True),
        ("apps/booking-old/a.py", "apps/booking/**", False),
        ("apps/booking/a.py", "apps/booking/", True),
        ("apps/booking/a.py", "apps/*/a.py", True),
        ("apps/booking/web/a.py", "apps/*/a.py", False),
        ("apps/booking/web/a.py", "apps/**/a.py", True),
        ("apps/a.py", "apps/**/a.py", True),
        ("package-lock.json", "**/package-lock.json", True),
        ("docs/x.md", "*.md", False),
        ("x.md", "?.md", True),
        ("a+b.md", "a+b.md", True),
        ("aab.md", "a+b.md", False),
    ],
)
def test_two_stars_cross_folders_and_one_does_not(path: str, pattern: str, matches: bool) -> None:
    assert path_matches(path, pattern) is matches


def test_many_stars_are_answered_at_once() -> None:
    assert not path_matches("a/" * 200, "**/" * 30 + "b")


@pytest.mark.parametrize(
    ("repository", "pattern", "matches"),
    [
        ("larkfield/booking-web", "larkfield/booking-*", True),
        ("Larkfield/Booking-Web", "larkfield/booking-*", True),
        ("larkfield/tracking", "larkfield/*", True),
        ("other/tracking", "larkfield/*", False),
        ("larkfield/tracking", "*", False),
    ],
)
def test_a_star_in_a_repository_stays_within_its_part(repository: str, pattern: str, matches: bool) -> None:
    assert repository_matches(repository, pattern) is matches
