"""What JQL's wall times name is never later, and never ends earlier, than what is meant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.datacenter.spans import MINUTE, Span, literal, span

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
]


def read(text: str, zone: ZoneInfo) -> list[datetime]:
    """The moments a server may take a literal for."""
    wall = datetime.strptime(text, '"%Y-%m-%d %H:%M"').replace(tzinfo=zone)
    return [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - aware by timezones
    st.sampled_from(ZONES),
)
def test_however_a_server_reads_it_the_moment_is_within(at: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    one = span(at, zone)
    assert all(begins <= at for begins in read(literal(one.begins, zone), zone))
    assert all(at < ends for ends in read(literal(one.ends, zone), zone))
    assert span(one.ends, zone).begins == one.ends


def test_it_is_a_minute_but_where_the_clock_is_set_back() -> None:
    noon = datetime(2026, 10, 25, 12, 0, 30, tzinfo=UTC)
    assert span(noon, BERLIN) == Span(noon.replace(second=0), noon.replace(second=0) + MINUTE)
    second_pass = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    begins = datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    assert span(second_pass, BERLIN) == Span(begins, begins + timedelta(hours=2, minutes=1))
    assert literal(begins, BERLIN) == '"2026-10-25 01:59"'
