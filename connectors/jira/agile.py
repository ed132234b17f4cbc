"""The sandbox's answers about plans: boards, sprints, versions and components."""

from collections.abc import Callable
from typing import Any

from connectors.jira.planning import Board, SprintTold
from connectors.jira.site import AbsentError, Ask, RefusedError, Site
from connectors.jira.telling import Json
from connectors.larkfield.world import Project

PAGE = 50


def _page(ask: Ask, values: list[Json]) -> Json:
    """Pages of the agile interface; its default and limit is 50."""
    start, size = (
        int(ask.parameters.get("startAt", 0)),
        min(int(ask.parameters.get("maxResults", PAGE)), PAGE),
    )
    some = values[start : start + size]
    return {"maxResults": size, "startAt": start, "isLast": start + size >= len(values), "values": some}


def _boards(site: Site, ask: Ask) -> Json:
    return _page(ask, [_board(site, one) for one in site.telling.planning.boards])


def _board(site: Site, board: Board) -> Json:
    project = board.project
    return {
        "id": board.id,
        "self": f"{site.telling.url}/rest/agile/1.0/board/{board.id}",
        "name": f"{project.key} board",
        "type": "scrum" if board.scrum else "kanban",
        "location": {"projectId": project.id, "projectKey": project.key, "projectName": project.name},
    }


def _sprints(site: Site, ask: Ask) -> Json:
    board = next((one for one in site.telling.planning.boards if str(one.id) == ask.path["board"]), None)
    if board is None:
        raise AbsentError(
            f"Board {ask.path['board']} does not exist or you do not have permission to view it."
        )
    if not board.scrum:
        raise RefusedError("The board does not support sprints")
    states = ask.parameters.get("state", "future,active,closed").split(",")
    told = [_sprint(site, one) for one in site.telling.planning.sprints(board, site.now())]
    return _page(ask, [one for one in told if one["state"] in states])


def _one_sprint(site: Site, ask: Ask) -> Json:
    for board in site.telling.planning.boards:
        for one in site.telling.planning.sprints(board, site.now()):
            if str(one.id) == ask.path["sprint"]:
                return _sprint(site, one)
    raise AbsentError("Sprint does not exist.")


def _sprint(site: Site, one: SprintTold) -> Json:
    address = f"{site.telling.url}/rest/agile/1.0/sprint/{one.id}"
    return {"self": address, **one.told(site.now(), "originBoardId")}


def _project(site: Site, ask: Ask) -> Project:
    key = ask.path["project"]
    for one in site.telling.world.projects:
        if one.key == key:
            return one
    raise AbsentError(f"No project could be found with key '{key}'.")


def _versions(site: Site, ask: Ask) -> list[Json]:
    project, at = _project(site, ask), site.now()
    told = (site.telling.version(one, at) for one in site.telling.planning.versions(project, at))
    return [{**one, "projectId": project.id} for one in told]


def _components(site: Site, ask: Ask) -> list[Json]:
    project = _project(site, ask)
    return [site.telling.component(project, name) for name in site.telling.planning.components(project)]


TABLE: dict[tuple[str, str], Callable[[Site, Ask], Any]] = {
    ("GET", "/rest/agile/1.0/board"): _boards,
    ("GET", "/rest/agile/1.0/board/{board}/sprint"): _sprints,
    ("GET", "/rest/agile/1.0/sprint/{sprint}"): _one_sprint,
    ("GET", "/rest/api/3/project/{project}/versions"): _versions,
    ("GET", "/rest/api/3/project/{project}/components"): _components,
}
