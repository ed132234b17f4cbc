"""The whole path: Larkfield's Monday and Tuesday, through real HTTP, against the troubles it was given."""

from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from bot.app import App, open_app
from bot.book import read_book
from bot.demo import MONDAY, TUESDAY, larkfield_tools, prepare
from bot.slack.commands.desk import FindingsQuery
from bot.store.tables import findings, history
from connectors.larkfield.troubles import EXEMPT, TROUBLES, Trouble

MODELS_OWN = {
    ("accountability-product-without-owner", "insights"),  # its product manager left, nobody followed
    ("model-health-unresolved-reference", "products.insights.work[1].github"),  # a repository nobody has
    ("model-health-unresolved-reference", "teams.money.channel"),  # archived
}
"""What the model itself has wrong, every day."""
LASTING = {("flow-wip-limit", "booking:story")}
"""Must fail for a day before it opens: pending on Monday, open on Tuesday."""


async def _what_happened(app: App) -> dict[tuple[str, str], list[str]]:
    """All events by rule and key, oldest first."""
    query = sa.select(findings.c.rule, findings.c.key, history.c.event, history.c.inherited)
    query = query.join_from(history, findings, history.c.finding == findings.c.id).order_by(history.c.id)
    events: dict[tuple[str, str], list[str]] = {}
    async with app.database.read() as connection:
        for rule, key, event, inherited in await connection.execute(query):
            events.setdefault((rule, key), []).append(f"inherited {event}" if inherited else event)
    return events


async def _day(app: App) -> dict[tuple[str, str], list[str]]:
    for source in app.connectors:
        assert (await app.sync(source)).outcome == "complete"
    await app.judge()
    return await _what_happened(app)


def _name(trouble: Trouble) -> tuple[str, str]:
    return trouble.rule, "booking:story" if trouble.key == "booking" else trouble.key


def _holding(moment: object) -> set[tuple[str, str]]:
    return {_name(t) for t in TROUBLES if t.holds(moment)}  # type: ignore[arg-type]


async def test_larkfields_troubles_are_found_on_their_day_and_nothing_else(tmp_path: Path) -> None:
    prepare(tmp_path)
    async with larkfield_tools(tmp_path) as company:
        async with open_app(company.settings, read_book(company.settings.model), company.wall) as app:
            monday = await _day(app)
            assert set(monday) == _holding(MONDAY) | MODELS_OWN
            for name, events in monday.items():
                assert events == ["inherited pending" if name in LASTING else "inherited opened"]
            first = await app.digests(keep=True)
            assert (await app.tell()).sent == sum(1 for m in first if not m.digest.silent)

            company.wall.now = TUESDAY
            tuesday = await _day(app)
            news = {name for name, events in tuesday.items() if events[0] == "opened"}
            assert news == _holding(TUESDAY) - _holding(MONDAY)
            resolved = {name for name, events in tuesday.items() if events[-1].endswith("resolved")}
            assert resolved == _holding(MONDAY) - _holding(TUESDAY)
            opened_late = {n for n, events in tuesday.items() if events[1:] == ["inherited opened"]}
            assert opened_late == LASTING
            assert not {key for _, key in tuesday} & set(EXEMPT)

            second = await app.digests(keep=True)
            await app.tell()
            await app.judge()
            assert (await app.tell()).sent == 0
            assert await app.held_up() == []
            assert await _what_happened(app) == tuesday
            await _explanations_agree_with_the_list(app)
        posted = Counter((m.channel, m.text) for m in company.slack.messages)
        assert set(posted.values()) == {1}
        digests = [m for m in (*first, *second) if not m.digest.silent]
        assert {(m.digest.channel, m.message.text) for m in digests} <= set(posted)


async def _explanations_agree_with_the_list(app: App) -> None:
    """Whatever is listed is explained with the same severity and the same sentence."""
    listed = await app.desk.findings(app.operator(), FindingsQuery())
    for line in listed.lines:
        explained = await app.desk.explain(app.operator(), line.finding)
        assert explained is not None
        (rule,) = (r for r in explained.rules if r.finding == line.finding)
        assert (rule.severity, rule.says) == (line.severity, line.says)


def test_it_ends_with_the_address_of_the_page_and_five_things_to_try(demo_said: tuple[Path, str]) -> None:
    folder, said = demo_said
    ending = said.partition("Done in")[2]
    assert (folder / "report.html").as_uri() in ending
    names = ("waiver", "threshold", "outage", "fix", "yours")
    assert all(f"try {name} --folder {folder}" in ending for name in names)
