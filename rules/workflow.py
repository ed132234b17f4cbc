"""Workflows made ready to ask: what a status, an issue type, a label and a link mean to the organisation."""

from collections.abc import Iterable
from typing import Literal

from config.model import FlowItem, Workflow
from config.product import Level
from rules.records import WorkItem

State = Literal["backlog", "active", "waiting", "done", "dropped"]
STARTED: frozenset[State | None] = frozenset(("active", "waiting"))
FINISHED: frozenset[State | None] = frozenset(("done", "dropped"))

_CATEGORIES: dict[str, State] = {"new": "backlog", "indeterminate": "active", "done": "done"}
_NOT_DONE = frozenset(("not_planned", "duplicate"))
"""Why a repository's issue was closed without being done."""
_LEVELS: tuple[Level, ...] = ("subtask", "story", "epic", "initiative")


class Meanings:
    """One workflow of the model; comparison ignores case."""

    def __init__(self, workflow: Workflow) -> None:
        listed: tuple[tuple[State, list[str]], ...] = (
            ("backlog", workflow.backlog),
            ("active", workflow.active),
            ("waiting", workflow.waiting),
            ("done", workflow.done),
            ("dropped", workflow.dropped.statuses),
        )
        self._states = {status.casefold(): state for state, statuses in listed for status in statuses}
        self._dropping = _folded(workflow.dropped.resolutions)
        self._types: dict[str, FlowItem] = {}
        self._labels: dict[str, FlowItem] = {}
        for flow_item, matches in workflow.flow.items():
            for match in matches:
                if match.type is not None:
                    self._types.setdefault(match.type.casefold(), flow_item)
                if match.label is not None:
                    self._labels.setdefault(match.label.casefold(), flow_item)
        self._levels = {kind.casefold(): level for kind, level in workflow.levels.items()}
        self._blocking_links = _folded(workflow.blocked_when.links)
        self._blocking_statuses = _folded(workflow.blocked_when.statuses)
        self.flag_blocks = workflow.blocked_when.flagged

    def state(self, status: str, resolution: str | None) -> State | None:
        """The state of a status that the workflow names, else None."""
        return self._settled(self._states.get(status.casefold()), resolution)

    def state_of_category(self, category: str | None, resolution: str | None) -> State | None:
        """The state that the tool's own category of the status suggests."""
        return self._settled(_CATEGORIES.get(category or ""), resolution)

    def state_of_closed(self, resolution: str | None) -> State:
        """Of a repository's issue that is closed: done, unless its reason says otherwise."""
        reason = (resolution or "").casefold()
        return "dropped" if reason in _NOT_DONE or reason in self._dropping else "done"

    def state_of_words(self, words: Iterable[str]) -> State | None:
        """The first of these labels or statuses of boards that means work in progress."""
        states = (self._states.get(word.casefold()) for word in words)
        return next((state for state in states if state in STARTED), None)

    def flow_item(self, kind: str, labels: Iterable[str]) -> FlowItem | None:
        """What the item is for; a label says it more exactly than the issue type."""
        for label in labels:
            found = self._labels.get(label.casefold())
            if found is not None:
                return found
        return self._types.get(kind.casefold())

    def level(self, item: WorkItem) -> Level | None:
        """initiative, epic, story or subtask, by the declared type, else by the tool's own hierarchy."""
        declared = self._levels.get(item.kind.casefold())
        if declared is not None or item.level is None:
            return declared
        return _LEVELS[min(max(item.level, -1), 2) + 1]

    def blocks(self, link: str) -> bool:
        """A link of this kind holds the item back."""
        return link.casefold() in self._blocking_links

    def holds_back(self, status: str) -> bool:
        """An item in this status is blocked."""
        return status.casefold() in self._blocking_statuses

    def _settled(self, state: State | None, resolution: str | None) -> State | None:
        dropped = state == "done" and resolution is not None and resolution.casefold() in self._dropping
        return "dropped" if dropped else state


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
