"""Excerpts show the line that counts with its neighbours, from the model's folder alone."""

from pathlib import Path

import page_views as pages
import pytest

from bot.page.excerpts import excerpt, mentioned, places, read

TEXT = "a\nb\nc\nd\n"


@pytest.mark.parametrize(
    ("line", "around"),
    [(1, [(1, "a"), (2, "b")]), (2, [(1, "a"), (2, "b"), (3, "c")]), (4, [(3, "c"), (4, "d")])],
)
def test_the_line_stands_between_its_neighbours(line: int, around: list[tuple[int, str]]) -> None:
    found = excerpt(f"company.yaml:{line}", TEXT)
    assert found is not None
    assert (list(found.lines), found.line) == (around, line)


@pytest.mark.parametrize("place", ["company.yaml:0", "company.yaml:5", "company.yaml", "x"])
def test_a_line_that_is_not_there_has_no_excerpt(place: str) -> None:
    assert excerpt(place, TEXT) is None


def test_places_are_found_inside_of_sentences() -> None:
    assert mentioned("profile starter (company.yaml:47)") == ["company.yaml:47"]


def test_all_places_of_an_explanation_are_wanted() -> None:
    wanted = places([pages.entry(), pages.entry(explained=None)])
    assert wanted == {"rules/catalog/flow.yaml:12", "company.yaml:9", "products/booking-portal.yaml:2"}


def test_excerpts_come_from_the_model_and_the_built_in_rules(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "company.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "secret.yaml").write_text(TEXT, encoding="utf-8")
    wanted = ["company.yaml:2", "rules/catalog/flow.yaml:3", "../secret.yaml:1", "gone.yaml:1"]
    assert list(read(tmp_path / "model", wanted, str, 1)) == ["company.yaml:2", "rules/catalog/flow.yaml:3"]


def test_a_model_of_one_file_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert list(read(file, ["model.yaml:4"], str, 1)) == ["model.yaml:4"]


def test_a_reader_may_get_the_line_alone_and_names_are_hidden_before_it_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(f"a\n{'x' * 196} ana@example.com\nc\n", encoding="utf-8")
    one = read(file, ["model.yaml:2"], lambda line: line.replace("ana@example.com", "somebody"), 0)
    assert one["model.yaml:2"].lines == ((2, f"{'x' * 196} som"),)
