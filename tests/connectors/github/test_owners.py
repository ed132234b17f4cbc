"""Files CODEOWNERS, as GitHub understands them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx
from github_answers import impatient, repository

from connectors.errors import WaitError
from connectors.github import owners, parse
from connectors.learned import Learned
from connectors.transport import Transport
from rules.records import Ownership

URL = "https://api.github.com/graphql"
HOME = parse.repository(repository(), "github", "larkfield/tracking")
OTHER = parse.repository(repository("larkfield/slos"), "github", "larkfield/slos")


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = impatient()
    yield transport
    await transport.close()


def lines(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.pattern, line.owners) for line in owners.parse(text).lines]


def test_a_line_gives_a_pattern_to_people_teams_and_addresses() -> None:
    text = "*       @eva-k\n/web/   @larkfield/tracking docs@larkfield.example\n"
    assert lines(text) == [
        ("*", ("eva-k",)),
        ("/web/", ("larkfield/tracking", "docs@larkfield.example")),
    ]


def test_comments_stand_on_their_own_or_after_the_owners() -> None:
    text = "# Who looks at what\n   # indented\n\n*.js @eva-k # scripts\n*.sql @devp\t#tables\nC#/ @devp\n"
    assert lines(text) == [("*.js", ("eva-k",)), ("*.sql", ("devp",)), ("C#/", ("devp",))]


def test_a_space_of_a_path_has_a_backslash_before_it() -> None:
    assert lines("/old\\ maps/*.svg @eva-k\n") == [("/old maps/*.svg", ("eva-k",))]


def test_a_pattern_without_owners_takes_them_away() -> None:
    assert lines("/apps/ @eva-k\n/apps/github\n") == [("/apps/", ("eva-k",)), ("/apps/github", ())]


def test_sections_of_another_tool_say_nothing() -> None:
    file = owners.parse("[Documentation] @eva-k\n^[Optional][2]\ndocs/ @eva-k\n")
    assert file == owners.File((Ownership("docs/", ("eva-k",)),), 0)


@pytest.mark.parametrize(
    "line", ["!/docs @eva-k", "[a-z]*.py @eva-k", "*.py eva-k", "*.py @", "*.py @eva-k and"]
)
def test_a_line_that_github_does_not_understand_is_skipped_and_counted(line: str) -> None:
    assert owners.parse(f"*.md @devp\n{line}\n") == owners.File((Ownership("*.md", ("devp",)),), 1)


def places(*texts: str | None) -> dict[str, Any]:
    names = ("first", "second", "third")
    told = [None if text is None else {"text": text, "isTruncated": False} for text in texts]
    return dict(zip(names, told, strict=True))


@respx.mock
async def test_the_first_place_that_has_a_file_counts(transport: Transport) -> None:
    nodes = [places(None, "* @eva-k", "* @devp"), places(None, None, None)]
    route = respx.post(URL).mock(return_value=httpx.Response(200, json={"data": {"nodes": nodes}}))
    learned = Learned()

    assert await owners.read(transport, learned, [HOME, OTHER]) == []

    assert route.call_count == 1
    assert owners.owned(HOME, learned).ownership == (Ownership("*", ("eva-k",)),)
    assert owners.owned(OTHER, learned) == OTHER


@respx.mock
async def test_a_file_that_was_removed_owns_nothing_any_more(transport: Transport) -> None:
    answers = [places("* @eva-k", None, None), places(None, None, None)]
    bodies = [httpx.Response(200, json={"data": {"nodes": [one]}}) for one in answers]
    respx.post(URL).mock(side_effect=bodies)
    learned = Learned()

    await owners.read(transport, learned, [HOME])
    await owners.read(transport, learned, [HOME])

    assert owners.owned(HOME, learned).ownership == ()


@respx.mock
async def test_what_is_hidden_is_one_problem_and_what_was_known_stays(transport: Transport) -> None:
    hidden = [
        {"type": "FORBIDDEN", "path": ["nodes", n, "first"], "message": "Resource not accessible."}
        for n in (0, 1)
    ]
    none = places(None, None, None)
    bodies = [
        {"data": {"nodes": [places("* @eva-k", None, None), none]}},
        {"data": {"nodes": [None, None]}, "errors": hidden},
    ]
    respx.post(URL).mock(side_effect=[httpx.Response(200, json=body) for body in bodies])
    learned = Learned()

    await owners.read(transport, learned, [HOME, OTHER])
    problems = await owners.read(transport, learned, [HOME, OTHER])

    assert [problem.scope for problem in problems] == ["owners"]
    assert "contents" in problems[0].what
    assert owners.owned(HOME, learned).ownership == (Ownership("*", ("eva-k",)),)


@respx.mock
async def test_a_question_that_is_too_large_is_asked_in_parts(transport: Transport) -> None:
    sizes: list[int] = []

    def respond(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["variables"]["ids"]
        sizes.append(len(ids))
        if len(ids) > 30:
            return httpx.Response(502)
        return httpx.Response(200, json={"data": {"nodes": [places("* @eva-k", None, None)] * len(ids)}})

    respx.post(URL).mock(side_effect=respond)
    homes = [parse.repository(repository(f"larkfield/r{n}"), "github", "one") for n in range(60)]
    learned = Learned()

    assert await owners.read(transport, learned, homes) == []

    assert sizes[-3:] == [25, 25, 10]
    assert all(owners.owned(home, learned).ownership for home in homes)


@respx.mock
async def test_an_old_server_that_refuses_the_question_is_a_problem(transport: Transport) -> None:
    refused = {"errors": [{"message": "Field 'object' doesn't exist on type 'Repository'"}]}
    respx.post(URL).mock(return_value=httpx.Response(200, json=refused))

    problems = await owners.read(transport, Learned(), [HOME])

    assert [problem.scope for problem in problems] == ["owners"]


@respx.mock
async def test_a_used_up_budget_is_not_taken_for_a_hidden_file(transport: Transport) -> None:
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded."}]}
    headers = {"X-RateLimit-Reset": "4000000000", "X-RateLimit-Remaining": "0"}
    respx.post(URL).mock(return_value=httpx.Response(200, json=limited, headers=headers))

    with pytest.raises(WaitError):
        await owners.read(transport, Learned(), [HOME])
