"""People of an export: accounts are facts, and two accounts of one name are joined as a proposal."""

from rule_records import item, pull

from rules.proposal.ids import ids
from rules.proposal.people import MOST_PEOPLE, People, people
from rules.proposal.tally import Tally
from rules.records import Person, Record


def found(*records: Record) -> People:
    tally = Tally()
    tally.add(records)
    return people(tally, {})


def test_two_accounts_with_the_same_name_are_one_person_marked_as_a_proposal() -> None:
    of = found(
        item(assignee="712:a"),
        pull(author="ana-r"),
        Person("x", "712:a", "712:a", "Ana Ribeiro"),
        Person("x", "ana-r", "ana-r", "Ana Ribeiro"),
    )
    (ana,) = of.listed
    assert (ana.jira, ana.github, ana.joined, ana.met) == ("712:a", "ana-r", True, 2)


def test_a_name_that_two_people_have_joins_nobody() -> None:
    twins = [Person("x", key, key, "Ana") for key in ("712:a", "712:b", "ana-r")]
    of = found(item("A-1", assignee="712:a"), item("A-2", assignee="712:b"), pull(author="ana-r"), *twins)
    assert [k.joined for k in of.listed] == [False, False, False]


def test_an_address_is_written_only_where_the_export_tells_it_and_it_is_one() -> None:
    of = found(
        item("A-1", assignee="a"),
        item("A-2", assignee="b"),
        Person("x", "a", "a", "Ana", email="ana@example.com"),
        Person("x", "b", "b", "Bo", email="no address"),
    )
    assert {k.handle: k.email for k in of.listed} == {"ana": "ana@example.com", "bo": None}


def test_a_directory_tells_the_address_and_so_joins_accounts_of_one_person() -> None:
    accounts = {"directory": "7", "jira": "712:a", "github": "ana-r"}
    entry = Person("people", "directory:7", "directory:7", "Ana Ribeiro", "ana@example.com", accounts)
    (ana,) = found(item(assignee="712:a"), pull(author="ana-r"), entry).listed
    assert (ana.handle, ana.jira, ana.github, ana.joined) == ("ana", "712:a", "ana-r", False)


def test_people_that_a_model_has_keep_their_handle_with_all_their_accounts() -> None:
    tally = Tally()
    tally.add([item(assignee="712:a"), pull(author="ana-r"), item("A-2", assignee="712:b")])
    of = people(tally, {("jira", "712:a"): "ana", ("github", "ana-r"): "ana"})
    assert {k.handle: (k.jira, k.github) for k in of.listed} == {
        "ana": ("712:a", "ana-r"), "712-b": ("712:b", None),
    }  # fmt: skip


def test_programs_are_no_people() -> None:
    of = found(pull(author="renovate[bot]"), Person("x", "r", "renovate[bot]", "Renovate", is_bot=True))
    assert (of.listed, of.bots) == ((), ("renovate[bot]",))


def test_more_people_than_anybody_types_in_are_counted() -> None:
    of = found(*(item(f"A-{n}", assignee=f"p{n}") for n in range(MOST_PEOPLE + 2)))
    assert (len(of.listed), of.others) == (MOST_PEOPLE, 2)


def test_ids_are_plain_and_each_only_once() -> None:
    assert ids(["Eva Krüger", "eva kruger", "作業", "--", "Ana  R."], "person") == [
        "eva-kruger", "eva-kruger-2", "person-1", "person-2", "ana-r",
    ]  # fmt: skip
