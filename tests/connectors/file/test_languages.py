"""Exports in German, Japanese and others are read as the English ones are; an unknown language is refused."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.errors import UnexpectedAnswerError
from connectors.file.columns import REQUIRED, find_columns
from connectors.file.csv_export import CsvExport
from connectors.file.dates import recognise
from connectors.file.words import MONTHS, NAMES
from rules.records import Link, Person, WorkItem

FIXTURES = Path(__file__).parent / "fixtures"


def read(name: str) -> tuple[dict[str, WorkItem], list[str]]:
    records = list(CsvExport("jira", FIXTURES / name).records(pytest.fail))
    people = [r.name for r in records if isinstance(r, Person)]
    return {r.key: r for r in records if isinstance(r, WorkItem)}, people


def test_a_german_export_is_read_whole() -> None:
    items, people = read("german.csv")
    assert people == ["Ines Falk", "Tom Okoro"]
    assert items["BOOK-412"] == WorkItem(
        source="jira",
        id="20412",
        key="BOOK-412",
        container="BOOK",
        kind="Story",
        title="Zimmerpreise vergleichen",
        url="",
        status="In Prüfung",
        created_at=datetime(2026, 3, 2, 9, 5, tzinfo=UTC),
        changed_at=datetime(2026, 10, 17, 16, 20, tzinfo=UTC),
        audience="jira:jira:BOOK",
        status_category="indeterminate",
        level=0,
        priority="Hoch",
        labels=("preise", "gäste"),
        components=("Tarife",),
        assignee="712020:ines",
        reporter="712020:tom",
        parent="20400" if "20400" in items else None,
        links=(Link("is blocked by", "BOOK-400"),),
        flagged=True,
        due_on=date(2026, 12, 18),
        fields={"fixVersion": "2026.11", "sprint": "Sprint 40"},
    )
    done = items["BOOK-413"]
    assert (done.level, done.status_category, done.assignee, done.flagged) == (-1, "done", None, False)
    assert (done.parent, done.audience) == ("BOOK-412", "jira:jira:BOOK:Nur Personal")


def test_a_japanese_export_is_read() -> None:
    items, people = read("japanese.csv")
    assert people == ["Ines Falk", "Tom Okoro"]
    story, done = items["BOOK-412"], items["BOOK-413"]
    assert story.title == "部屋の料金を比べる\n二行目"
    assert story.created_at == datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
    assert story.due_on == date(2026, 12, 18)
    assert (story.status_category, story.resolution, story.labels) == (
        "indeterminate",
        None,
        ("料金", "お客様"),
    )
    assert (done.status_category, done.resolution, done.level, done.assignee) == ("done", "完了", -1, None)


@pytest.mark.parametrize("language", NAMES)
def test_each_language_has_the_columns_without_which_nothing_is_read(language: str) -> None:
    columns = find_columns([NAMES[language][word][0] for word in REQUIRED])
    assert columns.missing == []
    assert language in {columns.language, "English"}


@pytest.mark.parametrize("language", NAMES)
def test_no_name_of_a_language_means_two_columns(language: str) -> None:
    names = [name for names in NAMES[language].values() for name in names]
    assert sorted(names) == sorted(set(names))
    assert all(name == name.casefold() for name in names)


def test_the_security_level_is_known_in_every_language() -> None:
    assert [language for language in NAMES if "security" not in NAMES[language]] == []


@pytest.mark.parametrize(
    "text",
    [
        "17/Okt/26 9:41 AM",
        "17.10.2026 09:41",
        "17. Oktober 2026 09:41",
        "2026/10/17 9:41",
        "17/10月/26 9:41 午前",
        "17/oct./26 9:41",
        "17/out/26 09:41",
        "17 octubre 2026 9:41",
    ],
)
def test_dates_of_other_languages_give_the_same_moment(text: str) -> None:
    assert recognise([(2, text)]).read(text, UTC) == datetime(2026, 10, 17, 9, 41, tzinfo=UTC)


def test_the_afternoon_of_a_japanese_date_is_one() -> None:
    form = recognise([(2, "17/10月/26 9:41 午後")])
    assert form.read("17/10月/26 9:41 午後", UTC) == datetime(2026, 10, 17, 21, 41, tzinfo=UTC)


def test_each_month_has_its_names_in_all_languages() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert (MONTHS["mär"], MONTHS["mai"], MONTHS["dez"], MONTHS["11月"]) == (3, 5, 12, 11)


def test_an_unknown_language_is_refused_with_the_columns_found_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Samenvatting,Sleutel,Type,Status\nPrijzen,BOOK-1,Story,Open\n")
    with pytest.raises(UnexpectedAnswerError) as caught:
        CsvExport("jira", path).survey()
    assert "found: Samenvatting, Sleutel, Type, Status" in str(caught.value)
    assert "language of your profile to English" in str(caught.value)
    assert str(caught.value).endswith("[export-columns]")


def test_a_german_export_without_a_column_is_told_in_german(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Zusammenfassung,Vorgangsschlüssel,Vorgangstyp,Status,Erstellt\nx,BOOK-1,Story,Offen,\n")
    with pytest.raises(UnexpectedAnswerError, match="has no column Aktualisiert; found: Zusammenfassung"):
        CsvExport("jira", path).survey()
