"""Work at hand: what each account holds that is active, counted where the data is."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import FACTS
from bot.store.tables import edges
from rules.records import PullRequest, WorkItem
from rules.roster import Held

_ITEMS, _PULLS = FACTS["work_items"], FACTS["pull_requests"]
_ACTIVE = sa.and_(_ITEMS.c.governed, _ITEMS.c.state.in_(("active", "waiting")))


async def active_items(connection: AsyncConnection) -> dict[str, str | None]:
    """The subjects of all active items, each with its product."""
    query = sa.select(_ITEMS.c.subject, _ITEMS.c.product).where(_ACTIVE)
    return {row.subject: row.product for row in await connection.execute(query)}


async def held_by_account(connection: AsyncConnection) -> dict[tuple[str, str], Held]:
    """Active items by assignee and open pull requests by author: by source and account.

    An item that is ignored or a sub-task does not count, as for rules.
    """
    open_ = sa.and_(_PULLS.c.governed, _PULLS.c.state == "open", _PULLS.c.author_is_bot.is_not(True))
    found: dict[tuple[str, str], Held] = {}
    for table, kind, which in ((_ITEMS, WorkItem.KIND, _ACTIVE), (_PULLS, PullRequest.KIND, open_)):
        same = table.c.subject == edges.c.source + ":" + edges.c.id
        query = (
            sa.select(edges.c.source, edges.c.target, sa.func.count())
            .join_from(edges, table, same)
            .where(edges.c.kind == kind, edges.c.relation == "person", which)
            .group_by(edges.c.source, edges.c.target)
        )
        for source, account, many in await connection.execute(query):
            held = Held(items=many) if table is _ITEMS else Held(pulls=many)
            found[source, account] = found.get((source, account), Held()) + held
    return found
