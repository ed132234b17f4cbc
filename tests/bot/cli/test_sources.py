"""`opsbot sources` and `opsbot census` as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import called
from counted_site import Site, Source
from shop import MODEL, NOW, story

from bot.sources import Connected
from connectors.errors import FixCredentialsError, TryLaterError

Opsbot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def site() -> Site:
    """What the shop's Jira holds."""
    return Site()


@pytest.fixture
def opsbot(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, site: Site
) -> Opsbot:
    """The command line in the shop's folder; Jira can be counted, GitHub has no token."""
    (tmp_path / "operating-model").mkdir()
    (tmp_path / "operating-model" / "model.yaml").write_text(MODEL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSBOT_NOW", NOW.isoformat())
    refused = {"github": FixCredentialsError("Source github has no token.")}

    def connect(*_: object) -> Connected:
        source = Source(site=site, census=site)
        source.says = [source.whole()]
        return Connected({"jira": source}, dict(refused))

    monkeypatch.setattr("bot.app.connect_all", connect)

    def call(*words: str, now: str = "") -> tuple[int, str, str]:
        if now:
            monkeypatch.setenv("OPSBOT_NOW", f"2026-11-24T{now}:00+00:00")
        return called(monkeypatch, capsys, *words)

    return call


def test_a_census_tells_what_is_gone_and_what_was_read(opsbot: Opsbot, site: Site) -> None:
    site.put(story("SHOP-1"), story("SHOP-2"))
    opsbot("sync", "jira")
    del site.items["SHOP-1"]
    site.put(story("TILL-5"))
    code, out, _ = opsbot("census", "jira", now="11:00")
    assert code == 0
    assert out == "jira: 2 projects and repositories listed, 2 items; 1 deleted; 1 read\n"
    code, out, _ = opsbot("sources", now="11:30")
    assert code == 0
    assert "2 of 2" in out
    assert "1 deleted" in out


def test_a_census_that_a_guard_holds_back_says_how_to_believe_it(opsbot: Opsbot, site: Site) -> None:
    site.put(*(story(f"SHOP-{n}") for n in range(1, 9)))
    opsbot("sync", "jira")
    site.items.clear()
    code, out, _ = opsbot("census", "jira", now="11:00")
    assert code == 0
    assert "SHOP: 8 items vanished at once" in out
    assert "opsbot census jira --believe SHOP" in out
    _, out, _ = opsbot("census", "jira", "--believe", "SHOP", now="12:00")
    assert "8 deleted" in out


def test_a_census_before_the_first_sync_says_so(opsbot: Opsbot) -> None:
    code, out, err = opsbot("census", "jira")
    assert (code, out) == (3, "")
    assert err == "jira: not counted, because it was never read completely: opsbot sync\n"


def test_what_could_not_be_listed_and_what_cannot_be_asked_exit_3(opsbot: Opsbot, site: Site) -> None:
    site.put(story("SHOP-1"))
    opsbot("sync", "jira")
    site.fails["SHOP"] = TryLaterError("Jira is down.")
    code, out, err = opsbot("census", now="11:00")
    assert code == 3
    assert "SHOP could not be counted: Jira is down. [source-later]" in out
    assert "Source github has no token. [source-credentials]" in err
    told = json.loads(opsbot("census", "--json", now="12:00")[1])
    assert [(one["source"], one["error"]) for one in told] == [
        ("jira", "source-later"),
        ("github", "source-credentials"),
    ]


def test_a_source_that_is_not_in_the_model_is_named(opsbot: Opsbot) -> None:
    code, out, err = opsbot("census", "nowhere")
    assert (code, out) == (2, "")
    assert "There is no source nowhere to count; the model has: jira, github. [command-unknown]" in err


def test_sources_are_a_table_and_plain_data(opsbot: Opsbot, site: Site) -> None:
    site.put(story("SHOP-1"))
    opsbot("sync", "jira")
    code, out, err = opsbot("sources", now="11:00")
    assert (code, err) == (0, "")
    says, _, head, jira, github = out.splitlines()[:5]
    assert says == "1 of 2 sources needs you: github."
    assert head.split() == [
        "source",
        "last",
        "sync",
        "complete",
        "requests",
        "left",
        "quarantine",
        "coverage",
    ]
    assert jira.startswith("✓  jira    complete    60 min ago  -")
    assert github.startswith("✗  github  never read  never")
    assert "Do this     Source github has no token. [source-credentials]" in out
    told = json.loads(opsbot("sources", "--json")[1])
    assert [(one["source"], one["outcome"]) for one in told] == [("jira", "complete"), ("github", None)]
    assert told[0]["lag_seconds"] == 3600


def test_a_source_that_cannot_even_be_asked_is_not_told_as_listed(opsbot: Opsbot) -> None:
    code, out, err = opsbot("census", "github")
    assert (code, out) == (3, "")
    assert err.startswith("github: Source github has no token. [source-credentials]\n")


def test_an_item_that_is_gone_is_explained_by_where_it_went(opsbot: Opsbot, site: Site) -> None:
    site.put(story("SHOP-1"), story("SHOP-2"))
    opsbot("sync", "jira")
    del site.items["SHOP-1"]
    opsbot("census", "jira", now="11:00")
    opsbot("judge")
    code, out, err = opsbot("explain", "shop-1")
    assert (code, out) == (2, "")
    assert "shop-1 is no more: it was deleted in its source; known since Tue 24 Nov 11:00." in err
    assert opsbot("explain", "SHOP-2")[0] == 0
