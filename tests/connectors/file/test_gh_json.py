"""Lists of gh are read as GitHub's own records are, and refused with the command that makes whole ones."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Problem
from connectors.errors import ConnectorError, UnexpectedAnswerError
from connectors.file.encoding import Encoding
from connectors.file.gh_json import ISSUES_COMMAND, PULLS_COMMAND, GhJson
from connectors.file.json_array import elements
from rules.records import Container, Person, PullRequest, Record, Review, WorkItem

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
FIXTURES = Path(__file__).parent / "fixtures"
HOME = "larkfield/booking-api"
URL = f"https://github.com/{HOME}"


def read(path: Path) -> tuple[list[Record], list[Problem]]:
    problems: list[Problem] = []
    return list(GhJson("github", path).records(problems.append)), problems


def changed(folder: Path, name: str, change: dict[str, Any] | None = None, without: str = "") -> Path:
    entries = json.loads((FIXTURES / name).read_text())
    entries[0] = {k: v for k, v in {**entries[0], **(change or {})}.items() if k != without}
    path = folder / name
    path.write_text(json.dumps(entries))
    return path


def test_an_issue_is_read_whole() -> None:
    records, problems = read(FIXTURES / "issues.json")
    assert not problems
    first, second = (r for r in records if isinstance(r, WorkItem))
    assert first == WorkItem(
        source="github",
        id="I_12",
        key=f"{HOME}#12",
        container=HOME,
        kind="issue",
        title="Compare prices of rooms",
        url=f"{URL}/issues/12",
        status="open",
        created_at=datetime(2026, 11, 2, 9, 5, tzinfo=UTC),
        changed_at=datetime(2026, 11, 17, 16, 20, tzinfo=UTC),
        audience=f"github:github:{HOME}",
        status_category="new",
        level=0,
        labels=("pricing",),
        assignee="ines-falk",
        reporter="tom-okoro",
    )
    assert (second.status, second.resolution, second.reporter) == ("closed", "not_planned", "dependabot[bot]")


def test_a_pull_request_is_read_whole_with_its_submitted_reviews() -> None:
    (pull,) = (r for r in read(FIXTURES / "pulls.json")[0] if isinstance(r, PullRequest))
    at = datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert pull == PullRequest(
        source="github",
        id="PR_40",
        key=f"{HOME}#40",
        container=HOME,
        title="Compare prices",
        url=f"{URL}/pull/40",
        state="merged",
        created_at=datetime(2026, 11, 16, 8, tzinfo=UTC),
        changed_at=at,
        audience=f"github:github:{HOME}",
        author="tom-okoro",
        base="main",
        branch="BOOK-412-prices",
        merged_at=at,
        merged_by="ines-falk",
        closed_at=at,
        reviews=(Review("ines-falk", False, "approved", datetime(2026, 11, 17, 10, tzinfo=UTC)),),
        requested=("mara-voss", "larkfield/quay"),
        labels=("pricing",),
        paths=("src/prices.py",),
        lines=34,
        closes=(f"{HOME}#12",),
    )


def test_repositories_and_people_come_once_and_by_their_fullest_name() -> None:
    records, _ = read(FIXTURES / "issues.json")
    assert records[0] == Container(
        "github", HOME, HOME, "repository", "booking-api", url=URL, audience=f"github:github:{HOME}"
    )
    people = [r for r in records if isinstance(r, Person)]
    assert [(p.key, p.name, p.is_bot) for p in people] == [
        ("tom-okoro", "Tom Okoro", False),
        ("ines-falk", "Ines Falk", False),
        ("dependabot[bot]", "dependabot[bot]", True),
    ]


def test_when_a_pull_request_was_marked_ready_and_a_hundred_files_are_unknown(tmp_path: Path) -> None:
    files = [{"path": f"src/{n}.py"} for n in range(100)]
    (pull,) = (
        r for r in read(changed(tmp_path, "pulls.json", {"files": files}))[0] if isinstance(r, PullRequest)
    )
    assert (pull.ready_at, pull.paths) == (None, None)


@pytest.mark.parametrize(
    ("name", "without", "command"),
    [
        ("issues.json", "assignees", ISSUES_COMMAND),
        ("pulls.json", "reviews", PULLS_COMMAND),
        ("pulls.json", "isDraft", PULLS_COMMAND),
        ("issues.json", "url", ISSUES_COMMAND),
    ],
)
def test_a_field_that_would_be_guessed_is_asked_for_with_the_exact_command(
    tmp_path: Path, name: str, without: str, command: str
) -> None:
    with pytest.raises(UnexpectedAnswerError) as caught:
        read(changed(tmp_path, name, without=without))
    assert f"{name}:1: the list of gh lacks {without}." in str(caught.value)
    assert command in str(caught.value)
    assert str(caught.value).endswith("[export-fields]")


def test_a_field_that_can_stay_unknown_is_noted_with_the_command(tmp_path: Path) -> None:
    export = GhJson("github", changed(tmp_path, "pulls.json", without="files"))
    (pull,) = (r for r in export.records(pytest.fail) if isinstance(r, PullRequest))
    assert pull.paths is None
    assert "without files" in export.notes()[0]
    assert PULLS_COMMAND in export.notes()[0]


@pytest.mark.parametrize("count", [30, 1000])
def test_a_list_that_looks_cut_off_is_said_to_be(tmp_path: Path, count: int) -> None:
    (entry, _) = json.loads((FIXTURES / "issues.json").read_text())
    path = tmp_path / "issues.json"
    path.write_text(json.dumps([{**entry, "id": f"I_{n}", "number": n} for n in range(count)]))
    export = GhJson("github", path)
    list(export.records(pytest.fail))
    assert f"holds exactly {count} entries" in export.notes()[0]
    assert export.notes()[0].endswith("[export-cut]")


def test_an_entry_that_cannot_be_read_is_told_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    records, (problem,) = read(changed(tmp_path, "issues.json", {"createdAt": "yesterday"}))
    assert [r.key for r in records if isinstance(r, WorkItem)] == [f"{HOME}#13"]
    assert f"issues.json:1: {HOME}#12: Invalid RFC3339" in problem.what


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"number": 1},\n {"number" 2}]', r":2:12: the JSON is broken|lacks url"),
        ('[{"name": "Ines Falk"}]', r"x\.json:1: this is no list of gh; the entry has name"),
        ("[1]", r"x\.json:1: an entry of the list is not"),
        ('[{"html_url": "", "node_id": ""}]', r"GitHub's REST interface"),
        (
            '\n[{"url": "https://example.com", "number": 1}]',
            r'x\.json:2: "https://example\.com" is the address',
        ),
        ("[", r":1:2: the JSON is broken \(it ends in the middle\)"),
        ('[{"a": tru}]', r":1:8: the JSON is broken \(Expecting value\)"),
    ],
)
def test_what_is_broken_or_no_list_of_gh_is_refused_with_its_place(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UnexpectedAnswerError, match=rf"(?s){says}.*\[export-"):
        read(path)


def test_what_powershell_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "issues.json"
    path.write_bytes((FIXTURES / "issues.json").read_text().encode("utf-16"))
    assert read(path)[0] == read(FIXTURES / "issues.json")[0]


@given(st.lists(st.dictionaries(texts, texts | st.integers()), max_size=20))
def test_an_array_reads_back_the_same_however_it_is_cut_into_pieces(entries: list[dict[str, Any]]) -> None:
    with tempfile.NamedTemporaryFile("w") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.file.json_array.PIECE", 7)
        file.write(json.dumps(entries, indent=1))
        file.flush()
        assert [value for _, value in elements(Path(file.name), Encoding("utf-8"))] == entries


@given(st.binary(max_size=200))
def test_no_bytes_do_more_harm_than_a_refusal(noise: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(b"[" + noise)
        file.flush()
        said = "[export-"
        try:
            read(Path(file.name))
        except ConnectorError as error:
            said = str(error)
    assert "[export-" in said


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_beyond_the_calendar_costs_its_entry_alone(tmp_path: Path, time: str) -> None:
    records, problems = read(changed(tmp_path, "issues.json", {"createdAt": time}))
    assert sum(isinstance(r, WorkItem) for r in records) == 1
    assert ["is beyond what a calendar holds" in p.what for p in problems] == [True]


def test_signs_that_no_database_takes_leave_a_text_that_it_does(tmp_path: Path) -> None:
    odd = changed(tmp_path, "issues.json", {"title": "Rooms \ud83d for \0two \U0001f3e8"})
    records, _ = read(odd)
    assert next(r.title for r in records if isinstance(r, WorkItem)) == "Rooms ? for two \U0001f3e8"


def test_a_second_list_behind_the_first_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "issues.json"
    path.write_text((FIXTURES / "issues.json").read_text() + "\n" + (FIXTURES / "issues.json").read_text())
    with pytest.raises(UnexpectedAnswerError, match=r"something follows the list .* \[export-json\]"):
        read(path)
