"""Larkfield's year from a seed: the same seed gives the same year, to the second."""

from datetime import datetime
from itertools import count
from random import Random

from connectors.larkfield import beside, shipping
from connectors.larkfield.drafts import IssueDraft, PullDraft, RepoIssueDraft, by_series, number
from connectors.larkfield.flow import CALM, Year, work
from connectors.larkfield.people import CHANNELS, PEOPLE, PROJECTS, REPOSITORIES
from connectors.larkfield.planted import CHANGES, STORIES, Change, Story
from connectors.larkfield.products import BEGINS, ENDS, PRODUCTS, TEAMS
from connectors.larkfield.titles import Titles, read_words
from connectors.larkfield.troubles import at
from connectors.larkfield.world import PullReview, World


def larkfield(seed: int = 7, *, ends: datetime = ENDS) -> World:
    """The fictional company's work from November 2025 until `ends`, at the latest 2026-11-24 17:00 UTC.

    Raises:
        ValueError: `ends` is outside the year that is told.
    """
    if not BEGINS < ends <= ENDS:
        raise ValueError(f"Larkfield's year is told from {BEGINS:%Y-%m-%d} to {ENDS:%Y-%m-%d %H:%M} UTC")
    words = read_words()
    year = Year()
    for team_id, team in TEAMS.items():
        rng = Random(f"{seed} {team_id}")  # noqa: S311 - a story, no secret
        titles = Titles(rng, words)
        epics = {}
        for product in (PRODUCTS[p] for p in team.products):
            epics[product.id] = beside.epics(product, rng, titles)
            year.issues += epics[product.id]
        done = work(team, rng, titles, epics)
        _depend(rng, year, done)
        year.issues += done.issues
        year.pulls += done.pulls
        year.spans += done.spans
        for product in (PRODUCTS[p] for p in team.products):
            year.issues += beside.waiting(product, rng, titles) + beside.dropped(product, rng, titles)
    rng = Random(f"{seed} others")  # noqa: S311 - a story, no secret
    titles = Titles(rng, words)
    year.issues += beside.requests(rng, titles) + beside.lessons(rng, titles) + beside.games(rng, titles)
    year.pulls += beside.updates(rng) + beside.demos(rng, titles)
    wishes = beside.repo_issues(rng, titles, year.pulls)
    planted = {story.key: _issue(story) for story in STORIES}
    for story in STORIES:
        _happen(story, planted)
    year.issues += planted.values()
    year.pulls += [_pull(change, planted) for change in CHANGES]
    return _written(year, wishes, ends)


def _depend(rng: Random, others: Year, done: Year) -> None:
    """Some items waited for one of another team that was finished before them."""
    for item, start, finish in done.spans:
        if finish > CALM or rng.random() > 0.05:
            continue
        could = [(other, solved) for other, begun, solved in others.spans if begun < start < solved < finish]
        if could:
            blocker, solved = rng.choice(could)
            item.blocked_by(start + (solved - start) * 0.1, item.reporter, blocker)


def _issue(story: Story) -> IssueDraft:
    project, _, digits = story.key.partition("-")
    return IssueDraft(
        project=project,
        kind=story.kind,
        title=story.title,
        created_at=at(story.created),
        reporter=story.reporter,
        status="To Do" if story.then else "Backlog",
        priority=story.priority,
        components=story.components,
        labels=story.labels,
        number=int(digits),
    )


def _happen(story: Story, planted: dict[str, IssueDraft]) -> None:
    issue = planted[story.key]
    for when, who, field, value in story.then:
        if field == "is blocked by" and value is not None:
            issue.blocked_by(at(when), who, planted[value])
        else:
            issue.then(at(when), who, field, value)


def _pull(change: Change, planted: dict[str, IssueDraft]) -> PullDraft:
    repository, _, digits = change.key.partition("#")
    return PullDraft(
        repository=repository,
        title=change.title,
        author=change.author,
        created_at=at(change.ready),
        ready_at=at(change.ready),
        item=planted[change.item] if change.item else None,
        reviews=tuple(PullReview(at(when), who, verdict) for when, who, verdict in change.reviews),
        requested=(change.asked,),
        labels=change.labels,
        paths=change.paths,
        additions=change.lines,
        merged_at=at(change.merged) if change.merged else None,
        merged_by=change.author if change.merged else None,
        number=int(digits),
    )


def _written(year: Year, wishes: list[RepoIssueDraft], ends: datetime) -> World:
    """Everything numbered in the order of its creation and told until `ends`."""
    for project, issues in by_series(year.issues, "project").items():
        number(issues, project)
    entries: list[PullDraft | RepoIssueDraft] = [*year.pulls, *wishes]
    for repository, numbered in by_series(entries, "repository").items():
        number(numbered, repository)
    ids = count(10_001)
    issues = sorted((i for i in year.issues if i.created_at <= ends), key=lambda i: (i.created_at, i.key))
    pulls = sorted(
        (p for p in year.pulls if p.created_at <= ends), key=lambda p: (p.created_at, p.repository)
    )
    wished = sorted((w for w in wishes if w.created_at <= ends), key=lambda w: (w.created_at, w.repository))
    # The ids are counted in this order; telling more of the year must not change them.
    told = tuple(issue.written(next(ids), ends) for issue in issues)
    written = tuple(shipping.checked(pull.written(next(ids), ends), ends) for pull in pulls)
    return World(
        people=PEOPLE,
        projects=PROJECTS,
        repositories=REPOSITORIES,
        channels=CHANNELS,
        issues=told,
        pulls=written,
        repo_issues=tuple(wish.written(next(ids), ends) for wish in wished),
        begins=BEGINS,
        ends=ends,
        groups=shipping.groups(),
        owners=shipping.owners(),
        published=shipping.published(written),
        deployed=shipping.deployed(written, ends),
    )
