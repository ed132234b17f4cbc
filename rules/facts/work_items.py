"""Facts about work items: Jira issues and GitHub issues."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from config.calendar import WorkingTime
from rules.around import Around
from rules.belonging import belonging, identity
from rules.blocked import Blockage, blockage, reason
from rules.businesstime import business_days, day_number
from rules.facts.context import Context
from rules.facts.table import Fact, FactTable, Type
from rules.flow import Flow, flow
from rules.records import WorkItem

TABLE = FactTable(
    name="work_items",
    subject="a work item",
    doc="One row a Jira or GitHub issue that is open, or was finished in the last 90 days.",
    active="state is null or not (state in ('done', 'dropped')) "
    "or days_since(coalesce(finished_at, changed_at)) <= 90",
    facts=(
        Fact("container", Type.TEXT, "Project or repository it lives in.", source="jira, github"),
        Fact("kind", Type.TEXT, "The source's own type: Story, Bug, issue.", source="jira, github"),
        Fact(
            "level", Type.TEXT, "initiative, epic, story or subtask.", source="jira, github; workflow.levels"
        ),
        Fact(
            "flow_item",
            Type.TEXT,
            "feature, defect, risk, debt or experiment, as the workflow declares.",
            source="workflow.flow",
            absence="uncategorised",
            declared="workflows.{workflow}.flow",
        ),
        Fact("status", Type.TEXT, "The source's own status.", source="jira, github"),
        Fact(
            "state",
            Type.TEXT,
            "backlog, active, waiting, done or dropped, as the workflow maps the status.",
            source="workflow",
            declared="workflows.{workflow}.{state}",
        ),
        Fact(
            "state_declared",
            Type.BOOL,
            "The workflow names the status; false: the tool's category was used.",
            source="workflow",
            absence="never absent",
        ),
        Fact("state_since", Type.TIME, "When it entered its present state.", source="history"),
        Fact("created_at", Type.TIME, "When it was created.", source="jira, github", absence="never absent"),
        Fact(
            "changed_at",
            Type.TIME,
            "Its last change of any kind.",
            source="jira, github",
            absence="never absent",
        ),
        Fact(
            "started_at",
            Type.TIME,
            "First entry into active or waiting; never reset.",
            source="history",
            absence="not started, or no history is known",
        ),
        Fact(
            "started_day",
            Type.NUMBER,
            "The local day of started_at, in the row's calendar.",
            unit="day number",
            absence="as started_at",
        ),
        Fact(
            "start_estimated",
            Type.BOOL,
            "Born in progress: started_at is its creation.",
            absence="not started",
        ),
        Fact(
            "finished_at",
            Type.TIME,
            "Latest entry into done that still holds.",
            source="history",
            absence="not finished, or no history is known",
        ),
        Fact(
            "cycle_days",
            Type.NUMBER,
            "Cycle time: date(finish) - date(start) + 1, local days.",
            unit="days",
            absence="not finished, or never started",
        ),
        Fact(
            "assignee",
            Type.TEXT,
            "Handle of the person in the model, else the source's account.",
            source="jira, github; people",
            absence="nobody",
        ),
        Fact(
            "assignee_active",
            Type.BOOL,
            "The assignee's account and person are active; taken as true where nothing is known.",
            source="people",
            absence="never absent",
            declared="people.{assignee}.left",
        ),
        Fact(
            "assignee_away_days",
            Type.NUMBER,
            "Business days of the absence the assignee is in when the row is derived; 0: not away.",
            source="people.away",
            unit="business days",
            absence="never absent",
            declared="people.{assignee}.away",
        ),
        Fact(
            "team",
            Type.TEXT,
            "Team: team field, else the product's only team, else the assignee's only team.",
            source="jira; model",
        ),
        Fact(
            "team_declared",
            Type.BOOL,
            "The item itself names a team (a mob may own it).",
            absence="never absent",
        ),
        Fact("labels", Type.TEXTS, "Labels.", source="jira, github", absence="never absent"),
        Fact("parent", Type.TEXT, "Key of the parent.", absence="no parent"),
        Fact("priority", Type.TEXT, "Priority in the source's words.", absence="none given"),
        Fact("due_at", Type.TIME, "End of the local due date.", absence="no due date"),
        Fact("flagged", Type.BOOL, "Flag (impediment) is set.", absence="never absent"),
        Fact(
            "blocked",
            Type.BOOL,
            'Flagged, in a blocked status, or an open "is blocked by" link.',
            source="workflow.blocked_when",
            declared="workflows.{workflow}.blocked_when",
        ),
        Fact(
            "blocked_since",
            Type.TIME,
            "Start of the present unbroken block.",
            source="history",
            absence="not blocked, or no history is known",
        ),
        Fact(
            "block_reason",
            Type.TEXT,
            "What holds it back, in words: flagged since Wed 18 Nov.",
            source="history; links",
            absence="nothing holds it back",
        ),
        Fact("open_blockers", Type.NUMBER, "Linked blockers that are not done.", unit="items"),
        Fact(
            "blocking_product",
            Type.TEXT,
            "Product of the first open blocker, else the item's own product.",
            absence="unknown blocker",
        ),
        Fact(
            "stale_link",
            Type.BOOL,
            "All linked blockers are done, yet the item is flagged or waiting as it was before.",
            absence="never absent",
        ),
        Fact(
            "candidate_products",
            Type.NUMBER,
            "Products that claim it with equal, highest precedence.",
            unit="products",
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
            "nearest_miss",
            Type.TEXT,
            "The selector that nearly matched, as a sentence.",
            source="mapping",
            absence="none came near",
        ),
        Fact(
            "age_days",
            Type.NUMBER,
            "Work item age: today - started_day + 1, local calendar days.",
            unit="days",
            virtual="today - started_day + 1",
            absence="not started, or no history is known",
        ),
        Fact(
            "blocked_days",
            Type.NUMBER,
            "Elapsed days since blocked_since.",
            unit="days",
            virtual="days_since(blocked_since)",
            absence="as blocked_since",
        ),
        Fact(
            "sle_days",
            Type.NUMBER,
            "Service level expectation: declared, else P85 (nearest rank) of the last 90 days.",
            unit="days",
            joined="sle.days",
            absence="fewer than 20 finished items and none declared",
            declared="products.{product}.sle.{level}",
        ),
        Fact(
            "sle_share",
            Type.NUMBER,
            "Share of the items that the expectation stands for: declared, else 85%.",
            unit="0 to 1",
            joined="sle.share",
            absence="no expectation",
            declared="products.{product}.sle.{level}",
        ),
        Fact(
            "sle_p95",
            Type.NUMBER,
            "P95 of the same history.",
            unit="days",
            joined="sle.p95",
            absence="fewer than 20 finished items",
        ),
        Fact(
            "sle_sample",
            Type.NUMBER,
            "Finished items behind the expectation.",
            unit="items",
            joined="sle.n",
            absence="none",
        ),
        Fact(
            "sle_provisional",
            Type.BOOL,
            "Not declared, and fewer than 30 finished items or none from before the quarter stand behind it.",
            joined="sle.provisional",
            absence="no expectation",
        ),
        Fact(
            "sle_declared",
            Type.BOOL,
            "The expectation is declared in the model; false: it is the product's own history.",
            joined="sle.declared",
            absence="no expectation",
        ),
        Fact(
            "sle_since",
            Type.TIME,
            "First day of the quarter the expectation holds for.",
            joined="sle.effective_from",
            absence="no expectation",
        ),
        Fact(
            "container_unmapped_share",
            Type.NUMBER,
            "Share of the project's active items that have no product.",
            unit="0 to 1",
            joined="containers.unmapped_share",
            absence="project not counted yet",
        ),
    ),
)


def derive(item: WorkItem, around: Around, context: Context) -> dict[str, Any]:
    """The row of one item."""
    placement = context.place(item, around)
    product = placement.product
    meanings, calendar = context.meanings(product), context.calendar(product)
    flowed = flow(item, meanings, around.pulls.get(item.key, ()))
    block = blockage(
        item,
        flowed.state,
        flowed.state_since,
        meanings,
        around.items.get,
        lambda blocker: context.state_of(blocker, around),
        around.gone,
    )
    level = meanings.level(item)
    return {
        **identity(item),
        **belonging(context.model, product, calendar.id),
        "governed": level != "subtask" and not _set_aside(item, context),
        "kind": item.kind,
        "level": level,
        "flow_item": _flow_item(item, around, context, product),
        "status": item.status,
        **_flow_facts(flowed, calendar),
        **_people_facts(item, context, product, calendar),
        "parent": item.parent,
        "priority": item.priority,
        "due_at": _end_of_day(item, calendar),
        "flagged": item.flagged,
        "blocked": block.blocked,
        "blocked_since": block.since,
        "block_reason": reason(item, block, calendar.zone),
        "open_blockers": block.open_blockers,
        "blocking_product": _blocking_product(block, around, context, product),
        "stale_link": block.stale_link,
        "candidate_products": placement.candidates,
        "mapped_by": placement.mapped_by,
        "nearest_miss": placement.nearest_miss,
    }


def _flow_facts(flowed: Flow, calendar: WorkingTime) -> dict[str, Any]:
    started, finished = flowed.started_at, flowed.finished_at
    started_day = None if started is None else day_number(calendar, started)
    cycle = None
    if started is not None and started_day is not None and finished is not None and started <= finished:
        cycle = day_number(calendar, finished) - started_day + 1
    return {
        "state": flowed.state,
        "state_declared": flowed.declared,
        "state_since": flowed.state_since,
        "started_at": started,
        "started_day": started_day,
        "start_estimated": flowed.start_estimated,
        "finished_at": finished,
        "cycle_days": cycle,
    }


def _people_facts(
    item: WorkItem, context: Context, product: str | None, calendar: WorkingTime
) -> dict[str, Any]:
    accounts = context.accounts
    active = item.assignee is None or accounts.active(item.source, item.assignee, context.today(calendar))
    return {
        "assignee": accounts.shown(item.source, item.assignee),
        "assignee_active": active,
        "assignee_away_days": _away_days(accounts.handle(item.source, item.assignee), context, calendar),
        "team": context.team_of(item, product),
        "team_declared": item.team is not None,
    }


def _away_days(handle: str | None, context: Context, calendar: WorkingTime) -> float:
    person = context.model.people.get(handle or "")
    if person is None or not person.away:
        return 0.0
    own = context.calendars[person.calendar] if person.calendar else calendar
    today = context.today(own)
    for away in person.away:
        if away.since <= today <= away.until:
            begin = datetime.combine(away.since, time(0), tzinfo=own.zone)
            end = datetime.combine(away.until + timedelta(days=1), time(0), tzinfo=own.zone)
            return business_days(own, begin, end)
    return 0.0


def _flow_item(item: WorkItem, around: Around, context: Context, product: str | None) -> str | None:
    """The item's own, else that of the nearest ancestor that has one."""
    meanings = context.meanings(product)
    for one in (item, *(around.ancestors(item) if item.parent is not None else ())):
        found = meanings.flow_item(one.kind, one.labels)
        if found is not None:
            return found
    return None


def _blocking_product(
    block: Blockage, around: Around, context: Context, own_product: str | None
) -> str | None:
    if block.first is not None:
        return context.place(block.first, around).product
    return None if block.open_blockers is None else own_product


def _set_aside(item: WorkItem, context: Context) -> bool:
    """The model ignores it, or a machine made it and nobody took it up."""
    is_bot = context.accounts.is_bot
    by_machine = is_bot(item.source, item.reporter) and (
        item.assignee is None or is_bot(item.source, item.assignee)
    )
    return by_machine or context.mapper.ignored(item)


def _end_of_day(item: WorkItem, calendar: WorkingTime) -> datetime | None:
    if item.due_on is None:
        return None
    if item.due_on in {date.min, date.max}:  # "never", and beyond what a time zone can move
        return None
    return datetime.combine(item.due_on + timedelta(days=1), time(0), tzinfo=calendar.zone).astimezone(UTC)
