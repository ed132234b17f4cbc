"""Who may read what, decided from the model alone."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.model import OperatingModel
from rules.audience import NOBODY, Clearance, asker_clearance, channel_clearance, lets_in, visible

TODAY = date(2026, 11, 23)


def model(**changes: Any) -> OperatingModel:
    return OperatingModel.model_validate(
        {
            "company": {"name": "Larkfield"},
            "people": {
                "ana": {},
                "bo": {},
                "chi": {},
                "dev": {},
                "hana": {},
                "omar": {},
                "gone": {"left": "2026-11-01"},
            },
            "teams": {"booking": {"members": ["bo"], "channel": "team-booking"}},
            "sources": [
                {"id": "jira", "jira": "larkfield.atlassian.net"},
                {"id": "github", "github": "larkfield"},
            ],
            "value_streams": {"ship": {"id": "ship", "owner": "hana", "channel": "vs-ship"}},
            "products": {
                "booking-portal": {
                    "id": "booking-portal",
                    "stream": "ship",
                    "owner": "ana",
                    "teams": ["booking"],
                    "channel": "prod-booking",
                    "acting": [{"for": "ana", "by": "chi", "until": "2026-11-30"}],
                    "roles": {"product-support-specialist": "gone"},
                    "work": [
                        {"jira": {"project": "BOOK"}},
                        {"github": "larkfield/booking-*"},
                        {"github": "larkfield/mono", "path": "apps/**"},
                        {"label": "product:booking-portal"},
                    ],
                    "visibility": {"cleared_for": ["jira:jira:BOOK:board"]},
                },
                "tracking": {
                    "id": "tracking",
                    "stream": "ship",
                    "owner": "dev",
                    "work": [{"jira": {"project": "TRK", "label": "eta"}}, {"jira": {"label": "track"}}],
                },
            },
            "operations": "product-ops",
            "operator": "omar",
            "visibility": {"cleared_for": ["jira:jira:HR:private"]},
            **changes,
        }
    )


STAMPS = {
    "public",
    "jira:jira:BOOK",
    "jira:jira:BOOK:board",
    "jira:jira:BOOK:secret",
    "jira:jira:TRK",
    "jira:jira:HR",
    "jira:jira:HR:private",
    "jira:other:BOOK",
    "github:github:larkfield/booking-web",
    "github:github:larkfield/mono",
    "github:github:larkfield/hr",
    "github:other:larkfield/mono",
}
BOOKING = {
    "public",
    "jira:jira:BOOK",
    "github:github:larkfield/booking-web",
    "github:github:larkfield/mono",
}


def read(clearance: Clearance) -> set[str]:
    return {stamp for stamp in STAMPS if visible((stamp,), clearance)}


@pytest.mark.parametrize(
    ("channel", "stamps"),
    [
        ("prod-booking", BOOKING | {"jira:jira:BOOK:board"}),
        ("#Prod-Booking", BOOKING | {"jira:jira:BOOK:board"}),
        ("vs-ship", BOOKING | {"jira:jira:TRK"}),
        ("team-booking", BOOKING),
        (
            "product-ops",
            STAMPS - {"jira:jira:BOOK:board", "jira:jira:BOOK:secret"},
        ),
        ("random", {"public"}),
        ("", {"public"}),
    ],
)
def test_a_channel_is_cleared_for_the_containers_of_what_it_belongs_to(
    channel: str, stamps: set[str]
) -> None:
    assert read(channel_clearance(model(), channel)) == stamps


@pytest.mark.parametrize(
    ("handle", "channel", "stamps"),
    [
        ("ana", None, BOOKING | {"jira:jira:BOOK:board"}),
        ("bo", None, BOOKING | {"jira:jira:BOOK:board"}),
        ("chi", None, BOOKING | {"jira:jira:BOOK:board"}),
        ("hana", None, BOOKING | {"jira:jira:TRK"}),
        ("omar", None, STAMPS - {"jira:jira:BOOK:board", "jira:jira:BOOK:secret"}),
        ("dev", None, {"public", "jira:jira:TRK"}),
        ("dev", "prod-booking", BOOKING | {"jira:jira:BOOK:board", "jira:jira:TRK"}),
        ("gone", "prod-booking", {"public"}),
        ("nobody", "product-ops", {"public"}),
        (None, "product-ops", {"public"}),
    ],
)
def test_a_person_reads_what_their_roles_and_the_channel_clear(
    handle: str | None, channel: str | None, stamps: set[str]
) -> None:
    assert read(asker_clearance(model(), handle, channel, TODAY)) == stamps


def test_a_deputy_reads_only_while_acting() -> None:
    assert read(asker_clearance(model(), "chi", None, date(2026, 12, 1))) == {"public"}


def test_what_nobody_labelled_is_restricted_and_what_is_the_models_own_is_for_those_it_knows() -> None:
    operations = channel_clearance(model(), "product-ops")
    assert not visible(None, operations)
    assert visible((), operations)
    assert visible((), asker_clearance(model(), "dev", None, TODAY))
    assert not visible((), NOBODY)


def test_something_made_of_public_and_private_is_private() -> None:
    assert not visible(("public", "jira:jira:BOOK"), NOBODY)


@pytest.mark.parametrize("pattern", ["larkfield/*", "*/booking-web", "LARKFIELD/Booking-Web"])
def test_a_star_in_a_pattern_stays_within_owner_or_name(pattern: str) -> None:
    clearance = Clearance(repositories=frozenset({("github", pattern)}))
    assert visible(("github:github:larkfield/booking-web",), clearance)
    assert not visible(("github:github:larkfield/booking-web/x",), clearance)
    assert not visible(("github:github:booking-web",), clearance)


def test_only_the_operators_own_terminal_reads_every_security_level() -> None:
    assert read(Clearance(known=True, everything=True, levels=True)) == STAMPS
    assert not visible(("jira:jira:BOOK:board",), Clearance(known=True, levels=True))


def test_a_channel_named_twice_reads_both() -> None:
    both = model(operations="prod-booking")
    assert read(channel_clearance(both, "prod-booking")) == STAMPS - {"jira:jira:BOOK:secret"}


stamps = st.sampled_from(sorted(STAMPS)) | st.text(max_size=20)
clearances = st.sampled_from(
    [
        NOBODY,
        *(channel_clearance(model(), c) for c in ("prod-booking", "vs-ship", "product-ops")),
        *(asker_clearance(model(), h, None, TODAY) for h in ("ana", "dev", "omar")),
    ]
)


@settings(deadline=None)
@given(st.lists(stamps, max_size=4), stamps, clearances)
def test_more_sources_never_make_something_visible_to_more_people(
    audience: list[str], another: str, reader: Clearance
) -> None:
    if visible((*audience, another), reader):
        assert not audience or visible(audience, reader)


@settings(deadline=None)
@given(st.lists(stamps, max_size=4), clearances, clearances)
def test_two_clearances_together_see_what_either_sees(
    audience: list[str], one: Clearance, other: Clearance
) -> None:
    if visible(audience, one) or visible(audience, other):
        assert visible(audience, one | other)


@settings(deadline=None)
@given(st.text(max_size=30), clearances)
def test_a_security_level_is_read_only_where_it_is_named(level: str, reader: Clearance) -> None:
    stamp = f"jira:jira:BOOK:{level}"
    assert visible((stamp,), reader) == (stamp in reader.named)


def test_a_product_that_keeps_to_itself_is_read_in_its_channel_by_its_people_and_by_who_is_named() -> None:
    model = OperatingModel.model_validate(
        {
            "people": {"ana": {}, "bo": {}, "eva": {}},
            "teams": {"audit": {"members": ["eva"]}},
            "products": {
                "secret": {
                    "id": "secret",
                    "owner": "ana",
                    "channel": "own",
                    "visibility": {"read": ["audit"]},
                },
                "plain": {"id": "plain"},
            },
        }
    )
    today = date(2026, 11, 24)

    def read(product: str, handle: str | None, channel: str | None) -> bool:
        return lets_in(model, product, handle=handle, channel=channel, today=today)

    assert read("secret", None, "own")
    assert read("secret", "ana", None)
    assert read("secret", "eva", None)
    assert not read("secret", "bo", None)
    assert not read("secret", None, "stream")
    assert read("plain", None, "anywhere")
