"""What Larkfield's people read when they ask why: subjects, rules, products and paths of the model."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import App, open_app
from bot.book import read_book
from bot.cli.frame import Options, settings_of
from bot.demo import TUESDAY
from bot.explain.path import PathExplained
from bot.explain.product import ProductTold
from bot.explain.rule import RuleTold
from bot.explain.subject import explain_row
from bot.explain.text.told import as_object, as_text
from bot.explain.word import Misheard, explain_word
from bot.store.judging import joined_rows, scan
from bot.words import plain
from rules.digit import Digit
from rules.findings import Severity
from rules.views import Explanation, RuleExplained

SOME = 25


@pytest.fixture(scope="module")
def copied(larkfield_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Larkfield on Tuesday, to ask about."""
    return Path(shutil.copytree(larkfield_folder, tmp_path_factory.mktemp("explain") / "larkfield"))


@pytest.fixture
async def app(copied: Path) -> AsyncIterator[App]:
    settings = settings_of(Options(folder=copied))
    async with open_app(settings, read_book(settings.model), lambda: TUESDAY) as opened:
        yield opened


async def subject(app: App, word: str) -> Explanation:
    told = await explain_word(app, word)
    assert isinstance(told, Explanation)
    return told


def rule(about: Explanation, name: str) -> RuleExplained:
    return next(r for r in about.rules if r.rule == name)


async def test_an_explanation_gives_the_verdict_of_the_judgement(app: App) -> None:
    compared = 0
    async with app.database.read() as connection:
        for table in sorted({r.about for r in app.book.rules}):
            compiled = app.book.scan(table)
            await scan(connection, app.book, compiled, TUESDAY, None)
            verdicts = compiled.verdicts_table
            every = await connection.execute(sa.select(verdicts).order_by(verdicts.c.subject))
            found = {subject_: compiled.unpack(*digits) for subject_, _, _, *digits in every}
            quiet = [name for name, digits in found.items() if max(digits.values()) < Digit.UNKNOWN]
            loud = [name for name, digits in found.items() if max(digits.values()) >= Digit.UNKNOWN]
            judged = {name: found[name] for name in (*loud[:SOME], *quiet[:SOME])}
            rows = await joined_rows(connection, app.book, table, list(judged), TUESDAY)
            for name, digits_ in judged.items():
                told = await explain_row(connection, app.book, table, rows[name], TUESDAY)
                assert {r.rule: r.verdict for r in told.rules} == {
                    r: digit.word for r, digit in digits_.items() if app.book.mode(r, told.product) != "off"
                }, name
                compared += len(told.rules)
    assert compared > 200


async def test_a_subject_is_explained_to_the_last_line(app: App) -> None:
    about = await subject(app, "pay-664")
    blocked = rule(about, "flow-blocked-too-long")
    assert (blocked.verdict, blocked.severity) == ("fail", Severity.CRITICAL)
    assert blocked.rule_place == "rules/catalog/flow.yaml:21"
    assert (blocked.mode, blocked.mode_place) == ("digest", "profile starter (company.yaml:47)")
    assert blocked.grades[-1] == "critical because billing is of tier 1 (products/billing.yaml:6)"
    assert (blocked.holder.person, blocked.holder.place) == ("finn", "value-streams/pay.yaml:5")
    assert [(h.change, h.severity, h.why) for h in blocked.history] == [
        ("opened", Severity.HIGH, "the rule fails"),  # on Monday
        ("worsened", Severity.CRITICAL, "now critical"),  # on Tuesday
    ]
    assert {h.model for h in blocked.history} == {app.book.fingerprint[:10]}
    assert about.placed.place == "products/billing.yaml:11"
    assert about.source is not None
    assert about.observed_at is not None
    assert [(c.field, c.after) for c in about.changes] == [
        ("assignee", "Gia Marchetti"),
        ("status", "In Progress"),
        ("flagged", "yes"),
    ]
    assert about.record["key"] == "PAY-664"
    assert "changes" not in about.record


async def test_a_mode_names_the_line_that_set_it(app: App) -> None:
    limit = rule(await subject(app, "booking:story"), "flow-wip-limit")
    assert (limit.mode, limit.mode_place) == ("digest", "company.yaml:63")


async def test_a_pull_request_shows_its_moments_and_reviews(app: App) -> None:
    about = await subject(app, "larkfield/booking-web#238")
    assert [c.after for c in about.changes] == ["opened", "ready for review", "merged"]
    assert about.placed.by == "products.booking-portal.work[1]: repository larkfield/booking-*"


async def test_an_item_of_no_product_says_what_was_tried(app: App) -> None:
    about = await subject(app, "OPS-241")
    assert about.placed.by == "no selector matches"
    assert rule(about, "flow-aging-wip").to_know == "let the item belong to a product."


async def test_the_terminal_tells_what_fails_first_and_what_passes_in_a_line(app: App) -> None:
    about = await subject(app, "OPS-241")
    text = as_text(about, app.desk.now(), everything=False)
    assert text.index("FAIL  traceability-unmapped-item · high") < text.index("UNKNOWN  flow-aging-wip")
    assert "PASS" not in text
    assert max(map(len, text.splitlines())) < 140
    for words in (
        "1 rule fails, 1 unknown, 2 pass",
        "Also looked at\n  ✓ accountability-active-unassigned",
        "Violated if all of these hold",
        "rules/catalog/traceability.yaml:3; mode digest by profile starter (company.yaml:47)",
        "Clock       working time of calendar hq (Europe/Berlin, Mon-Fri 09:00-17:30, company.yaml:11)",
        "19 selectors name nothing of it",
        "Fri 20 Nov 13:30  status    To Do → In Progress  by Hana Weiss",
    ):
        assert words in text
    assert "PASS  flow-blocked-too-long" in as_text(about, app.desk.now(), everything=True)


async def test_a_rule_tells_its_counts_and_what_products_set(app: App) -> None:
    told = await explain_word(app, "flow-review-waiting")
    assert isinstance(told, RuleTold)
    assert [(s.product, s.name, s.value, s.place) for s in told.settings] == [
        ("booking-portal", "days", 0.75, "products/booking-portal.yaml:28")
    ]
    assert (told.mode, told.mode_place) == ("digest", "company.yaml:64")
    assert {c.product: c.failed for c in told.counts}["booking-portal"] == 1
    text = as_text(told, app.desk.now(), everything=False)
    assert "booking-portal  days = 0.75  products/booking-portal.yaml:28  declared for the product" in text
    assert "Verdicts at Tue 24 Nov 09:00" in text


async def test_a_product_tells_who_what_and_how_long(app: App) -> None:
    told = await explain_word(app, "insights")
    assert isinstance(told, ProductTold)
    manager = told.roles[0]
    assert (manager.role, manager.person) == ("product manager", "hana")
    assert "ivo has left" in manager.steps[1]
    lines = {b.selector: (b.subjects, b.place) for b in told.selectors}
    assert lines["Jira project PAY, label insights"][0] > 0
    assert lines["repository larkfield/insigths-*"] == (0, "products/insights.yaml:9")
    assert ("epic", 60.0, "declared", "company.yaml:60") in {
        (e.level, e.days, e.source, e.place) for e in told.expectations
    }
    assert told.itself is not None
    assert rule(told.itself, "accountability-product-without-owner").verdict == "fail"
    text = as_text(told, app.desk.now(), everything=False)
    assert "FAIL  accountability-product-without-owner" in text
    assert "0  repository larkfield/insigths-*" in text


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (
            "products.booking-portal.sle.story",
            [("products.booking-portal.sle.story", "auto", "company.yaml:60", ())],
        ),
        (
            "teams.booking.wip",
            [
                ("teams.booking.wip.story", 4, "company.yaml:37", ()),
                ("teams.booking.wip.epic", 2, "company.yaml:37", ()),
            ],
        ),
        (
            "defaults.rules",
            [
                ("rules.flow-wip-limit.mode", "digest", "company.yaml:63", ()),
                ("rules.flow-review-waiting.mode", "digest", "company.yaml:64", ()),
            ],
        ),
        (
            "value_streams.pay.defaults.owner",
            [("value_streams.pay.defaults.owner", "finn", "value-streams/pay.yaml:5", ("billing",))],
        ),
        (
            "products.billing.visibility",
            [
                ("products.billing.visibility.read", ["everyone"], None, ()),
            ],
        ),
        ("sources[0].every", [("sources[0].every", "10m", "company.yaml:43", ())]),
    ],
)
async def test_a_path_tells_values_lines_and_heirs(app: App, path: str, values: list[object]) -> None:
    told = await explain_word(app, path)
    assert isinstance(told, PathExplained)
    assert [(v.key, v.value, v.place, v.holds_for) for v in told.values] == values
    assert told.meaning
    assert path in as_text(told, app.desk.now(), everything=False)


async def test_an_unknown_word_is_answered_with_the_nearest_of_each_kind(app: App) -> None:
    for word, meant in (
        ("PAY-6640", ("PAY-664", "key")),
        ("flow-agin-wip", ("flow-aging-wip", "rule")),
        ("blling", ("billing", "product")),
        ("teams.booking.wpi", ("teams.booking.wip", "path of the model")),
    ):
        told = await explain_word(app, word)
        assert isinstance(told, Misheard)
        assert meant in told.nearest
    nothing = await explain_word(app, "%")
    assert isinstance(nothing, Misheard)


@pytest.mark.parametrize("word", ["PAY-664", "flow-aging-wip", "billing", "teams.booking"])
async def test_everything_is_read_by_programs_too(app: App, word: str) -> None:
    told = await explain_word(app, word)
    assert not isinstance(told, Misheard)
    written = json.loads(json.dumps(plain(as_object(told))))
    assert written["kind"] in {"subject", "rule", "product", "path"}


async def test_a_finding_goes_before_a_key_and_a_key_before_all_else(app: App) -> None:
    about = await subject(app, "PAY-664")
    finding = rule(about, "flow-blocked-too-long").finding
    assert finding is not None
    assert (await subject(app, finding.upper())).key == "PAY-664"
    assert (await subject(app, "jira")).key == "jira"  # a source; sources.jira is no path
