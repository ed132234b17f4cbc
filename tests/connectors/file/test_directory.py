"""A directory's export becomes people with their accounts; a bad line is told with its number."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.connector import Problem
from connectors.errors import UnexpectedAnswerError
from connectors.file import FileSource, connect
from rules.identities import is_entry
from rules.records import Person

OKTA = """login,firstName,lastName,email,status,created,priority
ana@larkfield.example,Ana,Rossi,ana@larkfield.example,ACTIVE,2026-01-07,
ivo@larkfield.example,Ivo,Sand,ivo@larkfield.example,DEPROVISIONED,2026-01-07,
"""
ENTRA = """userPrincipalName,displayName,surname,mail,givenName,objectId,userType,accountEnabled
ana@larkfield.example,Ana Rossi,Rossi,,Ana,7c1,Member,True
ivo@larkfield.example,Ivo Sand,Sand,ivo@larkfield.example,Ivo,7c2,Member,False
"""
GOOGLE = """First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY]
Ana,Rossi,ana@larkfield.example,Active
Ivo,Sand,ivo@larkfield.example,Suspended
"""
SLACK = """username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname
ana,ana@larkfield.example,Member,1,1,0,U0ANA,Ana Rossi,ana
ivo,ivo@larkfield.example,Deactivated,0,0,0,U0IVO,Ivo Sand,ivo
"""
ATLASSIAN = """Name,Email,Atlassian ID,Status
Ana Rossi,ana@larkfield.example,712020:ana,active
Ivo Sand,ivo@larkfield.example,712020:ivo,deactivated
"""
OWN = """E-Mail;Name;GitHub;Jira;jira:jira-emea;left
ana@larkfield.example;Ana Rossi;ana-r;712020:ana;ana;
ivo@larkfield.example;Ivo Sand;;;;2026-10-30
"""


def scim(**of_ivo: Any) -> str:
    """Two users as RFC 7644 lists them."""
    users = [
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": "2819c223",
            "externalId": "701984",
            "userName": "ana",
            "name": {"givenName": "Ana", "familyName": "Rossi"},
            "emails": [
                {"value": "ana@home.example", "type": "home"},
                {"value": "ana@larkfield.example", "primary": True},
            ],
            "active": True,
            "urn:scim:schemas:extension:atlassian-external:1.0": {"atlassianAccountId": "712020:ana"},
        },
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": "3919c223",
            "userName": "ivo@larkfield.example",
            "displayName": "Ivo Sand",
            "active": False,
            **of_ivo,
        },
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g", "displayName": "All"},
    ]
    lists = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    return json.dumps({"schemas": lists, "totalResults": 3, "Resources": users})


def source(folder: Path, content: str, name: str = "export.csv") -> FileSource:
    (folder / name).write_text(content, encoding="utf-8")
    return connect("people", folder / name)


async def read(folder: Path, content: str, name: str = "export.csv") -> tuple[list[Person], list[Problem]]:
    pages = [page async for page in source(folder, content, name).pages(None)]
    people = [record for page in pages for record in page.records if isinstance(record, Person)]
    assert all(is_entry(person) and person.key == person.id for person in people)
    return people, [problem for page in pages for problem in page.problems]


@pytest.mark.parametrize("export", [OKTA, ENTRA, GOOGLE, scim()])
async def test_each_directory_tells_who_is_here_by_name_and_address(tmp_path: Path, export: str) -> None:
    people, problems = await read(tmp_path, export, "download.txt")
    assert [(p.name, p.email, p.active) for p in people] == [
        ("Ana Rossi", "ana@larkfield.example", True),
        ("Ivo Sand", "ivo@larkfield.example", False),
    ]
    assert not problems


@pytest.mark.parametrize("export", [SLACK, ATLASSIAN])
async def test_an_account_that_is_closed_in_one_tool_says_nothing_of_the_person(
    tmp_path: Path, export: str
) -> None:
    people, _ = await read(tmp_path, export)
    assert [(p.name, p.email, p.active) for p in people] == [
        ("Ana Rossi", "ana@larkfield.example", True),
        ("Ivo Sand", "ivo@larkfield.example", True),
    ]


@pytest.mark.parametrize(
    ("export", "accounts"),
    [
        (OKTA, {}),
        (SLACK, {"slack": "U0ANA"}),
        (ATLASSIAN, {"jira": "712020:ana"}),
        (scim(), {"jira": "712020:ana"}),
        (OWN, {"jira": "712020:ana", "github": "ana-r", "jira:jira-emea": "ana"}),
    ],
)
async def test_accounts_are_told_where_the_directory_has_them(
    tmp_path: Path, export: str, accounts: dict[str, str]
) -> None:
    ana, _ = (await read(tmp_path, export))[0]
    assert {tool: name for tool, name in ana.accounts.items() if tool != "directory"} == accounts


async def test_a_leaving_day_is_read_in_the_one_way_the_file_writes_days(tmp_path: Path) -> None:
    ana, ivo = (await read(tmp_path, OWN))[0]
    assert (ana.left, ivo.left) == (None, date(2026, 10, 30))
    with pytest.raises(UnexpectedAnswerError, match="two ways"):
        await read(tmp_path, OWN + "eva@larkfield.example;Eva;;;;30/Oct/26\n")


async def test_each_bad_line_is_told_with_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [
        "email,name,github",
        "ana@larkfield.example,Ana,ana-r",
        "no address,Bo,bo",
        ",Chi,",
        "dev@larkfield.example,Dev",
        "ANA@larkfield.example,Ana again,ana",
        ",Eva,eva-k",
        '"hana@larkfield.example,Hana,h\nfinn@larkfield.example,Finn "F",f',
        "gia@larkfield.example,Gia,giam",
    ]
    people, problems = await read(tmp_path, "\n".join([*lines, ""]))
    assert [p.name for p in people] == ["Ana", "Eva", 'Finn "F"', "Gia"]
    told = [problem.what.partition(": ")[2] for problem in problems]
    assert [p.what.partition(": ")[0] for p in problems] == [f"export.csv:{n}" for n in (3, 4, 5, 6, 8)]
    assert told[0].startswith('"no address" is no e-mail address. [export-line]')


async def test_an_account_alone_is_somebody_by_the_directorys_own_id(tmp_path: Path) -> None:
    (eva,) = (await read(tmp_path, "id,email,name,github\n7,,Eva,eva-k\n"))[0]
    assert (eva.id, eva.email, eva.accounts["github"]) == ("directory:7", None, "eva-k")


@pytest.mark.parametrize("codec", ["utf-8-sig", "cp1252", "utf-16"])
async def test_any_encoding_of_an_export_is_read(tmp_path: Path, codec: str) -> None:
    text = "email,name,status\njens@larkfield.example,Jens Müller-Lüdenscheidt,Aktiv größer\n"
    (tmp_path / "people.csv").write_bytes(text.encode(codec))
    pages = [page async for page in connect("people", tmp_path / "people.csv").pages(None)]
    assert [r.name for p in pages for r in p.records if isinstance(r, Person)] == ["Jens Müller-Lüdenscheidt"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"userName": 7}, "userName is a text"),
        ({"active": "no"}, "active is true or false"),
        ({"id": None, "userName": None}, "it has no id"),
    ],
)
async def test_a_user_that_is_not_as_the_standard_says_is_told(
    tmp_path: Path, wrong: dict[str, Any], says: str
) -> None:
    people, problems = await read(tmp_path, scim(**wrong), "users.json")
    assert [p.name for p in people] == ["Ana Rossi"]
    assert [problem.what for problem in problems] == [f"users.json: Resources[1]: {says}. [export-line]"]


async def test_one_page_of_several_says_so(tmp_path: Path) -> None:
    first = json.loads(scim()) | {"totalResults": 40}
    first["Resources"].pop()
    told = source(tmp_path, json.dumps(first), "users.json")
    assert [page.last async for page in told.pages(None)] == [True]
    assert told.notes() == (
        (
            "users.json holds 2 of 40 users of the directory. Put every page as a file into one folder. "
            "[export-cut]"
        ),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("users.json", '{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": '),
        ("users.json", '{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}'),
        ("people.csv", "email,name\n"),
        ("people.csv", "email,name\nnobody,Nobody\n"),
    ],
)
async def test_what_names_nobody_is_refused(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"\[export-"):
        await read(tmp_path, content, name)


async def test_a_jira_export_stays_one_though_it_has_columns_of_people(tmp_path: Path) -> None:
    header = "Issue key,Issue id,Issue Type,Status,Summary,Created,Updated,Email,Name\n"
    row = "SHOP-1,1,Story,Open,A lamp,02/Nov/26 9:00 AM,20/Nov/26 9:00 AM,ana@larkfield.example,Ana\n"
    (check,) = await source(tmp_path, header + row).check()
    assert "Jira CSV export" in check.detail


async def test_the_check_says_what_the_file_is(tmp_path: Path) -> None:
    (check,) = await source(tmp_path, OKTA).check()
    assert (check.state, check.detail) == ("ok", "export.csv: directory export, 2 people, UTF-8; 2 records")
