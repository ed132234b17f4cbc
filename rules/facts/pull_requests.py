"""Facts about pull requests."""

from typing import Any

from rules.around import Around
from rules.belonging import belonging, calendar_name, identity
from rules.facts.context import Context
from rules.facts.table import Fact, FactTable, Type
from rules.patterns import path_matches
from rules.records import PullRequest, Review

TABLE = FactTable(
    name="pull_requests",
    subject="a pull request",
    doc="One row a pull request that is open, or was merged in the last 90 days. Its calendar is the review "
    "calendar: the first requested person's, else the team's, else the product's.",
    active="state = 'open' or days_since(coalesce(merged_at, changed_at)) <= 90",
    facts=(
        Fact("container", Type.TEXT, "Repository.", source="github", absence="never absent"),
        Fact("state", Type.TEXT, "open, merged or closed.", source="github", absence="never absent"),
        Fact(
            "author", Type.TEXT, "Handle of the author in the model, else the login.", source="github; people"
        ),
        Fact(
            "author_is_bot",
            Type.BOOL,
            "Opened by a machine: a rule about people says `not author_is_bot`.",
            source="github",
            absence="never absent",
        ),
        Fact("draft", Type.BOOL, "Still a draft.", source="github", absence="never absent"),
        Fact(
            "base_is_default",
            Type.BOOL,
            "Goes to the default branch.",
            source="github",
            absence="never absent",
        ),
        Fact("created_at", Type.TIME, "When it was opened.", source="github", absence="never absent"),
        Fact(
            "changed_at", Type.TIME, "Its last change of any kind.", source="github", absence="never absent"
        ),
        Fact(
            "ready_at",
            Type.TIME,
            "Opened as ready, or last marked ready for review.",
            source="github",
            absence="still a draft, or no history is known",
        ),
        Fact("merged_at", Type.TIME, "When it was merged.", source="github", absence="not merged"),
        Fact("merged_by", Type.TEXT, "Who merged it.", source="github; people", absence="not merged"),
        Fact(
            "first_review_at",
            Type.TIME,
            "First review by a person other than the author.",
            source="github",
            absence="no review yet",
        ),
        Fact(
            "independent_approvals",
            Type.NUMBER,
            "People other than the author whose last verdict before the merge (or now) approves.",
            source="github",
            unit="people",
            absence="never absent",
        ),
        Fact(
            "wanted_approvals",
            Type.NUMBER,
            "Independent approvals the product asks for.",
            source="quality.reviews",
            unit="people",
            absence="never absent",
            declared="products.{product}.quality.reviews",
        ),
        Fact(
            "emergency",
            Type.BOOL,
            "Carries the label that lets the review come afterwards.",
            source="quality.emergency_label",
            absence="never absent",
            declared="products.{product}.quality.emergency_label",
        ),
        Fact(
            "exempt_by_path",
            Type.BOOL,
            "An allow-listed bot on allow-listed paths only.",
            source="model; github",
            absence="never absent",
            declared="products.{product}.quality.bot_paths",
        ),
        Fact("labels", Type.TEXTS, "Labels.", source="github", absence="never absent"),
        Fact(
            "requested",
            Type.TEXTS,
            "Who is still asked for a review.",
            source="github",
            absence="never absent",
        ),
        Fact("lines", Type.NUMBER, "Added and deleted lines.", source="github", unit="lines"),
        Fact(
            "items",
            Type.TEXTS,
            "Keys of known work items it belongs to.",
            source="mapping",
            absence="never absent",
        ),
        Fact(
            "mapped_by",
            Type.TEXT,
            "Path of the selector that decided the product.",
            source="mapping",
            absence="no selector",
        ),
        Fact(
            "waiting_days",
            Type.NUMBER,
            "Business days since it became ready.",
            unit="business days",
            virtual="business_days_since(ready_at)",
            absence="still a draft, or no history is known",
        ),
    ),
)


def derive(pull: PullRequest, around: Around, context: Context) -> dict[str, Any]:
    """The row of one pull request."""
    items = around.items_of(pull)
    placement = context.mapper.place_pull(pull, [context.place(item, around) for item in items])
    product = placement.product
    quality = context.quality(product)
    shown = context.accounts.shown
    return {
        **identity(pull),
        **belonging(context.model, product, _review_calendar(pull, context, product)),
        "governed": not context.mapper.ignored(pull),
        "state": pull.state,
        "author": shown(pull.source, pull.author),
        "author_is_bot": pull.author_is_bot,
        "draft": pull.draft,
        "base_is_default": pull.base_is_default,
        "ready_at": pull.ready_at,
        "merged_at": pull.merged_at,
        "merged_by": shown(pull.source, pull.merged_by),
        "first_review_at": min((r.at for r in _by_others(pull)), default=None),
        "independent_approvals": _approvals(pull),
        "wanted_approvals": quality.reviews,
        "emergency": quality.emergency_label in pull.labels,
        "exempt_by_path": _exempt(pull, quality.bots, quality.bot_paths),
        "requested": tuple(shown(pull.source, account) or account for account in pull.requested),
        "lines": pull.lines,
        "items": tuple(item.key for item in items),
        "mapped_by": placement.mapped_by,
    }


def _by_others(pull: PullRequest) -> list[Review]:
    """Reviews by people other than the author."""
    return [r for r in pull.reviews if not r.is_bot and r.by != pull.author]


def _approvals(pull: PullRequest) -> int:
    """People whose last verdict before the merge approves; a comment takes no verdict back."""
    verdicts: dict[str | None, str] = {}
    for review in sorted(_by_others(pull), key=lambda r: r.at):
        if review.state != "commented" and (pull.merged_at is None or review.at <= pull.merged_at):
            verdicts[review.by] = review.state
    return sum(state == "approved" for state in verdicts.values())


def _exempt(pull: PullRequest, bots: list[str], paths: list[str]) -> bool:
    """An allow-listed author who touched allow-listed files only; not where the files are not all known."""
    author = (pull.author or "").casefold()
    if author not in {bot.casefold() for bot in bots} or not pull.paths:
        return False
    return all(any(path_matches(path, pattern) for pattern in paths) for path in pull.paths)


def _review_calendar(pull: PullRequest, context: Context, product: str | None) -> str:
    """The first requested person's calendar, else their or the product's only team's, else the product's."""
    model = context.model
    handle = context.accounts.handle(pull.source, pull.requested[0]) if pull.requested else None
    person = model.people.get(handle or "")
    if person is not None and person.calendar is not None:
        return person.calendar
    known = model.product(product)
    teams = [
        context.only_teams.get(handle or ""),
        context.mapper.team(pull.requested[0]) if pull.requested else None,
        known.teams[0] if known is not None and len(known.teams) == 1 else None,
    ]
    calendars = (model.teams[team].calendar for team in teams if team in model.teams)
    return next((c for c in calendars if c is not None), None) or calendar_name(model, product)
