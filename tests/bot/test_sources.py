"""Each kind of source becomes a connector, or says which variable it lacks."""

from pathlib import Path
from typing import Any

import pytest
from rule_records import model
from shop import NOW

from bot.sources import connect_all, webhook_doors
from config.model import Source
from config.settings import Settings, SourceAccess
from config.words import JiraMatch, Selector
from connectors.jira.client import JiraCloud
from connectors.jira.datacenter.client import JiraDataCenter
from connectors.jira.datacenter.client import connect as datacenter
from connectors.jira.oauth import Keep, Renew
from connectors.signing import sign, verify

MODEL = model(
    sources=[
        {"id": "our-jira", "jira": "shop.atlassian.net", "every": "10m"},
        {"id": "by-hand", "jira": "old.atlassian.net"},
        {"id": "github", "github": "shop", "every": "10m"},
        {"id": "model", "github": "shop/model", "path": "operating-model"},
        {"id": "export", "file": "export.csv"},
        {"id": "slack", "slack": "shop"},
    ]
)


def nowhere(_source: str) -> Keep:
    """Keeps no refresh token: nothing is asked here."""

    async def keep(renew: Renew) -> None:
        await renew(None)

    return keep


def settings(**sources: SourceAccess) -> Settings:
    return Settings(model=Path("model"), sources=sources)


async def test_what_is_missing_is_named_by_its_variable() -> None:
    connected = connect_all(
        MODEL, settings(by_hand=SourceAccess(user="ana@example.com")), lambda: NOW, nowhere
    )
    assert connected.connectors == {}
    assert {name: str(error) for name, error in connected.refused.items()} == {
        "our-jira": "Source our-jira has no user. Set OPSBOT_SOURCES__OUR_JIRA__USER to the e-mail of the "
        "account the token belongs to. [source-credentials]",
        "by-hand": "Source by-hand has no token. Set OPSBOT_SOURCES__BY_HAND__TOKEN, or "
        "OPSBOT_SOURCES__BY_HAND__TOKEN_FILE to a file that holds it. [source-credentials]",
        "github": "Source github has no token. Set OPSBOT_SOURCES__GITHUB__TOKEN, or "
        "OPSBOT_SOURCES__GITHUB__TOKEN_FILE to a file that holds it. [source-credentials]",
        "export": "export.csv does not exist. Check the path of the source. [export-missing]",
    }


async def test_a_github_app_needs_its_key_and_no_token() -> None:
    refused = {}
    for name, access in {
        "both": SourceAccess(app_id="1", private_key="k", token="t"),
        "no key": SourceAccess(app_id="1"),
        "whole": SourceAccess(app_id="1", private_key="k", installation_id=7),
    }.items():
        connected = connect_all(MODEL, settings(github=access), lambda: NOW, nowhere)
        refused[name] = str(connected.refused.get("github", ""))
        if not refused[name]:
            await connected.connectors["github"].close()
    assert refused == {
        "both": "Source github has a token and a GitHub App. Take out OPSBOT_SOURCES__GITHUB__TOKEN or "
        "OPSBOT_SOURCES__GITHUB__APP_ID. [source-credentials]",
        "no key": "Source github has no private_key. Set OPSBOT_SOURCES__GITHUB__PRIVATE_KEY, or "
        "OPSBOT_SOURCES__GITHUB__PRIVATE_KEY_FILE to the .pem file of the app. [source-credentials]",
        "whole": "",
    }


@pytest.fixture
def _export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text("Issue key,Summary\n", encoding="utf-8")


@pytest.mark.usefixtures("_export")
async def test_with_access_every_source_of_work_can_be_read() -> None:
    access = SourceAccess(user="ana@example.com", token="t")
    connected = connect_all(
        MODEL, settings(our_jira=access, by_hand=access, github=access), lambda: NOW, nowhere
    )
    assert sorted(connected.connectors) == ["by-hand", "export", "github", "our-jira"]
    assert connected.refused == {}
    for connector in connected.connectors.values():
        await connector.close()


async def test_jira_is_asked_for_the_fields_that_the_model_wants_filled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanting = MODEL.model_copy(update={"commitments": [Selector(jira=JiraMatch(has="fixVersion"))]})
    asked: list[object] = []

    def connect(source: Source, **given: Any) -> JiraDataCenter:
        asked.append(given["fields"])
        return datacenter(source, token="t")

    monkeypatch.setattr("connectors.jira.client.connect", connect)
    access = SourceAccess(user="ana@example.com", token="t")
    connected = connect_all(wanting, settings(our_jira=access), lambda: NOW, nowhere)
    assert asked == [("fixVersion",)]
    await connected.connectors["our-jira"].close()


async def test_jira_with_a_token_and_without_a_user_is_data_center() -> None:
    own = model(
        sources=[
            {"id": "own", "jira": "jira.shop.example", "every": "10m"},
            {"id": "by-name", "jira": "jira.shop.example"},
            {"id": "gateway", "jira": "jira.shop.example"},
        ]
    )
    gateway = "https://api.atlassian.com/ex/jira/1"
    access = settings(
        own=SourceAccess(token="t"),
        by_name=SourceAccess(token="t", user="ana@example.com"),
        gateway=SourceAccess(token="t", url=gateway),
    )
    connected = connect_all(own, access, lambda: NOW, nowhere)
    assert {name: type(one) for name, one in connected.connectors.items()} == {
        "own": JiraDataCenter,
        "by-name": JiraCloud,
    }
    assert "has no user" in str(connected.refused["gateway"])
    for connector in connected.connectors.values():
        await connector.close()


@pytest.mark.parametrize(
    ("access", "says"),
    [
        (
            SourceAccess(client_id="a", client_secret="s", refresh_token="r", token="t"),
            "token and an OAuth app",
        ),
        (SourceAccess(client_id="a", client_secret="s"), "OPSBOT_SOURCES__OUR_JIRA__REFRESH_TOKEN"),
        (SourceAccess(client_id="a", refresh_token="r"), "OPSBOT_SOURCES__OUR_JIRA__CLIENT_SECRET"),
    ],
)
async def test_an_oauth_app_needs_its_secret_and_a_refresh_token_and_no_other_sign_in(
    access: SourceAccess, says: str
) -> None:
    connected = connect_all(MODEL, settings(our_jira=access), lambda: NOW, nowhere)
    assert says in str(connected.refused["our-jira"])


async def test_an_oauth_app_reads_jira_cloud() -> None:
    access = SourceAccess(client_id="a", client_secret="s", refresh_token="r")
    connected = connect_all(MODEL, settings(our_jira=access), lambda: NOW, nowhere)
    assert isinstance(connected.connectors["our-jira"], JiraCloud)
    await connected.connectors["our-jira"].close()


def test_a_webhook_door_takes_both_secrets_of_a_rotation_and_without_one_lets_nothing_in() -> None:
    doors = webhook_doors(
        MODEL, settings(github=SourceAccess(webhook_secret="new", webhook_secret_previous="old"))
    )
    assert all(verify(b"{}", sign(b"{}", s), doors["github"].secrets) for s in (b"new", b"old"))
    assert doors["our-jira"].secrets == []
    assert not verify(b"{}", sign(b"{}", b""), doors["our-jira"].secrets)
    assert "export" not in doors


async def test_sources_of_one_account_share_its_limits_and_others_do_not() -> None:
    several = model(
        sources=[
            {"id": "web", "github": "shop/web"},
            {"id": "app", "github": "shop/app"},
            {"id": "other", "github": "shop/other"},
            {"id": "jira-a", "jira": "shop.atlassian.net", "projects": ["WEB"]},
            {"id": "jira-b", "jira": "shop.atlassian.net", "projects": ["APP"]},
            {"id": "jira-c", "jira": "mall.atlassian.net"},
        ]
    )
    one, two = SourceAccess(token="one"), SourceAccess(token="two")
    ana = SourceAccess(user="ana@example.com", token="t")
    access = {"web": one, "app": one, "other": two, "jira_a": ana, "jira_b": ana, "jira_c": ana}
    connected = connect_all(several, settings(**access), lambda: NOW, nowhere)
    assert connected.refused == {}
    budgets = {name: connector.meter.budgets for name, connector in connected.connectors.items()}
    assert budgets["web"] is budgets["app"]
    assert budgets["jira-a"] is budgets["jira-b"]
    assert len({id(one) for one in budgets.values()}) == 4
    for connector in connected.connectors.values():
        await connector.close()
