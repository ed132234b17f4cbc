"""Projects are products, with repositories that work for them; components only where people keep apart."""

from rule_records import issue, item, pull

from rules.proposal.meaning import meanings
from rules.proposal.products import MOST_PRODUCTS, suggest
from rules.proposal.suggested import Suggested, Suggestions
from rules.proposal.tally import Tally
from rules.records import Component, Container, Record, Team, WorkItem


def suggested(*records: Record) -> Suggestions:
    tally = Tally()
    tally.add(records)
    return suggest(tally, meanings(tally))


def named(of: Suggestions) -> dict[str, Suggested]:
    return {product.id: product for product in of.products}


def parts(people: dict[str, str], each: int = 20) -> list[WorkItem]:
    """Items of SHOP in these components, done by these people in turn."""
    return [
        item(
            f"SHOP-{component}-{n}",
            container="SHOP",
            components=(component,),
            assignee=who.split()[n % len(who.split())],
        )
        for component, who in people.items()
        for n in range(each)
    ]


def test_a_repository_whose_changes_name_a_project_works_for_it() -> None:
    pulls = [pull(n, repository="larkfield/web", title=f"SHOP-{n} sell") for n in range(5)]
    of = named(suggested(item("SHOP-1"), *pulls))
    assert [part.container for part in of["shop"].parts] == ["SHOP", "larkfield/web"]
    assert of["shop"].parts[1].why == "5 of its 5 pull requests name SHOP"


def test_a_repository_that_says_too_little_stands_alone_and_says_why() -> None:
    of = named(
        suggested(item("SHOP-1"), *(pull(n, repository="larkfield/web", title="SHOP-1 x") for n in range(4)))
    )
    assert of["web"].parts[0].why == "on its own: 4 of its 4 pull requests name SHOP, too few to tell"


def test_a_project_whose_name_says_trial_is_no_product() -> None:
    records = [item(f"{project}-1", container=project) for project in ("SANDBOX", "TST", "AUTO")]
    names = (
        Container("jira", "TST", "TST", "project", "Spielwiese (Test)"),
        Container("jira", "AUTO", "AUTO", "project", "Test automation"),
    )
    of = suggested(*records, *names)
    assert list(named(of)) == ["test-automation"]
    assert [(t.project, t.name, t.items) for t in of.trials] == [
        ("SANDBOX", "SANDBOX", 1),
        ("TST", "Spielwiese (Test)", 1),
    ]


def test_components_with_people_of_their_own_split_a_project() -> None:
    of = named(suggested(*parts({"Till": "ana bo", "Stock": "eva omar"})))
    assert {id_: p.parts[0].component for id_, p in of.items()} == {"till": "Till", "stock": "Stock"}
    assert sum(p.items for p in of.values()) == 40


def test_components_that_the_same_people_work_on_do_not() -> None:
    of = named(suggested(*parts({"Till": "ana bo", "Stock": "ana bo"})))
    assert list(of) == ["shop"]
    assert of["shop"].components == (("Stock", 20), ("Till", 20))


def test_components_that_cover_too_little_do_not() -> None:
    without = [item(f"SHOP-x-{n}", container="SHOP") for n in range(10)]
    assert list(named(suggested(*parts({"Till": "ana", "Stock": "eva"}), *without))) == ["shop"]


def test_the_candidate_is_who_holds_most_unfinished_items() -> None:
    done = [item(f"SHOP-{n}", assignee="bo", status="Done", status_category="done") for n in range(5)]
    of = named(suggested(*done, item("SHOP-8", assignee="ana"), item("SHOP-9")))
    (candidate,) = of["shop"].candidates
    assert (candidate.account, candidate.items, candidate.of) == ("ana", 1, 1)


def test_more_products_than_anybody_answers_questions_about_are_counted() -> None:
    of = suggested(*(issue(n, repository=f"larkfield/r{n}") for n in range(MOST_PRODUCTS + 3)))
    assert len(of.products) == MOST_PRODUCTS
    assert len(of.left_out) == 3


def led(**leads: str) -> Container:
    """The project SHOP, and who leads its components."""
    components = tuple(Component(name, lead) for name, lead in leads.items())
    return Container("jira", "SHOP", "SHOP", "project", "Shop", lead="ines", components=components)


def test_components_with_leads_of_their_own_split_a_project_though_people_work_in_both() -> None:
    items = parts({"Till": "ana bo", "Stock": "ana bo"})
    of = named(suggested(led(Till="ana", Stock="eva"), *items))
    assert {id_: (p.confidence, p.candidates[0].account) for id_, p in of.items()} == {
        "till": ("high", "ana"), "stock": ("high", "eva"),
    }  # fmt: skip
    assert list(named(suggested(led(Till="ana", Stock="ana"), *items))) == ["shop"]


def test_who_leads_a_project_is_the_first_candidate() -> None:
    (shop,) = suggested(led(), item("SHOP-1", assignee="bo"), item("SHOP-2", assignee="ines")).products
    assert [(c.account, c.leads, c.items) for c in shop.candidates] == [("ines", "SHOP", 1), ("bo", "", 1)]


def test_an_archived_container_is_no_product() -> None:
    old = Container("jira", "OLD", "OLD", "project", "Old", archived=True)
    assert list(named(suggested(old, item("OLD-1"), item("SHOP-1")))) == ["shop"]


def test_repositories_of_a_team_are_one_product_by_one_pattern() -> None:
    team = Team(
        "github", "t", "larkfield/pay", "Payments", repositories=("larkfield/pay-web", "larkfield/pay-api")
    )
    pulls = [pull(n, repository=f"larkfield/pay-{name}") for n, name in enumerate(("web", "api", "web"))]
    of = named(suggested(team, *pulls))
    assert [(p.container, p.pulls) for p in of["payments"].parts] == [("larkfield/pay-*", 3)]
    assert (of["payments"].team, of["payments"].confidence) == ("larkfield/pay", "medium")


def test_products_whose_teams_stand_under_one_may_be_a_value_stream() -> None:
    teams = [
        Team("github", key, f"larkfield/{key}", key.title(), repositories=(f"larkfield/{key}",), parent=above)
        for key, above in (("pay", "larkfield/money"), ("dun", "larkfield/money"), ("map", None))
    ]
    money = Team("github", "money", "larkfield/money", "Money")
    of = suggested(*teams, money, *(pull(n, repository=f"larkfield/{t.id}") for n, t in enumerate(teams)))
    (stream,) = of.streams
    assert (stream.id, sorted(stream.products)) == ("money", ["dun", "pay"])
    assert {p.id: p.stream for p in of.products} == {"dun": "money", "pay": "money", "map": None}


def test_a_team_above_all_products_is_the_company_and_no_value_stream() -> None:
    teams = [
        Team(
            "github", key, f"larkfield/{key}", key, repositories=(f"larkfield/{key}",), parent="larkfield/all"
        )
        for key in ("pay", "map")
    ]
    of = suggested(*teams, *(pull(n, repository=f"larkfield/{t.id}") for n, t in enumerate(teams)))
    assert (len(of.products), of.streams) == (2, ())


def test_a_project_whose_repositories_have_one_team_is_that_teams() -> None:
    team = Team("github", "1", "larkfield/web", "Web", repositories=("larkfield/web",))
    pulls = [pull(n, repository="larkfield/web", title=f"SHOP-{n} sell") for n in range(5)]
    (shop,) = suggested(team, item("SHOP-1"), *pulls).products
    assert (shop.id, shop.team) == ("shop", "larkfield/web")


def test_ids_that_a_model_has_are_not_given_again() -> None:
    tally = Tally()
    tally.add([item("SHOP-1"), item("TILL-1")])
    of = suggest(tally, meanings(tally), placed={"TILL"}, taken={"shop"})
    assert list(named(of)) == ["shop-2"]
