"""The laws every connector keeps; its tests subclass ConnectorLaws and give the fixture `open_connector`."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta

from connectors.connector import Connector, Page
from rules.records import Record, WorkItem

OpenConnector = Callable[[], Awaitable[Connector]]
Identity = tuple[str, str, str]


def identity(record: Record) -> Identity:
    """What a record is stored under."""
    return record.source, record.KIND, record.id


async def sync(open_connector: OpenConnector, cursor: str | None = None) -> list[Page]:
    """All pages from a cursor, read by a connector that remembers nothing."""
    connector = await open_connector()
    try:
        return [page async for page in connector.pages(cursor)]
    finally:
        await connector.close()


def stored(pages: Sequence[Page]) -> dict[Identity, Record]:
    """What a store holds after these pages: the latest of each record."""
    return {identity(record): record for page in pages for record in page.records}


def times(value: object) -> Iterator[datetime]:
    """Every instant in a record, however deep."""
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from times(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from times(getattr(value, field.name))


class ConnectorLaws:
    """`open_connector` opens a fresh connector each time, over a source with several items that stands still.

    Let the source be larger than a page: resuming is then tested in the middle.
    """

    async def test_exactly_the_last_page_says_it_is_the_last(self, open_connector: OpenConnector) -> None:
        pages = await sync(open_connector)
        assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]

    async def test_a_full_sync_brings_items_without_problems(self, open_connector: OpenConnector) -> None:
        pages = await sync(open_connector)
        assert len(stored(pages)) > 1
        assert [problem for page in pages for problem in page.problems] == []

    async def test_every_page_carries_a_cursor_of_text(self, open_connector: OpenConnector) -> None:
        assert all(isinstance(page.cursor, str) and page.cursor for page in await sync(open_connector))

    async def test_no_record_comes_twice_in_a_sync(self, open_connector: OpenConnector) -> None:
        records = [record for page in await sync(open_connector) for record in page.records]
        assert len({identity(record) for record in records}) == len(records)

    async def test_reading_the_same_again_gives_equal_records(self, open_connector: OpenConnector) -> None:
        assert stored(await sync(open_connector)) == stored(await sync(open_connector))

    async def test_going_on_from_the_end_brings_nothing_new(self, open_connector: OpenConnector) -> None:
        first = await sync(open_connector)
        again = stored(await sync(open_connector, first[-1].cursor))
        everything = stored(first)
        assert again == {name: everything[name] for name in again if name in everything}

    async def test_a_cursor_that_found_nothing_new_stays_where_it_is(
        self, open_connector: OpenConnector
    ) -> None:
        first = await sync(open_connector)
        second = await sync(open_connector, first[-1].cursor)
        assert second[-1].cursor == first[-1].cursor

    async def test_resuming_after_any_page_loses_nothing(self, open_connector: OpenConnector) -> None:
        pages = await sync(open_connector)
        everything = stored(pages)
        for n, page in enumerate(pages):
            resumed = await sync(open_connector, page.cursor)
            assert stored([*pages[: n + 1], *resumed]) == everything

    async def test_an_item_read_by_its_key_is_the_item_of_the_sync(
        self, open_connector: OpenConnector
    ) -> None:
        everything = stored(await sync(open_connector))
        item = next(record for record in everything.values() if isinstance(record, WorkItem))
        connector = await open_connector()
        page = await connector.read([item.key])
        await connector.close()
        assert item in page.records
        assert page.last

    async def test_all_times_are_in_utc(self, open_connector: OpenConnector) -> None:
        found = [at for page in await sync(open_connector) for record in page.records for at in times(record)]
        assert found
        assert all(at.utcoffset() == timedelta(0) for at in found)

    async def test_histories_run_from_the_oldest_change(self, open_connector: OpenConnector) -> None:
        for record in stored(await sync(open_connector)).values():
            if isinstance(record, WorkItem) and record.changes is not None:
                moments = [change.at for change in record.changes]
                assert moments == sorted(moments)

    async def test_who_may_see_an_item_is_never_left_open(self, open_connector: OpenConnector) -> None:
        records = stored(await sync(open_connector)).values()
        assert all(record.audience for record in records if record.KIND != "person")

    async def test_records_name_the_source_they_come_from(self, open_connector: OpenConnector) -> None:
        connector = await open_connector()
        await connector.close()
        assert {record.source for record in stored(await sync(open_connector)).values()} == {connector.source}
