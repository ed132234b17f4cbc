"""All fact tables: what rules can speak about."""

from rules.facts import containers, products, pull_requests, references, sources, team_wip, work_items
from rules.facts.table import FactTable

TABLES: dict[str, FactTable] = {
    t.name: t
    for t in (
        work_items.TABLE,
        pull_requests.TABLE,
        products.TABLE,
        team_wip.TABLE,
        sources.TABLE,
        references.TABLE,
        containers.TABLE,
    )
}
