"""Each file in mistakes/ is a bad model; its lines `#> line: message` are all that the operator must read."""

from pathlib import Path

import pytest

from config.errors import MODEL_VALUE
from config.load import ModelMistakes, load_model
from config.mistakes import Mistake, dotted, listed, nearest

CASES = sorted((Path(__file__).parent / "mistakes").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines(case: Path) -> None:
    expected = [line[3:] for line in case.read_text().splitlines() if line.startswith("#> ")]
    with pytest.raises(ModelMistakes) as caught:
        load_model(case)
    told = [str(m).removeprefix(f"{case}:").replace(f"{case}:", "line ") for m in caught.value.mistakes]
    assert told == expected
    assert str(caught.value).count("\n") == len(expected) - 1


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_no_message_speaks_the_words_of_the_libraries(case: Path) -> None:
    with pytest.raises(ModelMistakes) as caught:
        load_model(case)
    for word in ("pydantic", "validation", "input", "Input", "ctx", "NoneType", "str ", "dict", "errors."):
        assert word not in str(caught.value)
    assert "ATATT" not in str(caught.value)


def test_a_mistake_reads_as_place_then_what_then_allowed_then_meant() -> None:
    mistake = Mistake(
        "company.yaml", 3, "teams.a", "teams.a is 4", "a map is expected", "b", entry=MODEL_VALUE
    )
    said = "company.yaml:3: teams.a is 4; a map is expected; did you mean b? [model-value]"
    assert str(mistake) == said


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("products", "shop", "work", 0, "jira")) == "products.shop.work[0].jira"


def test_the_nearest_word_ignores_case_and_may_be_none() -> None:
    assert nearest("Booking", ["booking", "billing"]) == "booking"
    assert nearest("xyz", ["booking"]) is None


def test_long_lists_are_cut() -> None:
    assert listed(["a", "b", "c"]) == "a, b or c"
    assert listed(["a"]) == "a"
    assert listed([]) == ""
    assert listed([str(n) for n in range(20)]).endswith("11 … (20 in all)")
