"""The connector reads the sandbox over real HTTP."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from github_company import TOKEN, Clock, company, day, pull, serving

from config.model import Source
from connectors.connector import Page
from connectors.errors import FixCredentialsError, NotThereError, WaitError
from connectors.github.client import GitHub, connect
from connectors.larkfield.world import PullReview, World
from rules.records import Container, Person, PullRequest, Record, WorkItem

R = TypeVar("R", bound=Record)


async def collect(connector: GitHub, pages: list[Page]) -> None:
    async for page in connector.pages(None):
        pages.append(page)  # noqa: PERF401 - what came before an error counts


async def all_pages(connector: GitHub, cursor: str | None = None) -> list[Page]:
    return [page async for page in connector.pages(cursor)]


def forget(github: GitHub) -> None:
    """What was learned is another store's now."""
    github.learned.take_changes()
    github.learned.load({})


def records(pages: Iterable[Page], kind: type[R]) -> dict[str, R]:
    return {record.key: record for page in pages for record in page.records if isinstance(record, kind)}


async def test_everything_comes_in_the_words_of_records(github: GitHub) -> None:
    pages = await all_pages(github)

    assert [problem for page in pages for problem in page.problems] == []
    assert [page.last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert set(records(pages, Container)) == {"larkfield/old-portal", "larkfield/slos", "larkfield/tracking"}
    assert set(records(pages, WorkItem)) == {
        "larkfield/slos#1",
        "larkfield/tracking#1",
        "larkfield/tracking#4",
    }
    assert set(records(pages, PullRequest)) == {
        "larkfield/old-portal#1",
        *(f"larkfield/tracking#{number}" for number in (2, 3, 5, 6, 8)),
    }


async def test_an_issue_says_how_it_ended(github: GitHub) -> None:
    items = records(await all_pages(github), WorkItem)

    bug = items["larkfield/tracking#1"]
    assert (bug.status, bug.status_category, bug.resolution) == ("closed", "done", "completed")
    assert (bug.kind, bug.level, bug.labels, bug.assignee, bug.reporter) == (
        "issue",
        0,
        ("bug",),
        "eva-k",
        "devp",
    )
    assert bug.closed_at == bug.changed_at == day(4)
    assert bug.changes is None
    assert items["larkfield/slos#1"].resolution == "not_planned"
    assert items["larkfield/tracking#4"].status_category == "new"


async def test_who_may_read_follows_from_the_repository(github: GitHub) -> None:
    pages = await all_pages(github)

    audiences = {item.container: item.audience for item in records(pages, WorkItem).values()}
    assert audiences == {"larkfield/slos": "public", "larkfield/tracking": "github:github:larkfield/tracking"}
    assert records(pages, Container)["larkfield/tracking"].audience == "github:github:larkfield/tracking"


async def test_a_merged_pull_request_tells_its_reviews(github: GitHub) -> None:
    merged = records(await all_pages(github), PullRequest)["larkfield/tracking#3"]

    assert (merged.state, merged.merged_at, merged.merged_by) == ("merged", day(4), "devp")
    assert [(r.by, r.is_bot, r.state) for r in merged.reviews] == [
        ("renovate[bot]", True, "commented"),
        ("devp", False, "approved"),
    ]
    assert (merged.closes, merged.labels) == (("larkfield/tracking#1",), ("emergency",))
    assert (merged.base, merged.base_is_default, merged.branch) == ("main", True, "topic-3")
    assert (merged.paths, merged.lines, merged.requested) == (("src/eta.py",), 10, ())


async def test_a_pull_request_is_ready_when_it_was_marked_ready(github: GitHub) -> None:
    pulls = records(await all_pages(github), PullRequest)

    assert pulls["larkfield/tracking#2"].ready_at == day(2)
    assert pulls["larkfield/tracking#5"].ready_at == day(7)
    assert pulls["larkfield/tracking#5"].state == "closed"


async def test_a_draft_is_not_ready(github: GitHub, at: Callable[[datetime], None]) -> None:
    at(day(6.5))
    draft = records(await all_pages(github), PullRequest)["larkfield/tracking#5"]

    assert (draft.draft, draft.ready_at, draft.state) == (True, None, "open")


async def test_all_of_many_reviews_are_read(github: GitHub) -> None:
    pulls = records(await all_pages(github), PullRequest)

    moments = [review.at for review in pulls["larkfield/tracking#6"].reviews]
    assert len(moments) == 250
    assert moments == sorted(set(moments))


async def test_all_of_many_files_are_read(github: GitHub) -> None:
    paths = records(await all_pages(github), PullRequest)["larkfield/tracking#8"].paths

    assert paths == tuple(f"src/{number}.py" for number in range(101))


async def test_all_of_many_closed_issues_are_read(github: GitHub) -> None:
    closes = records(await all_pages(github), PullRequest)["larkfield/tracking#8"].closes

    assert closes == tuple(f"larkfield/tracking#{number}" for number in range(100, 125))


async def test_a_pull_request_tells_its_checks_and_when_a_review_was_asked_for(github: GitHub) -> None:
    pulls = records(await all_pages(github), PullRequest)

    assert (pulls["larkfield/tracking#2"].checks, pulls["larkfield/tracking#2"].requested_at) == (
        "failing",
        day(2),
    )
    assert (pulls["larkfield/tracking#3"].checks, pulls["larkfield/tracking#3"].requested_at) == (
        None,
        day(3),
    )
    assert pulls["larkfield/tracking#8"].requested_at is None


async def test_people_come_once_with_the_name_that_items_use(github: GitHub) -> None:
    pages = await all_pages(github)

    people = [record for page in pages for record in page.records if isinstance(record, Person)]
    assert sorted((person.key, person.is_bot) for person in people) == [
        ("devp", False),
        ("eva-k", False),
        ("renovate[bot]", True),
    ]


async def test_the_next_sync_brings_only_what_changed_since(
    github: GitHub, at: Callable[[datetime], None]
) -> None:
    at(day(6))
    first = await all_pages(github)
    at(day(9))
    second = await all_pages(github, first[-1].cursor)

    # number 6 is met again because of the overlap; the others had been quiet
    assert set(records(second, PullRequest)) == {f"larkfield/tracking#{number}" for number in (5, 6, 8)}
    assert records(second, WorkItem) == {}


async def test_any_stored_cursor_goes_on_without_a_gap(
    github: GitHub, at: Callable[[datetime], None]
) -> None:
    at(day(6))
    pages = await all_pages(github)
    at(day(30))
    everything = await all_pages(github)
    for stop, page in enumerate(pages):
        forget(github)
        rest = await all_pages(github, page.cursor)
        together = [*pages[: stop + 1], *rest]
        assert records(together, PullRequest) == records(everything, PullRequest)
        assert records(together, WorkItem) == records(everything, WorkItem)


async def test_an_archived_repository_is_read_once(github: GitHub) -> None:
    first = await all_pages(github)
    second = await all_pages(github, first[-1].cursor)

    assert "larkfield/old-portal#1" in records(first, PullRequest)
    assert "larkfield/old-portal#1" not in records(second, PullRequest)
    assert records(second, Container)["larkfield/old-portal"].archived


async def test_named_items_are_read_as_they_are_now(github: GitHub) -> None:
    page = await github.read(["larkfield/tracking#1", "larkfield/tracking#3", "PR_larkfield/tracking_5"])

    everything = await all_pages(github)
    assert page.last
    assert page.problems == ()
    assert records([page], PullRequest) == {
        key: records(everything, PullRequest)[key] for key in ("larkfield/tracking#3", "larkfield/tracking#5")
    }
    assert records([page], WorkItem) == {
        "larkfield/tracking#1": records(everything, WorkItem)["larkfield/tracking#1"]
    }


async def test_an_item_that_is_gone_is_a_problem_and_no_invented_record(github: GitHub) -> None:
    page = await github.read(
        ["larkfield/tracking#99", "I_gone", "elsewhere/secret#1", "larkfield/tracking#4"]
    )

    assert set(records([page], WorkItem)) == {"larkfield/tracking#4"}
    assert sorted(problem.scope for problem in page.problems) == [
        "item:I_gone",
        "item:larkfield/tracking#99",
        "repository:elsewhere/secret",
    ]


async def test_only_the_named_repositories_are_read(address: str) -> None:
    model = Source(id="code", github="larkfield", repositories=["slos", "larkfield/missing"])
    connector = connect(model, url=address, token=TOKEN)
    pages = await all_pages(connector)
    page = await connector.read(["larkfield/tracking#1"])
    await connector.close()

    assert set(records(pages, Container)) == {"larkfield/slos"}
    assert [problem.scope for page in pages for problem in page.problems] == ["repository:larkfield/missing"]
    assert [problem.scope for problem in page.problems] == ["repository:larkfield/tracking"]


async def test_a_source_may_be_one_repository(address: str) -> None:
    connector = connect(Source(id="code", github="larkfield/slos"), url=address, token=TOKEN)
    pages = await all_pages(connector)
    await connector.close()

    assert set(records(pages, Container)) == {"larkfield/slos"}


async def test_a_wrong_token_says_so(address: str) -> None:
    connector = connect(Source(id="code", github="larkfield"), url=address, token="wrong")
    with pytest.raises(FixCredentialsError):
        await all_pages(connector)
    lines = await connector.check()
    await connector.close()

    assert [(line.name, line.state) for line in lines] == [("sign-in", "fail")]
    assert lines[0].remedy


async def test_an_owner_that_does_not_exist_is_named(address: str) -> None:
    connector = connect(Source(id="code", github="larkfeild"), url=address, token=TOKEN)
    with pytest.raises(NotThereError, match="larkfeild"):
        await all_pages(connector)
    await connector.close()


async def test_a_used_up_budget_keeps_what_was_read(world: World) -> None:
    # by its clock the next hour is years away: the connector does not wait for it
    with serving(world, Clock(day(3650)), grants=3) as url:
        connector = connect(Source(id="code", github="larkfield"), url=url, token=TOKEN)
        pages: list[Page] = []
        with pytest.raises(WaitError):
            await collect(connector, pages)
        await connector.close()

    assert set(records(pages, PullRequest)) == {"larkfield/old-portal#1"}
    assert pages[-1].budget_left is not None


async def test_a_year_of_pull_requests_comes_in_seconds() -> None:
    many = tuple(
        pull(
            number,
            created_at=day(number / 5),
            reviews=(PullReview(day(number / 5 + 0.1), "dev", "APPROVED"),),
        )
        for number in range(1, 1501)
    )
    began = time.perf_counter()
    with serving(company(many), Clock(day(365))) as url:
        connector = connect(Source(id="code", github="larkfield"), url=url, token=TOKEN)
        pages = await all_pages(connector)
        await connector.close()

    assert len(records(pages, PullRequest)) == 1500
    assert timedelta(seconds=time.perf_counter() - began) < timedelta(seconds=20)
