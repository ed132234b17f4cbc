"""Records and models for the tests of what is derived from them, with only the interesting parts to name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from config.model import OperatingModel
from rules.records import Change, PullRequest, Review, WorkItem


def at(text: str) -> datetime:
    """A moment in UTC: at("2026-11-24T09:00"), or a day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def item(key: str = "SHOP-1", **parts: Any) -> WorkItem:
    """A story in the backlog of Jira; its key says its project."""
    return WorkItem(
        **{
            "source": "jira",
            "id": key,
            "key": key,
            "container": key.partition("-")[0],
            "kind": "Story",
            "title": "A story",
            "url": f"https://tool.example/{key}",
            "status": "Open",
            "created_at": at("2026-11-02T09:00"),
            "changed_at": at("2026-11-02T09:00"),
            "audience": "jira:jira:SHOP",
            "status_category": "new",
            "level": 0,
            "changes": (),
            **parts,
        }
    )


def issue(number: int = 7, **parts: Any) -> WorkItem:
    """An open issue of a repository; such issues come without history."""
    repository = parts.pop("repository", "larkfield/tracking")
    return item(
        **{
            "key": f"{repository}#{number}",
            "source": "github",
            "container": repository,
            "kind": "issue",
            "status": "open",
            "changes": None,
            **parts,
        }
    )


def pull(number: int = 8, **parts: Any) -> PullRequest:
    """An open pull request, ready for review."""
    repository = parts.pop("repository", "larkfield/tracking")
    return PullRequest(
        **{
            "source": "github",
            "id": f"PR{number}",
            "key": f"{repository}#{number}",
            "container": repository,
            "title": "A change",
            "url": f"https://tool.example/{number}",
            "state": "open",
            "created_at": at("2026-11-02T09:00"),
            "changed_at": at("2026-11-02T09:00"),
            "ready_at": at("2026-11-02T09:00"),
            "audience": "github:github:larkfield/tracking",
            "author": "ana-r",
            **parts,
        }
    )


def review(by: str | None, state: Any = "approved", when: str = "2026-11-03T09:00", **parts: Any) -> Review:
    """A person's review."""
    return Review(**{"by": by, "is_bot": False, "state": state, "at": at(when), **parts})


def moved(*steps: tuple[str, str, str]) -> tuple[Change, ...]:
    """Changes of status: moved(("2026-11-03T09:00", "Open", "In Progress"), …)."""
    return tuple(change(when, "status", before, after) for when, before, after in steps)


def change(when: str, field: str, before: str | None, after: str | None) -> Change:
    """One change by somebody."""
    return Change(f"{when}-{field}-{after}", at(when), "u1", field, before, after)


def model(**parts: Any) -> OperatingModel:
    """A model with the workflow of the examples, read as a file would be."""
    read: Mapping[str, Any] = {
        "sources": [
            {"id": "jira", "jira": "larkfield.atlassian.net"},
            {"id": "github", "github": "larkfield"},
        ],
        "workflows": {"standard": WORKFLOW},
        **parts,
    }
    for section in ("products", "value_streams"):
        for name, entry in read.get(section, {}).items():
            entry.setdefault("id", name)
    return OperatingModel.model_validate(read)


WORKFLOW: dict[str, Any] = {
    "backlog": ["Open", "To Do"],
    "active": ["In Progress", "In Review"],
    "waiting": ["Ready for QA", "On Hold"],
    "done": ["Done"],
    "dropped": {"statuses": ["Cancelled"], "resolutions": ["Won't Do", "Duplicate"]},
    "blocked_when": {"statuses": ["On Hold"]},
    "flow": {"defect": ["Bug"], "debt": [{"label": "tech-debt"}], "feature": ["Story", "Epic"]},
    "levels": {"Theme": "initiative"},
}
