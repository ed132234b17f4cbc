"""Proposed files say what the export says: every name comes back, and every question finds its line."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from rule_records import issue, item, pull

from config.load import Loaded, load_model
from config.yaml import read_yaml
from rules.proposal.company import of_export
from rules.proposal.files import QUESTIONS, Files, files
from rules.proposal.proposal import propose
from rules.proposal.smallest import smallest
from rules.proposal.tally import Tally
from rules.proposal.text import scalar, share, shown
from rules.records import Container, Person, Record

AWKWARD = (
    "yes",
    "null",
    ": #",
    "- a",
    "'",
    '"',
    "\n",
    "#x",
    "{a}",
    "*b",
    "é",
    "進行中",
    "\\",
    "a: b",
    "~",
    "12",
    "",
)
names = st.one_of(
    st.sampled_from(AWKWARD[:-1]), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
)


def proposed(*records: Record) -> Files:
    tally = Tally()
    tally.add(records)
    return files(propose(tally), of_export("export.csv"))


def loaded(of: Files) -> Loaded:
    with TemporaryDirectory() as folder:
        for name, text in of.texts.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_bytes(text.encode())
        return load_model(Path(folder))


@given(st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    for form in (f"a: {scalar(text)}   # why\n", f"- {{a: {scalar(text)}, b: c}}\n", f"- {scalar(text)}\n"):
        document = read_yaml(form.encode(), "file")
        assert not document.mistakes
        content = document.content if isinstance(document.content, dict) else document.content[0]
        assert (content["a"] if isinstance(content, dict) else content) == text


@settings(max_examples=40, deadline=None)
@given(
    status=names,
    kind=names,
    component=names,
    account=names,
    name=names,
    category=st.sampled_from(["done", None]),
)
def test_any_names_of_an_export_give_files_that_load_and_say_the_same(
    status: str, kind: str, component: str, account: str, name: str, category: str | None
) -> None:
    records = [
        item(
            "SHOP-1",
            status=status,
            kind=kind,
            components=(component,),
            assignee=account,
            status_category=category,
        ),
        Person("jira", account, account, name, email=name),
        Container("jira", "SHOP", "SHOP", "project", name),
    ]
    model = loaded(proposed(*records)).model
    (product,) = model.products.values()
    assert product.name == name
    assert [person.jira for person in model.people.values()] == [account]
    if category == "done":
        workflow = model.workflows["standard"]
        assert status in workflow.done + workflow.dropped.statuses


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_comment_keeps_to_its_line(text: str) -> None:
    assert read_yaml(f"a: b   # {shown(text)}\n".encode(), "file").content == {"a": "b"}
    assert len(shown(text)) <= 60


def test_questions_name_the_line_that_is_to_be_edited_and_the_weightiest_comes_first() -> None:
    of = proposed(
        item("SHOP-1", status="Parked", status_category=None), *(item(f"SHIP-{n}") for n in range(4))
    )
    parked = next(q for q in of.questions if "Parked" in q.text)
    assert "- Parked" in of.texts[parked.file].splitlines()[parked.line - 1]
    weights = [q.decides for q in of.questions]
    assert weights == sorted(weights, reverse=True)
    assert [q.number for q in of.questions] == list(range(1, len(weights) + 1))
    for question in of.questions:
        above = of.texts[question.file].splitlines()[question.line - 2]
        assert above.strip() == f"# Question {question.number}: {question.text}"
        assert f"{question.number}. `{question.file}:{question.line}`" in of.texts[QUESTIONS]


def test_an_owner_is_a_candidate_in_a_comment_and_never_a_fact() -> None:
    of = proposed(
        item("SHOP-1", assignee="ana"), item("SHOP-2", assignee="ana"), item("SHOP-3", assignee="bo")
    )
    assert (
        "# owner: ana   # candidate only: of the unfinished items that are assigned, ana has 67 % (2 of 3)"
        in (of.texts["products/shop.yaml"])
    )
    assert loaded(of).model.products["shop"].owner is None


def test_the_order_of_the_records_does_not_matter() -> None:
    records = [
        item("SHOP-1", assignee="bo"),
        issue(3),
        pull(4, author="ana-r"),
        item("SHIP-9", assignee="eva"),
    ]
    assert proposed(*records) == proposed(*reversed(records))


def test_the_head_of_the_file_says_how_much_is_covered() -> None:
    of = proposed(item("SHOP-1"), item("SHOP-2", status="Parked", status_category=None))
    assert "items whose status is mapped     50 % (1 of 2)" in of.texts["company.yaml"]


def test_a_share_is_never_rounded_to_all() -> None:
    assert share(999, 1000) == "99 % (999 of 1,000)"


def test_a_project_that_no_selector_can_name_is_asked_about_and_not_dropped() -> None:
    of = proposed(item("x-1", container="no key"), item("SHOP-1"))
    assert any("no key 1" in q.text for q in of.questions)
    assert list(loaded(of).model.products) == ["shop"]


def test_the_smallest_model_loads_as_it_is_and_with_every_answer_put_in() -> None:
    of = smallest()
    assert not loaded(of).model.products
    answered = "\n".join(
        line.removeprefix("# ") if line[2:3].isalpha() and ":" in line and "Question" not in line else line
        for line in of.texts["company.yaml"].splitlines()[2:]
    )
    answered = answered.replace("#   ", "  ").replace("#     ", "    ")
    model = loaded(Files({"company.yaml": answered}, ())).model
    assert model.products["shop"].owner == "ana"
    assert model.sources[0].jira == "example.atlassian.net"
