"""What is proposed for an organisation's work: products with their parts and candidates, value streams."""

from dataclasses import dataclass

from rules.proposal.grouping import Confidence


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a product's work: a project, a component of it, a repository, or a pattern of these."""

    container: str
    component: str | None = None
    items: int = 0
    pulls: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who might own a product: an account, how many assigned unfinished items it has, and what it leads."""

    account: str
    tool: str  # jira, github
    items: int
    of: int
    leads: str = ""  # project, or component of it, that the tool says they lead


@dataclass(frozen=True, slots=True)
class Suggested:
    """A product as the export suggests it."""

    id: str
    name: str
    parts: tuple[Part, ...]
    items: int
    unfinished: int
    pulls: int
    why: str
    candidates: tuple[Candidate, ...]
    components: tuple[tuple[str, int], ...] = ()  # that could be products of their own
    confidence: Confidence = "medium"
    team: str | None = None  # of the tool, that owns its repositories
    stream: str | None = None  # id of the value stream it may be part of


@dataclass(frozen=True, slots=True)
class Stream:
    """A value stream that a team above several products suggests."""

    id: str
    name: str
    team: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A project for trying things out, as its name says."""

    project: str
    name: str
    items: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The products, and what no product can name."""

    products: tuple[Suggested, ...]
    left_out: tuple[tuple[str, int], ...]  # container and its items and pull requests
    trials: tuple[Trial, ...] = ()  # projects that are proposed as no product's work
    streams: tuple[Stream, ...] = ()
