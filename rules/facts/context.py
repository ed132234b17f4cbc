"""What all rows are derived with: the model made ready to ask, the accounts, and the moment of deriving."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from config.calendar import WorkingTime
from config.model import STANDARD_WORKFLOW, OperatingModel, Quality
from rules.around import Around
from rules.belonging import calendar_name
from rules.flow import state_now
from rules.mapping import Mapper, Placement
from rules.people import Accounts
from rules.records import Person, WorkItem
from rules.workflow import Meanings, State

_STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Context:
    """Built once for a run; `now` only decides who has left and who is away."""

    model: OperatingModel
    mapper: Mapper
    accounts: Accounts
    calendars: Mapping[str, WorkingTime]
    workflows: Mapping[str, Meanings]
    only_teams: Mapping[str, str]  # handle → the one team they are in
    now: datetime

    @classmethod
    def of(
        cls,
        model: OperatingModel,
        persons: Iterable[Person],
        calendars: Mapping[str, WorkingTime],
        now: datetime,
    ) -> "Context":
        """The context of a model, with all known accounts."""
        workflows = {_STANDARD: STANDARD_WORKFLOW, **model.workflows}
        teams: dict[str, list[str]] = {}
        for team, of in model.teams.items():
            for handle in of.members:
                teams.setdefault(handle, []).append(team)
        return cls(
            model=model,
            mapper=Mapper(model),
            accounts=Accounts(model, persons),
            calendars=calendars,
            workflows={name: Meanings(workflow) for name, workflow in workflows.items()},
            only_teams={handle: of[0] for handle, of in teams.items() if len(of) == 1},
            now=now,
        )

    def place(self, item: WorkItem, around: Around) -> Placement:
        """Which product an item belongs to."""
        return self.mapper.place(item, around.ancestors(item) if item.parent is not None else ())

    def meanings(self, product: str | None) -> Meanings:
        """The workflow of a product; the standard one for what belongs to none."""
        known = self.model.product(product)
        return self.workflows[known.workflow if known else _STANDARD]

    def calendar(self, product: str | None) -> WorkingTime:
        """The calendar of a product, or the company's."""
        return self.calendars[calendar_name(self.model, product)]

    def quality(self, product: str | None) -> Quality:
        """What a reviewed change is to a product."""
        known = self.model.product(product)
        return known.quality if known else Quality()

    def state_of(self, item: WorkItem, around: Around) -> State | None:
        """The present state of a neighbour."""
        product = self.place(item, around).product
        return state_now(item, self.meanings(product), around.pulls.get(item.key, ()))[0]

    def today(self, calendar: WorkingTime) -> date:
        """The local date of deriving."""
        return self.now.astimezone(calendar.zone).date()

    def team_of(self, item: WorkItem, product: str | None) -> str | None:
        """The team its field names, else the product's only team, else the assignee's only team."""
        if item.team is not None:
            return self.mapper.team(item.team)
        known = self.model.product(product)
        if known is not None and len(known.teams) == 1:
            return known.teams[0]
        handle = self.accounts.handle(item.source, item.assignee)
        return self.only_teams.get(handle) if handle is not None else None
