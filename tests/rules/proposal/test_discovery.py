"""Discovery tells what the model does not name, what it would bring, and which selectors match nothing."""

from typing import Any

from rule_records import issue, item, model, pull

from rules.people import Accounts
from rules.proposal.discovered import Discovery
from rules.proposal.discovery import Gathering
from rules.records import Component, Container, Ownership, Person, Record, Team

SOURCES = [{"id": "jira", "jira": "larkfield.atlassian.net"}, {"id": "github", "github": "larkfield"}]
COMPANY = model(
    sources=SOURCES,
    people={"ana": {"github": "ana-r"}},
    teams={"booking": {"github": "larkfield/booking"}},
    products={
        "booking": {"teams": ["booking"], "work": [{"jira": {"project": "BOOK"}}, {"label": "booking"}]},
        "till": {"work": [{"jira": {"project": "SHOP", "component": "Till"}}]},
        "lost": {"work": [{"github": "larkfield/insigths"}, {"github": "larkfield/mono", "path": "lost/**"}]},
    },
    ignore=[{"jira": {"project": "OLD"}}],
)


def project(key: str, **parts: Any) -> Container:
    return Container("jira", key, key, "project", key.title(), **parts)


def repository(name: str, **parts: Any) -> Container:
    key = f"larkfield/{name}"
    return Container("github", key, key, "repository", name, **parts)


def found(*records: Record, active: dict[str, str | None] | None = None, **how: Any) -> Discovery:
    """`active` by key of the item; containers come first, as out of the store."""
    subjects = {f"{'github' if '/' in key else 'jira'}:{key}": p for key, p in (active or {}).items()}
    gathering = Gathering(how.get("company", COMPANY), subjects)
    for record in sorted(records, key=lambda r: r.KIND):
        gathering.add(record)
    persons = [r for r in records if isinstance(r, Person)]
    return gathering.discovery(Accounts(COMPANY, persons), sure=how.get("sure", True))


def test_a_project_nobody_names_is_proposed_with_the_share_it_would_bring() -> None:
    told = found(
        project("BOOK"), project("PAY"), project("OLD"),
        item("BOOK-1"), item("PAY-1"), item("PAY-2"), item("OLD-1"),
        active={"BOOK-1": "booking", "PAY-1": None, "PAY-2": None},
    )  # fmt: skip
    assert (told.active, told.mapped, told.would_be) == (3, 1, 3)
    assert [(p.id, told.brings[p.id]) for p in told.products.products] == [("pay", 2)]
    (one,) = told.unnamed
    assert (one.kind, one.key, one.active, one.line, one.proposed) == (
        "project", "PAY", 2, "- jira: {project: PAY}", "pay",
    )  # fmt: skip


def test_what_labels_place_already_is_not_counted_as_new() -> None:
    told = found(project("PAY"), item("PAY-1", labels=("booking",)), active={"PAY-1": "booking"})
    assert (told.mapped, told.would_be, told.brings) == (1, 1, {"pay": 0})


def test_a_repository_whose_changes_name_a_product_of_the_model_is_a_line_for_it() -> None:
    pulls = [pull(n, repository="larkfield/web", title=f"BOOK-{n} sell") for n in range(5)]
    told = found(
        project("BOOK"), repository("web"), issue(9, repository="larkfield/web"), *pulls,
        active={"larkfield/web#9": None},
    )  # fmt: skip
    (one,) = told.additions
    assert (one.product, one.line, one.confidence, one.active) == (
        "booking", "- github: larkfield/web", "high", 1,
    )  # fmt: skip
    assert one.why == "5 of its 5 pull requests name BOOK"
    assert (told.products.products, told.unnamed, told.would_be) == ((), (), 1)


def test_a_repository_of_a_team_that_has_one_product_is_a_line_for_it() -> None:
    owned = (Ownership("*", ("larkfield/booking",)),)
    told = found(repository("api", ownership=owned), pull(1, repository="larkfield/api"))
    (one,) = told.additions
    assert (one.product, one.confidence) == ("booking", "medium")
    assert one.why.startswith("CODEOWNERS gives it to larkfield/booking, which is booking")


def test_of_a_project_that_is_named_in_part_the_rest_is_told_by_component() -> None:
    told = found(
        project("SHOP", components=(Component("Till"), Component("Stock"))),
        item("SHOP-1", components=("Till",)),
        item("SHOP-2", components=("Stock",)),
        item("SHOP-3"),
        active={"SHOP-1": "till", "SHOP-2": None, "SHOP-3": None},
    )
    assert [(u.kind, u.key, u.active, u.line) for u in told.unnamed] == [
        ("component", "SHOP: Stock", 1, "- jira: {project: SHOP, component: Stock}"),
        ("project", "SHOP", 1, "- jira: {project: SHOP}"),
    ]
    assert told.products.products == ()


def test_a_team_nobody_stands_for_is_a_line_with_the_members_the_model_knows() -> None:
    told = found(
        Team("github", "1", "larkfield/booking", "Booking", members=("ana-r",)),
        Team("github", "2", "larkfield/payments", "Payments", members=("ana-r", "kai")),
        Team("github", "3", "larkfield/nobody", "Nobody"),
        item("BOOK-1", team="Money men"),
        active={"BOOK-1": "booking"},
    )
    assert [(u.key, u.active, u.line) for u in told.unnamed if u.kind == "team"] == [
        ("Money men", 1, "money-men: {members: []}"),
        ("larkfield/payments", 0, "payments: {github: larkfield/payments, members: [ana]}"),
    ]


def test_a_team_of_the_same_word_is_proposed_for_the_team_that_is_there() -> None:
    company = model(sources=SOURCES, teams={"pay": {}})
    told = found(Team("github", "1", "larkfield/pay", "Pay", members=("kai",)), company=company)
    assert [(u.line, u.proposed) for u in told.unnamed] == [("github: larkfield/pay", "pay")]


def test_selectors_that_match_nothing_are_told_with_what_may_be_meant() -> None:
    told = found(
        project("BOOK"), project("SHOP"), repository("insights"), repository("mono"),
        item("BOOK-1"), item("SHOP-1", components=("Till",)),
        pull(1, repository="larkfield/mono", paths=("kept/a.py",)),
    )  # fmt: skip
    assert {i.where: i.why for i in told.idle} == {
        "products.booking.work[1]": "nothing fits",
        "products.lost.work[0]": "no tool shows larkfield/insigths; did you mean larkfield/insights?",
        "products.lost.work[1]": "it is there, and nothing fits",
    }
    hit = found(pull(1, repository="larkfield/mono", paths=("lost/a.py",)))
    assert "products.lost.work[1]" not in {i.where for i in hit.idle}
    assert found(item("BOOK-1"), sure=False).idle == ()


def test_a_project_for_trials_is_told_to_be_ignored() -> None:
    told = found(project("SANDBOX"), item("SANDBOX-1"), active={"SANDBOX-1": None})
    assert (told.trials, told.products.products, told.unnamed) == ({"SANDBOX": 1}, (), ())


def test_archived_places_and_channels_are_nothing_new() -> None:
    channel = Container("slack", "C1", "prod-pay", "channel", "prod-pay")
    assert found(project("PAY", archived=True), channel).unnamed == ()


def test_a_repository_is_part_of_a_pattern_that_touches_nothing_the_model_names() -> None:
    company = model(sources=SOURCES, products={"web": {"work": [{"github": "larkfield/pay-web"}]}})
    records = [
        *(repository(f"pay-{name}") for name in ("web", "api", "core")),
        *(pull(n, repository=f"larkfield/pay-{name}") for n, name in enumerate(("web", "api", "core"))),
    ]
    (pay,) = found(*records, company=company).products.products
    assert [p.container for p in pay.parts] == ["larkfield/pay-api", "larkfield/pay-core"]
    (pay,) = found(*records[1:3], *records[4:], company=model(sources=SOURCES)).products.products
    assert [p.container for p in pay.parts] == ["larkfield/pay-*"]
